"""Case file: everything that was sent, judged together: papers, studies, copies, what is held, missing and urgent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from consilia.clinical.library import Library
from consilia.formats.values import ClaimKind
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake.identity import Identity, Judgement
from consilia.intake.judging import copies, dating, electronic, kinds, persons, studies
from consilia.intake.judging.copies import Copy
from consilia.intake.judging.dating import Dated
from consilia.intake.judging.kinds import NOT_MEDICAL, UNKNOWN, Kind, Recognition
from consilia.intake.judging.record import Record, Request
from consilia.intake.judging.studies import Place


@dataclass(frozen=True, slots=True)
class Paper:
    """One record that is no image: what it is, its language and day, whose it is, and of what it is a copy."""

    record: Record
    kind: Kind
    language: str
    language_reason: str
    dated: Dated
    judgement: Judgement
    copy: Copy | None = None
    inside: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where it lay in what was sent."""
        return self.record.path

    @property
    def identity(self) -> Identity:
        """Whose it is."""
        return self.judgement.identity

    @property
    def counts(self) -> bool:
        """It may be used: readable, not another person's, no copy."""
        return self.record.is_readable and self.copy is None and self.identity is not Identity.MISMATCH

    @property
    def title(self) -> str:
        """The title as printed, else the file's name."""
        return self.record.reading.title or self.record.name

    @property
    def issuer(self) -> str:
        """Who made it, as far as it says so in a field; else its first line when that is no title."""
        said = [claim.value for claim in self.record.reading.claims if claim.kind is ClaimKind.ISSUER]
        if said and not said[0].startswith(("urn:", "http")):
            return said[0]
        first = self.record.lines[0].strip() if self.record.lines else ""
        return first if 3 < len(first) <= 90 and first != self.title and self.record.reading.claims else ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read, with the code of the reason."""

    path: str
    verdict: Verdict
    reason: Reason


@dataclass(frozen=True, slots=True)
class Aside:
    """A file that is no record of the patient."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What an intake concludes; every part says how sure it is and why."""

    request: Request
    papers: tuple[Paper, ...]
    places: tuple[Place, ...]
    unread: tuple[Unread, ...]
    aside: tuple[Aside, ...]
    picture_copies: tuple[Copy, ...]
    judged: Mapping[str, Judgement]
    today: date

    @property
    def held(self) -> tuple[Paper, ...]:
        """Papers that seem another person's, or may be."""
        return tuple(paper for paper in self.papers if paper.identity in {Identity.MISMATCH, Identity.SUSPECT})

    @property
    def counting(self) -> tuple[Paper, ...]:
        """Papers that may be used."""
        return tuple(paper for paper in self.papers if paper.counts)


def judge(records: Sequence[Record], request: Request, library: Library, today: date) -> CaseFile:
    """Everything that is told of a set of records; `today` is the day on which ages are counted."""
    recognition = kinds.recognition_of(library)
    who = persons.whose(request, library)
    readable = [record for record in records if record.is_readable]
    judged = persons.judge_all(readable, who)
    papers = [paper_of(record, recognition, judged[record.path]) for record in readable if _is_paper(record)]
    aside = [Aside(paper.path, NOT_MEDICAL) for paper in papers if paper.kind.kind == NOT_MEDICAL]
    medical = [paper for paper in papers if paper.kind.kind != NOT_MEDICAL]
    known = copies.by_path(
        [
            *copies.of_bytes([record for record in records if not record.is_ignored]),
            *copies.of_instances(readable),
            *copies.of_content([_compared(paper) for paper in medical if paper.identity is not Identity.MISMATCH]),
        ]
    )
    with_copies = tuple(_with_copy(paper, known) for paper in medical)
    shown = {paper.path for paper in with_copies}
    return CaseFile(
        request=request,
        papers=with_copies,
        places=studies.places(readable + [record for record in records if record.is_ignored], judged),
        unread=_unread(records),
        aside=(*_ignored(records), *aside),
        picture_copies=tuple(copy for copy in known.values() if copy.path not in shown),
        judged=judged,
        today=today,
    )


def paper_of(record: Record, recognition: Recognition, judgement: Judgement) -> Paper:
    """Kind, language and day of one record."""
    language, why = recognition.language_of(record)
    kind = electronic.kind_of(record, recognition) or recognition.kind_of(record, language)
    if kinds.is_scan(record) and kind.kind == UNKNOWN:
        kind = Kind(UNKNOWN, 0.0, "a picture whose words were not read")
    return Paper(record, kind, language, why, dating.date_of(record, kind.kind, record.reading.title_lines), judgement)


def _is_paper(record: Record) -> bool:
    return not record.is_picture_of_body and not electronic.is_wrapper(record)


def _compared(paper: Paper) -> copies.Paper:
    return copies.Paper(paper.record, paper.kind.kind, paper.dated.value)


def _with_copy(paper: Paper, known: Mapping[str, Copy]) -> Paper:
    copy = known.get(paper.path)
    if copy is None:
        return paper
    return Paper(
        paper.record,
        paper.kind,
        paper.language,
        paper.language_reason,
        paper.dated,
        paper.judgement,
        copy,
        paper.inside,
    )


def _unread(records: Sequence[Record]) -> tuple[Unread, ...]:
    """Files that could not be read; what lay in a broken archive is told with the archive."""
    broken = {record.path for record in records if _is_unread(record)}
    return tuple(
        Unread(record.path, record.reading.verdict, record.reading.reason)
        for record in records
        if _is_unread(record) and record.parent not in broken
    )


def _is_unread(record: Record) -> bool:
    return not record.is_readable and not record.is_ignored and record.reading.verdict is not Verdict.ARCHIVE


def _ignored(records: Sequence[Record]) -> tuple[Aside, ...]:
    """Viewers and system files. An index of a CD is used and a folder is no file."""
    used = {Reason.CD_INDEX, Reason.FOLDER}
    return tuple(
        Aside(record.path, record.reading.reason.value)
        for record in records
        if record.is_ignored and record.reading.reason not in used
    )
