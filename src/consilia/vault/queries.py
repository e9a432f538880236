"""Reading from the vault: what comes out has been authenticated, or an error rises; nothing damaged is ever served.

Who may read is decided above: the vault knows cases and bytes, not people.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Final
from uuid import UUID

from consilia.vault import actions, disk, keys, places, segments, staging, store
from consilia.vault.errors import Absent, Damaged, Erased
from consilia.vault.staging import StagedId

IN_MEMORY_BELOW: Final = 64 * 1024 * 1024


class StoredBytes:
    """One stored object, open for reading: `size` in bytes, `read(offset, length)`, `chunks()`, `whole()`.

    Threads must not share one. Raises Damaged from any call when a byte is not what it was.
    """

    def __init__(self, shelf: store.Store, case_id: UUID, kind: int, name: bytes) -> None:
        key = keys.data_key(case_id)  # first: of an erased case nobody learns which objects it had
        blob = shelf.open(f"{case_id}/{name.hex()}")
        self._blob, self._kind = blob, kind
        try:
            self._reader = segments.Reader(blob.read_at, blob.length, key, case_id, kind, name)
        except BaseException:
            blob.close()
            raise
        self.size = self._reader.size

    def read(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`; empty beyond the end."""
        return self._reader.read(offset, length)

    def chunks(self) -> Iterator[bytes]:
        """All bytes in pieces of at most 1 MiB; the hash is compared after the last one."""
        digest = hashlib.sha256()
        for chunk in self._reader.chunks():
            digest.update(chunk)
            yield chunk
        if self._kind == segments.ORIGINAL and digest.digest() != self._reader.name:
            raise Damaged("the hash is another than when it was stored")

    def whole(self) -> bytes:
        """All bytes, after their hash has been compared."""
        return b"".join(self.chunks())

    def close(self) -> None:
        self._blob.close()

    def __enter__(self) -> StoredBytes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_object(case_id: UUID, sha256: str) -> StoredBytes:
    """The original with this hash (64 hexadecimal characters). Raises Absent, Erased, Damaged."""
    return StoredBytes(store.originals(), case_id, segments.ORIGINAL, _name(sha256))


def secret(case_id: UUID, purpose: str) -> bytes:
    """32 bytes that follow from the key of a case and tell nothing of it; gone with it. Raises Absent, Erased."""
    return hmac.new(keys.data_key(case_id), purpose.encode(), hashlib.sha256).digest()


def exists(case_id: UUID, sha256: str) -> bool:
    """Whether the object lies there and its key is alive; says nothing about its health."""
    try:
        store.originals().open(f"{case_id}/{_name(sha256).hex()}").close()
    except Absent:
        return False
    return keys.alive(case_id)


def get_derived(case_id: UUID, name: str) -> bytes | None:
    """A derived file; None when there is none or it is damaged: then it is made again. Raises Erased."""
    digest = actions.derived_name(name)
    try:
        with StoredBytes(store.derivatives(), case_id, segments.DERIVED, digest) as stored:
            return stored.whole()
    except Erased:
        raise
    except (Absent, Damaged):
        return None


def offset(staged: StagedId) -> int:
    """The durable offset of a staged upload in bytes; after closing, its size. Raises Absent, Erased, VaultBusy."""
    with staging.Staging(staged) as upload:
        return upload.durable


def to_descriptor(case_id: UUID, sha256: str) -> int:
    """A descriptor at offset 0 of the plaintext, for a child that may open no file; the caller closes it.

    It cannot be written to. Below 64 MB it is memory, else a file of the data folder without a name.
    Raises Absent, Erased, Damaged, VaultFull.
    """
    with open_object(case_id, sha256) as stored:
        small = stored.size < IN_MEMORY_BELOW
        descriptor = _memory() if small else _nameless_file()
        try:
            with disk.full_is_named():
                place = 0
                for chunk in stored.chunks():
                    place = disk.write_at(descriptor, [chunk], place)
            return _read_only(descriptor)
        finally:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Finding:
    """One object that is not well: `key` is `<case>/<sha256>`, `reason` a sentence without content."""

    key: str
    reason: str


def scrub() -> tuple[Finding, ...]:
    """Reads and hashes every original of every case and returns those that are not well; run each night."""
    found = [finding for key in store.originals().list() if (finding := _examined(key))]
    return tuple(found)


def _examined(key: str) -> Finding | None:
    case, _, sha256 = key.partition("/")
    try:
        with open_object(UUID(case), sha256) as stored:
            for _ in stored.chunks():
                pass
    except Erased:  # between the listing and the look
        return None
    except (Absent, Damaged, ValueError, OSError) as error:
        return Finding(key, str(error))
    return None


def _name(sha256: str) -> bytes:
    try:
        name = bytes.fromhex(sha256)
    except ValueError:
        name = b""
    if len(name) != 32 or name.hex() != sha256:
        raise Absent("no such object")
    return name


def _memory() -> int:
    return os.memfd_create("record", os.MFD_CLOEXEC)


def _nameless_file() -> int:
    disk.make_folder(places.temporary())
    return os.open(places.temporary(), os.O_RDWR | os.O_TMPFILE, 0o600)


def _read_only(descriptor: int) -> int:
    """A second descriptor that cannot write, at offset 0: the child must not change what the next one reads."""
    return os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY)
