"""Answers: what the library gives back where an entry is brought together with a place or a pair of countries."""

from __future__ import annotations

from dataclasses import dataclass

from consilia.clinical.entries import Confidence
from consilia.kernel import country as countries


@dataclass(frozen=True, slots=True)
class EmergencyNumbers:
    """What to call in one region. `known` is False where no number is on file: then only `advice` is shown.

    `advice` is also filled where the confidence is low; `medical` is the ambulance, `also` other ways to it.
    """

    region: str
    show_first: str
    then: tuple[str, ...]
    medical: str
    also: tuple[str, ...]
    police: tuple[str, ...]
    fire: tuple[str, ...]
    known: bool
    confidence: Confidence
    advice: str
    as_of: str
    note: str
    draft: bool

    def name(self, language: str = "en") -> str:
        """The name of the region in a language."""
        return countries.country_name(self.region, language)


@dataclass(frozen=True, slots=True)
class LawClause:
    """A clause for one pair of countries, with the names filled in."""

    id: str
    version: int
    sha256: str
    title: str
    text: str
    draft: bool
