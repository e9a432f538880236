"""Client: asks the nursery, bounds and validates what comes back, and starts a nursery again that went away.

    with Nursery() as nursery:
        readings = nursery.read([NamedFile("CD/IM0001", descriptor)])

Files are given as open descriptors of decrypted temporary content (memfd or unlinked temporary file); nothing below
this module opens a path that a stranger named.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from pydantic import ValidationError

from consilia.formats import tongues, unpacking, wire, written
from consilia.formats.keeper import Keeper
from consilia.formats.limits import LIMITS, Budget
from consilia.formats.unpacking import ENDED, NamedFile
from consilia.formats.values import (
    DESCRIPTION,
    PROTECTION,
    RAW_FRAME,
    READING,
    RECOGNITION,
    Description,
    Member,
    PageText,
    Protection,
    RawFrame,
    Reading,
    Window,
)
from consilia.formats.verdicts import Reason, Unreadable, Verdict

PATH_CHARACTERS: Final = 500


class NurseryGone(Exception):
    """The nursery could not be reached, not even after a new start; the work can be tried again later."""


Answer = Callable[[int], None]
T = TypeVar("T")
Told = Callable[[Sequence[tuple[bytes, bytes]]], list[T]]


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file holds; `header` for a DICOM instance that could be described."""

    reading: Reading
    header: Description | None


