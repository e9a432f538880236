"""Practice: how medicine is done in different countries, as facts with a year and a source, never as a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator

from consilia.clinical.entries import Confidence, Entry, Identifier, Region, Strict, Words

HISTORY_AFTER = 8
"""Years after which a fact is shown as history."""


class Fact(Strict):
    """One fact. `countries` are those it names; `values` its figures by name or country, in the units of its text.

    `lowest` and `highest` are the ends of a comparison among the countries of its source, `beyond` those outside the
    source's group that lie further. `tables` are kinds of the library that hold the figures. `year` is that of the
    figures; absent where the fact only points to tables.
    """

    id: Identifier
    text: Words
    countries: tuple[Region, ...] = ()
    values: dict[str, float] = {}
    lowest: tuple[Region, ...] = ()
    highest: tuple[Region, ...] = ()
    beyond: tuple[Region, ...] = ()
    excludes: Words | None = None
    tables: tuple[Identifier, ...] = ()
    source: str = ""
    url: str = ""
    year: int | None = Field(default=None, ge=1900)
    confidence: Confidence

    @model_validator(mode="after")
    def _says_where_from(self) -> Self:
        if not self.tables and not (self.source and self.year):
            raise ValueError("a fact names its source and its year, or the tables that do")
        if missing := {*self.lowest, *self.highest, *self.beyond} - {*self.countries}:
            raise ValueError(f"countries: {', '.join(sorted(missing))} is missing")
        return self


class Topic(Entry):
    """The facts about one difference between schools.

    `difference` names it in a sentence, `use` says what a comparison shows, `warning` which sentence of a source must
    not be repeated.
    """

    title: Words
    difference: Words
    use: Words
    warning: Words | None = None
    tables: tuple[Identifier, ...] = ()
    fact: tuple[Fact, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_fact_once(self) -> Self:
        names = [fact.id for fact in self.fact]
        if len(names) != len(set(names)):
            raise ValueError("a fact stands twice")
        return self


@dataclass(frozen=True, slots=True)
class FactForPair:
    """A fact as a comparison of two countries shows it: which of them it names, and whether it is history by now."""

    fact: Fact
    names: tuple[str, ...]
    is_history: bool


def facts(topic: Topic, countries: tuple[str, ...], *, year: int) -> tuple[FactForPair, ...]:
    """All facts of a topic for some countries (ISO 3166-1 alpha-2) in a year: first those that name most of them.

    What is older than eight years is history and comes after what is not; then the newer one comes first.
    """
    wanted = dict.fromkeys(code.upper() for code in countries)
    found = [
        FactForPair(
            fact,
            tuple(code for code in wanted if code in fact.countries),
            fact.year is not None and year - fact.year > HISTORY_AFTER,
        )
        for fact in topic.fact
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.names), one.is_history, -(one.fact.year or 0))))
