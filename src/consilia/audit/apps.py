"""Django's entry for the room `audit`."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "consilia.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
