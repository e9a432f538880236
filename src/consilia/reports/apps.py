"""Django's registration of the room."""

from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "consilia.reports"
    label = "reports"
