"""Keys: one data key per case, wrapped by the master key in a store of its own; destroying it erases the case at once.

The store is a folder apart from the objects and apart from their backup, because an old copy of a wrapped key would
undo an erasure. The master key file holds one key a line (base64 of 32 bytes): the first wraps, all of them unwrap,
so that keys can be re-wrapped while the service runs. Nothing is kept in memory without a look at the file: a key
destroyed by another process is gone here at the next call.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from consilia.vault import disk, places
from consilia.vault.errors import Absent, Damaged, Erased

_MAGIC: Final = b"CKEY1"
_NONCE, _NAME, _KEY, _TAG = 12, 8, 32, 16
_LENGTH: Final = len(_MAGIC) + _NAME + _NONCE + _KEY + _TAG
_KEPT_AT_MOST: Final = 256

Signature = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    signature: Signature
    key: bytes


_kept: dict[Path, _Kept] = {}
_rings: dict[Path, tuple[Signature, tuple[bytes, ...]]] = {}


def data_key(case_id: UUID) -> bytes:
    """The 32 bytes of the case. Raises Absent when there is none, Erased when it was destroyed."""
    path = _path(case_id)
    try:
        signature = _signature(path)
    except FileNotFoundError:
        _kept.pop(path, None)
        raise _missing(case_id) from None
    kept = _kept.get(path)
    if kept is None or kept.signature != signature:
        kept = _Kept(signature, _unwrap(case_id, _content(path, case_id)))
        _keep(path, kept)
    return kept.key


def make_or_get(case_id: UUID) -> bytes:
    """The data key, made at the first call; two processes that come together get the same one. Raises Erased."""
    try:
        return data_key(case_id)
    except Erased:
        raise
    except Absent:
        with _rotation(fcntl.LOCK_SH):  # else the master key could be dropped between wrapping and writing
            wrapped = wrap(os.urandom(_KEY), case_id, masters()[0])
            disk.write_whole(_path(case_id), wrapped, replace=False)
        if erased(case_id):  # the erasure came between the look and the write
            destroy(case_id)
        return data_key(case_id)


def alive(case_id: UUID) -> bool:
    return _path(case_id).exists()


def erased(case_id: UUID) -> bool:
    return (places.tombstones() / str(case_id)).exists()


def destroy(case_id: UUID) -> bool:
    """Overwrites, then removes the key; True when there was one. From here on the case cannot be read by anybody.

    Overwriting in place reaches the old blocks on ext4 and XFS; on copy-on-write file systems and flash it may not,
    which is why the wrapped key is worth nothing without the master key.
    """
    path = _path(case_id)
    _kept.pop(path, None)
    # A process killed while it made or re-wrapped the key leaves a draft, which is as good as the key.
    found = [path] if path.exists() else []
    found.extend(path.parent.glob(f".{path.name}.*.draft"))
    for file in found:
        _shred(file)
    if found:
        disk.sync_folder(path.parent)
    return bool(found)


def cases() -> Iterator[UUID]:
    """The cases that have a key."""
    if places.keys().is_dir():
        for path in sorted(places.keys().glob("*.key")):
            yield UUID(path.stem)


def rewrap(old_master: bytes, new_master: bytes) -> int:
    """Wraps every key that stands under the old master key with the new one; returns how many. Can be repeated.

    Both keys have to stand in the master key file meanwhile (see rotate), else running processes cannot read.
    """
    count = 0
    for case_id in cases():
        wrapped = _content(_path(case_id), case_id)
        if _named(wrapped) == name_of(old_master):
            key = _opened(wrapped, case_id, old_master)
            disk.write_whole(_path(case_id), wrap(key, case_id, new_master))
            if erased(case_id):
                destroy(case_id)
            count += 1
    return count


def rotate() -> int:
    """A new master key while the service runs: added as the first line, all keys re-wrapped, the old lines dropped.

    Returns how many keys were re-wrapped. A key from the environment is the operator's to change: Damaged is raised.
    """
    if places.given_master_key():
        raise Damaged("the master key comes from the environment; write the new one before it, then call rewrap")
    with _rotation(fcntl.LOCK_EX):
        former, new = masters(), os.urandom(_KEY)
        _write_masters((new, *former))
        count = sum(rewrap(old, new) for old in former)
        _write_masters((new,))
    return count


@contextmanager
def _rotation(kind: int) -> Iterator[None]:
    """Many may make keys together (LOCK_SH); nobody makes one while the master key changes (LOCK_EX)."""
    disk.make_folder(places.keys())
    descriptor = os.open(places.keys() / ".rotation", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)


def masters() -> tuple[bytes, ...]:
    """The master keys, the wrapping one first, read again whenever the file has changed. Raises Damaged."""
    if given := places.given_master_key():
        return _ring(given)
    path = places.master_key()
    signature = _signature(path)
    known = _rings.get(path)
    if known is None or known[0] != signature:
        known = (signature, _ring(path.read_text()))
        _rings[path] = known
    return known[1]


def _ring(words: str) -> tuple[bytes, ...]:
    try:
        ring = tuple(base64.b64decode(line, validate=True) for line in words.split())
    except ValueError:
        ring = ()
    if not ring or any(len(key) != _KEY for key in ring):
        raise Damaged("the master key is not base64 of 32 bytes a line")
    return ring


def wrap(key: bytes, case_id: UUID, master: bytes) -> bytes:
    """magic 5 | name of the master key 8 | nonce 12 | AES-256-GCM(key) with the case id as associated data."""
    nonce = os.urandom(_NONCE)
    return _MAGIC + name_of(master) + nonce + AESGCM(master).encrypt(nonce, key, case_id.bytes)


def name_of(master: bytes) -> bytes:
    """Eight bytes that tell master keys apart and say nothing about them."""
    return hashlib.sha256(b"consilia master key name" + master).digest()[:_NAME]


def _shred(file: Path) -> None:
    try:
        descriptor = os.open(file, os.O_WRONLY)
    except FileNotFoundError:
        return
    try:
        os.pwrite(descriptor, os.urandom(_LENGTH), 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    file.unlink(missing_ok=True)


def _unwrap(case_id: UUID, wrapped: bytes) -> bytes:
    for master in masters():
        if name_of(master) == _named(wrapped):
            return _opened(wrapped, case_id, master)
    raise Damaged("the key of the case is wrapped by a master key that is not in the master key file")


def _opened(wrapped: bytes, case_id: UUID, master: bytes) -> bytes:
    rest = wrapped[len(_MAGIC) + _NAME :]
    try:
        return AESGCM(master).decrypt(rest[:_NONCE], rest[_NONCE:], case_id.bytes)
    except InvalidTag as error:
        raise Damaged("the key of the case does not verify") from error


def _named(wrapped: bytes) -> bytes:
    return wrapped[len(_MAGIC) : len(_MAGIC) + _NAME]


def _content(path: Path, case_id: UUID) -> bytes:
    try:
        wrapped = path.read_bytes()
    except FileNotFoundError:
        raise _missing(case_id) from None
    if len(wrapped) != _LENGTH or not wrapped.startswith(_MAGIC):
        raise Damaged("the key file of the case is not one of ours")
    return wrapped


def _missing(case_id: UUID) -> Absent:
    return Erased("the case has been erased") if erased(case_id) else Absent("the case has no key")


def _write_masters(ring: tuple[bytes, ...]) -> None:
    lines = "".join(base64.b64encode(key).decode() + "\n" for key in ring)
    disk.write_whole(places.master_key(), lines.encode())


def _keep(path: Path, kept: _Kept) -> None:
    if len(_kept) >= _KEPT_AT_MOST:
        _kept.clear()
    _kept[path] = kept


def _signature(path: Path) -> Signature:
    state = path.stat()
    return (state.st_ino, state.st_mtime_ns, state.st_ctime_ns, state.st_size)


def _path(case_id: UUID) -> Path:
    return places.keys() / f"{case_id}.key"
