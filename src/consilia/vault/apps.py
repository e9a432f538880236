"""Django's entry for the room `vault`; it has no tables, its state is the file system."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "consilia.vault"
    label = "vault"
