"""FHIR results: laboratory values and vital signs out of Observation resources of any profile.

Source: FHIR R4 Observation; vital signs by LOINC code, laboratory values by category or by a value with a unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from consilia.formats import vitals
from consilia.formats.limits import LIMITS
from consilia.formats.plain import clean
from consilia.formats.results import LOINC, LabValue, Results, VitalValue

NOT_LABORATORY: Final = frozenset(
    {"vital-signs", "social-history", "survey", "imaging", "procedure", "exam", "therapy", "activity"}
)
MOMENTS: Final = ("effectiveDateTime", "effectiveInstant", "issued")


def _items(value: Any, key: str) -> list[dict[str, Any]]:
    found = value.get(key) if isinstance(value, dict) else None
    items = found if isinstance(found, list) else [found]
    return [item for item in items if isinstance(item, dict)]


def _word(value: Any, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return clean(str(found), most=300).strip()


def _codings(resource: dict[str, Any], key: str) -> list[tuple[str, str, str]]:
    """(words, code, system); the text a person wrote first, LOINC before other systems."""
    found = []
    for concept in _items(resource, key):
        words = _word(concept, "text")
        for coding in _items(concept, "coding"):
            found.append((words or _word(coding, "display"), _word(coding, "code"), _word(coding, "system")))
        if words and not _items(concept, "coding"):
            found.append((words, "", ""))
    return sorted(found, key=lambda one: one[2] != LOINC)


def _range(observation: dict[str, Any]) -> str:
    for given in _items(observation, "referenceRange"):
        if words := _word(given, "text"):
            return words
        low, high = (_word(next(iter(_items(given, side)), {}), "value") for side in ("low", "high"))
        if low or high:
            return f"{low}-{high}" if low and high else f">{low}" if low else f"<{high}"
    return ""


def _value(observation: dict[str, Any]) -> tuple[str, str]:
    for quantity in _items(observation, "valueQuantity"):
        return _word(quantity, "comparator") + _word(quantity, "value"), _word(quantity, "unit") or _word(
            quantity, "code"
        )
    for concept in _items(observation, "valueCodeableConcept"):
        named, coded, _system = next(iter(_codings({"value": concept}, "value")), ("", "", ""))
        return named or coded, ""
    for ratio in _items(observation, "valueRatio"):
        parts = [_word(next(iter(_items(ratio, side)), {}), "value") for side in ("numerator", "denominator")]
        return ":".join(parts), ""
    for key in ("valueString", "valueInteger"):
        if words := _word(observation, key):
            return words, ""
    return "", ""


def _day(observation: dict[str, Any]) -> str:
    for key in MOMENTS:
        if moment := _word(observation, key):
            return moment[:10] if len(moment) >= 10 else ""
    for period in _items(observation, "effectivePeriod"):
        return _word(period, "end")[:10] or _word(period, "start")[:10]
    return ""


def _categories(observation: dict[str, Any]) -> set[str]:
    return {code for _words, code, _system in _codings(observation, "category")}


def _flag(observation: dict[str, Any]) -> str:
    return next((code or words for words, code, _system in _codings(observation, "interpretation")), "")


def _parts(observation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The observation and its components, each with what it is called."""
    yield "", observation
    for number, component in enumerate(_items(observation, "component")):
        yield f".component[{number}]", component


def of(resources: list[tuple[str, dict[str, Any]]]) -> Results:
    """Results of (path, resource) pairs; contained observations too."""
    labs: list[LabValue] = []
    signs: list[VitalValue] = []
    for where, observation in _observations(resources):
        categories = _categories(observation)
        panel = next((words for words, _code, _system in _codings(observation, "code")), "")
        for suffix, part in _parts(observation):
            words, code, system = next(iter(_codings(part, "code")), ("", "", ""))
            amount, unit = _value(part)
            if not amount or not (words or code):
                continue
            day, place = _day(observation), where + suffix
            figure = vitals.number(amount)
            sign = next(
                (one for _w, one, of_system in _codings(part, "code") if of_system == LOINC and vitals.name_of(one)), ""
            )
            if sign and figure is not None and "laboratory" not in categories:
                signs.append(VitalValue(words, figure, unit, day, figure, figure, 1, sign, "", place))
            elif "laboratory" in categories or (unit and not categories & NOT_LABORATORY):
                labs.append(
                    LabValue(
                        words or code,
                        amount,
                        unit,
                        _range(part) or ("" if suffix else _range(observation)),
                        _flag(part),
                        day,
                        code,
                        system,
                        method=next((word for word, _c, _s in _codings(observation, "method")), ""),
                        panel=panel if suffix else "",
                        where=place,
                    )
                )
    return Results(tuple(labs)[: LIMITS.results], tuple(signs)[: LIMITS.results])


def _observations(resources: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for where, resource in resources:
        if resource.get("resourceType") == "Observation":
            yield where, resource
        for number, inner in enumerate(_items(resource, "contained")):
            if inner.get("resourceType") == "Observation":
                yield f"{where}.contained[{number}]", inner
