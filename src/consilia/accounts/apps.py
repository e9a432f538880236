"""Django's registration of the room."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "consilia.accounts"
    label = "accounts"
