"""The web process: granian with one worker process, which ends when granian's own main process does."""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable
from multiprocessing import connection

from granian.server import Server

APPLICATION = "consilia.config.wsgi"  # a name, not an import: the settings stand above this room
POLITE = 6  # seconds that open requests have to end, inside the supervisor's patience


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    words = parser.parse_args()
    server = Server(
        f"{APPLICATION}:application",
        address=words.address,
        port=words.port,
        interface="wsgi",
        workers=1,
        blocking_threads=words.threads,
        workers_kill_timeout=POLITE,
        log_level="warning",
    )
    server.serve(target_loader=load)


def load(target: str) -> Callable[..., Iterable[bytes]]:
    """The application, loaded in granian's worker: a dead main process would otherwise leave it holding the port."""
    threading.Thread(target=end_with_parent, name="leash", daemon=True).start()
    module, _, name = target.partition(":")
    application: Callable[..., Iterable[bytes]] = getattr(importlib.import_module(module), name)
    return application


def end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
