"""Sorting an upload into records: the worker's part; may be killed anywhere and run again with the same effect."""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import transaction

from consilia.cases import content
from consilia.cases.actions.desk import owner_of
from consilia.cases.actions.moving import lock
from consilia.cases.models import Case
from consilia.formats.values import Description
from consilia.intake import actions, arriving, concluding, filing, sorting
from consilia.intake.actions import sweep_given_up
from consilia.intake.identity import Whose
from consilia.intake.judging import persons
from consilia.intake.models import Upload, UploadState
from consilia.intake.sorting import Found
from consilia.jobs import actions as jobs
from consilia.jobs import queries as jobs_queries
from consilia.jobs.registry import job, periodic
from consilia.kernel.actor import system
from consilia.kernel.refusal import NotFound
from consilia.notify import actions as notify
from consilia.records import erasing, imaging
from consilia.records.models import Original, Standing
from consilia.vault import actions as vault

KEPT_TOGETHER = 60  # files of one transaction,
KEPT_WITHIN = 0.4  # or what came in so many seconds: progress shows, and others who write do not wait long
SMALL = 4 * 1024 * 1024  # bytes of an upload that is sorted along with others
MOST_BESIDE = 480  # of them
logger = logging.getLogger(__name__)


@job("intake.sort", attempts=4)
def sort(ids: Mapping[str, str], *, at: datetime) -> None:
    """Reads an upload in the nursery and keeps every file with its verdict; then tells the patient if one is held.

    A folder comes as many small uploads: those of the same case that wait are sorted along with it. When that fails,
    it is sorted alone, because another may be the cause, and each has a job of its own.
    """
    upload = Upload.objects.select_related("case__patient__person").filter(pk=ids["upload"]).first()
    if upload is None or upload.state != UploadState.QUARANTINED or upload.case.tombstone_at:
        return
    beside = _beside(upload, at)
    with contextlib.suppress(NotFound):  # erased meanwhile: the row or the key is gone
        try:
            _sort([upload, *beside], at)
        except NotFound:
            raise
        except Exception as error:
            if not beside:
                raise
            logger.warning("uploads are sorted one by one: %s", type(error).__name__)
            _sort([upload], at)


def _beside(upload: Upload, at: datetime) -> list[Upload]:
    """Small uploads of the same case that wait and that no other worker has begun."""
    if upload.size > SMALL:
        return []
    waiting = Upload.objects.filter(case_id=upload.case_id, state=UploadState.QUARANTINED, size__lte=SMALL)
    found = {actions.sort_key(one): one for one in waiting.exclude(pk=upload.pk)[:MOST_BESIDE]}
    mine = jobs.take_along("intake.sort", found, at=at)
    for one in mine:
        found[one].case = upload.case
    return [one for key, one in found.items() if key in mine]


def _sort(uploads: Sequence[Upload], at: datetime) -> None:
    """A few files are kept in each transaction, so that others who write wait for less than a second."""
    case_id, whose = uploads[0].case_id, whose_case(uploads[0])
    batch: list[tuple[Upload, Found]] = []
    ended: list[Upload] = []
    begun = monotonic()
    with closing(arriving.files_of(uploads)) as files:
        for one in files:
            if one.found is None:
                ended.append(one.upload)
            else:
                batch += [(one.upload, found) for found in sorting.apart(one.found, whose)]
            if len(batch) >= KEPT_TOGETHER or monotonic() - begun > KEPT_WITHIN:
                _keep(case_id, batch, ended, whose, at)
                batch, ended, begun = [], [], monotonic()
    _keep(case_id, batch, ended, whose, at)


def _keep(
    case_id: UUID, batch: Sequence[tuple[Upload, Found]], ended: Sequence[Upload], whose: Whose, at: datetime
) -> None:
    with transaction.atomic():
        headers = _filed(case_id, batch, ended, whose, at)
    for record_id, header in headers.items():
        imaging.keep_header(case_id, record_id, header)


def _filed(
    case_id: UUID, batch: Sequence[tuple[Upload, Found]], ended: Sequence[Upload], whose: Whose, at: datetime
) -> dict[UUID, Description]:
    """Keeps a batch and brings the uploads that it ends to their end; whose paths were kept before are left so.

    The case is locked: two workers that hold the same picture in two uploads agree on which one leads.
    """
    lock(case_id)
    kept = _kept_already(batch)
    fresh = [(upload, found) for upload, found in batch if (upload.pk, found.path) not in kept]
    headers = filing.file(case_id, fresh, kept, whose, at=at)
    if not ended:
        return headers
    mine = Upload.objects.filter(pk__in=[upload.pk for upload in ended], state=UploadState.QUARANTINED)
    mine.update(state=UploadState.SORTED, sorted_at=at)
    jobs.settle("intake.sort", [actions.sort_key(upload) for upload in ended], at=at)
    _tell_about_held(ended, at)
    if not Upload.objects.filter(case_id=case_id, state=UploadState.QUARANTINED).exists():
        jobs.queue("intake.conclude", key=str(ended[-1].pk), ids={"case": str(case_id)}, at=at)
    return headers


