"""Checkpoints: signed ends of all chains, kept in files outside the database, each bound to the one before.

One line of canonical JSON a checkpoint, appended to `checkpoints/<year>-<month>.jsonl` and synced: number, time,
SHA-256 of the previous line, and the heads that moved since (chain -> [sequence, hash]); an Ed25519 signature over
all of it. Only these find a chain that was cut at its end, dropped whole, or recomputed after a change; copy the
folder to another machine, for whoever owns folder *and* key *and* database can write a new history.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

FIRST: Final = "0" * 64
Heads = Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Written:
    """A checkpoint just written: its number (from 1), SHA-256 of its line, and how many heads moved."""

    number: int
    sha256: str
    moved: int


@dataclass(slots=True)
class Folded:
    """All checkpoints taken together: the last known head of each chain, and what is wrong with the files.

    `known` holds every (sequence, hash) a checkpoint has ever stated, per chain.
    """

    number: int = 0
    last: str = FIRST
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    known: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    unfinished: tuple[Path, int] | None = None


def folder() -> Path:
    return Path(settings.CONSILIA_HOME) / "checkpoints"


def write(heads: Heads, *, at: datetime) -> Written | None:
    """Appends one checkpoint with the heads that moved; None when none did. Durable when it returns."""
    _make_folder(folder())
    with _alone():
        so_far = _so_far()
        moved = {chain: list(head) for chain, head in sorted(heads.items()) if so_far.heads.get(chain) != head}
        if not moved:
            return None
        body = {
            "number": so_far.number + 1,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "previous": so_far.last,
            "chains": len(heads),
            "heads": moved,
        }
        line = _signed(body)
        _append(_file(at), line, so_far.unfinished)
        written = Written(so_far.number + 1, hashlib.sha256(line).hexdigest(), len(moved))
        _remember(heads, written)
        return written


def _file(at: datetime) -> Path:
    """The file of the month; the newest one when the clock has gone back, for their names give the order."""
    names = [f"{at.astimezone(UTC):%Y-%m}.jsonl", *(path.name for path in folder().glob("*.jsonl"))]
    return folder() / max(names)


Print = tuple[tuple[str, int], ...]
# What this process wrote last, so that a checkpoint a minute does not read years of them; counts for the same files.
_remembered: dict[Path, tuple[Print, Folded]] = {}


def _so_far() -> Folded:
    known = _remembered.get(folder())
    return known[1] if known and known[0] == _print() else fold()


def _remember(heads: Heads, written: Written) -> None:
    _remembered[folder()] = (_print(), Folded(written.number, written.sha256, dict(heads)))


def _print() -> Print:
    """Names and sizes of the files: another writer, a cut or an unfinished line changes them."""
    return tuple((path.name, path.stat().st_size) for path in sorted(folder().glob("*.jsonl")))


def fold() -> Folded:
    """Reads all checkpoints in order and checks signature, number and link of each; never raises for bad content."""
    folded = Folded()
    public = public_key()
    for path in sorted(folder().glob("*.jsonl")) if folder().is_dir() else ():
        for line in path.read_bytes().splitlines(keepends=True):
            _fold_line(folded, path, line, public)
    return folded


def public_key() -> Ed25519PublicKey | None:
    """The key that verifies checkpoints; None before the first one."""
    path = _key_file()
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes()).public_key() if path.exists() else None


def public_key_text() -> str:
    """The verifying key as 64 hexadecimal characters, to be kept elsewhere; empty before the first checkpoint."""
    key = public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex() if key else ""


def _fold_line(folded: Folded, path: Path, line: bytes, public: Ed25519PublicKey | None) -> None:
    if not line.endswith(b"\n"):  # a crash while it was appended: it was never acknowledged
        folded.unfinished = (path, len(line))
        return
    place = f"{path.name}, after checkpoint {folded.number}"
    body = _opened(line, public)
    if body is None:
        folded.faults.append(f"{place}: a line is not signed by this service or was changed")
        return
    if body["number"] != folded.number + 1 or body["previous"] != folded.last:
        folded.faults.append(f"{place}: checkpoints are missing, swapped or repeated")
    folded.number, folded.last = body["number"], hashlib.sha256(line).hexdigest()
    for chain, (sequence, digest) in body["heads"].items():
        folded.heads[chain] = (sequence, digest)
        folded.known.setdefault(chain, []).append((sequence, digest))


def _opened(line: bytes, public: Ed25519PublicKey | None) -> dict[str, Any] | None:
    try:
        signed: dict[str, Any] = json.loads(line)
        signature = bytes.fromhex(signed.pop("signature"))
        if public is None:
            return None
        public.verify(signature, rfc8785.dumps(signed))
    except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
        return None
    return signed


def _signed(body: dict[str, Any]) -> bytes:
    signature = _private_key().sign(rfc8785.dumps(body)).hex()
    line: bytes = rfc8785.dumps({**body, "signature": signature})
    return line + b"\n"


def _append(path: Path, line: bytes, unfinished: tuple[Path, int] | None) -> None:
    if unfinished:
        broken, length = unfinished
        os.truncate(broken, broken.stat().st_size - length)
    new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        rest = line
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if new:
        _sync(path.parent)


@contextmanager
def _alone() -> Iterator[None]:
    descriptor = os.open(folder() / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _key_file() -> Path:
    return Path(settings.CONSILIA_HOME) / "keys" / "checkpoints.ed25519"


def _private_key() -> Ed25519PrivateKey:
    path = _key_file()
    if not path.exists():
        _make_folder(path.parent)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, Ed25519PrivateKey.generate().private_bytes_raw())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        draft.rename(path)  # under the lock of the folder: nobody else makes one
        _sync(path.parent)
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def _make_folder(path: Path) -> None:
    if not path.is_dir():
        path.mkdir(parents=True, mode=0o700, exist_ok=True)
        _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
