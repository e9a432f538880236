"""Case file: everything that was sent, judged together: papers, studies, copies, what is held, missing and urgent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from consilia.clinical.library import Library
from consilia.formats.results import DoseValue
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake import identity
from consilia.intake.identity import Identity, Judgement, Whose
from consilia.intake.judging import (
    advice,
    alarms,
    copies,
    dating,
    electronic,
    kinds,
    persons,
    recommended,
    splitting,
    studies,
    wrapping,
)
from consilia.intake.judging.alarms import Alarm, Listening
from consilia.intake.judging.copies import Copy
from consilia.intake.judging.findings import Aside, Paper, PartOfPaper, Unread
from consilia.intake.judging.kinds import NOT_MEDICAL, STATEMENT, UNKNOWN, Kind, Recognition
from consilia.intake.judging.recommended import Recommendation
from consilia.intake.judging.record import Record, Request
from consilia.intake.judging.studies import Place
from consilia.intake.judging.wrapping import Carried

# What nobody recognised may be her own words; alarm words only raise, so they are listened to there, too.
HER_OWN_WORDS: Final = frozenset({STATEMENT, UNKNOWN})
LATER_DAYS: Final = frozenset({"appointment_letter"})
URGENT_FOR: Final = timedelta(days=30)
FORM: Final = "request.json"


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
    recommended: tuple[Recommendation, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    carried: tuple[Carried, ...] = ()
    doses: Mapping[str, tuple[DoseValue, ...]] = field(default_factory=dict)

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
    unwrapped = wrapping.unwrapped(records)
    records = unwrapped.records
    recognition = kinds.recognition_of(library)
    who = persons.whose(request, library)
    readable = [record for record in records if record.is_readable]
    judged = persons.judge_all(readable, who)
    papers = [paper_of(record, recognition, judged[record.path], who) for record in readable if _is_paper(record)]
    aside = [Aside(paper.path, NOT_MEDICAL) for paper in papers if paper.kind.kind == NOT_MEDICAL]
    medical = [paper for paper in papers if paper.kind.kind != NOT_MEDICAL]
    known = copies.by_path(
        [
            *copies.of_bytes([record for record in records if not record.is_ignored]),
            *copies.of_instances(readable),
            *copies.of_content([_compared(paper) for paper in medical if paper.identity is not Identity.MISMATCH]),
        ]
    )
    with_copies = tuple(
        replace(
            paper,
            copy=known.get(paper.path),
            inside=unwrapped.inside.get(paper.path, ()),
            parts=_parts(paper, recognition, who),
        )
        for paper in medical
    )
    shown = {paper.path for paper in with_copies}
    places = studies.places(readable + [record for record in records if record.is_ignored], judged)
    unread = _unread(records)
    case = recommended.Case(with_copies, places, unread)
    return CaseFile(
        request=request,
        papers=with_copies,
        places=places,
        unread=unread,
        aside=(*_ignored(records), *aside),
        picture_copies=tuple(copy for copy in known.values() if copy.path not in shown),
        judged=judged,
        today=today,
        recommended=recommended.found(case, advice.advice_of(library)),
        carried=unwrapped.carried,
        doses={
            record.path: record.reading.results.doses
            for record in readable
            if record.reading.results.doses and judged[record.path].identity is not Identity.MISMATCH
        },
        alarms=tuple(_alarms(with_copies, request, alarms.listening_of(library), today)),
    )


def _alarms(papers: Sequence[Paper], request: Request, listening: Listening, today: date) -> Iterator[Alarm]:
    """Her own words and reports that call themselves urgent. A report counts while it is as new as the newest."""
    newest = max((paper.dated.value for paper in papers if paper.kind.kind not in LATER_DAYS), default="")
    fresh = (date.fromisoformat(newest) - URGENT_FOR).isoformat() if newest else ""
    said = "\n".join((request.diagnosis, *request.questions))
    yield from listening.in_message(said, FORM, today.year)
    for paper in papers:
        if paper.copy is None and paper.identity is not Identity.MISMATCH:
            yield from alarms_of(paper, listening, year=int(newest[:4] or today.year), fresh=fresh)


def alarms_of(paper: Paper, listening: Listening, *, year: int, fresh: str) -> Iterator[Alarm]:
    """Alarms of one paper; `year` for a message without a day, `fresh` the day (ISO) from which reports count."""
    if paper.kind.kind in HER_OWN_WORDS:
        written = int(paper.dated.value[:4]) if paper.dated.value else year
        yield from listening.in_message(paper.record.text, paper.path, written)
    elif not paper.dated.value or paper.dated.value >= fresh:
        yield from listening.in_report(paper.record)


def paper_of(record: Record, recognition: Recognition, judgement: Judgement, who: Whose) -> Paper:
    """Kind, language and day of one record."""
    language, why = recognition.language_of(record)
    kind = electronic.kind_of(record, recognition) or recognition.kind_of(record, language)
    if kinds.is_scan(record) and kind.kind == UNKNOWN:
        kind = Kind(UNKNOWN, 0.0, "a picture whose words were not read")
    letter = recognition.letter_of(record)
    dated = dating.date_of(record, kind.kind, letter, who.birth_date.isoformat())
    return Paper(record, kind, language, why, dated, judgement, recognition.title_of(record, kind.kind, letter))


def _parts(paper: Paper, recognition: Recognition, who: Whose) -> tuple[PartOfPaper, ...]:
    """The documents of a file that holds several, each judged for itself."""
    found = []
    for part in splitting.parts(paper.record):
        judged = paper_of(part.record, recognition, identity.judge(persons.claims_of(part.record, who), who), who)
        pages = (part.first, part.last)
        found.append(PartOfPaper(pages, judged.kind, judged.dated, judged.identity, judged.title))
    return tuple(found)


def _is_paper(record: Record) -> bool:
    return not record.is_picture_of_body and not electronic.is_wrapper(record)


def _compared(paper: Paper) -> copies.Paper:
    return copies.Paper(paper.record, paper.kind.kind, paper.dated.value)


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
