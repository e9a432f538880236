"""Addresses that anybody may read."""

from __future__ import annotations

from django.urls import path

from consilia.web.public import health, pages

app_name = "public"
urlpatterns = [
    path("", pages.home, name="home"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
]
