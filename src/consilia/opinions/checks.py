"""Reasons against handing in or signing an opinion: pure functions of the draft and of the facts given to them.

Each check returns its refusals with `mend` = the anchor of the place in the form (see `anchor`). The facts are read
by the caller: nothing here knows a table, a clock or a language; `say` translates the sentence before its values are
put in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pydantic import ValidationError

from consilia.kernel.refusal import Refusal
from consilia.opinions import sides
from consilia.opinions.content import (
    Cited,
    DraftContent,
    OpinionContent,
    Source,
)
from consilia.opinions.terms import RECORD_KINDS, DiagnosisVerdict, Grade, SourceKind, TherapyVerdict

Say = Callable[[str], str]
Refusals = tuple[Refusal, ...]
LONGEST_PLAIN: Final = 2600  # characters of one printed page at 18 px, headings included


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for translation; `say` translates it."""
    return sentence


def as_written(sentence: str) -> str:
    return sentence


REASONS: Final = {
    "part_empty": gettext_noop("{place} is empty."),
    "part_unreadable": gettext_noop("{place} cannot be kept as it stands: {why}."),
    "question_unanswered": gettext_noop("Question {number} has no answer yet."),
    "answer_to_no_question": gettext_noop("Answer {number} belongs to no question of this case."),
    "diagnosis_unjudged": gettext_noop("The stated diagnosis “{words}” has no verdict yet."),
    "therapy_unjudged": gettext_noop("The proposed measure “{words}” has no verdict yet."),
    "icd10_missing": gettext_noop("The ICD-10 code of diagnosis {number} is missing."),
    "harm_of_waiting_missing": gettext_noop("What waiting would do is missing for measure {number}."),
    "cause_missing": gettext_noop("The first opinion differs on {axis}; the cause is missing."),
    "statement_unfounded": gettext_noop("{place} names no source and is not marked as general knowledge."),
    "source_unknown": gettext_noop("{place} cites source {id}, which is not in the list of sources."),
    "source_twice": gettext_noop("Two sources carry the number {id}."),
    "source_incomplete": gettext_noop("Source {id} does not say where in the record it stands."),
    "source_not_attached": gettext_noop("Source {id} is a record that is not among those of this case."),
    "source_held": gettext_noop("Source {id} is a record that is held, because it may be another person's."),
    "source_removed": gettext_noop("Source {id} is a record that was removed from this case."),
    "contradicts_source": gettext_noop("{place} names another side or level than source {id}; mend it or say why."),
    "contradicts_stated": gettext_noop(
        "{place} names another side or level than the stated diagnosis “{words}”; mend it or say why."
    ),
    "declaration_missing": gettext_noop("The declaration of interests has not been made."),
    "licence_missing": gettext_noop("There is no verified licence."),
    "licence_not_valid": gettext_noop("The licence is not valid on {day}."),
    "plain_page_too_long": gettext_noop("The plain page has {count} characters; one page holds {most}."),
}

