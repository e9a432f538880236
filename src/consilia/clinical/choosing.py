"""Choosing: which checklist a diagnosis in words or codes points to, and how all of them stand in a choice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from consilia.clinical.checklists import ChecklistFile
from consilia.clinical.entries import said as spoken
from consilia.clinical.words import score, word_list

Group = tuple[str, tuple[tuple[str, str], ...]]
"""A heading and its case types as (id, label)."""

_CODE = re.compile(r"\b[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?\b")


def recognised(said: str, lists: Sequence[ChecklistFile]) -> str:
    """The id of the list that an ICD-10 code, else free words point to; empty when nothing or two things do."""
    return _by_code(said, lists) or _by_words(said, lists)


def _by_code(said: str, lists: Sequence[ChecklistFile]) -> str:
    pointed: set[str] = set()
    for code in set(_CODE.findall(said.upper())):
        pointed |= _of_code(code, lists)
    return pointed.pop() if len(pointed) == 1 else ""


def _of_code(code: str, lists: Sequence[ChecklistFile]) -> set[str]:
    matches = [(len(prefix), one.id) for one in lists for prefix in one.icd10 if code.startswith(prefix)]
    longest = max(matches, default=(0, ""))[0]
    return {identifier for length, identifier in matches if length == longest}


def _by_words(said: str, lists: Sequence[ChecklistFile]) -> str:
    words = word_list(said)
    scores = {one.id: score([group.split() for group in one.words], words) for one in lists}
    best = max(scores.values(), default=0)
    first = [identifier for identifier, points in scores.items() if points == best]
    return first[0] if best and len(first) == 1 else ""


def grouped(
    lists: Sequence[ChecklistFile], headings: Mapping[str, str], language: str, *, last: str
) -> tuple[Group, ...]:
    """The lists under their headings, by label inside each, in the order of `headings`; the list `last` closes its own.

    A group without a heading is shown under the last heading; a heading without a list is left out.
    """
    rest = list(headings)[-1]
    found: dict[str, list[tuple[bool, str, str]]] = {key: [] for key in headings}
    for one in lists:
        key = one.group if one.group in found else rest
        found[key].append((one.id == last, spoken(one.label, language), one.id))
    return tuple(
        (headings[key], tuple((identifier, label) for _, label, identifier in sorted(named, key=_place)))
        for key, named in found.items()
        if named
    )


def _place(named: tuple[bool, str, str]) -> tuple[bool, str]:
    return named[0], named[1].casefold()
