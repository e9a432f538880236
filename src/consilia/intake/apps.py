"""Django's registration of the room."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "consilia.intake"
    label = "intake"
