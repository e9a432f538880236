"""Django's registration of the room."""

from __future__ import annotations

from django.apps import AppConfig


class ExpertsConfig(AppConfig):
    name = "consilia.experts"
    label = "experts"
