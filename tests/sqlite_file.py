"""A pytest plugin (-p tests.sqlite_file): the test database of SQLite is a file, so that threads meet in it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    from django.db import connections  # noqa: PLC0415  (Django is set up by then, not before)

    folder = tempfile.mkdtemp(prefix="consilia-test-file-", dir=os.environ.get("CONSILIA_HOME"))
    connections["default"].settings_dict["TEST"]["NAME"] = str(Path(folder) / "test_consilia.sqlite3")
