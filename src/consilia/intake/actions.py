"""Uploads: open, append, close, discard; nothing is parsed here, and no byte is acknowledged before it is on disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import policy as cases_policy
from consilia.cases.access import Reader, Right
from consilia.cases.actions.moving import lock, refuse
from consilia.cases.models import Case
from consilia.intake import policy
from consilia.intake.models import Upload, UploadLink, UploadState
from consilia.jobs import actions as jobs
from consilia.kernel.actor import Actor, system
from consilia.kernel.ids import hash_secret
from consilia.kernel.refusal import Invalid, NotFound, Refusal, Refused
from consilia.records.actions import SPLIT
from consilia.records.models import Original, Standing
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries
from consilia.vault.drafts import Draft
from consilia.vault.errors import Absent, VaultBusy, WrongOffset
from consilia.vault.staging import StagedId, StoredObject

LEFT_BEHIND: Final = timedelta(minutes=1)  # since the upload was opened; before that its sender is still there


def clean_path(path: str) -> str:
    """The name as the sender gave it, without what could mislead: control characters, roots, parent folders."""
    visible = "".join(letter for letter in path.replace("\\", "/") if letter.isprintable())
    parts = [part for part in visible.split("/") if part not in {"", ".", ".."}]
    return "/".join(parts)[-policy.LONGEST_PATH :] or _("file without a name")


@transaction.atomic
def open_upload(by: Reader, *, path: str, size: int, key: str, at: datetime) -> Upload:
    """Begins an upload, or gives back the one that was begun with the same key (double click, lost answer).

    Raises Refused without consent or after signing, Invalid for a negative size, VaultFull.
    """
    by.require(Right.ADD_RECORDS)
    case = lock(by.case_id)
    refuse(cases_policy.against_adding_records(case))
    refuse(policy.against_size(size))
    if size < 0:
        raise Invalid({"size": _("A file has a size of zero or more.")})
    inner_key = key_of(by, key)
    known = _known(case.pk, inner_key, size)
    if known is not None:
        return known
    staged = vault.stage(case.pk, at=at)
    upload = Upload.objects.create(
        case=case,
        path=clean_path(path),
        size=size,
        key=inner_key,
        staged_id=staged.object_id,
        source=source_of(by),
        link_id=by.link_id,
        opened_by_id=by.person_id,
        opened_at=at,
    )
    audit.record(Kind.UPLOAD_OPENED, case_id=case.pk, actor=by.actor, entity=("upload", upload.pk), at=at)
    return upload


def reasons_against(by: Reader) -> tuple[Refusal, ...]:
    """What speaks against sending records now; empty means go."""
    by.require(Right.ADD_RECORDS)
    return cases_policy.against_adding_records(Case.objects.get(pk=by.case_id))


def key_of(by: Reader, key: str) -> str:
    """The sender's key bound to the sender: nobody meets somebody else's upload by guessing its key."""
    return hash_secret(f"{by.link_id or by.person_id}:{key}")


def source_of(by: Reader) -> str:
    """Who sends: the role in the trail, or for a link whom the patient gave it to."""
    if by.link_id is None:
        return by.role
    return str(UploadLink.objects.values_list("kind", flat=True).get(pk=by.link_id))


def _known(case_id: UUID, key: str, size: int) -> Upload | None:
    """The live upload of a key. One that says another size, or whose records were all removed, gives its key up."""
    known = Upload.objects.filter(case_id=case_id, key=key).exclude(state=UploadState.DISCARDED).first()
    if known is None:
        return None
    kept = Original.objects.filter(upload_id=known.pk)
    left = kept.exclude(standing=Standing.REMOVED).exclude(reason=SPLIT)
    removed = known.state == UploadState.SORTED and not left.exists()
    if known.size == size and not removed:
        return known
    Upload.objects.filter(pk=known.pk).update(key=hash_secret(f"{key}:{known.pk}"))
    return None


def append(by: Reader, upload_id: UUID, offset: int, chunks: Iterable[bytes], *, at: datetime) -> int:
    """Adds bytes at the durable offset; returns the new one, synced. The last byte closes the upload.

    The vault is written outside a transaction: first the bytes, then the row, then the answer.
    Raises NotFound, Refused, vault.errors.WrongOffset, VaultFull.
    """
    by.require(Right.ADD_RECORDS)
    upload = _own(by, upload_id)
    if upload.state != UploadState.ARRIVING:
        raise WrongOffset(upload.size)  # also when the answer to the last piece was lost: the sender asks and is done
    durable = vault.append(_staged(upload), offset, _no_more_than(chunks, upload.size - offset), at=at)
    Upload.objects.filter(pk=upload.pk, state=UploadState.ARRIVING).update(offset=durable)
    if durable >= upload.size:
        close(by, upload_id, at=at)
    return durable


def _no_more_than(chunks: Iterable[bytes], rest: int) -> Iterable[bytes]:
    """Cuts what is sent beyond the announced size."""
    for chunk in chunks:
        if rest <= 0:
            return
        yield chunk[:rest]
        rest -= len(chunk)


def progress(by: Reader, upload_id: UUID, *, at: datetime) -> tuple[int, int]:
    """(bytes that are safe, size): where the sender goes on. Raises NotFound, VaultBusy.

    Whoever hears that all bytes are safe never comes back: an upload that a killed server left complete and open is
    closed before the answer.
    """
    by.require(Right.ADD_RECORDS)
    upload = _own(by, upload_id)
    if upload.state != UploadState.ARRIVING:
        return upload.size, upload.size
    durable = vault_queries.offset(_staged(upload))
    if durable >= upload.size:
        close(by, upload_id, at=at)
    return durable, upload.size


def close(by: Reader, upload_id: UUID, *, at: datetime) -> Upload:
    """All bytes are here: the object is sealed, the row says so, a job will sort it. Twice is once.

    Raises Refused when bytes are missing: a file that broke off is never taken for a whole one.
    """
    by.require(Right.ADD_RECORDS)
    upload = _own(by, upload_id)
    if upload.state != UploadState.ARRIVING:
        return upload
    if vault_queries.offset(_staged(upload)) != upload.size:
        raise Refused(policy.incomplete())
    return _closed(upload, by.actor, at)


def close_left_behind(*, at: datetime) -> int:
    """Closes uploads whose last byte is safe and whose sender was never told so, because the server was killed."""
    count = 0
    for upload in Upload.objects.filter(state=UploadState.ARRIVING, opened_at__lt=at - LEFT_BEHIND):
        try:
            if vault_queries.offset(_staged(upload)) == upload.size:
                _closed(upload, system(), at)
                count += 1
        except (Absent, VaultBusy):  # swept, or its sender is at it
            continue
    return count


def _closed(upload: Upload, actor: Actor, at: datetime) -> Upload:
    """Seals the object, then the row in a transaction of its own, then forgets the staged bytes: in that order."""
    stored = vault.close(_staged(upload), at=at)
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state == UploadState.ARRIVING:
            _here(upload, stored, actor, at)
    vault.discard(_staged(upload))
    return upload


def _here(upload: Upload, stored: StoredObject, actor: Actor, at: datetime) -> None:
    """The row of a sealed object, the event and the job, in the caller's transaction."""
    _lies(upload, stored, at)
    upload.save(update_fields=["state", "sha256", "closed_at", "offset", "size"])
    _announce([upload], actor, at)