class Nursery:
    """A way to the nursery: one that it shares with other ways of a keeper, else its own. Safe for several threads."""

    def __init__(self, keeper: Keeper | None = None) -> None:
        self._keeper = keeper or Keeper()
        self._alone = keeper is None
        self._lock = threading.RLock()
        self._channel: socket.socket | None = None
        self._owner = 0
        self._languages = {tongues.LATIN}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the way, and the nursery when nobody else has a way to it."""
        with self._lock:
            if self._channel is not None:
                self._channel.close()
            self._channel = None
            if self._alone:
                self._keeper.close()

    @property
    def pid(self) -> int:
        """Process id of the nursery, 0 when there is none."""
        return self._keeper.pid

    # What can be asked

    def read(self, files: Sequence[NamedFile]) -> list[Reading]:
        """A Reading for each file, in order; a file that kills its child gets LIMIT and costs only itself."""
        readings: list[Reading] = []
        for batch in batches(files):
            readings += self._batch("read", batch, _validated, _lost)
        return readings

    def read_with_headers(self, files: Sequence[NamedFile]) -> list[ReadFile]:
        """As `read`, and the description of each DICOM instance from the same child."""
        found: list[ReadFile] = []
        for batch in batches(files):
            found += self._batch("read", batch, _with_headers, _lost_file, headers=True)
        return found

    def unpack(self, descriptor: int, folder: int, budget: Budget | None = None) -> list[Member]:
        """Every entry of a ZIP, nested ones too, into the folder (a descriptor) under names made by us.

        An archive comes as a member itself (the outermost with path ""), before its entries; a nested one is not
        stored. The budget is drawn down in place: give the same one for all archives of an upload.
        """
        return list(unpacking.Unpacker(self, folder, budget or Budget()).archive(descriptor, "", 1))

    def unlock(self, descriptor: int, password: str) -> bytes:
        """A PDF without its password; raises Unreadable: ENCRYPTED for a wrong one. Nothing keeps the password."""
        document = self._framed({"work": "unlock", "password": password}, descriptor)[0][1]
        if not document.startswith(b"%PDF-"):
            raise Unreadable(Verdict.LIMIT, Reason.CHILD_DIED)
        return document

    def render_page(self, descriptor: int, media_type: str, page: int) -> bytes:
        """PNG of a page (from 1) of a PDF or picture; raises Unreadable."""
        return self._picture({"work": "page", "media_type": media_type, "page": page}, descriptor)

    def render_frame(self, descriptor: int, frame: int, window: Window | None = None) -> bytes:
        """PNG of a frame (from 1) of a DICOM image; raises Unreadable."""
        pair = [window.center, window.width] if window else None
        return self._picture({"work": "frame", "frame": frame, "window": pair}, descriptor)

    def recognise(self, descriptor: int, media_type: str, page: int, hint: str = "") -> PageText:
        """A page (from 1) of a PDF or picture read from its picture; `hint` a likely language (ISO 639-1).

        Raises Unreadable. Takes about a second a page; several pages at once need several Nursery objects.
        """
        if tongues.installed(name := tongues.NAMES.get(hint, "")):
            self._languages.add(name)
        request = {"work": "recognise", "media_type": media_type, "page": page}
        limits = {"memory": LIMITS.recognised_memory_bytes}
        while True:
            answer = self._framed(
                {**request, **limits, "hint": hint, "languages": sorted(self._languages)}, descriptor
            )[0][1]
            try:
                found = RECOGNITION.validate_json(answer)
            except ValidationError as error:
                raise Unreadable(Verdict.LIMIT, Reason.CHILD_DIED) from error
            if not found.wanted or found.wanted in self._languages or not tongues.installed(found.wanted):
                return found.page
            self._languages.add(found.wanted)
            hint = tongues.CODES[found.wanted]  # what was seen once is the first that is tried

    def read_scans(self, file: NamedFile, reading: Reading, hint: str = "") -> Reading:
        """The Reading of a file with the pages read that have a picture and no text; a page that fails stays empty."""
        pages: list[PageText] = []
        for number in written.to_recognise(reading):
            with contextlib.suppress(Unreadable):
                pages.append(self.recognise(file.descriptor, reading.media_type, number, hint))
                hint = pages[-1].language or hint
        return written.with_pages(reading, pages) if pages else reading

    def raw_frame(self, descriptor: int, frame: int) -> RawFrame:
        """The stored values of a frame (from 1) for a viewer that windows by itself; raises Unreadable."""
        found = self._framed({"work": "raw_frame", "frame": frame}, descriptor)
        header, data = found[-1]
        try:
            values = RAW_FRAME.validate_json(header)
        except ValidationError as error:
            raise Unreadable(Verdict.LIMIT, Reason.CHILD_DIED) from error
        if len(data) != values.rows * values.columns * values.samples * values.bits // 8:
            raise Unreadable(Verdict.LIMIT, Reason.CHILD_DIED)
        return replace(values, data=data)

    def describe(self, files: Sequence[NamedFile]) -> list[Description | None]:
        """The header and the places of the frames of each DICOM file; None for one that could not be read."""
        return [one for batch in batches(files) for one in self._batch("describe", batch, _descriptions, _nothing)]

    def status(self) -> Protection:
        """What really holds a child on this machine."""
        frames, _ended = self._collect({"work": "status"}, [])
        if not frames:
            return Protection(landlock=False, seccomp=False)
        return PROTECTION.validate_json(frames[0][0])

    def attempt(self, deed: str, *, cpu: int = LIMITS.child_cpu_seconds, seconds: float = LIMITS.child_seconds) -> str:
        """Lets a child try a deed of `deeds`: "refused", "done", or how the child ended ("time", "memory", "died")."""
        frames, ended = self._collect({"work": "deed", "deed": deed, "cpu": cpu, "seconds": seconds}, [])
        return frames[0][0].decode() if frames else ended

    # How it is asked

    def _batch(
        self, work: str, files: Sequence[NamedFile], told: Told[T], lost: Callable[[str], T], **more: bool
    ) -> list[T]:
        """What a child tells of each file; `lost` makes it for one that ended its child, by how that ended."""
        request = {"work": work, "paths": [_tail(file.path) for file in files], **more}
        seconds = LIMITS.child_seconds if len(files) == 1 else LIMITS.batch_seconds
        frames, ended = self._collect({**request, "seconds": seconds}, [file.descriptor for file in files])
        found = told(frames)
        if ended == "done" and len(found) == len(files):
            return found
        if len(files) == 1:
            return [lost(ended)]
        # A child that died may have lied before; the whole batch is read again, one file a child.
        return [one for file in files for one in self._batch(work, [file], told, lost, **more)]

    def _framed(self, request: dict[str, Any], descriptor: int) -> list[tuple[bytes, bytes]]:
        """Frames after a good first verdict; raises Unreadable with the verdict otherwise."""
        frames, ended = self._collect(request, [descriptor])
        verdicts = _validated(frames[:1])
        if not verdicts or ended != "done":
            raise Unreadable(Verdict.LIMIT, ENDED.get(ended, Reason.CHILD_DIED))
        if verdicts[0].verdict is not Verdict.READ or verdicts[0].reason is not Reason.NONE:
            raise Unreadable(verdicts[0].verdict, verdicts[0].reason)
        return frames

    def _picture(self, request: dict[str, Any], descriptor: int) -> bytes:
        picture = self._framed(request, descriptor)[0][1]
        if not picture.startswith(b"\x89PNG\r\n\x1a\n"):
            raise Unreadable(Verdict.LIMIT, Reason.CHILD_DIED)
        return picture

    def _collect(self, request: dict[str, Any], descriptors: Sequence[int]) -> tuple[list[tuple[bytes, bytes]], str]:
        frames: list[tuple[bytes, bytes]] = []

        def take(answer: int) -> None:
            frames.clear()  # a nursery that was lost half way is asked again from the start
            while (frame := wire.read_frame(answer)) is not None:
                frames.append(frame)
                if len(frames) > LIMITS.batch_files + 2:
                    raise wire.Broken("too many")

        return frames, self.ask(request, descriptors, take)

    def ask(self, request: dict[str, Any], descriptors: Sequence[int], take: Answer) -> str:
        """One request; `take` reads the answer's pipe. Gives how the child ended; starts a lost nursery once again."""
        message = {"cpu": LIMITS.child_cpu_seconds, "seconds": LIMITS.child_seconds, **request}
        with self._lock:
            for attempt in (1, 2):
                try:
                    ended, failure = self._asked(message, descriptors, take)
                except (OSError, EOFError) as error:
                    self.close()
                    if attempt == 2:
                        raise NurseryGone(str(error)) from error
                    continue
                if failure is not None:
                    raise failure  # our own side: a full disk, not a lost nursery
                return ended
        raise NurseryGone

    def _asked(self, message: dict[str, Any], descriptors: Sequence[int], take: Answer) -> tuple[str, OSError | None]:
        channel = self._connected()
        back, forth = os.pipe2(os.O_CLOEXEC)
        broken = False
        failure: OSError | None = None
        try:
            try:
                wire.send(channel, message, [*descriptors, forth])
            finally:
                os.close(forth)
            try:
                take(back)
            except wire.Broken:
                broken = True
            except OSError as error:
                failure = error
        finally:
            os.close(back)  # a child that still writes ends by it
        channel.settimeout(float(message["seconds"]) + 10)
        reply, _ = wire.receive(channel)
        if reply is None:
            raise EOFError("the nursery went away")
        return "died" if broken else str(reply.get("ended")), failure

    def _connected(self) -> socket.socket:
        if self._channel is None or self._owner != os.getpid():
            self._owner = os.getpid()
            self._channel = self._keeper.way()
        return self._channel