def _kept_already(batch: Sequence[tuple[Upload, Found]]) -> dict[tuple[UUID, str], UUID]:
    """Upload and path -> record, of what an earlier, killed run kept."""
    uploads, paths = {upload.pk for upload, _found in batch}, [found.path for _upload, found in batch]
    rows = Original.objects.filter(upload_id__in=uploads, path__in=paths)
    return {(upload_id, path): pk for upload_id, path, pk in rows.values_list("upload_id", "path", "pk") if upload_id}


@job("intake.conclude")
def conclude(ids: Mapping[str, str], *, at: datetime) -> None:
    """Draws the conclusions of a case after an upload or a decision, so that no page has to wait for them.

    Where another such job waits already, that one draws for both.
    """
    if jobs_queries.waits("intake.conclude", ids):
        return
    case_id = UUID(ids["case"])
    if Case.objects.filter(pk=case_id, tombstone_at=None).exists():
        with contextlib.suppress(NotFound):  # erased meanwhile
            concluding.of_case(case_id, at=at)
            imaging.describe_case(case_id)


def whose_case(upload: Upload) -> Whose:
    patient = upload.case.patient
    return Whose(
        given_name=patient.given_name,
        family_name=patient.family_name,
        former_name=patient.former_name,
        birth_date=patient.birth_date,
        identifiers=tuple(row.get("value", "") for row in patient.identifiers),
        forms=persons.forms(content.library()),
    )


def _tell_about_held(uploads: Sequence[Upload], at: datetime) -> None:
    """One message a case and day: a folder arrives as many uploads."""
    case = uploads[0].case
    ids = [upload.pk for upload in uploads]
    held = Original.objects.filter(upload_id__in=ids, standing=Standing.HELD).exists()
    if held and (owner := owner_of(case)):
        link = f"/patient/cases/{case.pk}/records/"
        once = f"held:{case.pk}:{at.date().isoformat()}"
        notify.tell(owner, "record_held", case_id=case.pk, link=link, once=once, at=at)


@periodic(every=timedelta(minutes=10))
def note_failed(ids: Mapping[str, str], *, at: datetime) -> None:
    """An upload whose sorting was given up says so: its bytes are kept, and a person must look."""
    given_up = [line.ids.get("upload", "") for line in jobs_queries.dead() if line.name == "intake.sort"]
    Upload.objects.filter(pk__in=[one for one in given_up if one], state=UploadState.QUARANTINED).update(
        state=UploadState.FAILED, problem="sorting_failed"
    )


@periodic(every=timedelta(minutes=1))
def close_left_behind(ids: Mapping[str, str], *, at: datetime) -> None:
    """Brings uploads to their end that a killed server left complete and open."""
    actions.close_left_behind(at=at)


@periodic(every=timedelta(days=1))
def find_old_removals(ids: Mapping[str, str], *, at: datetime) -> None:
    """Asks for a job for each record that was removed so long ago that nobody can put it back."""
    for record_id, case_id in erasing.due(at):
        key = f"{record_id}/{at.date().isoformat()}"
        jobs.queue("intake.erase_removed", key=key, ids={"record": record_id, "case": case_id}, at=at)


@job("intake.erase_removed")
@transaction.atomic
def erase_removed(ids: Mapping[str, str], *, at: datetime) -> None:
    """Erases the bytes and words of a removed record; a legal hold or an upload under way puts it off to another day.

    An upload may bring the very bytes again: they would be in the vault and not yet in a row.
    """
    try:
        case = lock(UUID(ids["case"]))
    except NotFound:
        return
    coming = Upload.objects.filter(case=case, state__in=[UploadState.ARRIVING, UploadState.QUARANTINED])
    if not (case.legal_hold or case.patient.legal_hold or coming.exists()):
        erasing.erase(case.pk, UUID(ids["record"]), actor=system(), at=at)


@periodic(every=timedelta(hours=6))
def sweep(ids: Mapping[str, str], *, at: datetime) -> None:
    """Forgets uploads that nobody came back for within a week, and unpacked files of workers that were killed."""
    vault.sweep(older_than=timedelta(days=7), at=at)
    sweep_given_up(older_than=at - timedelta(days=7))
    for folder in (Path(settings.CONSILIA_HOME) / "tmp").glob("sort-*"):
        if folder.stat().st_mtime < (at - timedelta(days=1)).timestamp():
            shutil.rmtree(folder, ignore_errors=True)
