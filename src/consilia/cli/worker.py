"""`consilia worker`: the worker alone, for a machine that serves no pages."""

from __future__ import annotations

import argparse
import os
import sys

MODULE = "consilia.worker"


def configure(parser: argparse.ArgumentParser) -> None:
    """It takes no words: what it does is decided by the settings."""


def run(words: argparse.Namespace) -> int:
    """Becomes the worker: the same process, so that signals and exit code are its own."""
    os.execv(sys.executable, [sys.executable, "-m", MODULE])  # noqa: S606  (our own module)
