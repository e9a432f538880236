"""Last good: the service works with a whole library, always; what is wrong in the operator's folders is told.

The folders are copied first and read from the copy, so that nothing changes while it is read. A copy that is good
becomes the last good one; where it is not, the last good copy holds, and without one the content that is shipped.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

from consilia.clinical import library as libraries
from consilia.clinical.library import Library
from consilia.clinical.reading import LibraryError

CURRENT = "current"
SUFFIXES = frozenset({".toml", ".csv"})


class From(StrEnum):
    """Which content holds."""

    FOLDERS = "folders"
    LAST_GOOD = "last_good"
    SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class Standing:
    """The library that holds and where it comes from; `faults` say why it is not the folders' content as it is now.

    `since` is when the last good copy was made (UTC), None for the others.
    """

    library: Library
    source: From = From.FOLDERS
    faults: tuple[str, ...] = ()
    since: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """False where people must be told that the folders of the operator do not hold."""
        return not self.faults


def open_library(
    folders: tuple[Path, ...],
    approvals: tuple[Path, ...],
    store: Path,
    without: frozenset[str] = frozenset(),
) -> Standing:
    """The content of the folders, else the last good copy in `store`, else what is shipped, less the packs `without`.

    Raises LibraryError where the shipped content itself is broken: then there is nothing to work with.
    """
    read = partial(libraries.read, approvals=approvals, without=without)
    if not folders:
        return Standing(read(()))
    try:
        return Standing(_from_copy(folders, read, store))
    except LibraryError as error:
        faults = error.faults
    kept = last_good(store)
    if kept is not None:
        copy, since = kept
        try:
            return Standing(read(_parts(copy)), From.LAST_GOOD, faults, since)
        except LibraryError as error:
            faults = (*faults, *(f"the last good copy: {fault}" for fault in error.faults))
    return Standing(read(()), From.SHIPPED, faults)


def last_good(store: Path) -> tuple[Path, datetime] | None:
    """The folder of the last good copy and when it was made; None where there is none."""
    pointer = store / CURRENT
    try:
        copy = store / pointer.read_text().strip()
        made = datetime.fromtimestamp(pointer.stat().st_mtime, UTC)
    except OSError:
        return None
    return (copy, made) if copy.is_dir() and copy.parent == store else None


def _from_copy(folders: tuple[Path, ...], read: Callable[[tuple[Path, ...]], Library], store: Path) -> Library:
    """Reads a copy of the folders and keeps it. Raises LibraryError; a store that cannot be written is no hindrance."""
    missing = [f"{folder}: line 1: file: is no folder" for folder in folders if not folder.is_dir()]
    if missing:
        raise LibraryError(missing)
    try:
        store.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = Path(tempfile.mkdtemp(prefix="new-", dir=store))
    except OSError:
        return read(folders)
    try:
        for number, folder in enumerate(folders):
            _copy(folder, place / f"{number:03}")
        found = read(_parts(place))
        _keep(place, store)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return found


def _copy(folder: Path, into: Path) -> None:
    into.mkdir()
    root = folder.resolve()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.suffix not in SUFFIXES or any(part.startswith(".") for part in name.parts):
            continue
        try:
            if not path.resolve().is_relative_to(root):
                raise LibraryError([f"{name.as_posix()}: line 1: file: is a link that leaves the folder"])
            if path.is_file():
                (into / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, into / name)
        except OSError as error:
            raise LibraryError([f"{name.as_posix()}: line 1: file: {error.strerror}"]) from error


def _keep(place: Path, store: Path) -> None:
    """Makes a good copy the last good one in one step; the one before stays for a process that still reads it."""
    name = _digest(place)
    known = last_good(store)
    if known is not None and known[0].name == name:
        return
    try:
        if not (store / name).exists():
            place.rename(store / name)
        pointer = store / f"{CURRENT}.{name}"
        pointer.write_text(name)
        pointer.replace(store / CURRENT)
    except OSError:
        return
    kept = {name, known[0].name if known else name}
    for old in store.iterdir():
        if old.is_dir() and old.name not in kept and not old.name.startswith("new-"):
            shutil.rmtree(old, ignore_errors=True)


def _digest(place: Path) -> str:
    found = hashlib.sha256()
    for path in _files(place):
        found.update(f"{path.relative_to(place).as_posix()}\0{path.stat().st_size}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:32]


def _files(place: Path) -> Iterable[Path]:
    return sorted(path for path in place.rglob("*") if path.is_file())


def _parts(place: Path) -> tuple[Path, ...]:
    return tuple(sorted(part for part in place.iterdir() if part.is_dir()))
