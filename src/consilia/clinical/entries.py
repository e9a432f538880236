"""Entries: what every file of the content library must carry, whatever its subject: an id, a version and its review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from consilia.kernel import country, language


class ReviewState(StrEnum):
    """Draft content shows a banner and never loosens a safety rule; approved content names who approved it."""

    DRAFT = "draft"
    APPROVED = "approved"


class Confidence(StrEnum):
    """How sure the compiler of a fact was; `none` means that no reliable source was found."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


class Strict(BaseModel):
    """A piece of content: unknown keys are errors, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$", max_length=60)]


def _a_region(code: str) -> str:
    if not country.is_region(code):
        raise ValueError(f"{code!r} is no country (ISO 3166-1 alpha-2)")
    return code


Region = Annotated[str, AfterValidator(_a_region)]


def _with_english(words: dict[str, str]) -> dict[str, str]:
    for tag, text in words.items():
        if not language.is_language(tag):
            raise ValueError(f"{tag!r} is not a language tag")
        if not text.strip():
            raise ValueError(f"the text in {tag!r} is empty")
    if "en" not in words:
        raise ValueError("the English text is missing")
    return words


Words = Annotated[dict[str, str], AfterValidator(_with_english)]
"""The same sentence by language tag (BCP 47); English is always there."""


def said(words: Mapping[str, str], wanted: str = "en") -> str:
    """The sentence in the wanted language, else in its base language ("de" for "de-AT"), else in English."""
    for tag in (wanted, language.base(wanted), "en"):
        if tag in words:
            return words[tag]
    return ""


def by_language(value: object) -> bool:
    """True for a value by language tag with English among them: words, or the text of a letter."""
    return isinstance(value, dict) and "en" in value and all(language.is_language(str(tag)) for tag in value)


def spoken(value: object) -> Iterator[str]:
    """The languages of everything that is written in a piece of content, English among them, with repetitions."""
    if isinstance(value, Strict):
        names = type(value).model_fields
        if "en" in names:  # a row of a table speaks in columns
            yield from (name for name in names if len(name) == 2 and name != "id" and language.is_language(name))
        if isinstance(value, Entry) and language.is_language(getattr(value, "language", "")):
            yield str(getattr(value, "language", ""))  # a file that is written for one language
        for name in names:
            yield from spoken(getattr(value, name))
    elif isinstance(value, dict):
        if by_language(value):
            yield from value
        for inner in value.values():
            yield from spoken(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from spoken(inner)


class Review(Strict):
    """Who stands behind a file: empty names and dates are allowed to drafts only."""

    state: ReviewState
    by: str
    role: str
    on: date | None
    due: date
    as_of: date
    confidence: Confidence
    sources: tuple[str, ...] = Field(min_length=1)
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _empty_date(cls, value: object) -> object:
        # TOML has no null: a draft writes on = "".
        if isinstance(value, dict) and value.get("on") == "":
            return {**value, "on": None}
        return value

    @model_validator(mode="after")
    def _approval_is_signed(self) -> Self:
        if self.state is ReviewState.APPROVED and not (self.by and self.role and self.on):
            raise ValueError("approved content names by, role and on")
        return self


class Entry(Strict):
    """One file of the library: id = file name, never reused; version goes up with each change of meaning."""

    id: Identifier
    version: int = Field(ge=1)
    review: Review

    @property
    def is_draft(self) -> bool:
        """True until a named person approved it."""
        return self.review.state is ReviewState.DRAFT


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a case keeps of the content that was applied to it: file, version, SHA-256 (hex) of its bytes."""

    id: str
    version: int
    sha256: str
