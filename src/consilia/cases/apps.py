"""Django's registration of the room."""

from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "consilia.cases"
    label = "cases"
