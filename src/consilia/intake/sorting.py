"""What becomes of a file: verdict, identity and duplicates give its standing. Pure: it judges what others read."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, replace
from math import isfinite
from uuid import UUID

from consilia.formats.dicom_classes import PDF_CLASS
from consilia.formats.values import NOTHING_MEASURED, ClaimKind, Description, DicomInstance, Reading
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake import identity
from consilia.intake.identity import Identity, Judgement, Whose
from consilia.intake.judging import case_file, copies, persons, splitting
from consilia.intake.judging.findings import Paper as Judged
from consilia.intake.judging.kinds import NOT_MEDICAL, STATEMENT, Recognition
from consilia.intake.judging.record import Record
from consilia.intake.judging.studies import along_normal
from consilia.kernel.days import day_of
from consilia.records.keeping import LONGEST_HEADINGS, Carrier, Paper, Picture
from consilia.records.models import SEEMS_NOT_MEDICAL, Standing

Mark = tuple[str, int | None]
STANDINGS: dict[Verdict, Standing] = {
    Verdict.READ: Standing.TAKEN,
    Verdict.NOT_READ_YET: Standing.NOT_READ_YET,
    Verdict.IGNORED: Standing.IGNORED,
    Verdict.ARCHIVE: Standing.IGNORED,
}
# Controls, lone surrogates, and the overrides of direction that make one name look like another (UAX #9).
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
MOST_CLAIMS = 40  # of one file that are kept beside it
MOST_PAGES = 100_000
SURELY = 0.6  # confidence from which a paper is no record without a person; five plain words of no other kind
PAGE_IMAGES = frozenset({"application/pdf", "image/jpeg", "image/png", "image/tiff", "image/heic"})


@dataclass(frozen=True, slots=True)
class Found:
    """One file of an upload, a member of it, or some pages; `reading` is set for what was decided while unpacking.

    Some pages (`pages`, first and last from 1) of the file at `whole` have its bytes. `beside_another`: other pages of
    that file seem to be another person's. `header` of a DICOM instance that could be described.
    """

    path: str
    sha256: str
    size: int
    reading: Reading
    whole: str = ""
    pages: tuple[int, int] | None = None
    beside_another: bool = False
    header: Description | None = None

    @property
    def mark(self) -> Mark:
        """What makes two of them the same: bytes, and the page with which they begin."""
        return self.sha256, self.pages[0] if self.pages else None


@dataclass(frozen=True, slots=True)
class Known:
    """What the case has already: mark and SOP instance UID -> the original that leads."""

    marks: dict[Mark, UUID]
    instances: dict[str, UUID]
    papers: dict[UUID, copies.Paper] = field(default_factory=dict)

    def note(self, found: Found, decided: Sorted, record_id: UUID) -> None:
        """What a file became counts for the files after it."""
        if decided.standing == Standing.TAKEN and decided.judged is not None:
            self.papers[record_id] = compared(decided.judged)
        if decided.standing in {Standing.TAKEN, Standing.HELD}:
            self.marks[found.mark] = record_id
            if found.reading.instance is not None:
                self.instances[told(found.reading.instance.instance_uid, 64)] = record_id


@dataclass(frozen=True, slots=True)
class Sorted:
    """The decision about one file, with the reasons that a person can read."""

    standing: Standing
    reason: str
    judgement: Judgement
    duplicate_of: UUID | None
    what: Paper | Picture | None
    judged: Judged | None = None


def apart(found: Found, whose: Whose) -> tuple[Found, ...]:
    """The file itself; when it holds several documents, what they came out of, and then each of them."""
    record = Record(found.path, found.sha256, found.size, found.reading)
    pieces = splitting.parts(record) if found.reading.media_type in PAGE_IMAGES else ()
    if not pieces:
        return (found,)
    beside = any(_judgement(piece.record, whose).identity in identity.HELD for piece in pieces)
    whole = replace(found, reading=Reading(Verdict.ARCHIVE, media_type=found.reading.media_type))
    return (whole, *(_piece(found, piece, beside) for piece in pieces))


def _piece(found: Found, piece: splitting.Part, beside: bool) -> Found:
    numbers = str(piece.first) if piece.first == piece.last else f"{piece.first}-{piece.last}"
    return replace(
        found,
        path=f"{found.path} ({numbers})",
        reading=piece.record.reading,
        whole=found.path,
        pages=(piece.first, piece.last),
        beside_another=beside,
    )


def _judgement(record: Record, whose: Whose) -> Judgement:
    return identity.judge(persons.claims_of(record, whose), whose)


def sort(found: Found, whose: Whose, known: Known, recognition: Recognition) -> Sorted:
    """Order of the questions: can it be read, is it here already, whose is it, what is it."""
    reading = found.reading
    record = Record(found.path, found.sha256, found.size, reading)
    judgement = _judgement(record, whose)
    standing = STANDINGS.get(reading.verdict, Standing.UNREADABLE)
    reason = _reason(reading)
    if standing is not Standing.TAKEN:
        return Sorted(standing, reason, judgement, None, None)
    leader = known.marks.get(found.mark)
    if leader is None and reading.instance is not None:
        leader = known.instances.get(told(reading.instance.instance_uid, 64))
        reason = "same_instance" if leader else reason
    if leader is not None:
        return Sorted(
            Standing.DUPLICATE, reason if reason == "same_instance" else "same_bytes", judgement, leader, None
        )
    is_silent = record.is_picture_of_body and not record.lines
    judged = None if is_silent else case_file.paper_of(record, recognition, judgement, whose)
    if judged and _is_no_record(judged):
        return Sorted(Standing.IGNORED, SEEMS_NOT_MEDICAL, judgement, None, what_is(record, judged), judged)
    if judged and judgement.identity not in identity.HELD and (again := _again(judged, known)):
        return Sorted(Standing.DUPLICATE, "same_content", judgement, again, None)
    what = what_is(record, judged)
    if judgement.identity in identity.HELD:
        return Sorted(Standing.HELD, "another_person", judgement, None, what, judged)
    if found.beside_another and judgement.identity is Identity.NO_IDENTITY:  # nothing says that these pages are hers
        doubt = Judgement(Identity.SUSPECT, judgement.lines)
        return Sorted(Standing.HELD, "beside_another", doubt, None, what, judged)
    if reading.reason is Reason.META_DIFFERS:  # it names itself in two ways: a person looks before it is used
        return Sorted(Standing.HELD, reason, judgement, None, what, judged)
    return Sorted(Standing.TAKEN, reason, judgement, None, what, judged)


def _is_no_record(judged: Judged) -> bool:
    """A recipe, a bill. What carries a birth date or values may be of a hospital, whatever its words."""
    reading = judged.record.reading
    bears = any(claim.kind is ClaimKind.BIRTH_DATE for claim in reading.claims)
    measured = reading.results != NOTHING_MEASURED
    return judged.kind.kind == NOT_MEDICAL and judged.kind.confidence >= SURELY and not (bears or measured)


def _again(judged: Judged, known: Known) -> UUID | None:
    """The original of a better or equal copy of this paper."""
    copy = copies.closest(compared(judged), known.papers.values())
    return next((key for key, one in known.papers.items() if copy and one.record.path == copy.of), None)


def compared(judged: Judged) -> copies.Paper:
    """What is compared of a judged paper."""
    return copies.Paper(judged.record, judged.kind.kind, judged.dated.value)


def told(text: str, longest: int = 300) -> str:
    """Words of a stranger as a row can hold them: no control characters (a database refuses NUL), no half letters."""
    return UNWANTED.sub("", text)[:longest].strip()


def whole(number: int | None) -> int | None:
    """A number of a stranger, None where a column of 32 bits could not hold it."""
    return number if number is not None and abs(number) < 2**31 else None


def _reason(reading: Reading) -> str:
    return "" if reading.reason is Reason.NONE else reading.reason.value


def claims_as_rows(reading: Reading) -> list[dict[str, str]]:
    """The claims as they are kept beside the original."""
    return [
        {"kind": claim.kind.value, "value": told(claim.value), "where": told(claim.where)}
        for claim in reading.claims[:MOST_CLAIMS]
    ]


def lines_as_rows(judgement: Judgement) -> list[dict[str, str]]:
    """The comparison as it is kept, for the two columns that a person reads."""
    return [asdict(line) for line in judgement.lines]


def what_is(record: Record, judged: Judged | None) -> Paper | Picture | None:
    """A picture for a DICOM instance, else a paper with its kind, date, language and issuer.

    A report inside DICOM is a paper that knows the object which carries it.
    """
    reading = record.reading
    if reading.instance is not None and record.is_picture_of_body:
        return _picture(reading.instance, reading.reason)
    assert judged is not None
    issuer = next((claim.value for claim in reading.claims if claim.kind is ClaimKind.ISSUER), "")
    return Paper(
        kind=judged.kind.kind,
        kind_confidence=judged.kind.confidence,
        title=told(judged.heading) or record.name,
        headings=told(judged.first_words, LONGEST_HEADINGS),
        document_date=day_of(judged.dated.value),
        date_confidence=1.0 if judged.kind.kind == STATEMENT else judged.dated.certainty,  # her words need no day
        language=told(judged.language, 16),
        issuer=told(issuer, 200),
        pages=min(max(reading.page_count, len(reading.pages), 1), MOST_PAGES),
        has_page_images=reading.media_type in PAGE_IMAGES or _carries_pages(reading),
        carrier=_carrier(reading.instance),
    )


def _carries_pages(reading: Reading) -> bool:
    """A PDF inside a DICOM object, that could be opened."""
    return reading.instance is not None and reading.instance.class_uid == PDF_CLASS and bool(reading.pages)


def _carrier(instance: DicomInstance | None) -> Carrier | None:
    if instance is None:
        return None
    uids = (instance.study_uid, instance.series_uid, instance.instance_uid, instance.class_uid)
    return Carrier(*(told(uid, 64) for uid in uids))


def _picture(instance: DicomInstance, reason: Reason) -> Picture:
    not_shown = "" if instance.rows and instance.columns and reason is Reason.NONE else (reason.value or "no_pixels")
    return Picture(
        study_uid=told(instance.study_uid, 64),
        series_uid=told(instance.series_uid, 64),
        uid=told(instance.instance_uid, 64),
        sop_class=told(instance.class_uid, 64),
        modality=told(instance.modality, 16),
        study_date=day_of(instance.study_date),
        study_description=told(instance.study_description, 200),
        institution=told(instance.institution, 200),
        series_number=whole(instance.series_number),
        series_description=told(instance.series_description, 200),
        body_part=told(instance.body_part, 64),
        laterality=told(instance.laterality, 8),
        number=whole(instance.instance_number),
        position=along_normal(instance),
        orientation=instance.orientation if all(map(isfinite, instance.orientation)) else (),
        rows=max(whole(instance.rows) or 0, 0),
        columns=max(whole(instance.columns) or 0, 0),
        frames=max(whole(instance.frames) or 1, 1),
        window_center=instance.window.center if instance.window else None,
        window_width=instance.window.width if instance.window else None,
        spacing=instance.pixel_spacing,
        transfer_syntax=told(instance.transfer_syntax, 64),
        not_shown_because=not_shown,
    )
