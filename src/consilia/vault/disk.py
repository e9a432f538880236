"""Disk: writes that are on the platter when they return, and a full disk that has a name.

Order everywhere: write a draft, fsync it, rename it, fsync the folder. Only then may anybody be told.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from consilia.kernel.ids import new_id
from consilia.vault.errors import VaultBusy, VaultFull

# EFBIG: a limit of the process or of the file system on the size of one file; for the person it is the same.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_PARTS_A_CALL = 512  # below IOV_MAX of Linux (1024)


@contextmanager
def full_is_named() -> Iterator[None]:
    """Turns "no space left" into VaultFull; every other OSError rises as it is."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise VaultFull("no space is left in the data folder") from error
        raise


def write_at(descriptor: int, parts: Sequence[bytes | memoryview], offset: int) -> int:
    """Writes all parts one after the other from `offset`; returns the offset behind them."""
    for first in range(0, len(parts), _PARTS_A_CALL):
        some = parts[first : first + _PARTS_A_CALL]
        wanted = sum(len(part) for part in some)
        written = os.pwritev(descriptor, some, offset)
        if written < wanted:  # a short write announces a full disk: the rest names the reason or succeeds
            _write_rest(descriptor, b"".join(some)[written:], offset + written)
        offset += wanted
    return offset


def _write_rest(descriptor: int, rest: bytes, offset: int) -> None:
    while rest:
        written = os.pwrite(descriptor, rest, offset)
        rest, offset = rest[written:], offset + written


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Makes the folder and its missing parents (0700) so that they survive a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def write_whole(path: Path, content: bytes, *, replace: bool = True) -> bool:
    """Writes a small file as one step: old or new content after a crash, never half of it; mode 0600.

    With `replace=False` an existing file stays and False is returned.
    """
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{new_id().hex}.draft")
    with full_is_named():
        try:
            write_new(draft, content)
            if replace:
                draft.replace(path)
            else:
                os.link(draft, path)  # fails when somebody else was first: the first one counts
        except FileExistsError:
            return False
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(path.parent)
    return True


def write_new(path: Path, content: bytes) -> None:
    """Writes and syncs a file that must not exist yet (0600); its name is durable after `sync_folder`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write_rest(descriptor, content, 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_tree(folder: Path, *, sync: bool = True) -> bool:
    """Removes a folder with all it holds; True when there was one. Two may remove it at once: gone is gone."""
    if not folder.exists():
        return False
    shutil.rmtree(folder, onerror=_unless_gone)
    if sync:
        sync_folder(folder.parent)
    return True


def _unless_gone(_deed: object, _path: str, said: tuple[type[BaseException], BaseException, TracebackType]) -> None:
    """What another process took away first (erasing in the page and by the job of the same case) is no fault."""
    if not isinstance(said[1], FileNotFoundError):
        raise said[1]


def lock(descriptor: int) -> None:
    """Takes the file for this process until the descriptor is closed. Raises VaultBusy when somebody else has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise VaultBusy("another process writes to it") from error
