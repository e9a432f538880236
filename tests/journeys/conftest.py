"""One running instance for the journeys in a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from tests.journeys import browsing

from consilia.cli.journey.instance import Instance

# Playwright's own loop runs in the thread of the tests, which ask the database as if there were none.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as found:
        yield found


@pytest.fixture(scope="package")
def server(browser: Browser) -> Iterator[Instance]:
    """A fresh data folder with the demo; asked for after the browser, so that it is not started in vain."""
    instance = Instance()
    try:
        instance.start()
        yield instance
    finally:
        instance.remove()
