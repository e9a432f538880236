"""Drafts: bytes that come in one go. They lie encrypted in the staging folder and count only once they are kept.

What came to nothing is forgotten by its writer, or by the sweep when that was killed.
"""

from __future__ import annotations

import hashlib
import os
from types import TracebackType
from typing import Final, Self
from uuid import UUID

from consilia.kernel.ids import new_id
from consilia.vault import disk, keys, places, segments
from consilia.vault.staging import StoredObject

SYNC_EVERY: Final = 64 * 1024 * 1024  # bytes between two waits for the disk of a long file, so that the cache is free
GATHERED: Final = 4 * 1024 * 1024  # bytes that wait in memory for a write that is worth it


class Draft:
    """A file that is being written. As a context manager it is forgotten at the end unless it was kept.

    Raises VaultFull on every write, Erased on opening.
    """

    def __init__(self, case_id: UUID) -> None:
        self.case_id = case_id
        self.draft_id = new_id()
        self.path = places.staging(case_id) / f"{self.draft_id}.put"
        self.size = 0
        self._descriptor = -1
        self.stored: StoredObject | None = None
        header = segments.new_header(segments.ORIGINAL)
        self._cipher = segments.Cipher(keys.make_or_get(case_id), case_id, header)
        self._step = header.segment_size
        self._digest = hashlib.sha256()
        self._waiting: list[bytes | memoryview] = []
        self._held = self._index = self._unsynced = 0
        self._tail = b""
        with disk.full_is_named():
            disk.make_folder(self.path.parent)
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._place = disk.write_at(self._descriptor, [header.packed()], 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.forget()

    def write(self, chunk: bytes | memoryview) -> None:
        """Adds bytes."""
        self._waiting.append(chunk)
        self._held += len(chunk)
        if self._held >= GATHERED:
            self._write()

    def finish(self) -> StoredObject:
        """Ends the file: its content is on disk, its name not before it is kept. Twice is once."""
        if self.stored is None:
            self._write()
            digest = self._digest.digest()
            end = [self._cipher.seal(self._tail, self._index, segments.LAST), self._cipher.seal_end(digest, self.size)]
            with disk.full_is_named():
                disk.write_at(self._descriptor, end, self._place)
                os.fsync(self._descriptor)
            self._close()
            self.stored = StoredObject(digest.hex(), self.size)
        return self.stored

    def forget(self) -> None:
        """Gives up what was not kept; nothing happens to what was."""
        self._close()
        self.path.unlink(missing_ok=True)

    def _write(self) -> None:
        data, self._waiting, self._held = b"".join(self._waiting), [], 0
        full, self._tail = segments.cut(self._tail, data, self._step)
        sealed = [self._cipher.seal(part, self._index + number, segments.BODY) for number, part in enumerate(full)]
        with disk.full_is_named():
            self._place = disk.write_at(self._descriptor, sealed, self._place)
            self._unsynced += len(data)
            if self._unsynced >= SYNC_EVERY:
                os.fdatasync(self._descriptor)
                self._unsynced = 0
        self._digest.update(data)
        self.size += len(data)
        self._index += len(full)

    def __del__(self) -> None:
        """Of a form whose sender went away nobody asks for the draft again: its file is left to the sweep."""
        self._close()

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
