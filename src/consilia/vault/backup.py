"""Backup and restore: one folder with everything but the keys, one short-lived file with the keys, and a way back.

Order of a backup: checkpoints, then the database, then staged uploads and objects; so the restored trail is never
shorter than a checkpoint claims, and every row finds its object. The keys file holds the key of each living case and
all tombstones. It opens every older backup folder of the same service, because the key of a case never changes:
keep only the newest, and what was erased stays erased in all backups as soon as the older keys files are gone.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from consilia.vault import actions, database, disk, keys, places, queries
from consilia.vault.errors import VaultError

FORMAT: Final = 1
KEYS_ARE_KEPT: Final = timedelta(days=14)
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup: folder, keys file, day after which the keys file is to be deleted, files, bytes."""

    folder: Path
    keys_file: Path
    keys_until: datetime
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: moment of the backup, files and bytes, cases kept erased, and what is not well."""

    made_at: datetime
    files: int
    size: int
    kept_erased: tuple[str, ...]
    findings: tuple[str, ...]


@dataclass(slots=True)
class _Copies:
    """What a backup holds: path in the folder -> (size in bytes, SHA-256 of the stored bytes)."""

    folder: Path
    known: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, source: Path, name: str) -> None:
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileNotFoundError):  # erased or finished while we read; the tombstone or the object tells
            self.known[name] = copy(source, target)

    def add_tree(self, root: Path) -> None:
        for path in _files(root):
            self.add(path, f"{root.name}/{path.relative_to(root)}")


def make(folder: Path, *, at: datetime) -> Made:
    """Writes a backup into a new folder, and its keys beside it, while the service runs.

    Raises VaultError when the folder is not empty, ToolMissing for PostgreSQL without pg_dump, VaultFull.
    """
    if folder.exists() and any(folder.iterdir()):
        raise VaultError(f"{folder} is not empty; name a new folder")
    with disk.full_is_named():
        disk.make_folder(folder)
        copies = _Copies(folder)
        copies.add_tree(places.checkpoints())
        dump = database.snapshot(folder)
        copies.known[dump.name] = (dump.stat().st_size, hash_of(dump))
        for root in (places.staging(), places.objects(), places.tombstones()):
            copies.add_tree(root)
        until = at + KEYS_ARE_KEPT
        keys_file = folder.with_name(f"{folder.name}-keys-until-{until:%Y-%m-%d}.tar")
        _write_keys(keys_file)
        manifest = {"format": FORMAT, "at": at.astimezone(UTC).isoformat(), "files": copies.known}
        os.sync()  # one wait for all copies; the manifest is what makes the folder a backup
        disk.write_whole(folder / "manifest.json", json.dumps(manifest, indent=0, sort_keys=True).encode())
    return Made(folder, keys_file, until, len(copies.known), sum(size for size, _ in copies.known.values()))


def restore(folder: Path, keys_file: Path, *, at: datetime) -> Restored:
    """Fills an empty data folder and an empty database; compares every hash and replays all tombstones.

    A damaged file is named in the findings and left out; the rest comes back. Raises VaultError when the data
    folder is not empty or `folder` is no finished backup.
    """
    manifest = _manifest(folder)
    _refuse_if_used()
    files: dict[str, tuple[int, str]] = {name: (size, sha) for name, (size, sha) in manifest["files"].items()}
    _read_keys(keys_file)
    findings = [_copied_back(folder, name, *files[name]) for name in files if name.startswith("tombstones/")]
    erased = {str(case_id) for case_id in actions.erased_cases()}
    dump = next(name for name in files if "/" not in name)
    if hash_of(folder / dump) != files[dump][1]:
        raise VaultError(f"{dump} of the backup is damaged: its hash is another than in the manifest")
    database.restore(folder / dump)
    wanted = [name for name in files if name != dump and not _is_erased(name, erased)]
    findings.extend(_copied_back(folder, name, *files[name]) for name in wanted if not name.startswith("tombstones/"))
    os.sync()
    actions.sweep(older_than=timedelta(days=365), at=at)
    found = [sentence for sentence in findings if sentence]
    found.extend(f"objects/{finding.key}: {finding.reason}" for finding in queries.scrub())
    size = sum(files[name][0] for name in wanted)
    return Restored(datetime.fromisoformat(manifest["at"]), len(wanted), size, tuple(sorted(erased)), tuple(found))


def newest_keys_file(folder: Path) -> Path:
    """The keys file beside a backup folder that is to be kept longest, that is the newest. Raises VaultError."""
    found = list(folder.parent.glob("*-keys-until-*.tar"))
    if not found:
        raise VaultError(f"no keys file lies beside {folder}; name it with --keys")
    return max(found, key=lambda path: (path.stem[-10:], path.stat().st_mtime_ns))


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy(source: Path, target: Path) -> tuple[int, str]:
    """Copies a file (0600); returns its size in bytes and its SHA-256."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reading, open(target, "wb", opener=_private) as writing:
        while piece := reading.read(_PIECE):
            writing.write(piece)
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _files(root: Path) -> Iterator[Path]:
    if root.is_dir():
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.name.startswith(".") and path.suffix != ".put":
                yield path


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    except (OSError, ValueError) as error:
        raise VaultError(f"{folder} is no finished backup: it has no readable manifest.json") from error
    if manifest.get("format") != FORMAT:
        raise VaultError(f"the backup has format {manifest.get('format')}, this version reads {FORMAT}")
    return manifest


def _refuse_if_used() -> None:
    if any(keys.cases()) or any(_files(places.objects())) or not database.is_empty():
        raise VaultError("the data folder or the database is not empty; restore into an empty one")


def _copied_back(folder: Path, name: str, size: int, sha256: str) -> str:
    target = places.home() / name
    if not target.resolve().is_relative_to(places.home().resolve()):
        return f"{name}: leads out of the data folder"
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        found = copy(folder / name, target)
    except FileNotFoundError:
        return f"{name}: is missing in the backup"
    if found != (size, sha256):
        target.unlink()
        return f"{name}: its hash is another than in the manifest"
    return ""


def _is_erased(name: str, erased: set[str]) -> bool:
    room, _, rest = name.partition("/")
    return room in {"objects", "staging"} and rest.partition("/")[0] in erased


def _write_keys(target: Path) -> None:
    with open(target, "wb", opener=_private) as file, tarfile.open(fileobj=file, mode="w") as archive:
        for root, prefix in ((Path(settings.CONSILIA_KEYS), "keys"), (places.tombstones(), "tombstones")):
            for path in _files(root):
                archive.add(path, f"{prefix}/{path.relative_to(root)}")
        file.flush()
        os.fsync(file.fileno())


def _read_keys(source: Path) -> None:
    """Keys of living cases, the secrets of the service, and tombstones; keys of erased cases are left out."""
    with tarfile.open(source) as archive:
        members = {member.name: member for member in archive if member.isfile()}
        for name, member in sorted(members.items(), reverse=True):  # tombstones come before keys
            prefix, _, rest = name.partition("/")
            root = {"keys": Path(settings.CONSILIA_KEYS), "tombstones": places.tombstones()}.get(prefix)
            stream = archive.extractfile(member)
            if root is None or stream is None or ".." in Path(rest).parts:
                raise VaultError(f"{source} is not a keys file of ours")
            if not (places.tombstones() / Path(rest).stem).exists() or prefix == "tombstones":
                disk.write_whole(root / rest, stream.read())