def _lies(upload: Upload, stored: StoredObject, at: datetime) -> None:
    """What a row says of bytes that are all in the vault."""
    upload.state, upload.sha256, upload.closed_at = UploadState.QUARANTINED, stored.sha256, at
    upload.offset = upload.size = stored.size


def _announce(uploads: Sequence[Upload], actor: Actor, at: datetime) -> None:
    """The event and the job of each upload of a case that is all here."""
    if uploads:
        entities = [("upload", one.pk) for one in uploads]
        audit.record_each(Kind.UPLOAD_FINISHED, entities, case_id=uploads[0].case_id, actor=actor, at=at)
        jobs.queue_each("intake.sort", {sort_key(one): {"upload": one.pk} for one in uploads}, at=at)


def sort_key(upload: Upload) -> str:
    """The key of the job that sorts an upload."""
    return f"intake.sort:{upload.pk}"


@transaction.atomic
def discard(by: Reader, upload_id: UUID, *, at: datetime) -> None:
    """Gives an unfinished upload up (tus termination); a finished one stays."""
    by.require(Right.ADD_RECORDS)
    upload = _own(by, upload_id)
    if upload.state != UploadState.ARRIVING:
        return
    upload.state = UploadState.DISCARDED
    upload.save(update_fields=["state"])
    audit.record(Kind.UPLOAD_DISCARDED, case_id=by.case_id, actor=by.actor, entity=("upload", upload.pk), at=at)
    staged = _staged(upload)
    transaction.on_commit(lambda: vault.discard(staged))


