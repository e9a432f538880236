"""Kinds: what each folder of the library is called, and what is counted in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from consilia.clinical.library import ALWAYS, DEFAULT, Library
from consilia.clinical.reading import Loaded


@dataclass(frozen=True, slots=True)
class KindWords:
    """`title` heads the list and the book; `counted` names what `count` finds, in the plural."""

    title: str
    counted: str
    count: Callable[[Loaded], int]


@dataclass(frozen=True, slots=True)
class Count:
    """How many things of a kind the library holds, and how many entries of it are drafts."""

    kind: str
    title: str
    number: int
    counted: str
    entries: int
    drafts: int


def _rows(loaded: Loaded) -> int:
    return len(loaded.rows)


def _one(loaded: Loaded) -> int:
    # What holds where nothing else does is no country and no case type of its own.
    return int(loaded.entry.id not in {DEFAULT, ALWAYS})


def _in(field: str) -> Callable[[Loaded], int]:
    return lambda loaded: len(getattr(loaded.entry, field))


KINDS: dict[str, KindWords] = {
    "emergency_numbers": KindWords("Emergency numbers", "regions", _rows),
    "red_flags": KindWords("Emergency questions", "red flags", _in("flag")),
    "suitability": KindWords("Rules: is a remote opinion right for this case?", "rules", _in("rule")),
    "checklists": KindWords("Checklists of records", "checklists", _one),
    "checklist_items": KindWords("Items of checklists", "items", _rows),
    "document_kinds": KindWords("Kinds of papers", "kinds of papers", _rows),
    "jurisdictions": KindWords("Law of countries", "countries", _one),
    "data_protection": KindWords("Data protection", "entries", _one),
    "clauses": KindWords("Clauses of law in opinions", "clauses", lambda _loaded: 1),
    "consents": KindWords("Consents", "consents", _one),
    "letters": KindWords("Letters", "languages of letters", _in("text")),
    "specialities": KindWords("Specialities", "specialities", _rows),
    "texts": KindWords("Sentences of pages", "sentences", _in("sentence")),
    "analyte_names": KindWords("Names of laboratory analytes", "analytes", _rows),
    "laboratory_units": KindWords("Laboratory units", "analytes", _rows),
    "ct_factors": KindWords("Radiation of CT: factors", "factors", _rows),
    "typical_doses": KindWords("Radiation of examinations: typical doses", "doses", _rows),
    "nuclear_doses": KindWords("Radiation of nuclear medicine: coefficients", "coefficients", _rows),
    "antibiotics": KindWords("Antibiotics by AWaRe group", "antibiotics", _rows),
    "substance_names": KindWords("Names of substances", "substances", _rows),
    "practice_facts": KindWords("Practice in different countries", "facts", _in("fact")),
    "prescription_elements": KindWords("What a prescription abroad must hold", "fields", _in("element")),
    "paper_codes": KindWords("Codes that other systems give to papers", "codes", _in("coded")),
    "advice_words": KindWords("Words by which advice on treatment is recognised", "lists of words", lambda _loaded: 1),
    "alarm_words": KindWords("Words of an alarm in what patients write", "lists of words", lambda _loaded: 1),
    "paper_words": KindWords("Words by which a paper is recognised", "lists of words", lambda _loaded: 1),
    "not_carried": KindWords("What was not carried over, and why", "points", _in("item")),
    "reviewers": KindWords("Who approves what", "entries", _one),
}
"""Kinds by folder; a kind without a line is called by its folder, and its rows or entries are counted."""


def words_of(kind: str) -> KindWords:
    """The words of a kind, also of one that nobody has named yet."""
    known = KINDS.get(kind)
    return known or KindWords(kind.replace("_", " ").capitalize(), "entries", lambda loaded: len(loaded.rows) or 1)


def counts(library: Library) -> tuple[Count, ...]:
    """One line for each kind that has an entry, by title."""
    found = (_count(kind, library.all_of(kind)) for kind in sorted({kind for kind, _ in library.files}))
    return tuple(sorted(found, key=lambda one: one.title))


def _count(kind: str, entries: Iterable[Loaded]) -> Count:
    files, words = tuple(entries), words_of(kind)
    number = sum(words.count(loaded) for loaded in files)
    drafts = sum(loaded.entry.is_draft for loaded in files)
    return Count(kind, words.title, number, words.counted, len(files), drafts)


def in_order(library: Library, kind: str) -> tuple[Loaded, ...]:
    """The entries of a kind as a person reads them: by their own order where they have one, else by id."""
    return tuple(sorted(library.all_of(kind), key=lambda loaded: (getattr(loaded.entry, "order", 0), loaded.entry.id)))
