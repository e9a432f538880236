"""Django's registration of the room."""

from __future__ import annotations

from django.apps import AppConfig


class OpinionsConfig(AppConfig):
    name = "consilia.opinions"
    label = "opinions"
