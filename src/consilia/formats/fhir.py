"""FHIR: reads JSON resources and bundles into claims, dates and plain lines; no reference in them is ever fetched."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO, Final

from consilia.formats import dates, fhir_results, health_card, home_devices, sniff, text
from consilia.formats.limits import LIMITS
from consilia.formats.plain import clean, language_of
from consilia.formats.values import Claim, ClaimKind, DateCandidate, DateKind, Reading
from consilia.formats.verdicts import Reason, Unreadable, Verdict

READ_KINDS: Final = frozenset(
    [
        "Bundle",
        "Patient",
        "Composition",
        "Observation",
        "DiagnosticReport",
        "DocumentReference",
        "Condition",
        "Procedure",
        "Encounter",
        "Specimen",
        "MedicationStatement",
        "MedicationRequest",
        "MedicationAdministration",
        "MedicationDispense",
        "Medication",
        "AllergyIntolerance",
        "Immunization",
        "FamilyMemberHistory",
        "CarePlan",
        "CareTeam",
        "ServiceRequest",
        "ImagingStudy",
        "Media",
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "Device",
        "DeviceUseStatement",
        "Location",
        "RelatedPerson",
        "ClinicalImpression",
        "Goal",
        "QuestionnaireResponse",
        "Flag",
        "List",
        "Consent",
        "Provenance",
        "Binary",
    ]
)
EXAMINATION_KEYS: Final = (
    "effectiveDateTime",
    "performedDateTime",
    "occurrenceDateTime",
    "started",
    "collectedDateTime",
)
DOCUMENT_KEYS: Final = ("date", "issued", "authoredOn", "recordedDate", "created")
MOMENT: Final = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?")
TEXT_KEYS: Final = frozenset({"text", "display", "title", "valueString", "conclusion", "description", "note", "value"})
# Bulk export: one resource a line.
MANY_LINES: Final = re.compile(rb"\s*\{[^\n]{2,}\}[ \t\r]*\n\s*\{[^\n]*\"resourceType\"")
CARDS: Final = 20
BRACKETS: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]')


def depth_of(data: bytes) -> int:
    """The deepest nesting, counted without recursion before the parser sees a byte."""
    deepest = depth = 0
    for match in BRACKETS.finditer(data):
        token = match[0]
        if token in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token in b"]}":
            depth -= 1
    return deepest


def _refuse_constant(_word: str) -> float:
    raise Unreadable(Verdict.UNREADABLE, Reason.NOT_A_NUMBER)


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise Unreadable(Verdict.UNREADABLE, Reason.NOT_A_NUMBER)
    return value


def _whole(digits: str) -> int:
    if len(digits) > 40:
        raise Unreadable(Verdict.UNREADABLE, Reason.NOT_A_NUMBER)
    return int(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Duplicate keys are refused: two parsers would believe two different things (RFC 8259, section 4)."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable(Verdict.UNREADABLE, Reason.DUPLICATE_KEYS)
    return found


def parse(data: bytes) -> Any:
    """The JSON value; raises Unreadable for what is not strict JSON within the limits."""
    if depth_of(data) > LIMITS.json_depth:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_DEEP)
    try:
        return json.loads(
            text.decode(data),
            parse_constant=_refuse_constant,
            parse_float=_number,
            parse_int=_whole,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable(Verdict.UNREADABLE, Reason.BAD_JSON) from error


def resources_of(value: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(path, resource) of a bundle's entries, or of the resource itself; nested bundles are not followed."""
    if value.get("resourceType") != "Bundle":
        yield str(value.get("resourceType")), value
        return
    entries = value.get("entry")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            yield f"Bundle.entry[{index}]", resource


def _texts(value: Any, key: str) -> list[str]:
    found = value.get(key) if isinstance(value, dict) else None
    items = found if isinstance(found, list) else [found]
    return [clean(item, most=500) for item in items if isinstance(item, str)]


