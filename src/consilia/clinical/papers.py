"""Papers: the words by which the intake knows a paper, an alarm or advice; content by language, each with examples."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from consilia.clinical.entries import Entry, Identifier, Strict, Words
from consilia.kernel import language as languages

ASK_BELOW: Final = 0.55
"""The confidence, from 0 to 1, under which a person is asked what a paper is or of which day."""

Phrase = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^\S(.*\S)?$")]
"""Words in a row, compared without case and accents; a * stands for any letters at the start or end of a word."""


class ByLanguage(Entry):
    """A file of one language: its id is the language (ISO 639-1)."""

    language: str

    @model_validator(mode="after")
    def _named_by_its_language(self) -> Self:
        if self.language != self.id or not languages.is_language(self.language):
            raise ValueError(f"{self.language!r} is not the language of the file")
        return self


class PaperKind(Strict):
    """How a kind of paper is headed, and words that are usual in it."""

    kind: Identifier
    headings: tuple[Phrase, ...]
    words: tuple[Phrase, ...] = ()


class PaperExample(Strict):
    """A made-up paper and the kind it must be taken for."""

    kind: Identifier
    text: str


class PaperWords(ByLanguage):
    """The words of one language for every kind of paper that is known by words.

    `greetings` open letters of doctors; `sections` head the parts of their notes: complaint, history, plan.
    """

    greetings: tuple[Phrase, ...] = ()
    sections: tuple[Phrase, ...] = ()
    kind: tuple[PaperKind, ...] = Field(min_length=1)
    example: tuple[PaperExample, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_kind_once(self) -> Self:
        kinds = [one.kind for one in self.kind]
        if len(kinds) != len(set(kinds)):
            raise ValueError("a kind stands twice")
        return self


class CodedKind(Strict):
    """LOINC document codes that stand for a kind of paper."""

    kind: Identifier
    loinc: tuple[str, ...] = Field(min_length=1)


class PaperCodes(Entry):
    """Document codes in electronic records and the kind each stands for."""

    coded: tuple[CodedKind, ...]
    notice: str


class Alarm(Strict):
    """Words that may mean an emergency: of each group one must stand in the same or the next sentence.

    `flag` is the emergency question (red_flags) that asks for the same.
    """

    id: Identifier
    flag: Identifier
    groups: tuple[tuple[Phrase, ...], ...] = Field(min_length=1)


class AlarmExample(Strict):
    """A made-up sentence and the alarms that it must raise, none for a negation or something long past."""

    text: str
    raises: tuple[Identifier, ...] = ()
    in_report: bool = False


class AlarmWords(ByLanguage):
    """Alarms of one language for the patient's own words and, in `urgent`, for reports.

    `negations` stand before a word, `negations_after` behind it. They, `past`, `others` (somebody else's illness) and
    `conditions` ("go at once if ...") keep silent what they stand with; they never clear an alarm that others raise.
    """

    alarm: tuple[Alarm, ...]
    urgent: tuple[Phrase, ...]
    negations: tuple[Phrase, ...]
    negations_after: tuple[Phrase, ...] = ()
    past: tuple[Phrase, ...]
    others: tuple[Phrase, ...]
    conditions: tuple[Phrase, ...]
    example: tuple[AlarmExample, ...] = Field(min_length=2)


class AdviceExample(Strict):
    """A made-up passage of a report and the examinations that it recommends."""

    text: str
    finds: tuple[Identifier, ...] = ()


class AdviceWords(ByLanguage):
    """How reports of one language recommend: `cues` before or after the examination in its sentence, `headings` of a
    part that recommends, `ends` of such a part; `refused` takes a recommendation back, `joins` part a list.
    `conclusions` head the part that says in a few words what a report found: impression, diagnosis.
    """

    cues: tuple[Phrase, ...]
    headings: tuple[Phrase, ...]
    ends: tuple[Phrase, ...]
    conclusions: tuple[Phrase, ...] = ()
    refused: tuple[Phrase, ...]
    joins: tuple[Phrase, ...]
    example: tuple[AdviceExample, ...] = Field(min_length=2)


class Examination(Strict):
    """An examination that reports recommend: its names in all languages, and which later record shows it was done.

    `kinds` with one of `names` (or of `shown_by`) in the heading, or a study of `modality`, show it; with `any_title`
    the kind alone does. `in_text`: the words may stand anywhere in the paper (an analyte in a laboratory report).
    """

    id: Identifier
    label: Words
    names: tuple[Phrase, ...] = Field(min_length=1)
    kinds: tuple[Identifier, ...] = ()
    modality: tuple[str, ...] = ()
    shown_by: tuple[Phrase, ...] = ()
    any_title: bool = False
    in_text: bool = False


class Site(Strict):
    """A part of the body by its names: two papers about different parts are not about the same examination."""

    id: Identifier
    names: tuple[Phrase, ...]


class Examinations(Entry):
    """Examinations and parts of the body."""

    examination: tuple[Examination, ...]
    site: tuple[Site, ...]


class NameForms(Entry):
    """Forms of one given name (Bob, Robert); forms in a row are the same name, which alone never proves a person."""

    forms: tuple[tuple[str, ...], ...]


SHAPES: dict[str, type[Entry]] = {
    "paper_words": PaperWords,
    "paper_codes": PaperCodes,
    "alarm_words": AlarmWords,
    "advice_words": AdviceWords,
    "examinations": Examinations,
    "name_forms": NameForms,
}
"""Folder of the library -> the shape of its files, for what the intake recognises."""
