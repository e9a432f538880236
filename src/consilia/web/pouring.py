"""Files of a plain form (no JavaScript) stream into the vault as they come; no plain file ever lies on a disk."""

from __future__ import annotations

from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from consilia.intake.actions import Coming
from consilia.vault.drafts import Draft
from consilia.vault.errors import VaultFull


class Poured(UploadedFile):  # type: ignore[type-arg]  # the stub is generic, the class is not
    """A file that lies in a draft of the vault; the view hands it to intake, or it is forgotten."""

    def __init__(self, coming: Coming, size: int) -> None:
        super().__init__(None, coming.path, "application/octet-stream", size)
        self.coming = coming


class Pouring(FileUploadHandler):
    """Puts each file of one form into a draft of one case; set only after the right to add records was asked."""

    chunk_size = 256 * 1024

    def __init__(self, request: HttpRequest, case_id: UUID) -> None:
        super().__init__(request)
        self.case_id = case_id
        self.draft: Draft | None = None
        self.all: list[Draft] = []
        self.is_full = False

    def new_file(self, *words: object, **more: object) -> None:
        super().new_file(*words, **more)  # type: ignore[arg-type]
        try:
            self.draft = Draft(self.case_id)
        except VaultFull:
            self._full()
            return
        self.all.append(self.draft)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.draft is None:
            return
        try:
            self.draft.write(raw_data)
        except VaultFull:
            self._full()

    def file_complete(self, file_size: int) -> Poured | None:
        if self.draft is None:
            return None
        try:
            stored = self.draft.finish()
        except VaultFull:
            self._full()
            return None
        return Poured(Coming(str(self.file_name or ""), self.draft), stored.size)

    def upload_interrupted(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Gives up what was not taken over."""
        for draft in self.all:
            draft.forget()

    def _full(self) -> None:
        """Stops reading at once; what was whole before stays, and the view says why the rest did not come."""
        self.is_full, self.draft = True, None
        raise StopUpload(connection_reset=False)
