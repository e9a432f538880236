"""Files of a plain form (no JavaScript) stream into the vault as they come; no plain file ever lies on a disk."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest
from django.utils import timezone

from consilia.vault import actions as vault
from consilia.vault.errors import VaultFull
from consilia.vault.staging import StagedId

PIECE = 4 * 1024 * 1024  # bytes that wait in memory before they are written


class Poured(UploadedFile):  # type: ignore[type-arg]  # the stub is generic, the class is not
    """A file that lies in the vault's staging; the view hands it to intake, or it is forgotten."""

    def __init__(self, staged: StagedId, name: str, size: int) -> None:
        super().__init__(None, name, "application/octet-stream", size)
        self.staged = staged
        self.path = name


class Pouring(FileUploadHandler):
    """Puts each file of one form into the staging of one case; set only after the right to add records was asked."""

    chunk_size = 256 * 1024

    def __init__(self, request: HttpRequest, case_id: UUID) -> None:
        super().__init__(request)
        self.case_id = case_id
        self.staged: StagedId | None = None
        self.all: list[StagedId] = []
        self.is_full = False
        self.waiting: list[bytes] = []
        self.offset = self.held = 0

    def new_file(self, *words: object, **more: object) -> None:
        super().new_file(*words, **more)  # type: ignore[arg-type]
        self.offset = self.held = 0
        self.waiting = []
        try:
            self.staged = vault.stage(self.case_id, at=timezone.now())
        except VaultFull:
            self._full()
            return
        self.all.append(self.staged)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.waiting.append(raw_data)
        self.held += len(raw_data)
        if self.held >= PIECE:
            self._write()

    def file_complete(self, file_size: int) -> Poured | None:
        if self.staged is None:
            return None
        self._write()
        return Poured(self.staged, str(self.file_name or ""), self.offset)

    def upload_interrupted(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Gives up what was staged and not taken over."""
        for staged in self.all:
            vault.discard(staged)

    def _write(self) -> None:
        if self.staged is None or not self.waiting:
            return
        chunks: Iterator[bytes] = iter(self.waiting)
        try:
            self.offset = vault.append(self.staged, self.offset, chunks, at=timezone.now())
        except VaultFull:
            self._full()
        finally:
            self.waiting, self.held = [], 0

    def _full(self) -> None:
        """Stops reading at once; what was whole before stays, and the view says why the rest did not come."""
        self.is_full, self.staged = True, None
        raise StopUpload(connection_reset=False)
