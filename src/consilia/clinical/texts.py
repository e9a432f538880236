"""Texts: clinical and legal sentences that pages, consents and letters show, with their review."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator

from consilia.clinical.entries import Entry, Identifier, Strict, Words


class Sentence(Strict):
    """One sentence or short paragraph with its own key."""

    key: Identifier
    text: Words


class TextSet(Entry):
    """Sentences that belong together, in the order in which a page shows them."""

    sentence: tuple[Sentence, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_key_once(self) -> Self:
        keys = [sentence.key for sentence in self.sentence]
        if len(keys) != len(set(keys)):
            raise ValueError("a key stands twice")
        return self


class Consent(Entry):
    """One purpose that a person agrees to or not; `required`: without it there is no case.

    `per_country`: asked once for each recipient country, with the placeholder {country}.
    """

    order: int
    required: bool
    per_country: bool = False
    title: Words
    text: Words
    if_refused: Words
    if_withdrawn: Words


class LetterText(Strict):
    """A letter in one language; `right` by id of the right (general, gdpr_15)."""

    subject: str
    body: str
    right: dict[str, str]


class LetterFile(Entry):
    """A letter that the patient sends; text by language, the sentence about her right by country."""

    title: Words
    placeholders: tuple[str, ...]
    text: dict[str, LetterText]

    @model_validator(mode="after")
    def _placeholders_are_declared(self) -> Self:
        for tag, text in self.text.items():
            found = {name for _, name, _, _ in string.Formatter().parse(text.subject + text.body) if name}
            if found != {*self.placeholders, "right"}:
                raise ValueError(f"text.{tag}: placeholders differ: {sorted(found ^ {*self.placeholders, 'right'})}")
            if "general" not in text.right:
                raise ValueError(f"text.{tag}: the general right is missing")
        return self


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in one language for one country; `fill` puts the names in."""

    id: str
    version: int
    sha256: str
    language: str
    right: str
    subject: str
    body: str
    placeholders: tuple[str, ...]
    draft: bool

    def fill(self, values: Mapping[str, str]) -> tuple[str, str]:
        """(subject, body) with every placeholder replaced; KeyError names one that has no value."""
        return self.subject.format_map(values), self.body.format_map(values)


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A consent as it is shown and kept: words in one language, with version and hash."""

    id: str
    version: int
    sha256: str
    language: str
    required: bool
    per_country: bool
    title: str
    text: str
    if_refused: str
    if_withdrawn: str
    draft: bool


class NotCarried(Strict):
    """What a draft says and the closed forms cannot say, or must not ship, and what is done instead."""

    id: Identifier
    draft: str
    says: str
    reason: str
    instead: str


class NotCarriedFile(Entry):
    """The list of what was left behind, with reasons."""

    item: tuple[NotCarried, ...]
