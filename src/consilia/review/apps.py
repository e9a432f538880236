"""Django's registration of the room."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "consilia.review"
    label = "review"
