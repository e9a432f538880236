"""Unpacking: takes one upload's archives apart through the nursery, nested ones too, all under one budget.

The child streams entries through a pipe; this side writes them into a folder under names of our own making, counts
what it counts itself, and opens no path that a stranger named.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Protocol

from pydantic import ValidationError

from consilia.formats import wire
from consilia.formats.limits import LIMITS, Budget
from consilia.formats.values import MEMBER, Member, Reading
from consilia.formats.verdicts import Reason, Verdict

ZIP_START: Final = b"PK"
MAIL_ENDING: Final = ".eml"
ENDED: Final = {"time": Reason.OUT_OF_TIME, "memory": Reason.OUT_OF_MEMORY}
SLACK_BYTES: Final = 1 << 20
SLACK_ENTRIES: Final = 4  # an archive is a member of its own


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file of an upload: its path as the patient's folder had it (shown, never opened) and an open descriptor."""

    path: str
    descriptor: int


class Asker(Protocol):
    """What unpacking needs of the way to the nursery."""

    def ask(self, request: dict[str, Any], descriptors: Sequence[int], take: Callable[[int], None]) -> str:
        """One request; how its child ended."""

    def read(self, files: Sequence[NamedFile]) -> list[Reading]:
        """A Reading for each file."""


@dataclass(slots=True)
class Taken:
    """What came out of one archive so far, and the entry that is being written."""

    members: list[Member]
    name: str = ""
    descriptor: int = -1


class Unpacker:
    """Takes archives apart into one folder."""

    def __init__(self, asker: Asker, folder: int, budget: Budget) -> None:
        self.asker = asker
        self.folder = folder
        self.budget = budget
        self.stored = 0

    def archive(self, descriptor: int, prefix: str, depth: int) -> Iterator[Member]:
        """The archive's own member, then its entries, in the archive's order."""
        taken = Taken([])
        started = time.monotonic()
        request = {"work": "unpack", "budget": asdict(self.budget), "cpu": int(LIMITS.unpack_seconds)}
        try:
            ended = self.asker.ask(
                {**request, "seconds": self._seconds()}, [descriptor], lambda way: self._take(way, taken)
            )
        finally:
            self._drop(taken)
            self.budget.seconds -= time.monotonic() - started
        if ended != "done":
            yield Member(prefix, Verdict.LIMIT, ENDED.get(ended, Reason.CHILD_DIED))
        yield from self._settled(
            [replace(member, path=_joined(prefix, member.path)) for member in taken.members], depth
        )

    def _seconds(self) -> float:
        return max(1.0, min(LIMITS.unpack_seconds, self.budget.seconds + 5))

    # What comes through the pipe

    def _take(self, way: int, taken: Taken) -> None:
        """Bytes go into a new file of the folder until a member closes it; asked again, it begins anew."""
        self._drop(taken)
        for member in taken.members:
            self._remove(member.stored)
        taken.members.clear()
        while (frame := wire.read_frame(way)) is not None:
            header, data = frame
            if header:
                self._close(_member(header), taken)
            else:
                self._write(data, taken)
            if self.budget.bytes < -SLACK_BYTES or self.budget.entries < -SLACK_ENTRIES:
                raise wire.Broken("more than the budget")

    def _write(self, data: bytes, taken: Taken) -> None:
        if taken.descriptor < 0:
            self._begin(taken)
        self.budget.bytes -= len(data)
        left = memoryview(data)
        while left:
            left = left[os.write(taken.descriptor, left) :]

    def _begin(self, taken: Taken) -> None:
        """A new file under the next free number: several archives may share the folder."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        while taken.descriptor < 0:
            self.stored += 1
            name = f"{self.stored:06d}"
            with contextlib.suppress(FileExistsError):
                taken.descriptor = os.open(name, flags, 0o600, dir_fd=self.folder)
                taken.name = name

    def _close(self, member: Member, taken: Taken) -> None:
        self.budget.entries -= 1
        if member.verdict is Verdict.UNPACKED and taken.descriptor < 0:
            member = replace(member, verdict=Verdict.EMPTY, reason=Reason.NO_BYTES)
        if member.verdict is Verdict.UNPACKED:
            member = replace(member, stored=taken.name, size=os.fstat(taken.descriptor).st_size)
            os.close(taken.descriptor)
            taken.name, taken.descriptor = "", -1
        else:
            self._drop(taken)
        taken.members.append(member)

    def _drop(self, taken: Taken) -> None:
        """Removes what was written of an entry that did not come to a good end."""
        if taken.descriptor >= 0:
            os.close(taken.descriptor)
            self._remove(taken.name)
        taken.name, taken.descriptor = "", -1

    def _remove(self, name: str) -> None:
        if name:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=self.folder)

    # Archives inside the archive

    def _settled(self, members: list[Member], depth: int) -> Iterator[Member]:
        archives = self._archives(members)
        for member in members:
            if member.stored not in archives or not member.stored:
                yield member
            elif depth >= self.budget.depth:
                yield replace(member, verdict=Verdict.TOO_LARGE, reason=Reason.ARCHIVE_TOO_DEEP)
            elif self.budget.seconds <= 0:
                yield replace(member, verdict=Verdict.TOO_LARGE, reason=Reason.BUDGET_SPENT)
            else:
                yield from self._nested(member, depth)

    def _nested(self, member: Member, depth: int) -> Iterator[Member]:
        descriptor = self._open(member.stored)
        try:
            yield from self.archive(descriptor, member.path, depth + 1)
        finally:
            os.close(descriptor)
            self._remove(member.stored)

    def _open(self, name: str) -> int:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self.folder)

    def _archives(self, members: list[Member]) -> set[str]:
        """The stored names that are archives or mails: a Word document begins like one, so a child looks inside."""
        suspects = [
            member
            for member in members
            if member.stored and (member.path.lower().endswith(MAIL_ENDING) or self._starts_as_zip(member.stored))
        ]
        found: set[str] = set()
        for start in range(0, len(suspects), LIMITS.batch_files):
            part = suspects[start : start + LIMITS.batch_files]
            files = [NamedFile(member.path, self._open(member.stored)) for member in part]
            try:
                readings = self.asker.read(files)
            finally:
                for file in files:
                    os.close(file.descriptor)
            pairs = zip(part, readings, strict=True)
            found |= {member.stored for member, reading in pairs if reading.verdict is Verdict.ARCHIVE}
        return found

    def _starts_as_zip(self, name: str) -> bool:
        descriptor = self._open(name)
        try:
            return os.pread(descriptor, 2, 0) == ZIP_START
        finally:
            os.close(descriptor)


def _joined(prefix: str, path: str) -> str:
    return f"{prefix}/{path}" if prefix and path else prefix or path


def _member(header: bytes) -> Member:
    try:
        return replace(MEMBER.validate_json(header), stored="")
    except ValidationError as error:
        raise wire.Broken("no member") from error
