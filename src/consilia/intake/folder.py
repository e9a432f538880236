"""Folder: reads everything below a folder through the nursery, archives too, and gives records; no Django, no rows."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import ValidationError

from consilia.formats import written
from consilia.formats.client import Nursery
from consilia.formats.keeper import Keeper
from consilia.formats.limits import Budget
from consilia.formats.unpacking import NamedFile
from consilia.formats.values import READING, Member, Reading
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake import answers, readers
from consilia.intake.judging.record import Record

Progress = Callable[[int, int, str], None]
CHUNK = 1 << 20  # bytes
TOGETHER = 24  # files that one way to the nursery reads in one request


@dataclass(frozen=True, slots=True)
class Cache:
    """Readings by the bytes and the name of a file, so that a second run reads nothing twice. None keeps nothing.

    `language` is the one that scans were tried in first: another one may read other words.
    """

    folder: Path | None = None
    language: str = ""

    def _file(self, sha256: str, path: str) -> Path | None:
        if self.folder is None:
            return None
        # The name decides with the bytes: a read-me beside a viewer is none elsewhere. So does what reads them.
        key = hashlib.sha256(f"{readers.mark()}\0{self.language}\0{sha256}\0{path}".encode()).hexdigest()
        return self.folder / key[:2] / f"{key}.json"

    def get(self, sha256: str, path: str) -> Reading | None:
        """The reading that was kept, None when there is none or it cannot be used any more."""
        file = self._file(sha256, path)
        try:
            return READING.validate_json(file.read_bytes()) if file else None
        except (OSError, ValidationError):
            return None

    def put(self, sha256: str, path: str, reading: Reading) -> None:
        """Keeps a reading; the file appears whole or not at all."""
        file = self._file(sha256, path)
        if file is None or reading.verdict is Verdict.LIMIT:
            return
        answers.write_whole(file, READING.dump_json(reading))


@dataclass(frozen=True, slots=True)
class Source:
    """A file on disk and the path it is known by."""

    file: Path
    path: str
    parent: str = ""


def read(
    folder: Path,
    *,
    jobs: int = 1,
    cache: Cache | None = None,
    language: str = "",
    progress: Progress = lambda *_: None,
) -> list[Record]:
    """A record for every file below the folder, by path; archives are followed by what was in them.

    Scans and photos are read in the language that is on them; `language` (ISO 639-1) is tried first.
    """
    reader = _Reader(jobs, replace(cache or Cache(), language=language), progress, language)
    with tempfile.TemporaryDirectory(prefix="consilia-intake-") as space:
        return reader.run(folder, Path(space))


@dataclass(slots=True)
class _Reader:
    jobs: int
    cache: Cache
    progress: Progress
    language: str = ""
    done: int = 0
    total: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, folder: Path, space: Path) -> list[Record]:
        sources = [Source(file, file.relative_to(folder).as_posix()) for file in answers.files_of(folder)]
        self.total = len(sources)
        keeper = Keeper()
        nurseries = [Nursery(keeper) for _ in range(max(1, self.jobs))]
        try:
            records = self._all(sources, nurseries)
            opened = [record for record in records if record.reading.verdict is Verdict.ARCHIVE]
            by_path = {source.path: source for source in sources}
            for number, record in enumerate(opened):
                inside = space / str(number)
                inside.mkdir()
                broken, members = self._archive(by_path[record.path], inside, nurseries)
                if broken:
                    records[records.index(record)] = replace(record, reading=broken)
                records += members
            return sorted(records, key=lambda record: record.path)
        finally:
            for nursery in nurseries:
                nursery.close()
            keeper.close()

    def _all(self, sources: Sequence[Source], nurseries: Sequence[Nursery]) -> list[Record]:
        # Large files first and small batches, so that no way waits for the other at the end.
        ordered = sorted(sources, key=lambda source: -source.file.stat().st_size)
        heavy = [[source] for source in ordered[: len(nurseries) * 4]]
        light = ordered[len(heavy) :]
        batches = [*heavy, *(light[start : start + TOGETHER] for start in range(0, len(light), TOGETHER))]
        free = list(nurseries)

        def with_nursery(work: Callable[[Nursery], list[Record]]) -> list[Record]:
            with self._lock:
                nursery = free.pop()
            try:
                return work(nursery)
            finally:
                with self._lock:
                    free.append(nursery)

        with ThreadPoolExecutor(len(nurseries)) as pool:
            read = pool.map(lambda batch: with_nursery(lambda nursery: self._batch(batch, nursery)), batches)
            records = [record for part in read for record in part]
            files = {source.path: source for source in sources}
            # Pages without text take about a second each: the longest first, one file a turn.
            scans = sorted(
                (record for record in records if written.to_recognise(record.reading)),
                key=lambda record: -len(written.to_recognise(record.reading)),
            )
            self._tell(-len(scans), "")
            again = pool.map(
                lambda scan: with_nursery(lambda nursery: [self._recognised(scan, files[scan.path], nursery)]), scans
            )
            recognised = {record.path: record for part in again for record in part}
        return [recognised.get(record.path, record) for record in records]

    def _batch(self, batch: Sequence[Source], nursery: Nursery) -> list[Record]:
        hashes = [answers.sha256_of(source.file) for source in batch]
        kept = [self.cache.get(sha, source.path) for sha, source in zip(hashes, batch, strict=True)]
        wanted = [place for place, reading in enumerate(kept) if reading is None]
        opened = [os.open(batch[place].file, os.O_RDONLY) for place in wanted]
        try:
            named = [NamedFile(batch[place].path, file) for place, file in zip(wanted, opened, strict=True)]
            for place, reading in zip(wanted, nursery.read(named) if named else [], strict=True):
                kept[place] = reading
                if not written.to_recognise(reading):
                    self.cache.put(hashes[place], batch[place].path, reading)
        finally:
            for file in opened:
                os.close(file)
        self._tell(len(batch), batch[-1].path if batch else "")
        return [
            Record(source.path, sha, source.file.stat().st_size, reading, source.parent)
            for source, sha, reading in zip(batch, hashes, kept, strict=True)
            if reading is not None
        ]

    def _recognised(self, scan: Record, source: Source, nursery: Nursery) -> Record:
        """The record with the words of its pictures; what was looked at and had none is kept as looked at."""
        descriptor = os.open(source.file, os.O_RDONLY)
        try:
            reading = nursery.read_scans(NamedFile(scan.path, descriptor), scan.reading, self.language)
        finally:
            os.close(descriptor)
        self.cache.put(scan.sha256, scan.path, reading)
        self._tell(1, scan.path)
        return replace(scan, reading=reading)

    def _tell(self, count: int, path: str) -> None:
        with self._lock:
            self.done += count
            self.progress(self.done, self.total, path)

    def _archive(
        self, source: Source, space: Path, nurseries: Sequence[Nursery]
    ) -> tuple[Reading | None, list[Record]]:
        """What the archive is when it is not whole, and a record for each entry."""
        descriptor, handle = os.open(source.file, os.O_RDONLY), os.open(space, os.O_RDONLY | os.O_DIRECTORY)
        try:
            members = nurseries[0].unpack(descriptor, handle, Budget())
        finally:
            os.close(descriptor)
            os.close(handle)
        inside = [
            Source(space / member.stored, f"{source.path}/{member.path}", source.path)
            for member in members
            if member.stored
        ]
        self.total += len(inside)
        left = [member for member in members if member.path and not member.stored]
        own = next((member for member in members if not member.path), None)
        broken = Reading(own.verdict, own.reason) if own and own.verdict is not Verdict.ARCHIVE else None
        return broken, [*self._all(inside, nurseries), *(_left(member, source) for member in left)]


def _left(member: Member, source: Source) -> Record:
    """An entry that stayed in its archive."""
    nothing = member.reason is Reason.FOLDER
    verdict = Verdict.IGNORED if nothing else member.verdict
    return Record(f"{source.path}/{member.path}", "", member.size, Reading(verdict, member.reason), source.path)
