"""Django's registration of the room."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "consilia.records"
    label = "records"
