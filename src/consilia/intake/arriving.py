"""Arriving: the files of uploads, and what their archives hold, read in the nursery part by part.

While one part is judged and kept, the child reads the next: on two cores that halves the time of a large study.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from consilia.formats.client import ReadFile
from consilia.formats.limits import Budget
from consilia.formats.unpacking import NamedFile
from consilia.formats.values import Member, Reading
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake.actions import clean_path
from consilia.intake.models import Upload
from consilia.intake.policy import LONGEST_PATH
from consilia.intake.sorting import Found
from consilia.kernel import language
from consilia.records import nursery
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries

PART: Final = 60  # files that a child reads together
PART_BYTES: Final = 32 * 1024 * 1024  # of uploads that lie decrypted in memory meanwhile; two parts at once
CHUNK: Final = 1 << 20  # bytes
MOST_ALIKE: Final = 100  # entries of one archive that are named one by one when they were not taken out for one reason


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file of an upload; `found` None says that the upload has come to its end."""

    upload: Upload
    found: Found | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is open for reading; the bytes of `plain`, an entry of an archive, are not in the vault yet."""

    upload: Upload
    file: NamedFile
    plain: Path | None = None


Part = tuple[Sequence[Opened], ExitStack]


def files_of(uploads: Sequence[Upload]) -> Generator[Arrived]:
    """Every file of these uploads of one case, in order; what is told of is in the vault. Raises vault errors."""
    with closing(_read(_opened_uploads(uploads))) as read:
        for opened, told in read:
            upload = opened.upload
            yield Arrived(upload, Found(upload.path, upload.sha256, upload.size, told.reading, header=told.header))
            if told.reading.verdict is Verdict.ARCHIVE:
                yield from _members(upload, opened.file.descriptor)
            yield Arrived(upload, None)


def _opened_uploads(uploads: Sequence[Upload]) -> Iterator[Part]:
    for part in _parts(uploads):
        with ExitStack() as opened:
            files = []
            for upload in part:
                descriptor = vault_queries.to_descriptor(upload.case_id, upload.sha256)
                opened.callback(os.close, descriptor)
                files.append(Opened(upload, NamedFile(upload.path, descriptor)))
            yield files, opened.pop_all()


def _parts(uploads: Sequence[Upload]) -> Iterator[list[Upload]]:
    part: list[Upload] = []
    size = 0
    for upload in uploads:
        if part and (len(part) == PART or size + upload.size > PART_BYTES):
            yield part
            part, size = [], 0
        part.append(upload)
        size += upload.size
    if part:
        yield part


def _read(parts: Iterable[Part]) -> Generator[tuple[Opened, ReadFile]]:
    """What the nursery says of each file; the next part is read while its caller works on this one."""
    with ExitStack() as left, ThreadPoolExecutor(1) as ahead:
        waiting: tuple[Part, Future[list[ReadFile]]] | None = None
        for part in parts:
            left.enter_context(part[1])
            coming = ahead.submit(nursery.shared().read_with_headers, [one.file for one in part[0]])
            if waiting is not None:
                yield from _told(*waiting)
            waiting = part, coming
        if waiting is not None:
            yield from _told(*waiting)


def _told(part: Part, coming: Future[list[ReadFile]]) -> Iterator[tuple[Opened, ReadFile]]:
    with part[1]:
        for opened, told in zip(part[0], coming.result(), strict=True):
            yield opened, ReadFile(_with_words(opened.upload, opened.file, told.reading), told.header)


def _with_words(upload: Upload, file: NamedFile, reading: Reading) -> Reading:
    """Scans and photos are read before they are judged; a page that cannot be read stays a picture."""
    return nursery.shared().read_scans(file, reading, language.base(upload.case.patient.language or ""))


def _members(upload: Upload, descriptor: int) -> Iterator[Arrived]:
    """The entries of an archive, in its order; an entry that shares its path with another one gets a number."""
    folder = _folder(upload.pk)
    shutil.rmtree(folder, ignore_errors=True)  # of a killed worker
    folder.mkdir(parents=True, mode=0o700)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    name = Names(upload.path)
    try:
        members = nursery.shared().unpack(descriptor, handle, Budget())
        yield from (Arrived(upload, found) for found in _not_taken_out(members, name))
        stored = [(member, name.of(member.path)) for member in members if member.stored]
        with closing(_read(_opened_members(upload, folder, stored))) as read:
            for opened, told in read:
                yield Arrived(upload, _put(opened, told))
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def _not_taken_out(members: list[Member], name: Names) -> Iterator[Found]:
    """Entries that stayed in the archive, each with its reason; of very many alike the rest is one line."""
    alike: Counter[tuple[Verdict, Reason]] = Counter()
    for member in members:
        if member.stored or not member.path:
            continue
        why = (member.verdict, member.reason)
        alike[why] += 1
        if alike[why] <= MOST_ALIKE:
            yield Found(name.of(member.path), "", member.size, Reading(*why))
    for why, count in alike.items():
        if count > MOST_ALIKE:
            words = _("%d more entries like these") % (count - MOST_ALIKE)
            yield Found(name.of(words), "", 0, Reading(*why))


def _opened_members(upload: Upload, folder: Path, stored: Sequence[tuple[Member, str]]) -> Iterator[Part]:
    for start in range(0, len(stored), PART):
        with ExitStack() as opened:
            files = []
            for member, path in stored[start : start + PART]:
                plain = folder / member.stored
                descriptor = os.open(plain, os.O_RDONLY)
                opened.callback(os.close, descriptor)
                files.append(Opened(upload, NamedFile(path, descriptor), plain))
            yield files, opened.pop_all()


def _put(opened: Opened, told: ReadFile) -> Found:
    """An entry goes into the vault, and its plain file goes at once."""
    kept = vault.put(opened.upload.case_id, _chunks(opened.file.descriptor))
    if opened.plain is not None:
        opened.plain.unlink()
    return Found(opened.file.path, kept.sha256, kept.size, told.reading, header=told.header)


def _chunks(descriptor: int) -> Iterator[bytes]:
    place = 0
    while chunk := os.pread(descriptor, CHUNK, place):
        place += len(chunk)
        yield chunk


def _folder(upload_id: UUID) -> Path:
    return Path(settings.CONSILIA_HOME) / "tmp" / f"sort-{upload_id}"


class Names:
    """Paths of the entries of one archive: beneath the archive's name, cleaned, cut, and no two alike."""

    def __init__(self, archive: str) -> None:
        stem, _, ending = archive.rpartition(".")
        self.prefix = (stem if ending.lower() == "zip" else archive)[-LONGEST_PATH // 2 :]
        self.taken = {archive}

    def of(self, path: str) -> str:
        """The same entries in the same order get the same names: a repeated run finds its rows again."""
        wanted = f"{self.prefix}/{clean_path(path)[-(LONGEST_PATH // 2 - 20) :]}"
        chosen, number = wanted, 1
        while chosen in self.taken:
            number += 1
            chosen = f"{wanted} ({number})"
        self.taken.add(chosen)
        return chosen
