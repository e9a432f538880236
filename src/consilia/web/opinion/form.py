"""The opinion as form fields and back: pure, and the same in both directions; no word is lost on the way.

Names of fields are the anchors of `opinions.checks`: "diagnoses-1-words", "answers-2-short", "plain-how_sure".
A hidden field "<part>-here" lists the keys of the entries that the form holds; an entry that it does not name is gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from consilia.opinions.content import (
    MOST,
    DraftAdditionalDiagnosis,
    DraftAlternative,
    DraftContent,
    DraftFinding,
    DraftFurtherExamination,
    DraftMedicationAdvice,
    DraftNote,
    Part,
    TimelineEntry,
)

Fields = Mapping[str, Sequence[str]]
Data = dict[str, Any]
HERE: Final = "here"
TIMELINE: Final = "summary-timeline"
AXES: Final = ("agreement-diagnosis", "agreement-treatment", "agreement-prognosis")

# line: one line; text: many; choice: one of a list or nothing; checks: some of a list; flag: yes or no;
# number; lines: one entry a line; tri: yes, no or not said.
PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    TIMELINE: {"when": "line", "words": "text"},
    "findings": {"kind": "choice", "words": "text", "measurement": "line"},
    "diagnoses": {
        "verdict": "choice",
        "words": "text",
        "icd10": "icd10",
        "stage": "line",
        "certainty": "choice",
        "differential": "text",
        "would_change": "text",
    },
    "additional_diagnoses": {
        "words": "text",
        "icd10": "icd10",
        "stage": "line",
        "certainty": "choice",
        "would_change": "text",
    },
    "therapies": {
        "verdict": "choice",
        "reason": "text",
        "urgency": "choice",
        "when": "line",
        "harm_of_waiting": "text",
    },
    "alternatives": {
        "option": "text",
        "line": "choice",
        "guideline.body": "line",
        "guideline.year": "number",
        "guideline.grade": "line",
        "evidence": "text",
        "burden.words": "text",
        "burden.radiation": "line",
        "burden.hospital_days": "line",
        "burden.irreversible": "tri",
        "burden.follow_up": "line",
        "eligible": "text",
        "available": "text",
    },
    "examinations": {
        "name": "line",
        "purpose": "text",
        "would_change": "text",
        "urgency": "choice",
        "when": "line",
        "radiation": "line",
    },
    "medicines": {
        "inn": "line",
        "dose": "line",
        "duration": "line",
        "monitoring": "text",
        "interactions": "text",
        "contraindications": "text",
        "aware": "choice",
        "narrower_alternative": "line",
    },
    "answers": {"short": "text", "explanation": "text", "confidence": "choice", "would_change": "text"},
    "alarm_signs": {"words": "text"},
    "do_not_stop": {"words": "text"},
    "sources": {"label": "line", "quote": "text", "reference": "line"},
}
SINGLES: Final[Mapping[str, Mapping[str, str]]] = {
    "summary": {"title": "line", "in_short": "text", "words": "text"},
    **{axis: {"grade": "choice", "causes": "checks", "words": "text"} for axis in AXES},
    "plain": {"what_we_think": "text", "how_sure": "text", "what_next": "text", "what_to_ask": "lines"},
    "declaration": {"made": "flag", "interests": "text"},
}
FIXED: Final = frozenset({"diagnoses", "therapies", "answers"})  # given by the case: neither added nor removed
CITED: Final = frozenset({*PARTS, "summary"} - {"sources"})
CITATION: Final[Mapping[str, str]] = {"sources": "checks", "general_knowledge": "flag"}


GROWING: Final = tuple(part for part in PARTS if part not in FIXED and part != "sources")
EMPTY: Final[Mapping[str, type[Part]]] = {
    TIMELINE: TimelineEntry,
    "findings": DraftFinding,
    "additional_diagnoses": DraftAdditionalDiagnosis,
    "alternatives": DraftAlternative,
    "examinations": DraftFurtherExamination,
    "medicines": DraftMedicationAdvice,
    "alarm_signs": DraftNote,
    "do_not_stop": DraftNote,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a form said: the draft, and for each field whose value could not be kept the code of the fault."""

    draft: DraftContent
    faults: Mapping[str, str] = field(default_factory=dict)


def kinds(part: str) -> Mapping[str, str]:
    """Field -> kind of one part, those of its citation among them."""
    own = PARTS.get(part) or SINGLES[part]
    return {**own, **CITATION} if part in CITED else own


