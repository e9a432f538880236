"""Django's registration of the room."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "consilia.jobs"
    label = "jobs"
