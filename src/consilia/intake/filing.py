"""Filing: a batch of files is judged and becomes records of the case, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from consilia.cases import content
from consilia.cases.actions import desk
from consilia.formats.values import NOTHING_MEASURED, Description, Reading
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake import sorting
from consilia.intake.identity import Identity, Whose
from consilia.intake.judging import alarms, case_file, copies, kinds
from consilia.intake.judging.findings import Paper
from consilia.intake.judging.record import Record
from consilia.intake.models import Upload
from consilia.intake.sorting import Found, Sorted
from consilia.kernel.actor import system
from consilia.records import actions as records
from consilia.records import readings
from consilia.records.models import Document, Instance, Original, Standing

Batch = Sequence[tuple[Upload, Found]]
Filed = Mapping[tuple[UUID, str], UUID]  # upload and path -> record


def file(case_id: UUID, batch: Batch, filed: Filed, whose: Whose, *, at: datetime) -> dict[UUID, Description]:
    """Decides about each file in its order, knowing the ones before, and keeps them; `filed`: what is kept already.

    Beside the rows goes what was read. Alarm words are told to a person on call. Returns the headers of pictures by
    record, to be kept after the transaction: nobody who writes has to wait for these files.
    """
    known = _known(case_id, [found for _upload, found in batch])
    recognition = kinds.recognition_of(content.library())
    records_of = dict(filed)
    keeps: list[tuple[records.Kept, Found, Sorted]] = []
    for upload, found in batch:
        decided = sorting.sort(found, whose, known, recognition)
        came = _came(upload, found, decided, records_of)
        records_of[upload.pk, found.path] = came.record_id
        known.note(found, decided, came.record_id)
        keeps.append((records.Kept(came, decided.what), found, decided))
    records.keep_all(case_id, [kept for kept, _found, _decided in keeps], actor=system(), at=at)
    headers: dict[UUID, Description] = {}
    for kept, found, decided in keeps:
        if found.reading.pages or found.reading.results != NOTHING_MEASURED:
            readings.keep(case_id, kept.came.record_id, found.reading)
        if found.header is not None and isinstance(kept.what, records.Picture):
            headers[kept.came.record_id] = found.header
        if decided.judged is not None:
            _raise_alarms(case_id, decided.judged, at)
    return headers


def _came(upload: Upload, found: Found, decided: Sorted, filed: Filed) -> records.Came:
    return records.Came(
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
        came_out_of=filed[upload.pk, found.whole] if found.pages else upload.came_out_of_id,
        pages=found.pages,
    )


def _reason_code(reason: str, reading: Reading) -> str:
    if reading.verdict is not Verdict.ARCHIVE or reading.reason is not Reason.NONE:
        return reason
    return records.SPLIT if reading.media_type in sorting.PAGE_IMAGES else records.UNPACKED


def _known(case_id: UUID, batch: Sequence[Found]) -> sorting.Known:
    """What leads already among the batch: removed records lead nothing, so what was removed can be sent again."""
    uids = [sorting.told(found.reading.instance.instance_uid, 64) for found in batch if found.reading.instance]
    live = [Standing.TAKEN, Standing.HELD]
    hashes = {found.sha256 for found in batch}
    leaders = Original.objects.filter(case_id=case_id, standing__in=live, sha256__in=hashes)
    pairs = Instance.objects.filter(series__study__case_id=case_id, original__standing__in=live, uid__in=uids)
    papers = Document.objects.filter(original__case_id=case_id, original__standing__in=live)
    marks = {(sha256, page): pk for sha256, page, pk in leaders.values_list("sha256", "first_page", "pk")}
    carried = dict(papers.filter(instance_uid__in=uids).values_list("instance_uid", "original_id"))
    instances = carried | dict(pairs.values_list("uid", "original_id"))
    return sorting.Known(marks, instances, _papers(case_id) if any(found.reading.pages for found in batch) else {})


def _papers(case_id: UUID) -> dict[UUID, copies.Paper]:
    """The papers of the case that lead, with their words, so that a scan of one of them is known again."""
    rows = Document.objects.filter(original__case_id=case_id, original__standing=Standing.TAKEN)
    return {
        row.original_id: copies.Paper(
            Record(row.original.path, row.original.sha256, row.original.size, readings.of(row.original)),
            row.kind,
            row.document_date.isoformat() if row.document_date else "",
        )
        for row in rows.select_related("original")
    }


def _raise_alarms(case_id: UUID, judged: Paper, at: datetime) -> None:
    """Alarm words are for a person on call at once; another person's words are not hers."""
    if judged.identity is Identity.MISMATCH:
        return
    fresh = (at - case_file.URGENT_FOR).date().isoformat()
    listening = alarms.listening_of(content.library())
    if found := list(case_file.alarms_of(judged, listening, year=at.year, fresh=fresh)):
        quotes = "\n".join(f"“{alarm.quote}” ({judged.record.name})" for alarm in found)
        desk.mark_urgent_by_words(case_id, note=quotes, actor=system(), at=at)