def _items(value: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = value.get(key)
    items = found if isinstance(found, list) else [found]
    return [item for item in items if isinstance(item, dict)]


def _name(human: dict[str, Any]) -> str:
    """Family, Given (R4 HumanName), or the text when there are no parts."""
    family, given = " ".join(_texts(human, "family")), " ".join(_texts(human, "given"))
    parts = [part for part in (family, given) if part]
    return ", ".join(parts) or " ".join(_texts(human, "text"))


def claims_of(where: str, patient: dict[str, Any]) -> Iterator[Claim]:
    """Identity claims of one Patient resource."""
    for human in _items(patient, "name"):
        if name := _name(human):
            yield Claim(ClaimKind.NAME, name, f"{where}.name")
    for birth in _texts(patient, "birthDate"):
        yield Claim(ClaimKind.BIRTH_DATE, birth, f"{where}.birthDate")
    for gender in _texts(patient, "gender"):
        sex = {"female": "f", "male": "m"}.get(gender, gender)
        yield Claim(ClaimKind.SEX, sex, f"{where}.gender")
    for identifier in _items(patient, "identifier"):
        for value in _texts(identifier, "value"):
            yield Claim(ClaimKind.PATIENT_ID, value, f"{where}.identifier")
        for system in _texts(identifier, "system"):
            yield Claim(ClaimKind.ISSUER, system, f"{where}.identifier")


def _checked(moment: str) -> str:
    """The day of a FHIR date or dateTime, "" when it names no day; raises Unreadable for a day that does not exist."""
    if not MOMENT.fullmatch(moment):
        raise Unreadable(Verdict.UNREADABLE, Reason.IMPOSSIBLE_DATE)
    if len(moment) < 10:
        return ""
    day = dates.iso(int(moment[:4]), int(moment[5:7]), int(moment[8:10]))
    if not day:
        raise Unreadable(Verdict.UNREADABLE, Reason.IMPOSSIBLE_DATE)
    return day


def _dates_of(where: str, resource: dict[str, Any]) -> Iterator[DateCandidate]:
    for birth in _texts(resource, "birthDate") if resource.get("resourceType") == "Patient" else ():
        _checked(birth)
    for kind, keys in ((DateKind.DOCUMENT, DOCUMENT_KEYS), (DateKind.EXAMINATION, EXAMINATION_KEYS)):
        for key in keys:
            for moment in _texts(resource, key):
                if day := _checked(moment):
                    yield DateCandidate(kind, day, key, where)


def _concept(resource: dict[str, Any], key: str) -> str:
    for concept in _items(resource, key):
        for word in _texts(concept, "text"):
            return word
        for coding in _items(concept, "coding"):
            for word in _texts(coding, "display") + _texts(coding, "code"):
                return word
    return ""


def _quantity(resource: dict[str, Any]) -> str:
    for quantity in _items(resource, "valueQuantity"):
        unit = "".join(_texts(quantity, "unit") or _texts(quantity, "code"))
        return f"{quantity.get('value', '')} {unit}".strip()[:200]
    return _concept(resource, "valueCodeableConcept") or "".join(_texts(resource, "valueString"))


def line_of(resource: dict[str, Any]) -> str:
    """One plain line: kind, what, value, when; parts of an observation follow in brackets."""
    kind = " ".join(_texts(resource, "resourceType"))
    what = next(
        (
            word
            for key in ("code", "medicationCodeableConcept", "vaccineCode", "type", "category")
            if (word := _concept(resource, key))
        ),
        "",
    )
    title = " ".join(_texts(resource, "title") or _texts(resource, "conclusion") or _texts(resource, "description"))
    name = "; ".join(_name(human) for human in _items(resource, "name")) or (
        "" if kind == "Patient" else " ".join(_texts(resource, "name"))
    )
    when = next(
        (moment[:10] for key in (*EXAMINATION_KEYS, *DOCUMENT_KEYS, "birthDate") for moment in _texts(resource, key)),
        "",
    )
    parts = [f"{_concept(part, 'code')} {_quantity(part)}" for part in _items(resource, "component")]
    words = [title, name, what, _quantity(resource), f"({'; '.join(parts)})" if parts else "", when]
    return f"{kind}: " + ", ".join(word for word in words if word)


def _title(resources: list[tuple[str, dict[str, Any]]]) -> str:
    for kind in ("Composition", "DiagnosticReport", "DocumentReference"):
        for _where, resource in resources:
            if resource.get("resourceType") == kind:
                return " ".join(_texts(resource, "title")) or _concept(resource, "code") or _concept(resource, "type")
    return ""


def _language(resources: list[tuple[str, dict[str, Any]]], words: str) -> str:
    for _where, resource in resources:
        for language in _texts(resource, "language"):
            return language[:2].lower()
    return language_of(words)


def read(file: BinaryIO, path: str = "") -> Reading:
    """A FHIR resource or bundle, many of them one a line (NDJSON), or a health card; raises Unreadable.

    Other JSON is measurements of home devices, or kept (NOT_READ_YET).
    """
    data = text.load(file, LIMITS.json_bytes)
    if path.lower().endswith((".ndjson", ".jsonl")) or MANY_LINES.match(data):
        return of_resources([value for line in data.splitlines() if line.strip() for value in [parse(line)]])
    value = parse(data)
    if tokens := health_card.tokens_of(value):
        return of_cards(tokens)
    kind = value.get("resourceType") if isinstance(value, dict) else None
    if isinstance(value, dict) and {"url", "key", "flag"} <= value.keys():
        return Reading(Verdict.NOT_READ_YET, Reason.HEALTH_LINK, sniff.JSON)
    if not isinstance(kind, str):
        measured = home_devices.of_json(value)
        return measured or Reading(Verdict.NOT_READ_YET, Reason.JSON, sniff.JSON)
    if kind not in READ_KINDS:
        return Reading(Verdict.NOT_READ_YET, Reason.FHIR_KIND, sniff.FHIR)
    return of_resources([value])


def of_cards(tokens: list[str]) -> Reading:
    """What health cards carry, marked as unverified; raises Unreadable."""
    bundles = []
    for token in tokens[:CARDS]:
        _issuer, bundle = health_card.bundle_of(parse(health_card.payload_of(token)))
        if bundle is not None:
            bundles.append(bundle)
    if not bundles:
        raise Unreadable(Verdict.UNREADABLE, Reason.NO_CONTENT)
    return replace(of_resources(bundles), reason=Reason.UNVERIFIED, media_type=health_card.CARD)


def of_resources(values: list[Any]) -> Reading:
    """One Reading of everything that parsed resources and bundles say."""
    kept = [value for value in values if isinstance(value, dict)]
    resources = [pair for value in kept for pair in resources_of(value)]
    found = [
        claim
        for where, resource in resources
        if resource.get("resourceType") == "Patient"
        for claim in claims_of(where, resource)
    ]
    candidates = {date.value: date for where, resource in resources for date in _dates_of(where, resource)}
    newest = sorted(candidates.values(), key=lambda date: date.value, reverse=True)
    lines = [line_of(resource) for _where, resource in resources]
    page = text.page_of("\n".join(lines))
    title = _title(resources)
    return Reading(
        Verdict.READ,
        Reason.NONE if page.lines else Reason.NO_CONTENT,
        sniff.FHIR,
        claims=tuple(dict.fromkeys(found))[: LIMITS.claims],
        pages=(page,),
        page_count=1,
        title=title,
        title_lines=(title,) if title else (),
        date_candidates=_whole_first(newest, resources)[: LIMITS.dates],
        language=_language(resources, "\n".join(lines)),
        results=fhir_results.of(resources),
        codes=_codes(resources),
    )


def _codes(resources: list[tuple[str, dict[str, Any]]]) -> tuple[str, ...]:
    """Codes of the compositions and reports, "system|code"."""
    codings = [
        coding
        for _where, resource in resources
        if resource.get("resourceType") in {"Composition", "DiagnosticReport", "DocumentReference"}
        for key in ("code", "type")
        for concept in _items(resource, key)
        for coding in _items(concept, "coding")
    ]
    found = ["|".join(_texts(coding, "system") + _texts(coding, "code")) for coding in codings]
    return tuple(dict.fromkeys(code for code in found if "|" in code))[:20]


def _whole_first(newest: list[DateCandidate], resources: list[tuple[str, dict[str, Any]]]) -> tuple[DateCandidate, ...]:
    """The date of the composition or report is the document's; the others follow, newest first."""
    own = [
        date
        for where, resource in resources
        if resource.get("resourceType") in {"Composition", "DiagnosticReport"}
        for date in _dates_of(where, resource)
    ]
    return tuple(dict.fromkeys([*own, *newest]))
