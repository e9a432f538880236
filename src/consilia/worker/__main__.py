"""`python -m consilia.worker` runs tasks until SIGTERM or SIGINT; the task in hand is finished first."""

from __future__ import annotations

import importlib
import os
import signal
import threading
from types import FrameType

import django

RUNNER = "consilia.jobs.runner"  # imported after set-up: it reads tables


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consilia.config.settings")
    stop = threading.Event()

    def heard(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, heard)
    django.setup()
    importlib.import_module(RUNNER).run(stop)


if __name__ == "__main__":
    main()
