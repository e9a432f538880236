"""Whose record is it: compares what a file claims with whom the case is about. Pure; a doubt is held, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import anyascii
from rapidfuzz.distance import DamerauLevenshtein

PARTICLES = frozenset({"dr", "mr", "mrs", "ms", "herr", "frau", "sig", "sigra", "sra", "sr", "prof", "dott"})
TYPING_ERRORS = 2  # edits within a name of six letters or more that may still be the same person


class Identity(StrEnum):
    MATCH = "match"
    PROBABLE = "probable"
    NO_IDENTITY = "no_identity"
    SUSPECT = "suspect"
    MISMATCH = "mismatch"


HELD = frozenset({Identity.SUSPECT, Identity.MISMATCH})


@dataclass(frozen=True, slots=True)
class Whose:
    """The patient of the case."""

    given_name: str
    family_name: str
    birth_date: date
    former_name: str = ""
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one file says; a birth date may have several readings (02/08/1951)."""

    kind: str  # name, birth_date, patient_id, sex
    value: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the comparison that a person reads: what the file says beside the case, and how they stand."""

    kind: str
    in_file: str
    in_case: str
    result: str  # same, similar, different, unclear (not a date that we can read)


@dataclass(frozen=True, slots=True)
class Judgement:
    identity: Identity
    lines: tuple[Compared, ...]


def words(name: str) -> frozenset[str]:
    """The words of a name in plain Latin letters: order, accents, scripts and titles do not count."""
    plain = anyascii.anyascii(name).lower().replace("^", " ")
    letters = "".join(letter if letter.isalpha() else " " for letter in plain)
    return frozenset(word for word in letters.split() if word not in PARTICLES)


def compare_names(claimed: str, whose: Whose) -> str:
    """same: every word of the case's name is there (an initial may stand for the given name); similar; different.

    A former family name counts as the family name.
    """
    found = words(claimed)
    if not found:
        return "different"
    given = words(whose.given_name)
    families = [words(name) for name in (whose.family_name, whose.former_name) if name]
    for family in families:
        rest = found - family
        if family <= found and (given & rest or _initials_fit(rest, given)):
            return "same"
    wanted = frozenset().union(given, *families)
    if all(_close_to_any(word, wanted) for word in found):
        return "similar"
    if any(family <= found for family in families) or given <= found:
        return "similar" if len(found) == 1 else "different"
    return "different"


def _initials_fit(rest: frozenset[str], given: frozenset[str]) -> bool:
    return bool(rest) and all(len(word) == 1 and any(name.startswith(word) for name in given) for word in rest)


def _close_to_any(word: str, wanted: Iterable[str]) -> bool:
    allowed = TYPING_ERRORS if len(word) >= 6 else 1
    return any(DamerauLevenshtein.distance(word, other) <= allowed for other in wanted)


def compare_birth_dates(claimed: Claimed, whose: Whose) -> str:
    """same when any reading of an ambiguous date is the patient's birth date; unclear when none is a date at all."""
    readings = (claimed.value, *claimed.alternatives)
    if whose.birth_date.isoformat() in readings:
        return "same"
    return "different" if any(_is_date(reading) for reading in readings) else "unclear"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def compare_identifiers(claimed: str, whose: Whose) -> str | None:
    """same or different when the case knows an identifier of the same shape (letters, digits); else None."""
    shape = _shape(claimed)
    alike = [value for value in whose.identifiers if _shape(value) == shape]
    if not alike:
        return None
    return "same" if any(_plain(value) == _plain(claimed) for value in alike) else "different"


def _plain(value: str) -> str:
    return "".join(letter for letter in value.upper() if letter.isalnum())


def _shape(value: str) -> str:
    return "".join("9" if letter.isdigit() else "A" for letter in _plain(value))


def judge(claims: Sequence[Claimed], whose: Whose) -> Judgement:
    """The identity of a file. One different birth date is enough to hold it, however alike the names are.

    Two people of one name exist; two birth dates of one person do not (typing errors are for a person to see).
    """
    lines = tuple(line for claim in claims if (line := _line(claim, whose)) is not None)
    results = {
        kind: {line.result for line in lines if line.kind == kind} for kind in ("name", "birth_date", "patient_id")
    }
    name, birth, number = results["name"], results["birth_date"], results["patient_id"]
    if not name and not birth and not number:
        return Judgement(Identity.NO_IDENTITY, lines)
    if "different" in birth or ("different" in number and "same" not in birth):
        return Judgement(Identity.MISMATCH, lines)
    if "different" in name:
        return Judgement(Identity.SUSPECT if "same" in birth else Identity.MISMATCH, lines)
    if "similar" in name:
        return Judgement(Identity.PROBABLE if "same" in birth else Identity.SUSPECT, lines)
    if name and "same" in birth:
        return Judgement(Identity.MATCH, lines)
    if "unclear" in birth and not name and "same" not in number:
        return Judgement(Identity.SUSPECT, lines)
    return Judgement(Identity.PROBABLE, lines)


def _line(claim: Claimed, whose: Whose) -> Compared | None:
    if claim.kind == "name":
        in_case = f"{whose.given_name} {whose.family_name}"
        return Compared("name", claim.value, in_case, compare_names(claim.value, whose))
    if claim.kind == "birth_date":
        return Compared("birth_date", claim.value, whose.birth_date.isoformat(), compare_birth_dates(claim, whose))
    if claim.kind == "patient_id":
        result = compare_identifiers(claim.value, whose)
        in_case = next((value for value in whose.identifiers if _shape(value) == _shape(claim.value)), "")
        return Compared("patient_id", claim.value, in_case, result) if result else None
    return None
