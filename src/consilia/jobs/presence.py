"""Presence of workers: who is alive holds a file lock, which the kernel lets go the moment the process dies.

A worker's name is "<place>.<random>": the place is one lock folder, so that a worker never judges the workers
of another machine, whose locks it cannot see (their leases end by time). A child that was forked without exec
would keep the lock as long as it lives; the lease ends by time then, too.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def present(folder: Path) -> Iterator[str]:
    """Holds the lock of a new worker; gives its name."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{_place(folder)}.{secrets.token_hex(8)}"
    path = folder / f"{name}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield name
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def gone(folder: Path, name: str) -> bool:
    """Whether a worker of this place has died; False for workers of other places and for the living."""
    if name.partition(".")[0] != _place(folder):
        return False
    path = folder / f"{name}.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        path.unlink(missing_ok=True)
        return True
    finally:
        os.close(descriptor)


def _place(folder: Path) -> str:
    """A random name of this folder, made once; two that start at the same moment agree on the first."""
    path = folder / "place"
    if not path.exists():
        draft = folder / f".place.{secrets.token_hex(4)}"
        draft.write_text(secrets.token_hex(8))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()
