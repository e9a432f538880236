"""Matching: whether a header fits the keys of a search (PS3.18 section 8.3.4). Pure."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from consilia.kernel.refusal import Invalid

Model = Mapping[str, Mapping[str, Any]]
TAG: Final = re.compile(r"[0-9A-Fa-f]{8}")
LONGEST: Final = 400  # letters of a key that are compared
MOST: Final = 5000  # results of one answer
STUDY: Final = {
    "SpecificCharacterSet": "00080005",
    "StudyDate": "00080020",
    "StudyTime": "00080030",
    "AccessionNumber": "00080050",
    "InstanceAvailability": "00080056",
    "ModalitiesInStudy": "00080061",
    "ReferringPhysicianName": "00080090",
    "TimezoneOffsetFromUTC": "00080201",
    "StudyDescription": "00081030",
    "PatientName": "00100010",
    "PatientID": "00100020",
    "PatientBirthDate": "00100030",
    "PatientSex": "00100040",
    "StudyInstanceUID": "0020000D",
    "StudyID": "00200010",
    "NumberOfStudyRelatedSeries": "00201206",
    "NumberOfStudyRelatedInstances": "00201208",
}
SERIES: Final = {
    "Modality": "00080060",
    "SeriesDescription": "0008103E",
    "BodyPartExamined": "00180015",
    "SeriesInstanceUID": "0020000E",
    "SeriesNumber": "00200011",
    "Laterality": "00200060",
    "NumberOfSeriesRelatedInstances": "00201209",
    "PerformedProcedureStepStartDate": "00400244",
    "PerformedProcedureStepStartTime": "00400245",
}
INSTANCE: Final = {
    "SOPClassUID": "00080016",
    "SOPInstanceUID": "00080018",
    "InstanceNumber": "00200013",
    "NumberOfFrames": "00280008",
    "Rows": "00280010",
    "Columns": "00280011",
    "AvailableTransferSyntaxUID": "00083002",
}
KEYWORDS: Final = {**STUDY, **SERIES, **INSTANCE}
DATES: Final = frozenset({"00080020", "00100030", "00400244"})
TIMES: Final = frozenset({"00080030", "00400245"})
NAMES: Final = frozenset({"00100010", "00080090"})
UIDS: Final = frozenset({"0020000D", "0020000E", "00080018", "00080016", "00083002"})


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked: tag -> value, tags to include beyond the usual ones, which results and how many."""

    keys: Mapping[str, str]
    include: frozenset[str]
    includes_all: bool
    fuzzy: bool
    limit: int
    offset: int


def asked(query: QueryDict) -> Search:
    """The search of a query. Raises Invalid, by the key of the query, for what is no number or no attribute."""
    faults: dict[str, str] = {}
    keys: dict[str, str] = {}
    include: set[str] = set()
    for name, values in query.lists():
        if name in {"limit", "offset", "fuzzymatching"}:
            continue
        if name == "includefield":
            include |= {one.strip() for value in values for one in value.split(",")}
            continue
        tag = tag_of(name)
        if tag:
            keys[tag] = "\\".join(value for value in values if value)
        else:
            faults[name] = "no attribute that can be searched"
    limit = _number(query, "limit", MOST, faults)
    offset = _number(query, "offset", 0, faults)
    if faults:
        raise Invalid(faults)
    tags = frozenset(tag for one in include if (tag := tag_of(one)))
    fuzzy = query.get("fuzzymatching", "").lower() == "true"
    return Search({tag: value for tag, value in keys.items() if value}, tags, "all" in include, fuzzy, limit, offset)


def _number(query: QueryDict, name: str, default: int, faults: dict[str, str]) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        faults[name] = "no whole number"
        return default
    return min(int(text), MOST) if name == "limit" else int(text)


def tag_of(name: str) -> str:
    """The tag of a keyword or of a tag's eight digits; "" for anything else."""
    return KEYWORDS.get(name, "") or (name.upper() if TAG.fullmatch(name) else "")


def fits(model: Model, search: Search, searchable: Iterable[str]) -> bool:
    """Whether every key that this level knows matches; keys of other levels say nothing here."""
    known = set(searchable)
    return all(_fits(model, tag, wanted, fuzzy=search.fuzzy) for tag, wanted in search.keys.items() if tag in known)


def _fits(model: Model, tag: str, wanted: str, *, fuzzy: bool) -> bool:
    values = [_text(value) for value in model.get(tag, {}).get("Value") or ()]
    if tag in UIDS:
        return bool({one.strip() for one in re.split(r"[\\,]", wanted)} & set(values))
    if tag in DATES | TIMES and "-" in wanted:
        first, _, last = wanted.partition("-")
        return any((not first or value >= first) and (not last or value[: len(last)] <= last) for value in values)
    if tag in NAMES:
        return any(_named(value, wanted, fuzzy=fuzzy) for value in values)
    if "*" in wanted or "?" in wanted:
        return any(_wild(value, wanted) for value in values or [""])
    return any(value == one for value in values for one in wanted.split("\\"))


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "=".join(str(value.get(name, "")) for name in ("Alphabetic", "Ideographic", "Phonetic")).rstrip("=")
    return str(value)


def _wild(value: str, wanted: str) -> bool:
    """* is any run of letters, ? any letter; never slow, whatever the number of stars."""
    return fnmatch.fnmatchcase(value, wanted[:LONGEST].replace("[", "[[]"))


def _named(value: str, wanted: str, *, fuzzy: bool) -> bool:
    """Names are compared without regard to case and accents; fuzzy: the beginnings of its words, in any order."""
    plain, asked_for = _plain(value), _plain(wanted)
    if fuzzy:
        words = re.split(r"[\^= ,]+", plain)
        return all(any(word.startswith(one) for word in words) for one in re.split(r"[\^= ,*?]+", asked_for) if one)
    return any(_wild(part, asked_for) for part in (plain, *plain.split("=")))


def _plain(text: str) -> str:
    marked = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in marked if not unicodedata.combining(letter)).rstrip("^")


def shown(model: Model, search: Search, tags: Sequence[str]) -> dict[str, Any]:
    """The usual attributes and those that were asked for; `includefield=all` gives all that we have."""
    wanted = {*tags, *search.include}
    return {tag: dict(element) for tag, element in model.items() if search.includes_all or tag in wanted}