def entries(data: Data, part: str) -> list[Data]:
    """The entries of a list part within the plain JSON of a draft."""
    found: list[Data] = data["summary"]["timeline"] if part == TIMELINE else data[part]
    return found


def single(data: Data, part: str) -> Data:
    """A part that is there once."""
    found: Data = data
    for step in part.split("-"):
        found = found[step]
    return found


def key_of(part: str, position: int, entry: Data) -> str:
    """The key of an entry in names and anchors: the question's number, the id of a source, else its place from 1."""
    if part == "answers":
        return str(entry["number"])
    return str(entry["id"]) if part == "sources" else str(position)


def named(part: str, key: str, name: str) -> str:
    place = f"{part}-{key}" if key else part
    return f"{place}-{name.replace('.', '-')}"


def justification(place: str, source: str) -> str:
    """The name of the field in which a contradiction is justified."""
    return f"justify-{place}--{source}"


# --- draft to fields ------------------------------------------------------------------------------------------------


def to_fields(draft: DraftContent) -> dict[str, list[str]]:
    """Every field of the form with its values as a browser sends them; unchecked boxes send nothing."""
    data = draft.model_dump(mode="json")
    fields: dict[str, list[str]] = {}
    for part in PARTS:
        keyed = [(key_of(part, number, entry), entry) for number, entry in enumerate(entries(data, part), start=1)]
        fields[f"{part}-{HERE}"] = [key for key, _entry in keyed]
        for key, entry in keyed:
            fields |= _of_entry(part, key, entry)
    for part in SINGLES:
        fields |= _of_entry(part, "", single(data, part))
    fields[HERE] = list(SINGLES)
    for one in data["justifications"]:
        fields[justification(one["place"], one["source"])] = [one["words"]]
    return fields


def _of_entry(part: str, key: str, entry: Data) -> dict[str, list[str]]:
    values = {named(part, key, name): _to_strings(kind, _get(entry, name)) for name, kind in kinds(part).items()}
    return {name: strings for name, strings in values.items() if strings is not None}


def _to_strings(kind: str, value: Any) -> list[str] | None:
    match kind:
        case "checks":
            return list(value) or None
        case "flag":
            return ["yes"] if value else None
        case "tri":
            return [{True: "yes", False: "no", None: ""}[value]]
        case "lines":
            return ["\n".join(value)]
        case _:
            return ["" if value is None else str(value)]


def _get(entry: Data, name: str) -> Any:
    for step in name.split("."):
        entry = entry[step]
    return entry


# --- fields to draft ------------------------------------------------------------------------------------------------


def from_fields(fields: Fields, base: DraftContent, *, sentences: Sequence[str] = ()) -> Taken:
    """The draft that the form says, on top of the draft that it was made from.

    What the expert cannot change (the questions, the first doctor's words, where a source stands) is the base's.
    A value that does not fit keeps what the base has, and is told in `faults`; all the rest is kept.
    """
    before = base.model_dump(mode="json")
    data = base.model_dump(mode="json")
    faults: dict[str, str] = {}
    for part in PARTS:
        _take_part(data, before, part, fields, faults)
    for part in fields.get(HERE, ()):
        if part in SINGLES:
            _take_entry(single(data, part), part, "", fields, faults)
    _take_declaration(data, before, sentences)
    _take_justifications(data, fields)
    return Taken(_fitting(data, before, faults), faults)


def _take_part(data: Data, before: Data, part: str, fields: Fields, faults: dict[str, str]) -> None:
    if f"{part}-{HERE}" not in fields:
        return
    known = {key_of(part, number, entry): entry for number, entry in enumerate(entries(before, part), start=1)}
    keys = list(known) if part in FIXED else _keys(part, fields, known)
    taken = []
    for key in keys:
        entry = _copy(known.get(key) or empty(part))
        _take_entry(entry, part, key, fields, faults)
        taken.append(entry)
    entries(data, part)[:] = taken


def _keys(part: str, fields: Fields, known: Mapping[str, Data]) -> list[str]:
    asked = dict.fromkeys(fields[f"{part}-{HERE}"])
    if part == "sources":
        return [key for key in asked if key in known]
    return [key for key in asked if key.isascii() and key.isdigit() and len(key) < 5][:MOST]


