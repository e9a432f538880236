"""Writing to the vault: whatever returns without an error is on disk, encrypted, and survives a power cut.

Order for every caller: vault first, then the row, then the acknowledgement. None of these calls touches the database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from consilia.kernel.ids import new_id
from consilia.vault import disk, keys, places, segments, staging, store
from consilia.vault.drafts import Draft as Draft
from consilia.vault.errors import Absent, Damaged, Erased, VaultBusy
from consilia.vault.staging import StagedId, StoredObject


def stage(case_id: UUID, *, at: datetime) -> StagedId:
    """Opens a resumable upload. Raises VaultFull, Erased."""
    return staging.create(case_id, at=at)


def append(staged: StagedId, offset: int, chunks: Iterable[bytes], *, at: datetime) -> int:
    """Adds bytes at `offset` (which must be the durable one) and returns the new durable offset, synced.

    When the source of the chunks breaks off, what has come is kept and the error rises; ask `queries.offset`.
    Raises WrongOffset, VaultBusy, VaultFull, Absent, Erased.
    """
    with staging.Staging(staged) as upload:
        return upload.append(offset, chunks, at=at)


def close(staged: StagedId, *, at: datetime) -> StoredObject:
    """Hashes the plaintext and moves the upload to `objects/<case>/<sha256>`.

    May be repeated until `discard`: a caller killed before its row was written asks again and gets the same answer.
    Raises VaultBusy, VaultFull, Absent, Erased.
    """
    with staging.Staging(staged) as upload:
        stored = upload.finish(at=at)
        body = staging.folder(staged) / "body"
        if body.exists():
            _keep(staged.case_id, {stored.sha256: body})
        return stored


def discard(staged: StagedId) -> None:
    """Forgets a staged upload, closed or not; the object of a closed one stays. Nothing happens when it is gone."""
    disk.remove_tree(staging.folder(staged), sync=False)  # what comes back after a power cut is swept


def put(case_id: UUID, chunks: Iterable[bytes]) -> StoredObject:
    """Stores bytes in one go: object `objects/<case>/<sha256>`; the same bytes twice are one object.

    Raises VaultFull, Erased; nothing is left behind then.
    """
    with Draft(case_id) as draft:
        for chunk in chunks:
            draft.write(chunk)
        return keep([draft])[0]


def keep(drafts: Sequence[Draft]) -> list[StoredObject]:
    """Drafts of one case become objects, durable when it returns; many together wait for the disk once.

    Raises VaultFull, Erased.
    """
    stored = [draft.finish() for draft in drafts]
    if drafts:
        _keep(drafts[0].case_id, {one.sha256: draft.path for one, draft in zip(stored, drafts, strict=True)})
    return stored


def put_derived(case_id: UUID, name: str, content: bytes) -> None:
    """Keeps a disposable file (page image, frame) under a name of ours; not synced: after a crash it is made again.

    Raises VaultFull, Erased.
    """
    key, digest = keys.make_or_get(case_id), derived_name(name)
    header = segments.new_header(segments.DERIVED)
    cipher = segments.Cipher(key, case_id, header)
    full, tail = segments.cut(b"", content, header.segment_size)
    sealed = [cipher.seal(part, index, segments.BODY) for index, part in enumerate(full)]
    parts = [header.packed(), *sealed, cipher.seal(tail, len(full), segments.LAST)]
    target = places.derived(case_id) / digest.hex()
    draft = target.with_name(f".{new_id().hex}.draft")
    with disk.full_is_named():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            draft.write_bytes(b"".join([*parts, cipher.seal_end(digest, len(content))]))
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    _refuse_when_erased(case_id, target)


def drop_derived(case_id: UUID) -> None:
    """Removes all derived files of a case, for instance when a renderer has changed."""
    store.derivatives().remove(str(case_id))


def derived_name(name: str) -> bytes:
    """SHA-256 of the name: file names in the data folder say nothing."""
    return hashlib.sha256(name.encode()).digest()


def erase_case(case_id: UUID, *, at: datetime) -> None:
    """Erases a case for good: tombstone, key, then objects, staged uploads and derived files. May be repeated.

    The tombstone comes first because it is the intent: a crash afterwards is completed by `sweep`, no new key can be
    made, and an older backup cannot bring the case back.
    """
    words = json.dumps({"case": str(case_id), "at": at.isoformat()})
    disk.write_whole(places.tombstones() / str(case_id), words.encode(), replace=False)
    keys.destroy(case_id)
    _remove_files(case_id)


def erase_object(case_id: UUID, sha256: str, *, at: datetime) -> None:
    """Erases one object for good: tombstone, bytes, the derived files of its case (made again). May be repeated.

    As with a case the tombstone is the intent: a crash is completed by `sweep`, an older backup brings nothing back.
    The same bytes stored again later are wanted again, and the tombstone goes.
    """
    words = json.dumps({"case": str(case_id), "object": sha256, "at": at.isoformat()})
    disk.write_whole(_tombstone(case_id, sha256), words.encode(), replace=False)
    store.originals().remove_one(f"{case_id}/{sha256}")
    drop_derived(case_id)


def _tombstone(case_id: UUID, sha256: str) -> Path:
    return places.tombstones() / f"{case_id}.{sha256}"


def sweep(*, older_than: timedelta, at: datetime) -> int:
    """Removes what nobody will come back for; returns how many things.

    Staged uploads without a byte since `older_than`, drafts of killed processes, files of erased cases and objects.
    """
    count = sum(_finish_erasure(case_id) for case_id in erased_cases())
    count += sum(store.originals().remove_one(f"{case_id}/{sha256}") for case_id, sha256 in erased_objects())
    count += sum(_sweep_staged(path, at - older_than) for path in _staged_paths())
    for draft in [*places.home().glob("*/.*.draft"), *places.home().glob("*/*/.*.draft")]:
        count += _sweep_file(draft, at - older_than)
    return count


def erased_cases() -> list[UUID]:
    """The cases that have a tombstone."""
    return [UUID(name) for name in _tombstones() if "." not in name]


def erased_objects() -> list[tuple[UUID, str]]:
    """(case, SHA-256) of the single objects that have a tombstone."""
    pairs = (name.split(".", 1) for name in _tombstones() if "." in name)
    return [(UUID(case), sha256) for case, sha256 in pairs]


def _tombstones() -> list[str]:
    folder = places.tombstones()
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) if folder.is_dir() else []


def _keep(case_id: UUID, drafts: Mapping[str, Path]) -> None:
    for sha256 in drafts:  # before the bytes: else a sweep would take what is told safe
        _forget_tombstone(_tombstone(case_id, sha256))
    try:
        store.originals().keep(str(case_id), drafts)
    except FileNotFoundError:
        if not keys.erased(case_id):
            raise
    if not keys.alive(case_id):  # erased while we wrote: leave nothing behind
        store.originals().remove(str(case_id))
        raise Erased("the case has been erased")


def _forget_tombstone(path: Path) -> None:
    if path.exists():
        path.unlink(missing_ok=True)
        disk.sync_folder(path.parent)


def _refuse_when_erased(case_id: UUID, target: Path) -> None:
    if not keys.alive(case_id):
        target.unlink(missing_ok=True)
        raise Erased("the case has been erased")


def _remove_files(case_id: UUID) -> bool:
    name = str(case_id)
    for path in places.tombstones().glob(f"{name}.*"):  # of its single objects: the case's own says it all
        path.unlink(missing_ok=True)
    removed = [store.originals().remove(name), store.derivatives().remove(name)]
    return any([*removed, disk.remove_tree(places.staging(case_id))])


def _finish_erasure(case_id: UUID) -> bool:
    destroyed = keys.destroy(case_id)
    return _remove_files(case_id) or destroyed


def _staged_paths() -> list[Path]:
    root = places.staging()
    return sorted(root.glob("*/*")) if root.is_dir() else []


def _sweep_staged(path: Path, before: datetime) -> bool:
    if path.is_file():
        return _sweep_file(path, before)
    try:
        with staging.Staging(StagedId(UUID(path.parent.name), UUID(path.name))) as upload:
            idle = upload.state.at < before
    except VaultBusy:
        return False
    except (Absent, Damaged):  # killed before the state was whole: nothing was ever acknowledged
        idle = path.stat().st_mtime < before.timestamp()
    return idle and disk.remove_tree(path)


def _sweep_file(path: Path, before: datetime) -> bool:
    if path.stat().st_mtime >= before.timestamp():
        return False
    path.unlink(missing_ok=True)
    return True
