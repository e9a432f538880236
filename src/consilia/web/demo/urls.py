"""Addresses of the demo."""

from __future__ import annotations

from django.urls import path

from consilia.web.demo import views

app_name = "demo"
urlpatterns = [path("post", views.post, name="post")]
