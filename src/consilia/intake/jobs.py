"""Sorting an upload into records: the worker's part; may be killed anywhere and run again with the same effect."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consilia.cases import content
from consilia.cases.actions import desk
from consilia.cases.actions.desk import owner_of
from consilia.cases.actions.moving import lock
from consilia.cases.models import Case
from consilia.formats.limits import Budget
from consilia.formats.unpacking import NamedFile
from consilia.formats.values import NOTHING_MEASURED, Member, Reading
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake import actions, concluding, sorting
from consilia.intake.actions import clean_path, sweep_given_up
from consilia.intake.identity import Identity, Whose
from consilia.intake.judging import alarms, case_file, copies, kinds, persons
from consilia.intake.judging.findings import Paper
from consilia.intake.judging.record import Record
from consilia.intake.models import Upload, UploadState
from consilia.intake.policy import LONGEST_PATH
from consilia.intake.sorting import Found
from consilia.jobs import actions as jobs
from consilia.jobs import queries as jobs_queries
from consilia.jobs.registry import job, periodic
from consilia.kernel import language
from consilia.kernel.actor import system
from consilia.kernel.refusal import NotFound
from consilia.notify import actions as notify
from consilia.records import actions as records
from consilia.records import erasing, imaging, nursery, readings
from consilia.records.models import Document, Instance, Original, Standing
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries

BATCH = 200  # files that are read together
KEPT_TOGETHER = 25  # files of one transaction: others who write wait for less than a second
CHUNK = 1 << 20  # bytes
MOST_ALIKE = 100  # entries of one archive that are named one by one when they were not taken out for one reason


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
                batch += sorting.apart(found, whose)
                if len(batch) >= KEPT_TOGETHER:
                    _keep(upload, batch, whose, at)
                    batch = []
        _keep(upload, batch, whose, at)
        _finish(upload, at)
    except NotFound:  # erased meanwhile: the row or the key is gone
        return


@transaction.atomic
def _finish(upload: Upload, at: datetime) -> None:
    lock(upload.case_id)
    Upload.objects.filter(pk=upload.pk, state=UploadState.QUARANTINED).update(state=UploadState.SORTED, sorted_at=at)
    _tell_about_held(upload, at)
    if not Upload.objects.filter(case_id=upload.case_id, state=UploadState.QUARANTINED).exists():
        jobs.queue("intake.conclude", key=str(upload.pk), ids={"case": str(upload.case_id)}, at=at)


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


def _files(upload: Upload) -> Generator[Found]:
    """The upload itself, and what an archive holds; each member is in the vault before it is told of."""
    descriptor = vault_queries.to_descriptor(upload.case_id, upload.sha256)
    try:
        file = NamedFile(upload.path, descriptor)
        reading = _with_words(upload, file, nursery.shared().read([file])[0])
        yield Found(upload.path, upload.sha256, upload.size, reading)
        if reading.verdict is Verdict.ARCHIVE:
            yield from _members(upload, descriptor)
    finally:
        os.close(descriptor)


def _members(upload: Upload, descriptor: int) -> Iterator[Found]:
    """The entries of an archive, in its order; an entry that shares its path with another one gets a number."""
    folder = _folder(upload.pk)
    shutil.rmtree(folder, ignore_errors=True)  # of a killed worker
    folder.mkdir(parents=True, mode=0o700)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    name = Names(upload.path)
    try:
        members = nursery.shared().unpack(descriptor, handle, Budget())
        yield from _not_taken_out(members, name)
        stored = [(member, name.of(member.path)) for member in members if member.stored]
        for start in range(0, len(stored), BATCH):
            yield from _read(upload, folder, stored[start : start + BATCH])
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def _not_taken_out(members: list[Member], name: Names) -> Iterator[Found]:
    """Entries that stayed in the archive, each with its reason; of very many alike the rest is one line."""
    alike: Counter[tuple[Verdict, Reason]] = Counter()
    for member in members:
        if member.stored or not member.path:
            continue
        why = (member.verdict, member.reason)
        alike[why] += 1
        if alike[why] <= MOST_ALIKE:
            yield Found(name.of(member.path), "", member.size, Reading(*why))
    for why, count in alike.items():
        if count > MOST_ALIKE:
            words = _("%d more entries like these") % (count - MOST_ALIKE)
            yield Found(name.of(words), "", 0, Reading(*why))


def _read(upload: Upload, folder: Path, part: list[tuple[Member, str]]) -> Iterator[Found]:
    """Reads some entries together and puts each into the vault; the plain file goes at once."""
    opened = [os.open(folder / member.stored, os.O_RDONLY) for member, _path in part]
    try:
        files = [NamedFile(path, file) for (_member, path), file in zip(part, opened, strict=True)]
        readings = [
            _with_words(upload, file, reading)
            for file, reading in zip(files, nursery.shared().read(files), strict=True)
        ]
        for (member, path), file, reading in zip(part, opened, readings, strict=True):
            kept = vault.put(upload.case_id, _chunks(file))
            (folder / member.stored).unlink()
            yield Found(path, kept.sha256, kept.size, reading)
    finally:
        for file in opened:
            os.close(file)


def _with_words(upload: Upload, file: NamedFile, reading: Reading) -> Reading:
    """Scans and photos are read before they are judged; a page that cannot be read stays a picture."""
    return nursery.shared().read_scans(file, reading, language.base(upload.case.patient.language or ""))


def _folder(upload_id: UUID) -> Path:
    return Path(settings.CONSILIA_HOME) / "tmp" / f"sort-{upload_id}"


class Names:
    """Paths of the entries of one archive: beneath the archive's name, cleaned, cut, and no two alike."""

    def __init__(self, archive: str) -> None:
        stem, _, ending = archive.rpartition(".")
        self.prefix = (stem if ending.lower() == "zip" else archive)[-LONGEST_PATH // 2 :]
        self.taken = {archive}

    def of(self, path: str) -> str:
        """The same entries in the same order get the same names: a repeated run finds its rows again."""
        wanted = f"{self.prefix}/{clean_path(path)[-(LONGEST_PATH // 2 - 20) :]}"
        chosen, number = wanted, 1
        while chosen in self.taken:
            number += 1
            chosen = f"{wanted} ({number})"
        self.taken.add(chosen)
        return chosen


def _chunks(descriptor: int) -> Iterator[bytes]:
    place = 0
    while chunk := os.pread(descriptor, CHUNK, place):
        place += len(chunk)
        yield chunk


@transaction.atomic
def _keep(upload: Upload, batch: list[Found], whose: Whose, at: datetime) -> None:
    """Decides and keeps a batch; paths that an earlier, killed run kept are left as they are.

    The case is locked: two workers that hold the same picture in two uploads agree on which one leads.
    """
    lock(upload.case_id)
    marks, instances = _known(upload, batch)
    library = content.library()
    papers = _papers(upload) if any(found.reading.pages for found in batch) else {}
    mine = Original.objects.filter(upload_id=upload.pk, path__in=[found.path for found in batch])
    kept = dict(mine.values_list("path", "pk"))
    shelves: records.Shelves = {}
    for found in batch:
        if found.path in kept:
            continue
        known = sorting.Known(marks, instances, papers)
        decided = sorting.sort(found, whose, known, kinds.recognition_of(library))
        came = records.Came(
            path=found.path,
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
            came_out_of=kept[found.whole] if found.pages else upload.came_out_of_id,
            pages=found.pages,
        )
        original = records.keep(upload.case_id, came, decided.what, actor=system(), at=at, shelves=shelves)
        kept[found.path] = original.pk
        if found.reading.pages or found.reading.results != NOTHING_MEASURED:
            readings.keep(upload.case_id, original.pk, found.reading)
        if decided.judged is not None:
            _raise_alarms(upload, decided.judged, at)
            if decided.standing == Standing.TAKEN:
                papers[original.pk] = sorting.compared(decided.judged)
        if decided.standing in {Standing.TAKEN, Standing.HELD}:
            marks[found.mark] = original.pk
            if found.reading.instance is not None:
                instances[sorting.told(found.reading.instance.instance_uid, 64)] = original.pk


def _papers(upload: Upload) -> dict[UUID, copies.Paper]:
    """The papers of the case that lead, with their words, so that a scan of one of them is known again."""
    rows = Document.objects.filter(original__case_id=upload.case_id, original__standing=Standing.TAKEN)
    return {
        row.original_id: copies.Paper(
            Record(row.original.path, row.original.sha256, row.original.size, readings.of(row.original)),
            row.kind,
            row.document_date.isoformat() if row.document_date else "",
        )
        for row in rows.select_related("original")
    }


def _raise_alarms(upload: Upload, judged: Paper, at: datetime) -> None:
    """Alarm words are for a person on call at once; another person's words are not hers."""
    if judged.identity is Identity.MISMATCH:
        return
    fresh = (at - case_file.URGENT_FOR).date().isoformat()
    listening = alarms.listening_of(content.library())
    if found := list(case_file.alarms_of(judged, listening, year=at.year, fresh=fresh)):
        quotes = "\n".join(f"“{alarm.quote}” ({judged.record.name})" for alarm in found)
        desk.mark_urgent_by_words(upload.case_id, note=quotes, actor=system(), at=at)


def _reason_code(reason: str, reading: Reading) -> str:
    if reading.verdict is not Verdict.ARCHIVE or reading.reason is not Reason.NONE:
        return reason
    return records.SPLIT if reading.media_type in sorting.PAGE_IMAGES else records.UNPACKED


def _known(upload: Upload, batch: list[Found]) -> tuple[dict[sorting.Mark, UUID], dict[str, UUID]]:
    """What leads already among the batch: removed records lead nothing, so what was removed can be sent again."""
    uids = [sorting.told(found.reading.instance.instance_uid, 64) for found in batch if found.reading.instance]
    live = [Standing.TAKEN, Standing.HELD]
    leaders = Original.objects.filter(
        case_id=upload.case_id, standing__in=live, sha256__in={found.sha256 for found in batch}
    )
    pairs = Instance.objects.filter(series__study__case_id=upload.case_id, original__standing__in=live, uid__in=uids)
    papers = Document.objects.filter(original__case_id=upload.case_id, original__standing__in=live)
    marks = {(sha256, page): pk for sha256, page, pk in leaders.values_list("sha256", "first_page", "pk")}
    carried = dict(papers.filter(instance_uid__in=uids).values_list("instance_uid", "original_id"))
    return marks, carried | dict(pairs.values_list("uid", "original_id"))


def _tell_about_held(upload: Upload, at: datetime) -> None:
    """One message a case and day: a folder arrives as many uploads."""
    held = Original.objects.filter(upload_id=upload.pk, standing=Standing.HELD).exists()
    if held and (owner := owner_of(upload.case)):
        link = f"/patient/cases/{upload.case_id}/records/"
        once = f"held:{upload.case_id}:{at.date().isoformat()}"
        notify.tell(owner, "record_held", case_id=upload.case_id, link=link, once=once, at=at)


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