@dataclass(frozen=True, slots=True)
class Coming:
    """A file that came in one go: its name as the sender gave it, and its bytes."""

    path: str
    draft: Draft


def adopt(by: Reader, files: Sequence[Coming], *, at: datetime) -> list[Upload]:
    """Keeps files whose bytes have come, together: one wait for the disk and one transaction for all of them.

    Twice is once: what the same sender sends again, because the answer was lost, gives back the first upload.
    Raises Refused as `open_upload` does, VaultFull, Erased; then none is kept, and the drafts are the caller's.
    """
    by.require(Right.ADD_RECORDS)
    stored = vault.keep([one.draft for one in files])
    paths = [clean_path(one.path) for one in files]
    keys = [key_of(by, f"{path}:{one.sha256}") for path, one in zip(paths, stored, strict=True)]
    with transaction.atomic():
        case = lock(by.case_id)
        refuse(cases_policy.against_adding_records(case))
        uploads = _known_already(case.pk, {key: one.size for key, one in zip(keys, stored, strict=True)})
        fresh: dict[str, tuple[Upload, StoredObject]] = {}
        for path, key, one, came in zip(paths, keys, stored, files, strict=True):
            if key not in uploads:
                fresh[key] = Upload(case=case, path=path, key=key, staged_id=came.draft.draft_id), one
        whole(by, list(fresh.values()), at=at)
    return [uploads[key] if key in uploads else fresh[key][0] for key in keys]


def _known_already(case_id: UUID, sizes: Mapping[str, int]) -> dict[str, Upload]:
    """The live uploads of these keys."""
    rows = Upload.objects.filter(case_id=case_id, key__in=sizes).exclude(state=UploadState.DISCARDED)
    found = {key: _known(case_id, key, sizes[key]) for key in rows.values_list("key", flat=True)}
    return {key: upload for key, upload in found.items() if upload is not None}


def whole(by: Reader, uploads: Sequence[tuple[Upload, StoredObject]], *, at: datetime) -> list[Upload]:
    """New rows of bytes that are all in the vault, with their events and jobs, in the caller's transaction."""
    source = source_of(by)
    for upload, stored in uploads:
        upload.source, upload.link_id, upload.opened_by_id, upload.opened_at = source, by.link_id, by.person_id, at
        _lies(upload, stored, at)
    rows = Upload.objects.bulk_create([upload for upload, _stored in uploads])
    _announce(rows, by.actor, at)
    return rows


def put_whole(by: Reader, *, path: str, chunks: Iterable[bytes], size: int, key: str, at: datetime) -> Upload:
    """A file that comes in one request (a form without JavaScript)."""
    upload = open_upload(by, path=path, size=size, key=key, at=at)
    if upload.state == UploadState.ARRIVING and upload.size:
        durable, size = progress(by, upload.pk, at=at)
        if durable < size:
            append(by, upload.pk, durable, _after(chunks, durable), at=at)
    return close(by, upload.pk, at=at)


def _after(chunks: Iterable[bytes], skipped: int) -> Iterable[bytes]:
    """The chunks without the bytes that are safe already."""
    for chunk in chunks:
        if len(chunk) > skipped:
            yield chunk[skipped:]
        skipped = max(0, skipped - len(chunk))


def _own(by: Reader, upload_id: UUID) -> Upload:
    """An upload of this case; through a link only one that came through it."""
    own = Upload.objects.filter(pk=upload_id, case_id=by.case_id).exclude(state=UploadState.DISCARDED)
    if by.link_id is not None:
        own = own.filter(link_id=by.link_id)
    upload = own.first()
    if upload is None:
        raise NotFound
    return upload


def _staged(upload: Upload) -> StagedId:
    return StagedId(upload.case_id, upload.staged_id)


def sweep_given_up(*, older_than: datetime) -> int:
    """Rows of uploads whose staged bytes the vault has swept: the sender never came back."""
    count = 0
    for upload in Upload.objects.filter(state=UploadState.ARRIVING, opened_at__lt=older_than):
        try:
            vault_queries.offset(_staged(upload))
        except Absent:
            Upload.objects.filter(pk=upload.pk).update(state=UploadState.DISCARDED)
            count += 1
    return count
