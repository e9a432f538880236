"""Copies of files that arrive whole: every byte is hashed on the way and on the disk before it counts."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from consilia.kernel.refusal import Refusal, Refused

PIECE = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Copied:
    """Size in bytes and SHA-256 in hexadecimal."""

    size: int
    sha256: str


def copy_file(source: Path, target: Path, *, mode: int = 0o600) -> Copied:
    """Copies one file, on the disk when this returns. Raises FileExistsError when the target is there."""
    digest, size = hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with source.open("rb") as reader, os.fdopen(descriptor, "wb") as writer:
        while piece := reader.read(PIECE):
            digest.update(piece)
            writer.write(piece)
            size += len(piece)
        writer.flush()
        os.fsync(writer.fileno())
    return Copied(size, digest.hexdigest())


def copy_folder(source: Path, target: Path, *, without: frozenset[str] = frozenset()) -> dict[str, Copied]:
    """Copies a folder; `without` names entries of its first level. A file that goes meanwhile was not needed."""
    copied = {}
    for path in files(source, without=without):
        name = path.relative_to(source).as_posix()
        try:
            copied[name] = copy_file(path, target / name)
        except FileNotFoundError:
            (target / name).unlink(missing_ok=True)
    sync_folders(target)
    return copied


def files(folder: Path, *, without: frozenset[str] = frozenset()) -> Iterator[Path]:
    """Plain files below a folder in a steady order; links are no records of ours and are left out."""
    for path in sorted(folder.rglob("*")):
        if path.relative_to(folder).parts[0] not in without and path.is_file() and not path.is_symlink():
            yield path


def checked(folder: Path, name: str, expected: Copied) -> Path:
    """The file of a backup when it is still what was written. Raises Refused when it is not, or leads elsewhere."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Refused(Refusal("backup_damaged", f"The backup names a file outside itself: {name}"))
    if not path.is_file():
        raise Refused(Refusal("backup_damaged", f"The backup lacks {name}."))
    if measured(path) != expected:
        raise Refused(Refusal("backup_damaged", f"The backup is damaged: {name} is not what was written."))
    return path


def measured(path: Path) -> Copied:
    with path.open("rb") as file:
        return Copied(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def sync_folders(top: Path, *, deep: bool = True) -> None:
    """Brings the names of new files to the disk, for the folder and all below it."""
    for folder in [top, *(path for path in (top.rglob("*") if deep else ()) if path.is_dir())]:
        if folder.is_dir():
            descriptor = os.open(folder, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
