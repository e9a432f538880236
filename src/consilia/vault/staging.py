"""Staging: an upload that grows by pieces, encrypted from the first byte, and never forgets a byte it has acknowledged.

All state lies in the file system, beside the bytes it speaks of: a database row could only claim a length, and would
have to be kept in step with the file by a second commit at every piece. `staging/<case>/<id>/` holds

  body   header and the full segments that certainly have a successor, as they will lie in the object
  state  two slots, written in turn; each is one sealed record of (sequence, segments in the body, time, closed?,
         SHA-256, size) and the bytes of the tail, that is what does not fill a segment yet

A step writes segments behind the counted ones, syncs the body, writes the slot that is *not* the valid one, syncs it,
and only then acknowledges. A crash at any point leaves the older slot, which counts only segments that are on disk.
Segments beyond the count were never acknowledged and are overwritten.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID

from consilia.kernel.ids import new_id
from consilia.vault import disk, keys, places, segments
from consilia.vault.errors import Absent, Damaged, WrongOffset

_RECORD = struct.Struct(">QQqB32sQ7x")
_LENGTH = struct.Struct(">I")
_BLOCK: Final = 4096  # slots do not share a block: a torn write of one cannot touch the other
_FIRST_SLOT: Final = _BLOCK
# A long piece is acknowledged inside at this distance, so that a kill in its middle costs at most this much.
STEP: Final = 16 * 1024 * 1024
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_RUNNING_AT_MOST: Final = 64


@dataclass(frozen=True, slots=True)
class StagedId:
    """Names a staged upload; its text form `<case>/<id>` can be kept in a row and parsed again."""

    case_id: UUID
    object_id: UUID

    def __str__(self) -> str:
        return f"{self.case_id}/{self.object_id}"

    @classmethod
    def parse(cls, words: str) -> StagedId:
        """Raises Absent for a text that is not one of ours."""
        try:
            case, _, identifier = words.partition("/")
            return cls(UUID(case), UUID(identifier))
        except ValueError:
            raise Absent("no such upload") from None


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What came out of closing: SHA-256 of the plaintext (64 hexadecimal characters) and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class State:
    """One slot: what is durable. `digest` and `size` count only when `closed`."""

    sequence: int
    segments: int
    at: datetime
    closed: bool = False
    digest: bytes = bytes(32)
    size: int = 0
    tail: bytes = b""

    def packed(self) -> bytes:
        micros = (self.at - _EPOCH) // timedelta(microseconds=1)
        return _RECORD.pack(self.sequence, self.segments, micros, self.closed, self.digest, self.size) + self.tail

    @classmethod
    def unpacked(cls, raw: bytes) -> State:
        sequence, count, micros, closed, digest, size = _RECORD.unpack(raw[: _RECORD.size])
        at = _EPOCH + timedelta(microseconds=micros)
        return cls(sequence, count, at, bool(closed), digest, size, raw[_RECORD.size :])


class _RunningHashes:
    """SHA-256 states of uploads that this process is writing, so that closing need not read them again.

    Only a hint: it counts when its offset is the durable one; after a restart the body is read and hashed.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[UUID, tuple[int, hashlib._Hash]] = OrderedDict()
        self._lock = Lock()

    def take(self, identifier: UUID, offset: int) -> hashlib._Hash | None:
        with self._lock:
            known = self._known.pop(identifier, None)
        if known and known[0] == offset:
            return known[1]
        return None if offset else hashlib.sha256()

    def put(self, identifier: UUID, offset: int, running: hashlib._Hash | None) -> None:
        if running is None:
            return
        with self._lock:
            self._known[identifier] = (offset, running)
            while len(self._known) > _RUNNING_AT_MOST:
                self._known.popitem(last=False)


_running = _RunningHashes()


def folder(staged: StagedId) -> Path:
    return places.staging(staged.case_id) / str(staged.object_id)


def create(case_id: UUID, *, at: datetime) -> StagedId:
    """An empty staged upload, durable when it returns. Raises VaultFull, Erased."""
    key = keys.make_or_get(case_id)
    staged = StagedId(case_id, new_id())
    header = segments.new_header(segments.ORIGINAL)
    cipher = segments.Cipher(key, case_id, header)
    first = _slot_bytes(cipher, State(sequence=1, segments=0, at=at))
    with disk.full_is_named():
        disk.make_folder(folder(staged))
        disk.write_new(folder(staged) / "body", header.packed())
        # The header stands here, too: it opens the slots when the body has already moved to the store.
        disk.write_new(folder(staged) / "state", header.packed().ljust(_FIRST_SLOT, b"\0") + first)
        disk.sync_folder(folder(staged))
    return staged