PLACES: Final = {
    "summary": gettext_noop("The summary"),
    "findings": gettext_noop("Finding {number}"),
    "diagnoses": gettext_noop("Diagnosis {number}"),
    "additional_diagnoses": gettext_noop("Additional diagnosis {number}"),
    "therapies": gettext_noop("Measure {number}"),
    "alternatives": gettext_noop("Alternative {number}"),
    "examinations": gettext_noop("Further examination {number}"),
    "medicines": gettext_noop("Medicine {number}"),
    "answers": gettext_noop("The answer to question {number}"),
    "agreement": gettext_noop("The agreement with the first opinion"),
    "alarm_signs": gettext_noop("Alarm sign {number}"),
    "do_not_stop": gettext_noop("“Do not stop” {number}"),
    "sources": gettext_noop("The list of sources"),
    "justifications": gettext_noop("Justification {number}"),
    "declaration": gettext_noop("The declaration of interests"),
    "plain": gettext_noop("The plain page"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, a stated diagnosis or a proposed measure: `key` is its number or id, `words` as it was put."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Licence:
    """The licence on which the opinion is given; None = no end known."""

    valid_from: date | None
    valid_until: date | None
    suspended: bool = False

    def is_valid(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        ended = self.valid_until is not None and self.valid_until < day
        return begun and not ended and not self.suspended


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks need to know of the case and the expert.

    records: record id -> "attached", "held" or "removed"; texts: (record id, page or None) -> text of the record;
    day: the day of signing where the licence counts.
    """

    questions: tuple[Asked, ...]
    diagnoses: tuple[Asked, ...] = ()
    therapies: tuple[Asked, ...] = ()
    records: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[tuple[str, int | None], str] = field(default_factory=dict)
    licence: Licence | None = None
    day: date = date.min


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of parts 5 to 11: where it stands, its words, what it rests on."""

    part: str
    number: int
    words: str
    cited: Cited

    @property
    def anchor(self) -> str:
        return anchor(self.part, self.number)


def anchor(part: str, number: int | None = None, *names: str) -> str:
    """The id of a place in the form: "therapies-2-reason". Entries count from 1; answers by the question's number."""
    return "-".join([part, *([] if number is None else [str(number)]), *names])


def against_submitting(draft: DraftContent, facts: Facts, say: Say = as_written) -> Refusals:
    """What the editor must not be given yet; empty when nothing stands against it."""
    return (
        *against_unanswered(draft, facts, say),
        *against_unjudged(draft, facts, say),
        *against_empty(draft, say),
        *against_unfounded(draft, say),
        *against_sources(draft, facts, say),
        *against_contradictions(draft, facts, say),
    )


def against_signing(draft: DraftContent, facts: Facts, say: Say = as_written) -> Refusals:
    """All of `against_submitting`, and the declaration and the licence of the day."""
    return (
        *against_submitting(draft, facts, say),
        *against_undeclared(draft, say),
        *against_licence(facts, say),
    )


def complete(draft: DraftContent, facts: Facts, say: Say = as_written) -> OpinionContent | Refusals:
    """The content that can be sealed, or every reason against it."""
    return against_signing(draft, facts, say) or OpinionContent.model_validate(draft.model_dump())


def against_unanswered(draft: DraftContent, facts: Facts, say: Say = as_written) -> Refusals:
    given = {str(answer.number) for answer in draft.answers if answer.short.strip()}
    asked = {question.key for question in facts.questions}
    missing = [question.key for question in facts.questions if question.key not in given]
    foreign = [answer.number for answer in draft.answers if str(answer.number) not in asked]
    return (
        *(_refusal("question_unanswered", f"answers-{key}", say, number=key) for key in missing),
        *(_refusal("answer_to_no_question", anchor("answers", n), say, number=n) for n in foreign),
    )


def against_unjudged(draft: DraftContent, facts: Facts, say: Say = as_written) -> Refusals:
    """Each stated diagnosis and each proposed measure has its verdict."""
    diagnoses = {entry.stated_id for entry in draft.diagnoses if entry.verdict}
    therapies = {entry.proposed_id for entry in draft.therapies if entry.verdict}
    return (
        *(
            _refusal("diagnosis_unjudged", f"diagnoses-{stated.key}", say, words=stated.words)
            for stated in facts.diagnoses
            if stated.key not in diagnoses
        ),
        *(
            _refusal("therapy_unjudged", f"therapies-{proposed.key}", say, words=proposed.words)
            for proposed in facts.therapies
            if proposed.key not in therapies
        ),
    )


def against_empty(draft: DraftContent, say: Say = as_written) -> Refusals:
    """Mandatory words and choices that are missing; the declaration has its own check."""
    return (*_by_shape(draft, say), *_by_verdict(draft, say), *_causes(draft, say), *_length(draft, say))


def against_unfounded(draft: DraftContent, say: Say = as_written) -> Refusals:
    """A statement of parts 5 to 11 cites a source or says that it is general knowledge."""
    known = {source.id for source in draft.sources}
    bare = [s for s in statements(draft) if s.words.strip() and not s.cited.is_founded]
    lost = [(s, i) for s in statements(draft) for i in s.cited.sources if i not in known]
    return (
        *(_refusal("statement_unfounded", s.anchor + "-sources", say, place=_place(s, say)) for s in bare),
        *(_refusal("source_unknown", s.anchor + "-sources", say, place=_place(s, say), id=i) for s, i in lost),
    )


def against_sources(draft: DraftContent, facts: Facts, say: Say = as_written) -> Refusals:
    """Every source is there once, is placed, and its record is one that this expert may read."""
    ids = [source.id for source in draft.sources]
    twice = sorted({source_id for source_id in ids if ids.count(source_id) > 1})
    codes = ((source, _fault(source, facts)) for source in draft.sources)
    return (
        *(_refusal("source_twice", f"sources-{source_id}", say, id=source_id) for source_id in twice),
        *(_refusal(code, f"sources-{source.id}", say, id=source.id) for source, code in codes if code),
    )


def against_contradictions(draft: DraftContent, facts: Facts, say: Say = as_written) -> Refusals:
    """Side and level of a statement against the record it cites and against the stated diagnosis.

    A record of both sides contradicts nothing; the diagnosis that the case is about names one. Words that justify the
    difference are printed.
    """
    justified = {(entry.place, entry.source) for entry in draft.justifications if entry.words.strip()}
    places = {place for place, _source in justified}
    by_stated = tuple(
        _refusal("contradicts_stated", statement.anchor, say, place=_place(statement, say), words=stated.words)
        for statement in statements(draft)
        for stated in facts.diagnoses
        if statement.anchor not in places and sides.contradict(statement.words, stated.words)
    )
    return by_stated + tuple(
        _refusal("contradicts_source", statement.anchor, say, place=_place(statement, say), id=source.id)
        for statement in statements(draft)
        for source in (draft.source(source_id) for source_id in statement.cited.sources)
        if source is not None
        and (statement.anchor, source.id) not in justified
        and sides.contradict(statement.words, _cited_words(source, facts))
    )


def against_undeclared(draft: DraftContent, say: Say = as_written) -> Refusals:
    made = draft.declaration.made and any(sentence.strip() for sentence in draft.declaration.sentences)
    return () if made else (_refusal("declaration_missing", "declaration", say),)


def against_licence(facts: Facts, say: Say = as_written) -> Refusals:
    if facts.licence is None:
        return (_refusal("licence_missing", "licence", say),)
    if not facts.licence.is_valid(facts.day):
        return (_refusal("licence_not_valid", "licence", say, day=facts.day.isoformat()),)
    return ()


def statements(draft: DraftContent) -> Iterator[Statement]:
    """Parts 5 to 11 as statements: entries count from 1, answers carry the number of their question."""
    for part in STATEMENT_FIELDS:
        for position, entry in enumerate(getattr(draft, part), start=1):
            number = entry.number if part == "answers" else position
            yield Statement(part, number, _words_of(entry, STATEMENT_FIELDS[part]), entry)


STATEMENT_FIELDS: Final = {
    "findings": ("words", "measurement"),
    "diagnoses": ("words", "stage", "differential", "would_change"),
    "additional_diagnoses": ("words", "stage", "would_change"),
    "therapies": ("reason", "harm_of_waiting"),
    "alternatives": ("option", "evidence", "eligible"),
    "examinations": ("name", "purpose", "would_change"),
    "medicines": ("inn", "dose", "duration", "monitoring", "interactions", "contraindications"),
    "answers": ("short", "explanation", "would_change"),
}


def _words_of(entry: Cited, names: tuple[str, ...]) -> str:
    return " ".join(filter(None, (getattr(entry, name) for name in names)))


def _cited_words(source: Source, facts: Facts) -> str:
    # The passage that the expert marked says more than the page around it.
    return source.quote or facts.texts.get((source.record_id, source.page), "")


def _fault(source: Source, facts: Facts) -> str | None:
    if source.kind not in RECORD_KINDS:
        return None
    unplaced = source.kind is SourceKind.RECORD_PAGE and source.page is None
    if not source.record_id or unplaced:
        return "source_incomplete"
    state = facts.records.get(source.record_id)
    return {"attached": None, "held": "source_held", "removed": "source_removed"}.get(
        state or "", "source_not_attached"
    )


def _by_shape(draft: DraftContent, say: Say) -> Iterator[Refusal]:
    try:
        OpinionContent.model_validate(draft.model_dump())
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False):
            place = [str(step) for step in fault["loc"]]
            if place[0] == "declaration" or (place == ["answers"]):
                continue  # told by against_undeclared and against_unanswered in better words
            yield _shape_refusal(draft, fault["loc"], say)


def _shape_refusal(draft: DraftContent, place: tuple[int | str, ...], say: Say) -> Refusal:
    part, rest = str(place[0]), place[1:]
    number = None
    if rest and isinstance(rest[0], int):
        number = draft.answers[rest[0]].number if part == "answers" else rest[0] + 1
        rest = rest[1:]
    name = say(PLACES[part]).format(number=number)
    words = f"{name} ({', '.join(str(step).replace('_', ' ') for step in rest)})" if rest else name
    return _refusal("part_empty", anchor(part, number, *(str(step) for step in rest)), say, place=words)


def _by_verdict(draft: DraftContent, say: Say) -> Iterator[Refusal]:
    for number, diagnosis in enumerate(draft.diagnoses, start=1):
        judged = diagnosis.verdict and diagnosis.verdict is not DiagnosisVerdict.CANNOT_BE_JUDGED
        if judged and diagnosis.verdict is not DiagnosisVerdict.DISPROVED and not diagnosis.icd10:
            yield _refusal("icd10_missing", anchor("diagnoses", number, "icd10"), say, number=number)
    for number, therapy in enumerate(draft.therapies, start=1):
        weighed = therapy.verdict and therapy.verdict is not TherapyVerdict.CANNOT_BE_JUDGED
        if weighed and not therapy.harm_of_waiting.strip():
            place = anchor("therapies", number, "harm_of_waiting")
            yield _refusal("harm_of_waiting_missing", place, say, number=number)


def _causes(draft: DraftContent, say: Say) -> Iterator[Refusal]:
    for axis in ("diagnosis", "treatment", "prognosis"):
        entry = getattr(draft.agreement, axis)
        if entry.grade in {Grade.REFINED, Grade.MAJOR} and not entry.causes:
            yield _refusal("cause_missing", f"agreement-{axis}-causes", say, axis=say(axis))


def _length(draft: DraftContent, say: Say) -> Iterator[Refusal]:
    plain = draft.plain
    count = sum(map(len, (plain.what_we_think, plain.how_sure, plain.what_next, *plain.what_to_ask)))
    if count > LONGEST_PLAIN:
        yield _refusal("plain_page_too_long", "plain", say, count=count, most=LONGEST_PLAIN)


def _place(statement: Statement, say: Say) -> str:
    return say(PLACES[statement.part]).format(number=statement.number)


def _refusal(code: str, mend: str, say: Say, **values: object) -> Refusal:
    return Refusal(code, say(REASONS[code]).format(**values), mend)