def _take_entry(entry: Data, part: str, key: str, fields: Fields, faults: dict[str, str]) -> None:
    for name, kind in kinds(part).items():
        full = named(part, key, name)
        if full not in fields and kind not in {"checks", "flag"}:
            continue
        value = _from_strings(kind, fields.get(full, ()))
        if value is BAD:
            faults[full] = "number"
        else:
            _set(entry, name, value)


BAD: Final = object()


def _from_strings(kind: str, given: Sequence[str]) -> Any:
    words = (given[-1] if given else "").replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    match kind:
        case "checks":
            return list(dict.fromkeys(given))
        case "flag":
            return bool(given)
        case "tri":
            return {"yes": True, "no": False}.get(words)
        case "lines":
            return [line.strip() for line in words.split("\n") if line.strip()]
        case "choice":
            return words or None
        case "icd10":
            return words.strip().upper()
        case "number":
            digits = words.strip()
            return None if not digits else int(digits) if digits.isascii() and digits.isdigit() else BAD
        case "line":
            return words.replace("\n", " ")
        case _:
            return words


def _set(entry: Data, name: str, value: Any) -> None:
    *path, last = name.split(".")
    for step in path:
        entry = entry[step]
    entry[last] = value


def _take_declaration(data: Data, before: Data, sentences: Sequence[str]) -> None:
    declared = data["declaration"]
    kept = before["declaration"]["sentences"] if before["declaration"]["made"] else list(sentences)
    declared["sentences"] = kept if declared["made"] else []


def _take_justifications(data: Data, fields: Fields) -> None:
    """Those named in the form replace the words of those that were there; empty ones go."""
    kept = {(one["place"], one["source"]): one["words"] for one in data["justifications"]}
    for name, values in fields.items():
        if name.startswith("justify-") and "--" in name:
            place, source = name.removeprefix("justify-").rsplit("--", 1)
            kept[place, source] = _from_strings("text", values)
    data["justifications"] = [
        {"place": place, "source": source, "words": words} for (place, source), words in kept.items() if words.strip()
    ]


def _fitting(data: Data, before: Data, faults: dict[str, str]) -> DraftContent:
    """The draft of the data, where what does not fit goes back to what it was; at most once a value."""
    while True:
        try:
            return DraftContent.model_validate(data)
        except ValidationError as error:
            # From the end, so that what is taken out of a list moves nothing that is still to come.
            for fault in reversed(error.errors(include_url=False, include_context=False)):
                place = _undo(data, before, fault["loc"])
                faults[place] = str(fault["type"])


def _undo(data: Data, before: Data, loc: tuple[int | str, ...]) -> str:
    """Puts one value back to what it was, a new entry's to nothing; returns the name of its field."""
    part, key, rest = _place(data, loc)
    target: Any = data
    for step in loc[:-1]:
        target = target[step]
    if isinstance(target, list) and isinstance(loc[-1], int):
        del target[loc[-1]]  # one of several boxes
    else:
        target[loc[-1]] = _dig(_before(before, part, key), rest)
    return named(part, key, ".".join(step for step in rest if not step.isdigit())) if rest else part


def _before(before: Data, part: str, key: str) -> Data:
    if part not in PARTS:
        return single(before, part)
    known = {key_of(part, number, entry): entry for number, entry in enumerate(entries(before, part), start=1)}
    return known.get(key) or empty(part)


def _place(data: Data, loc: tuple[int | str, ...]) -> tuple[str, str, list[str]]:
    if loc[:2] == ("summary", "timeline"):
        part, rest = TIMELINE, loc[2:]
    elif loc[0] == "agreement" and len(loc) > 1:
        part, rest = f"agreement-{loc[1]}", loc[2:]
    else:
        part, rest = str(loc[0]), loc[1:]
    if rest and isinstance(rest[0], int) and part in PARTS:
        key = key_of(part, rest[0] + 1, entries(data, part)[rest[0]])
        return part, key, [str(step) for step in rest[1:]]
    return part, "", [str(step) for step in rest]


def _dig(entry: Data, path: Sequence[str]) -> Any:
    found: Any = entry
    for step in path:
        found = found[step]
    return found


def empty(part: str) -> Data:
    """A new entry as plain JSON."""
    return EMPTY[part]().model_dump(mode="json")


def _copy(entry: Data) -> Data:
    return {name: dict(value) if isinstance(value, dict) else value for name, value in entry.items()}
