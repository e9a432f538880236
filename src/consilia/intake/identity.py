"""Whose record is it: compares what a file claims with whom the case is about. Pure; a doubt is held, never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from consilia.intake.judging import names
from consilia.intake.judging.names import NO_FORMS, Forms, one_word, words

WORD = re.compile(r"[^\W\d_]+")
MISREAD_DIGITS = 2  # of a birth date that was read from a picture; a person looks whether it is hers


class Identity(StrEnum):
    MATCH = "match"
    PROBABLE = "probable"
    NO_IDENTITY = "no_identity"
    SUSPECT = "suspect"
    MISMATCH = "mismatch"


HELD = frozenset({Identity.SUSPECT, Identity.MISMATCH})


@dataclass(frozen=True, slots=True)
class Whose:
    """The patient of the case; `sex` is f, m or "" and only ever raises a doubt."""

    given_name: str
    family_name: str
    birth_date: date
    former_name: str = ""
    identifiers: tuple[str, ...] = ()
    sex: str = ""
    forms: Forms = NO_FORMS


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one file says; a birth date may have several readings (02/08/1951)."""

    kind: str  # name, birth_date, patient_id, sex, mention
    value: str
    alternatives: tuple[str, ...] = ()
    from_picture: bool = False  # letters of a scan may be read wrongly


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the comparison that a person reads: what the file says beside the case, and how they stand."""

    kind: str
    in_file: str
    in_case: str
    result: str  # same, similar, different, unclear (not a date that we can read), misread (a scan, a digit or two off)


@dataclass(frozen=True, slots=True)
class Judgement:
    identity: Identity
    lines: tuple[Compared, ...]


def compare_names(claimed: str, whose: Whose) -> str:
    """same: every word of the case's name is there (an initial may stand for the given name); similar; different.

    Of several initials the first stands for the given name; what the next ones stand for, nobody told us. A former
    family name counts as the family name; a short form of the given name as the given name.
    """
    found = words(claimed)
    if not found:
        return "different"
    given = words(whose.given_name)
    families = [words(name) for name in (whose.family_name, whose.former_name) if name]
    foreign = names.is_foreign_script(claimed) != names.is_foreign_script(whose.family_name + whose.given_name)
    initials = tuple(letter for word in WORD.findall(claimed) if len(word) == 1 for letter in words(word))
    of_given = _Given(given, initials, whose.forms)
    results = [_compared(found, of_given, family, foreign) for family in families]
    return min(results, key=("same", "similar", "different").index, default="different")


class _Given(NamedTuple):
    """The words of the given name of the case, and the initials on the paper in their order."""

    words: frozenset[str]
    initials: tuple[str, ...]
    forms: Forms

    def is_in(self, word: str, foreign: bool) -> bool:
        """The word is the given name or a short form of it."""
        return self.is_short(word) or any(one_word(word, part, scripts_differ=foreign) == "same" for part in self.words)

    def is_short(self, word: str) -> bool:
        """The word is a short form of the given name."""
        return any(self.forms.alike(word, part) for part in self.words)

    def is_initial(self, word: str, of: frozenset[str]) -> bool:
        """The word is one letter on the paper, with which one of these begins."""
        return word in self.initials and any(part.startswith(word) for part in of)

    def fits(self, rest: frozenset[str]) -> bool:
        """Only initials are left, and the first of them is that of the given name."""
        return bool(rest) and rest <= set(self.initials) and self.is_initial(self.initials[0], self.words)


def _compared(found: frozenset[str], given: _Given, family: frozenset[str], foreign: bool) -> str:
    of_family = {word: _best(word, family, foreign) for word in found}
    unnamed = {
        part for part in family if not any(one_word(word, part, scripts_differ=foreign) == "same" for word in found)
    }
    whole_family = not unnamed
    part_of_family = any(result == "same" for result in of_family.values())
    rest = frozenset(word for word in found if of_family[word] != "same")
    if whole_family and (any(given.is_in(word, foreign) for word in rest) or given.fits(rest)):
        return "same"
    # Two family names, of which a paper gives the first; the second hint is the given name in full.
    if part_of_family and len(family) > 1 and given.words <= {word for word in rest if word in given.words}:
        return "same"
    wanted = given.words | family
    if all(
        _best(word, wanted, foreign) != "different"
        or given.is_short(word)
        or given.is_initial(word, given.words | unnamed)
        for word in found
    ):
        return "similar"
    if (whole_family or given.words <= found) and len(found) == 1:
        return "similar"
    return "different"


def _best(word: str, wanted: frozenset[str], foreign: bool) -> str:
    order = ("same", "similar", "different")
    return min(
        (one_word(word, other, scripts_differ=foreign) for other in wanted), key=order.index, default="different"
    )


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
    A name that only stands in the text, unlabelled, makes a file probable and never a match.
    """
    lines = tuple(line for claim in claims if (line := _line(claim, whose)) is not None)
    kinds = ("name", "birth_date", "patient_id", "sex", "mention")
    results = {kind: {line.result for line in lines if line.kind == kind} for kind in kinds}
    found = _identity(results)
    only_read = all(claim.from_picture for claim in claims if claim.kind == "name")
    if (
        found is Identity.MISMATCH
        and only_read
        and not results["birth_date"]
        and "different" not in results["patient_id"]
    ):
        found = Identity.SUSPECT  # letters of a scan alone say too little to call it another person's
    return Judgement(found, lines)


