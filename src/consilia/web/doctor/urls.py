"""Addresses of the audience: doctor."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "doctor"
urlpatterns: list[URLPattern] = []
