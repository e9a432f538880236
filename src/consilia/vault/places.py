"""Places: where in the data folder each kind of file lies; asked at each call, so that a test has its own folder."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from django.conf import settings


def home() -> Path:
    return Path(settings.CONSILIA_HOME)


def objects() -> Path:
    return home() / "objects"


def staging(case_id: UUID | None = None) -> Path:
    return home() / "staging" / (str(case_id) if case_id else "")


def derived(case_id: UUID | None = None) -> Path:
    return home() / "derived" / (str(case_id) if case_id else "")


def tombstones() -> Path:
    return home() / "tombstones"


def temporary() -> Path:
    return home() / "tmp"


def checkpoints() -> Path:
    return home() / "checkpoints"


def keys() -> Path:
    """The wrapped keys of the cases: a folder of their own inside the key store, beside the secrets of the service."""
    return Path(settings.CONSILIA_KEYS) / "cases"


def master_key() -> Path:
    """The file with the master keys; one that the operator has named comes before ours."""
    return Path(os.environ.get("CONSILIA_MASTER_KEY_FILE") or settings.CONSILIA_MASTER_KEY_FILE)


def given_master_key() -> str:
    """The master key from the environment; empty when a file holds it."""
    return os.environ.get("CONSILIA_MASTER_KEY", "")
