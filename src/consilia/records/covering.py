"""Covering: which lines of a page tell whose it is. Pure; when in doubt a line is covered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import anyascii

COVERED_KINDS = frozenset({"name", "birth_date", "patient_id"})
SHORTEST = 3  # letters of a word that counts as a name


@dataclass(frozen=True, slots=True)
class Names:
    """What must not be read: words of names, and numbers as their bare letters and digits."""

    words: frozenset[str]
    numbers: frozenset[str]


def names_in(claims: Iterable[Mapping[str, str]], extra_names: Iterable[str] = ()) -> Names:
    """The words to cover from the claims of a record (name, birth date, identifiers) and further names of the case."""
    words: set[str] = set()
    numbers: set[str] = set()
    for claim in claims:
        kind, value = claim.get("kind", ""), claim.get("value", "")
        if kind == "name":
            words |= _words(value)
        elif kind == "birth_date":
            numbers |= _date_forms(value)
        elif kind == "patient_id" and len(_bare(value)) >= SHORTEST:
            numbers.add(_bare(value))
    for name in extra_names:
        words |= _words(name)
    return Names(frozenset(words), frozenset(numbers))


def tells(line: str, names: Names) -> bool:
    """True when a line holds a word of a name, a birth date or an identifier."""
    if _words(line) & names.words:
        return True
    bare = _bare(line)
    return any(number in bare for number in names.numbers)


def covered(line: str, names: Names, words_instead: str) -> str:
    """The line as text for somebody who must not read it."""
    return words_instead if tells(line, names) else line


def _words(text: str) -> frozenset[str]:
    plain = anyascii.anyascii(text).lower().replace("^", " ")
    letters = "".join(letter if letter.isalpha() else " " for letter in plain)
    return frozenset(word for word in letters.split() if len(word) >= SHORTEST)


def _bare(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())


def _date_forms(iso: str) -> set[str]:
    """1969-03-14 as it may be printed: 14031969, 19690314, 03141969, 140369, 1431969."""
    parts = iso.split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return {_bare(iso)} if len(_bare(iso)) >= 6 else set()
    year, month, day = parts
    return {
        day + month + year,
        year + month + day,
        month + day + year,
        day + month + year[2:],
        str(int(day)) + str(int(month)) + year,
    }
