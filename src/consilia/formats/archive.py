"""Archive: takes the entries out of a ZIP one by one under one budget; a bad entry costs only itself.

The central directory says what is there (APPNOTE 4.3.12); every entry is then streamed from its own bytes, so that
an encrypted or broken one does not stop the rest. Without a central directory (a cut-off file) what stands at the
front is rescued in order. Sizes are counted as they come; declared ones are never believed.
"""

from __future__ import annotations

import stat
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

import stream_unzip

from consilia.formats.dicom_shape import size_of
from consilia.formats.limits import LIMITS, Budget
from consilia.formats.plain import clean
from consilia.formats.values import Member
from consilia.formats.verdicts import Reason, Verdict

CHUNK: Final = 65_536
LOCAL_HEADER: Final = 30
MADE_ON_UNIX: Final = 3
ENCRYPTED: Final = 0x1
PLAIN_ONLY: Final = (stream_unzip.NO_ENCRYPTION,)


class Keeper(Protocol):
    """Where the bytes of entries go."""

    def begin(self, path: str) -> None:
        """An entry starts."""

    def more(self, data: bytes) -> None:
        """Its next bytes."""

    def end(self, member: Member) -> None:
        """The entry's verdict; without a begin before it, nothing was taken out."""


@dataclass(slots=True)
class Spent:
    """What this archive has used of the budget so far."""

    entries: int = 0
    bytes: int = 0
    packed: int = 0


class Stop(Exception):
    """Ends an entry."""

    def __init__(self, verdict: Verdict, reason: Reason) -> None:
        super().__init__(reason)
        self.verdict, self.reason = verdict, reason


def against_name(path: str) -> Reason | None:
    """Why an entry of this name may not be taken out; the name is only ever shown, never used as a path."""
    if len(path) > LIMITS.member_name_characters:
        return Reason.NAME_TOO_LONG
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in path):
        return Reason.CONTROL_CHARACTERS
    plain = path.replace("\\", "/")
    if plain.startswith("/") or plain[1:2] == ":" or ".." in plain.split("/"):
        return Reason.PATH_TRAVERSAL
    return None


def _against_kind(info: zipfile.ZipInfo) -> Reason | None:
    mode = info.external_attr >> 16
    if info.create_system == MADE_ON_UNIX and stat.S_IFMT(mode):
        if stat.S_ISLNK(mode):
            return Reason.SYMLINK
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            return Reason.SPECIAL_FILE
    return None


def shown(path: str) -> str:
    """The entry's name as words: controls replaced, cut to the longest name that is shown."""
    return clean(path, most=LIMITS.member_name_characters).replace("\n", "\ufffd").replace("\t", " ") or "?"