class Staging:
    """A staged upload, locked for this process while it is open. Use as a context manager.

    Raises Absent, VaultBusy, Damaged on opening.
    """

    def __init__(self, staged: StagedId) -> None:
        self.staged = staged
        key = keys.data_key(staged.case_id)
        self._body = -1
        try:
            self._state_file = os.open(folder(staged) / "state", os.O_RDWR)
        except FileNotFoundError:
            raise Absent("no such upload") from None
        try:
            disk.lock(self._state_file)
            header = segments.Header.unpacked(os.pread(self._state_file, segments.HEADER_SIZE, 0))
            self._cipher = segments.Cipher(key, staged.case_id, header)
            self._step = header.segment_size
            self.state, self._slot = self._newest()
            if not self.state.closed:
                self._body = os.open(folder(staged) / "body", os.O_RDWR)
        except BaseException:
            self.release()
            raise

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        for descriptor in (self._body, self._state_file):
            if descriptor >= 0:
                os.close(descriptor)
        self._body = self._state_file = -1

    @property
    def durable(self) -> int:
        """Bytes of plaintext that are on disk and acknowledged."""
        return self.state.size if self.state.closed else self.state.segments * self._step + len(self.state.tail)

    def append(self, offset: int, chunks: Iterable[bytes], *, at: datetime) -> int:
        """Adds the chunks at `offset`; returns the new durable offset, synced.

        What has arrived when the source breaks off is kept, then its error rises. Raises WrongOffset, VaultFull
        (what fitted before is kept).
        """
        if self.state.closed or offset != self.durable:
            raise WrongOffset(self.durable)
        running, hashed = _running.take(self.staged.object_id, offset), offset
        count, tail, acknowledged = self.state.segments, self.state.tail, offset
        try:
            for chunk in chunks:
                full, rest = segments.cut(tail, chunk, self._step)
                self._write_segments(full, count)
                count, tail, hashed = count + len(full), rest, hashed + len(chunk)
                if running:
                    running.update(chunk)
                if hashed - acknowledged >= STEP:
                    self._acknowledge(count, tail, at)
                    acknowledged = hashed
        finally:
            if hashed > acknowledged:
                self._acknowledge(count, tail, at)
            _running.put(self.staged.object_id, hashed, running)
        return self.durable

    def finish(self, *, at: datetime) -> StoredObject:
        """Completes the body with its last segment and its seal, and notes the hash; it can then be moved.

        Raises VaultFull. May be repeated after a crash: the tail is kept until the state says closed.
        """
        if not self.state.closed:
            digest, size = self._digest(), self.durable
            end = self._cipher.seal(self.state.tail, self.state.segments, segments.LAST)
            seal = self._cipher.seal_end(digest, size)
            with disk.full_is_named():
                position = segments.position(self.state.segments, self._step)
                os.ftruncate(self._body, disk.write_at(self._body, [end, seal], position))
                os.fsync(self._body)
            closed = State(self.state.sequence, self.state.segments, at, True, digest, size)
            self._write_slot(closed)
        return StoredObject(self.state.digest.hex(), self.state.size)

    def _digest(self) -> bytes:
        running = _running.take(self.staged.object_id, self.durable)
        if running is None:
            running = hashlib.sha256()
            for index in range(self.state.segments):
                length = self._step + segments.OVERHEAD
                sealed = os.pread(self._body, length, segments.position(index, self._step))
                running.update(self._cipher.open(sealed, index, segments.BODY))
            running.update(self.state.tail)
        return running.digest()

    def _write_segments(self, full: list[memoryview], count: int) -> None:
        if full:
            sealed = [self._cipher.seal(part, count + number, segments.BODY) for number, part in enumerate(full)]
            with disk.full_is_named():
                disk.write_at(self._body, sealed, segments.position(count, self._step))

    def _acknowledge(self, count: int, tail: bytes, at: datetime) -> None:
        if count > self.state.segments:
            with disk.full_is_named():
                os.fdatasync(self._body)
        self._write_slot(replace(self.state, segments=count, tail=tail, at=at))

    def _write_slot(self, state: State) -> None:
        state, slot = replace(state, sequence=self.state.sequence + 1), 1 - self._slot
        with disk.full_is_named():
            disk.write_at(self._state_file, [_slot_bytes(self._cipher, state)], _slot_place(slot, self._step))
            os.fdatasync(self._state_file)
        self.state, self._slot = state, slot

    def _newest(self) -> tuple[State, int]:
        found = [(state, slot) for slot in (0, 1) if (state := self._read_slot(slot))]
        if not found:
            raise Damaged("the state of the upload does not verify")
        return max(found, key=lambda pair: pair[0].sequence)

    def _read_slot(self, slot: int) -> State | None:
        place = _slot_place(slot, self._step)
        (length,) = _LENGTH.unpack(os.pread(self._state_file, _LENGTH.size, place).ljust(_LENGTH.size, b"\0"))
        if not 0 < length <= _slot_room(self._step):
            return None
        try:
            sealed = os.pread(self._state_file, length, place + _LENGTH.size)
            return State.unpacked(self._cipher.open(sealed, 0, segments.STATE))
        except Damaged:  # torn by a crash: the other slot counts
            return None


def _slot_bytes(cipher: segments.Cipher, state: State) -> bytes:
    sealed = cipher.seal(state.packed(), 0, segments.STATE)
    return _LENGTH.pack(len(sealed)) + sealed


def _slot_room(step: int) -> int:
    return -(-(_LENGTH.size + segments.OVERHEAD + _RECORD.size + step) // _BLOCK) * _BLOCK


def _slot_place(slot: int, step: int) -> int:
    return _FIRST_SLOT + slot * _slot_room(step)
