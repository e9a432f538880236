"""Deeds: what a hostile file would try, done by us inside a child to see that the cage holds (doctor and tests)."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable
from typing import Final

REFUSED: Final = "refused"
DONE: Final = "done"
TEN_GIBIBYTE: Final = 10 << 30
# A file that is handed in under this path ends its child: how the tests and the doctor see that neighbours live on.
CRASHING_PATH: Final = "\x00consilia-deed-crash"


def _open() -> None:
    with open("/etc/passwd", "rb") as file:
        file.read(1)


def _write() -> None:
    with open(os.path.join(tempfile.gettempdir(), "consilia-deed"), "wb") as file:
        file.write(b"x")


def _connect() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


def _execute() -> None:
    os.execv("/bin/true", ["true"])  # noqa: S606 - must be refused; that is the test


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _kill() -> None:
    os.kill(os.getppid(), 0)


def _memory() -> None:
    kept = [bytearray(64 << 20) for _ in range(TEN_GIBIBYTE >> 26)]
    kept.clear()


def _time() -> None:
    while True:
        pass


def _crash() -> None:
    os.abort()


DEEDS: Final[dict[str, Callable[[], None]]] = {
    "open": _open,
    "write": _write,
    "connect": _connect,
    "execute": _execute,
    "fork": _fork,
    "kill": _kill,
    "memory": _memory,
    "time": _time,
    "crash": _crash,
}


def attempt(name: str) -> str:
    """REFUSED when the kernel said no, DONE when the deed succeeded; memory, time and crash end the child instead."""
    try:
        DEEDS[name]()
    except OSError:
        return REFUSED
    return DONE