def _tail(path: str) -> str:
    """The end of a path: what the name and its folders say about a file stands there."""
    return path[-PATH_CHARACTERS:]


def batches(files: Sequence[NamedFile]) -> Iterator[list[NamedFile]]:
    """At most 240 files, 64 MB and one message of names a child; a larger file has a child of its own."""
    batch: list[NamedFile] = []
    size = names = 0
    for file in files:
        length = os.fstat(file.descriptor).st_size
        name = len(json.dumps(_tail(file.path)))
        full = len(batch) == LIMITS.batch_files or size + length > LIMITS.batch_bytes
        if batch and (full or names + name > wire.REQUEST_BYTES // 2):
            yield batch
            batch, size, names = [], 0, 0
        batch.append(file)
        size, names = size + length, names + name
    if batch:
        yield batch


def _validated(frames: Sequence[tuple[bytes, bytes]]) -> list[Reading]:
    """The readings of a child, none when any is not exactly a Reading."""
    try:
        return [READING.validate_json(header) for header, _blob in frames]
    except ValidationError:
        return []


def _with_headers(frames: Sequence[tuple[bytes, bytes]]) -> list[ReadFile]:
    readings = _validated(frames)
    headers = [_description(blob) if blob else None for _header, blob in frames]
    return [ReadFile(*pair) for pair in zip(readings, headers, strict=True)] if readings else []


def _lost_file(ended: str) -> ReadFile:
    return ReadFile(_lost(ended), None)


def _lost(ended: str) -> Reading:
    return Reading(Verdict.LIMIT, ENDED.get(ended, Reason.CHILD_DIED))


def _descriptions(frames: Sequence[tuple[bytes, bytes]]) -> list[Description | None]:
    return [_description(blob) for _header, blob in frames]


def _nothing(_ended: str) -> Description | None:
    return None


def _description(blob: bytes) -> Description | None:
    try:
        return DESCRIPTION.validate_json(blob)
    except ValidationError:
        return None
