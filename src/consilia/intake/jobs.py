"""Sorting an upload into records: the worker's part; may be killed anywhere and run again with the same effect."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from consilia.cases.actions.desk import owner_of
from consilia.formats.client import NamedFile
from consilia.formats.limits import Budget
from consilia.formats.values import Reading
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake import sorting
from consilia.intake.actions import sweep_given_up
from consilia.intake.identity import Whose
from consilia.intake.models import Upload, UploadState
from consilia.jobs.registry import job, periodic
from consilia.kernel.actor import system
from consilia.notify import actions as notify
from consilia.records import actions as records
from consilia.records import nursery, pictures
from consilia.records.models import Instance, Original, Standing
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries
from consilia.vault.errors import Absent

BATCH = 200  # files that are read together and kept in one transaction
CHUNK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Found:
    """One file of an upload: the upload itself or a member; `reading` is set for what was decided while unpacking."""

    path: str
    sha256: str
    size: int
    reading: Reading


@job("intake.sort", attempts=4)
def sort(ids: Mapping[str, str], *, at: datetime) -> None:
    """Reads an upload in the nursery and keeps every file with its verdict; then tells the patient if one is held."""
    upload = Upload.objects.select_related("case__patient__person").filter(pk=ids["upload"]).first()
    if upload is None or upload.state != UploadState.QUARANTINED or upload.case.tombstone_at:
        return
    whose = whose_case(upload)
    batch: list[Found] = []
    try:
        with closing(_files(upload)) as files:
            for found in files:
                batch.append(found)
                if len(batch) == BATCH:
                    _keep(upload, batch, whose, at)
                    batch = []
    except Absent:  # erased meanwhile
        return
    _keep(upload, batch, whose, at)
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk, state=UploadState.QUARANTINED).update(
            state=UploadState.SORTED, sorted_at=at
        )
        _tell_about_held(upload, at)


def whose_case(upload: Upload) -> Whose:
    patient = upload.case.patient
    return Whose(
        given_name=patient.given_name,
        family_name=patient.family_name,
        former_name=patient.former_name,
        birth_date=patient.birth_date,
        identifiers=tuple(row.get("value", "") for row in patient.identifiers),
    )


def _files(upload: Upload) -> Generator[Found]:
    """The upload itself, and what an archive holds; each member is in the vault before it is told of."""
    descriptor = vault_queries.to_descriptor(upload.case_id, upload.sha256)
    try:
        reading = nursery.shared().read([NamedFile(upload.path, descriptor)])[0]
        yield Found(upload.path, upload.sha256, upload.size, reading)
        if reading.verdict is Verdict.ARCHIVE:
            yield from _members(upload, descriptor)
    finally:
        os.close(descriptor)


def _members(upload: Upload, descriptor: int) -> Iterator[Found]:
    folder = Path(settings.CONSILIA_HOME) / "tmp" / f"sort-{upload.pk}"
    shutil.rmtree(folder, ignore_errors=True)  # of a killed worker
    folder.mkdir(parents=True, mode=0o700)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    prefix = upload.path.removesuffix(".zip").removesuffix(".ZIP")
    try:
        members = nursery.shared().unpack(descriptor, handle, Budget())
        stored = [member for member in members if member.stored]
        for member in members:
            if not member.stored and member.path:
                yield Found(f"{prefix}/{member.path}", "", member.size, Reading(member.verdict, member.reason))
        for start in range(0, len(stored), BATCH):
            opened = [
                (member, os.open(folder / member.stored, os.O_RDONLY)) for member in stored[start : start + BATCH]
            ]
            try:
                readings = nursery.shared().read([NamedFile(member.path, file) for member, file in opened])
                for (member, file), reading in zip(opened, readings, strict=True):
                    kept = vault.put(upload.case_id, _chunks(file))
                    yield Found(f"{prefix}/{member.path}", kept.sha256, kept.size, reading)
            finally:
                for _member, file in opened:
                    os.close(file)
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def _chunks(descriptor: int) -> Iterator[bytes]:
    place = 0
    while chunk := os.pread(descriptor, CHUNK, place):
        place += len(chunk)
        yield chunk


@transaction.atomic
def _keep(upload: Upload, batch: list[Found], whose: Whose, at: datetime) -> None:
    """Decides and keeps a batch; paths that an earlier, killed run kept are left as they are."""
    hashes, instances = _known(upload)
    kept_paths = set(Original.objects.filter(upload_id=upload.pk).values_list("path", flat=True))
    for found in batch:
        path = found.path[:1000]
        if path in kept_paths:
            continue
        kept_paths.add(path)
        decided = sorting.sort(path, found.sha256, found.reading, whose, sorting.Known(hashes, instances))
        came = records.Came(
            path=path,
            sha256=found.sha256,
            size=found.size,
            media_type=found.reading.media_type,
            standing=decided.standing,
            reason=_reason_code(decided.reason, found.reading),
            source=upload.source,
            upload_id=upload.pk,
            duplicate_of=decided.duplicate_of,
            claims=sorting.claims_as_rows(found.reading),
            identity=decided.judgement.identity.value,
            identity_reasons=sorting.lines_as_rows(decided.judgement),
        )
        original = records.keep(upload.case_id, came, decided.what, actor=system(), at=at)
        if found.reading.pages:
            pictures.keep_text(upload.case_id, original.pk, found.reading.pages)
        if decided.standing in {Standing.TAKEN, Standing.HELD}:
            hashes[found.sha256] = original.pk
            if found.reading.instance is not None:
                instances[found.reading.instance.instance_uid] = original.pk


def _reason_code(reason: str, reading: Reading) -> str:
    return "unpacked" if reading.verdict is Verdict.ARCHIVE and reading.reason is Reason.NONE else reason


def _known(upload: Upload) -> tuple[dict[str, UUID], dict[str, UUID]]:
    leaders = Original.objects.filter(case_id=upload.case_id, standing__in=[Standing.TAKEN, Standing.HELD])
    pairs = Instance.objects.filter(series__study__case_id=upload.case_id).values_list("uid", "original_id")
    return dict(leaders.values_list("sha256", "pk")), dict(pairs)


def _tell_about_held(upload: Upload, at: datetime) -> None:
    held = Original.objects.filter(upload_id=upload.pk, standing=Standing.HELD).exists()
    if held and (owner := owner_of(upload.case)):
        link = f"/patient/cases/{upload.case_id}/records/"
        notify.tell(owner, "record_held", case_id=upload.case_id, link=link, once=f"held:{upload.pk}", at=at)


@periodic(every=timedelta(hours=6))
def sweep(ids: Mapping[str, str], *, at: datetime) -> None:
    """Forgets uploads that nobody came back for within a week."""
    vault.sweep(older_than=timedelta(days=7), at=at)
    sweep_given_up(older_than=at - timedelta(days=7))
