"""An installation for a proof: a data folder of its own, gone when the proof ends."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.test.utils import override_settings

from consilia.config import environment


@contextmanager
def fresh() -> Iterator[Path]:
    """Sets Django up at the first call; later calls in one process move only the folders, not the database."""
    with tempfile.TemporaryDirectory(prefix="consilia-proof-") as folder:
        home = Path(folder)
        if not settings.configured:
            os.environ["CONSILIA_HOME"] = folder
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consilia.config.settings")
            django.setup()
        keys = home / "keys"
        environment.made_once(keys / "master.key", environment.new_master_key)
        moved = {"CONSILIA_HOME": home, "CONSILIA_KEYS": keys, "CONSILIA_MASTER_KEY_FILE": keys / "master.key"}
        with override_settings(**moved):
            yield home
