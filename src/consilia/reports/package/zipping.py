"""A ZIP made while it is sent: one piece in memory at a time, sizes behind each entry, the hash of each as it goes out.

Compressed (level 1): readers that cannot wind back need it, and pictures of a CT become half as long to wait for.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from consilia.vault.errors import VaultError

LEVEL: Final = 1


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out under a name; `is_damaged` when the stored bytes were not what they had been."""

    sha256: str
    size: int
    is_damaged: bool


class Pipe(io.RawIOBase):
    """Where the ZIP writes to; `take` empties it. It cannot be wound back, so sizes stand behind each entry."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


class Packer:
    """Writes entries one after the other and remembers size and hash of each."""

    def __init__(self, at: datetime) -> None:
        self._pipe = Pipe()
        self._zip = zipfile.ZipFile(self._pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)
        self._when = at.timetuple()[:6]
        self.sent: dict[str, Sent] = {}

    def add(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """One entry; what comes out is the ZIP so far. Of a damaged original nothing is served after the damage."""
        digest, size, is_damaged = hashlib.sha256(), 0, False
        with self._zip.open(self._entry(name), "w", force_zip64=True) as file:
            try:
                for piece in pieces:
                    file.write(piece)
                    digest.update(piece)
                    size += len(piece)
                    yield self._pipe.take()
            except VaultError:
                is_damaged = True
        self.sent[name] = Sent(digest.hexdigest(), size, is_damaged)
        yield self._pipe.take()

    def end(self) -> bytes:
        self._zip.close()
        return self._pipe.take()

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, date_time=self._when)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry._compresslevel = LEVEL  # type: ignore[attr-defined]  # has a public name from Python 3.13 on
        entry.external_attr = 0o644 << 16
        return entry
