"""What a person reads first and what she takes to her doctor: frozen pages made from the sealed document alone."""

from __future__ import annotations

from dataclasses import dataclass

from consilia.opinions.content import Answer
from consilia.opinions.seal import SealedDocument
from consilia.opinions.terms import Level
from consilia.reports.renderings.words import Say, as_written, term


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """One question and its answer as the patient sees it; `confidence` is high, moderate or low (three bars)."""

    number: int
    question: str
    short: str
    explanation: str
    confidence: Level
    would_change: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """A stated diagnosis or proposed measure with the word of the verdict."""

    about: str
    verdict: str
    words: str


@dataclass(frozen=True, slots=True)
class PlainPage:
    """The plain-language page: at most one page, then answers, limits and what it rests on."""

    number: str
    language: str
    by: str
    speciality: str
    country: str
    in_short: str
    what_we_think: str
    how_sure: str
    what_next: str
    what_to_ask: tuple[str, ...]
    judgements: tuple[Judgement, ...]
    answers: tuple[PlainAnswer, ...]
    alarm_signs: tuple[str, ...]
    do_not_stop: tuple[str, ...]
    limits: tuple[str, ...]
    emergency_number: str


@dataclass(frozen=True, slots=True)
class Referral:
    """A draft for the doctor at home, who alone can refer."""

    name: str
    purpose: str
    would_change: str
    when: str
    radiation: str


@dataclass(frozen=True, slots=True)
class DoctorSheet:
    """The sheet "take to your doctor": draft referrals, questions, what not to stop.

    `referral` is the sentence of the content library on who can refer.
    """

    number: str
    in_short: str
    referrals: tuple[Referral, ...]
    referral: str
    questions: tuple[str, ...]
    do_not_stop: tuple[str, ...]
    alarm_signs: tuple[str, ...]


def page(document: SealedDocument, say: Say = as_written) -> PlainPage:
    """The plain page of a sealed opinion; `say` translates the words around the expert's, never the expert's."""
    made, expert, scope = document.content, document.credentials, document.scope
    return PlainPage(
        number=document.header.number,
        language=document.header.language,
        by=expert.name,
        speciality=expert.speciality,
        country=expert.country,
        in_short=made.summary.in_short,
        what_we_think=made.plain.what_we_think,
        how_sure=made.plain.how_sure,
        what_next=made.plain.what_next,
        what_to_ask=made.plain.what_to_ask,
        judgements=_judgements(document, say),
        answers=tuple(_answer(answer) for answer in made.answers),
        alarm_signs=tuple(note.words for note in made.alarm_signs),
        do_not_stop=tuple(note.words for note in made.do_not_stop),
        limits=(scope.remote, scope.emergency, scope.law, scope.medicines, scope.contact),
        emergency_number=document.header.emergency_number,
    )


def sheet(document: SealedDocument, say: Say = as_written) -> DoctorSheet:
    """the sheet of a sealed opinion."""
    made = document.content
    return DoctorSheet(
        number=document.header.number,
        in_short=made.summary.in_short,
        referrals=tuple(
            Referral(one.name, one.purpose, one.would_change, one.when or term(one.urgency, say), one.radiation)
            for one in made.examinations
        ),
        referral=document.scope.referral,
        questions=made.plain.what_to_ask,
        do_not_stop=tuple(note.words for note in made.do_not_stop),
        alarm_signs=tuple(note.words for note in made.alarm_signs),
    )


def _judgements(document: SealedDocument, say: Say) -> tuple[Judgement, ...]:
    made = document.content
    return (
        *(Judgement(one.stated, term(one.verdict, say), one.words) for one in made.diagnoses),
        *(Judgement(one.proposed, term(one.verdict, say), one.reason) for one in made.therapies),
    )


def _answer(answer: Answer) -> PlainAnswer:
    return PlainAnswer(
        answer.number, answer.question, answer.short, answer.explanation, answer.confidence, answer.would_change
    )
