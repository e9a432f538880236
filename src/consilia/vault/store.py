"""Store: where sealed objects lie for good; the local one survives a power cut after `keep` has returned."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Protocol

from consilia.vault import disk, places
from consilia.vault.errors import Absent


class Blob(Protocol):
    """One sealed object, open for reading at random; `length` is the length of the file in bytes."""

    length: int

    def read_at(self, offset: int, length: int) -> bytes: ...
    def close(self) -> None: ...


class Store(Protocol):
    """Ciphertext under keys `<case>/<name>`; a key holds a whole object or nothing."""

    def keep(self, case: str, drafts: Mapping[str, Path]) -> None:
        """Takes finished, synced drafts by their names; durable when it returns. The same name twice: the newer one."""

    def open(self, key: str) -> Blob:
        """Raises Absent."""

    def list(self, case: str = "") -> Iterator[str]:
        """All keys, or those of one case, in order."""

    def remove_one(self, key: str) -> bool:
        """Removes one object for good; True when it was there."""

    def remove(self, case: str) -> bool:
        """Removes every object of a case; True when there were any."""


class LocalBlob:
    """A file, read with pread so that threads may share it."""

    __slots__ = ("_descriptor", "length")

    def __init__(self, path: Path) -> None:
        self._descriptor = -1
        try:
            self._descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            raise Absent("no such object") from None
        self.length = os.fstat(self._descriptor).st_size

    def read_at(self, offset: int, length: int) -> bytes:
        raw = os.pread(self._descriptor, length, offset)
        while len(raw) < length and (more := os.pread(self._descriptor, length - len(raw), offset + len(raw))):
            raw += more  # Linux reads at most 2 GiB a call
        return raw

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> LocalBlob:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


class LocalStore:
    """Files under one folder of the data folder, on the same file system as the drafts."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, case: str, drafts: Mapping[str, Path]) -> None:
        folder = self.root / case
        with disk.full_is_named():
            disk.make_folder(folder)
            for name, draft in drafts.items():
                draft.replace(folder / name)
            disk.sync_folder(folder)

    def open(self, key: str) -> LocalBlob:
        return LocalBlob(self.root / key)

    def list(self, case: str = "") -> Iterator[str]:
        for path in sorted((self.root / case).glob("*" if case else "*/*")):
            if not path.name.startswith("."):
                yield str(path.relative_to(self.root))

    def remove_one(self, key: str) -> bool:
        path = self.root / key
        if not path.exists():
            return False
        path.unlink(missing_ok=True)
        disk.sync_folder(path.parent)
        return True

    def remove(self, case: str) -> bool:
        return disk.remove_tree(self.root / case)


def originals() -> Store:
    """The store of originals."""
    return LocalStore(places.objects())


def derivatives() -> Store:
    """The store of derived files; losing it costs time only."""
    return LocalStore(places.derived())
