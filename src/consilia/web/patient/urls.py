"""Addresses of the audience: patient."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "patient"
urlpatterns: list[URLPattern] = []