def _slice(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    position = start
    while position < end:
        file.seek(position)
        data = file.read(min(CHUNK, end - position))
        if not data:
            return
        position += len(data)
        yield data


@dataclass(slots=True)
class Unpacking:
    """One archive on its way out."""

    file: BinaryIO
    size: int
    budget: Budget
    keeper: Keeper
    clock: Callable[[], float]
    started: float
    spent: Spent

    def whole(self, verdict: Verdict, reason: Reason) -> None:
        """The verdict on the archive itself."""
        self.keeper.end(Member("", verdict, reason, self.size))

    def run(self) -> None:
        """Every entry, each with its verdict; the archive's own comes first."""
        try:
            directory = zipfile.ZipFile(self.file)
        except (
            Exception
        ):  # zipfile raises BadZipFile, struct.error, ValueError, NotImplementedError, UnicodeDecodeError
            self._rescue()
            return
        infos = directory.infolist()
        if len(infos) > self.budget.entries:
            self.whole(Verdict.TOO_LARGE, Reason.TOO_MANY_ENTRIES)
            return
        self.whole(Verdict.ARCHIVE, Reason.NONE if infos else Reason.NO_CONTENT)
        ends = self._ends(infos, directory.start_dir)
        for info in infos:
            self._entry(info, ends[id(info)])

    def _ends(self, infos: list[zipfile.ZipInfo], directory: int) -> dict[int, int]:
        """Where each entry's bytes end at the latest: where the next begins; 0 for one that overlaps the one before."""
        ordered = sorted(infos, key=lambda info: info.header_offset)
        ends: dict[int, int] = {}
        reached = -1
        for info, following in zip(ordered, [*ordered[1:], None], strict=False):
            least = info.header_offset + LOCAL_HEADER + info.compress_size
            overlaps = info.header_offset < reached or least > directory
            ends[id(info)] = (
                0 if overlaps else min(directory, max(least, following.header_offset if following else directory))
            )
            reached = max(reached, least)
        return ends

    def _entry(self, info: zipfile.ZipInfo, end: int) -> None:
        self.spent.entries += 1
        name = info.orig_filename
        path = shown(name)
        refusal = against_name(name) or _against_kind(info)
        if refusal:
            self.keeper.end(Member(path, Verdict.REFUSED, refusal))
        elif name.endswith(("/", "\\")) and not info.file_size:
            self.keeper.end(Member(path, Verdict.IGNORED, Reason.FOLDER))
        elif info.flag_bits & ENCRYPTED:
            self.keeper.end(Member(path, Verdict.ENCRYPTED, Reason.PASSWORD))
        elif not end:
            self.keeper.end(Member(path, Verdict.BOMB, Reason.OVERLAP))
        else:
            self.take(path, self._chunks(info.header_offset, end), max(end - info.header_offset, 1))

    def _chunks(self, start: int, end: int) -> Iterator[bytes]:
        entries = stream_unzip.stream_unzip(
            _slice(self.file, start, end), chunk_size=CHUNK, allowed_encryption_mechanisms=PLAIN_ONLY
        )
        for _name, _size, chunks in entries:
            yield from chunks
            return

    def take(self, path: str, chunks: Iterable[bytes], packed: int) -> None:
        """Streams one entry out under the limits; what was written before a failure is marked by the verdict."""
        if reason := self._against_more():
            self.keeper.end(Member(path, Verdict.TOO_LARGE, reason))
            return
        self.spent.packed += packed
        self.keeper.begin(path)
        size, verdict, reason = 0, Verdict.UNPACKED, Reason.NONE
        try:
            for chunk in chunks:
                size += len(chunk)
                self.spent.bytes += len(chunk)
                self._check(size, packed)
                self.keeper.more(chunk)
        except Stop as stop:
            verdict, reason = stop.verdict, stop.reason
        except stream_unzip.PasswordError:
            verdict, reason = Verdict.ENCRYPTED, Reason.PASSWORD
        except (stream_unzip.UnsupportedFeatureError, NotImplementedError):
            verdict, reason = Verdict.NOT_READ_YET, Reason.ARCHIVE_KIND
        except stream_unzip.TruncatedDataError:
            verdict, reason = Verdict.TRUNCATED, Reason.CUT_OFF
        except Exception:  # the decompressors raise many kinds; each means that this entry is damaged
            verdict, reason = Verdict.UNREADABLE, Reason.DAMAGED
        self.keeper.end(Member(path, verdict, reason, size))

    def _against_more(self) -> Reason | None:
        if self.spent.entries > self.budget.entries:
            return Reason.TOO_MANY_ENTRIES
        over = self.spent.bytes >= self.budget.bytes or self.clock() - self.started > self.budget.seconds
        return Reason.BUDGET_SPENT if over else None

    def _check(self, size: int, packed: int) -> None:
        for real, base in ((size, packed), (self.spent.bytes, self.size)):
            if real > LIMITS.archive_ratio_from_bytes and real > LIMITS.archive_ratio * base:
                raise Stop(Verdict.BOMB, Reason.RATIO)
        if self.spent.bytes > self.budget.bytes:
            raise Stop(Verdict.TOO_LARGE, Reason.BUDGET_SPENT)
        if self.clock() - self.started > self.budget.seconds:
            raise Stop(Verdict.TOO_LARGE, Reason.BUDGET_SPENT)

    def _rescue(self) -> None:
        """An archive whose directory is missing or broken: the entries at its front, in order."""
        has_end = self._has_end_record()
        verdict = Verdict.UNREADABLE if has_end else Verdict.TRUNCATED
        self.whole(verdict, Reason.DAMAGED_ARCHIVE if has_end else Reason.CUT_OFF)
        try:
            entries = stream_unzip.stream_unzip(
                _slice(self.file, 0, self.size), chunk_size=CHUNK, allowed_encryption_mechanisms=PLAIN_ONLY
            )
            for name, _size, chunks in entries:
                self._rescued(name.decode("utf-8", "replace"), chunks)
        except Exception:  # the front ends where it cannot be followed any more
            return

    def _rescued(self, name: str, chunks: Iterable[bytes]) -> None:
        self.spent.entries += 1
        if self.spent.entries > self.budget.entries:
            raise Stop(Verdict.TOO_LARGE, Reason.TOO_MANY_ENTRIES)
        if refusal := against_name(name):
            self.keeper.end(Member(shown(name), Verdict.REFUSED, refusal))
            for _chunk in chunks:
                self._check(0, 1)
        elif name.endswith("/"):
            self.keeper.end(Member(shown(name), Verdict.IGNORED, Reason.FOLDER))
            for _chunk in chunks:
                self._check(0, 1)
        else:
            self.take(shown(name), chunks, max(self.size // 10, 1))

    def _has_end_record(self) -> bool:
        self.file.seek(max(0, self.size - CHUNK))
        return b"PK\x05\x06" in self.file.read()


def unpack(file: BinaryIO, budget: Budget, keeper: Keeper, clock: Callable[[], float] = time.monotonic) -> None:
    """Every entry of a ZIP to the keeper, under the budget; never raises on what the file holds."""
    size = size_of(file)
    Unpacking(file, size, budget, keeper, clock, clock(), Spent()).run()
