"""Django's registration of the room."""

from __future__ import annotations

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "consilia.notify"
    label = "notify"
