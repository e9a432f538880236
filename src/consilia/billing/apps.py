"""Django's registration of the room."""

from __future__ import annotations

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "consilia.billing"
    label = "billing"
