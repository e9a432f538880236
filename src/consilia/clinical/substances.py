"""Substances: the INN behind another name; a brand or a near spelling is suggested to a person, never replaced.

Source: table substance_names (names of the FDA register of unique ingredient identifiers, UNII).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from consilia.clinical.grounds import Grounds, grounds, rows_of
from consilia.clinical.library import Library
from consilia.clinical.medicine_rows import NameKind, SubstanceNameRow

KIND = "substance_names"


class How(StrEnum):
    """How a name led to its substance."""

    INN = "inn"
    OTHER_NAME = "other_name"


class WhySuggested(StrEnum):
    """Why a person must say yes first."""

    BRAND = "brand"
    """A brand means other substances in other countries."""
    SPELLING = "spelling"
    """No name is spelled so; one is spelled nearly so."""
    SEVERAL = "several"
    """The name stands for more than one substance."""


@dataclass(frozen=True, slots=True)
class Found:
    """`inn` in small letters as in the table, from the name that was said; other names of the same substance."""

    inn: str
    how: How
    other_names: tuple[str, ...]
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Suggested:
    """Substances that may be meant. Not an answer: whoever asks again with one of them has confirmed it."""

    suggested: tuple[str, ...]
    why: WhySuggested


@dataclass(frozen=True, slots=True)
class UnknownSubstance:
    """The library knows no such name. Nothing is said about what it is."""


def find(library: Library, said: str) -> Found | Suggested | UnknownSubstance:
    """The substance of a name, whatever its capitals, accents and blanks.

    Names that stand for one substance everywhere (USAN, BAN, local and trivial names) are found; brands and spellings
    that differ are suggested. A name of two substances is suggested with both.
    """
    rows = rows_of(library, KIND, SubstanceNameRow)
    name = plain(said)
    of_inn = [row for row in rows if plain(row.inn) == name]
    as_name = [row for row in rows if plain(row.synonym) == name]
    inns = tuple(dict.fromkeys(row.inn for row in (*of_inn, *as_name)))
    if len(inns) > 1:
        return Suggested(inns, WhySuggested.SEVERAL)
    if any(row.synonym_kind is NameKind.BRAND for row in as_name):
        return Suggested(inns, WhySuggested.BRAND)
    if not inns:
        near = nearly({text: row.inn for row in rows for text in _without_brands(row)}, said)
        return Suggested(near, WhySuggested.SPELLING) if near else UnknownSubstance()
    all_names = [row for row in rows if row.inn == inns[0]]
    others = tuple(row.synonym for row in all_names if row.synonym_kind is NameKind.NAME)
    return Found(inns[0], How.INN if of_inn else How.OTHER_NAME, others, grounds(library, KIND, as_name or of_inn))


def _without_brands(row: SubstanceNameRow) -> tuple[str, ...]:
    return (row.inn, row.synonym) if row.synonym_kind is NameKind.NAME else (row.inn,)


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without capitals, accents and superfluous blanks, for comparison only."""
    letters = unicodedata.normalize("NFKD", name[:200].casefold())
    return re.sub(r"\s+", " ", "".join(mark for mark in letters if not unicodedata.combining(mark))).strip()


def nearly(names: Mapping[str, str], said: str) -> tuple[str, ...]:
    """The substances (values) of names (keys) that are spelled nearly so; empty if none is, several if several are.

    ph and f, th and t, y and i, ae, oe and e are one; doubled letters are single and last vowels silent.
    """
    by_sound: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for name, inn in names.items():
        by_sound[_sound(name)].setdefault(inn)
    sound = _sound(said)
    return tuple(by_sound[sound]) if sound in by_sound else ()


_SPELLINGS = (("ph", "f"), ("th", "t"), ("ae", "e"), ("oe", "e"), ("y", "i"))


@lru_cache(maxsize=4096)
def _sound(name: str) -> str:
    text = plain(name)
    for old, new in _SPELLINGS:
        text = text.replace(old, new)
    words: Iterable[str] = re.findall(r"[^\W_]+", text)
    return "|".join(re.sub(r"(.)\1+", r"\1", word).rstrip("aeo") for word in words)