def _identity(results: dict[str, set[str]]) -> Identity:
    name, birth, number = results["name"], results["birth_date"], results["patient_id"]
    if not name and not birth and not number:
        return Identity.PROBABLE if "same" in results["mention"] else Identity.NO_IDENTITY
    if "different" in birth or ("different" in number and "same" not in birth):
        return Identity.MISMATCH
    if "misread" in birth:
        return Identity.SUSPECT
    if "different" in name:
        return _other_name(name, birth)
    if "similar" in name:
        return Identity.PROBABLE if "same" in birth and results["sex"] != {"different"} else Identity.SUSPECT
    if name and "same" in birth:
        return Identity.MATCH
    if name and results["sex"] == {"different"}:
        return Identity.SUSPECT
    if "unclear" in birth and not name and "same" not in number:
        return Identity.SUSPECT
    return Identity.PROBABLE


def _digits_apart(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))


def _other_name(name: set[str], birth: set[str]) -> Identity:
    """Another name beside hers is a doctor's or a relative's; another name alone is another person's."""
    if "same" in birth:
        return Identity.PROBABLE if "same" in name else Identity.SUSPECT
    return Identity.SUSPECT if "same" in name else Identity.MISMATCH


def _line(claim: Claimed, whose: Whose) -> Compared | None:
    in_case = f"{whose.given_name} {whose.family_name}"
    if claim.kind in {"name", "mention"}:
        result = compare_names(claim.value, whose)
        if result == "different" and claim.from_picture and names.looks_like(claim.value, in_case):
            result = "similar"
        return Compared(claim.kind, claim.value, in_case, result)
    if claim.kind == "birth_date":
        born = whose.birth_date.isoformat()
        result = compare_birth_dates(claim, whose)
        if result == "different" and claim.from_picture and _digits_apart(claim.value, born) <= MISREAD_DIGITS:
            result = "misread"
        return Compared("birth_date", claim.value, born, result)
    if claim.kind == "sex" and whose.sex and claim.value[:1].lower() in {"f", "m"}:
        same = claim.value[:1].lower() == whose.sex[:1].lower()
        return Compared("sex", claim.value, whose.sex, "same" if same else "different")
    if claim.kind == "patient_id":
        number = compare_identifiers(claim.value, whose)
        in_case = next((value for value in whose.identifiers if _shape(value) == _shape(claim.value)), "")
        return Compared("patient_id", claim.value, in_case, number) if number else None
    return None
