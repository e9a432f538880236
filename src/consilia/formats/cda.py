"""C-CDA: reads clinical documents of any vendor: whose, when, the text of every section, laboratory values, vitals.

Tolerant: what a document leaves out is left out here; text that people read counts before coded entries. Source: HL7
CDA R2, C-CDA R2.1 (results 2.16.840.1.113883.10.20.22.4.2, vital signs .4.27).
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO, Final

from consilia.formats import claims, hl7v2, markup, pdf, text, vitals
from consilia.formats.limits import LIMITS
from consilia.formats.markup import children, first, name_of, words_of
from consilia.formats.plain import clean, language_of
from consilia.formats.results import LOINC, SYSTEMS, LabValue, Results, VitalValue
from consilia.formats.values import Claim, ClaimKind, DateCandidate, DateKind, PageText, Reading
from consilia.formats.verdicts import Reason, Unreadable, Verdict

MEDIA_TYPE: Final = "application/hl7-cda+xml"
SEX: Final = {"F": "f", "M": "m"}
BLOCKS: Final = frozenset({"paragraph", "item", "tr", "caption", "title", "list", "table"})
CELLS: Final = frozenset({"td", "th"})
RESULT_SECTION: Final = frozenset({"30954-2", "11502-2", "18723-7", "18725-2", "18719-5", "18720-3"})
DEPTH: Final = 40


def _attribute(element: Any, name: str) -> str:
    return clean(str(element.get(name) or ""), most=LIMITS.line_characters).strip() if element is not None else ""


def _name(element: Any) -> str:
    """Family, given; or the text when the name has no parts."""
    if element is None:
        return ""
    family = " ".join(words_of(part) for part in children(element, "family"))
    given = " ".join(words_of(part) for part in children(element, "given"))
    return ", ".join(part for part in (family.strip(), given.strip()) if part) or words_of(element)


def claims_of(root: Any) -> Iterator[Claim]:
    """Identity claims of every record target."""
    for role in children(root, "recordTarget", "patientRole"):
        for number in children(role, "id"):
            if value := _attribute(number, "extension"):
                yield Claim(ClaimKind.PATIENT_ID, value, "recordTarget/id")
        patient = first(role, "patient")
        if patient is None:
            continue
        for human in children(patient, "name"):
            if name := _name(human):
                yield Claim(ClaimKind.NAME, clean(name, most=200), "recordTarget/name")
        if born := hl7v2.day_of(_attribute(first(patient, "birthTime"), "value")):
            yield Claim(ClaimKind.BIRTH_DATE, born, "recordTarget/birthTime")
        if sex := _attribute(first(patient, "administrativeGenderCode"), "code"):
            yield Claim(ClaimKind.SEX, SEX.get(sex.upper(), sex.lower()), "recordTarget/administrativeGenderCode")
    custodian = first(root, "custodian", "assignedCustodian", "representedCustodianOrganization", "name")
    if issuer := words_of(custodian):
        yield Claim(ClaimKind.ISSUER, issuer[:200], "custodian")


def dates_of(root: Any) -> list[DateCandidate]:
    """The document's day, then those of its encounter and of what was done."""
    found = []
    places: tuple[tuple[DateKind, tuple[str, ...]], ...] = (
        (DateKind.DOCUMENT, ("effectiveTime",)),
        (DateKind.EXAMINATION, ("documentationOf", "serviceEvent", "effectiveTime")),
        (DateKind.EXAMINATION, ("componentOf", "encompassingEncounter", "effectiveTime")),
        (DateKind.MENTIONED, ("author", "time")),
    )
    for kind, path in places:
        for element in children(root, *path):
            moments = [element, *children(element, "high"), *children(element, "low")]
            for moment in moments:
                if day := hl7v2.day_of(_attribute(moment, "value")):
                    found.append(DateCandidate(kind, day, path[-1], "/".join(path)))
                    break
    return found


# The text that people read


def _narrative(element: Any, depth: int = 0) -> Iterator[str]:
    """Lines of a section's text; the cells of a row stand in one line."""
    if depth > DEPTH:
        return
    if name_of(element) == "tr":
        cells = [words_of(cell) for cell in element if name_of(cell) in CELLS]
        yield "   ".join(cell for cell in cells if cell)
        return
    inner = [child for child in element.iter() if child is not element and name_of(child) in BLOCKS]
    if not inner:
        yield words_of(element)
        return
    yield " ".join((element.text or "").split())
    for child in element:
        yield from _narrative(child, depth + 1)
        yield " ".join((child.tail or "").split())


def _sections(root: Any) -> Iterator[Any]:
    """Every section, also those inside others, in document order."""
    body = first(root, "component", "structuredBody")
    for element in body.iter() if body is not None else ():
        if name_of(element) == "section":
            yield element


def _lines(root: Any) -> Iterator[str]:
    yield words_of(first(root, "title"))
    for role in children(root, "recordTarget", "patientRole", "patient"):
        born = hl7v2.day_of(_attribute(first(role, "birthTime"), "value"))
        yield "   ".join(part for part in (f"Patient: {_name(first(role, 'name'))}", born) if part)
    for section in _sections(root):
        yield words_of(first(section, "title"))
        if (narrative := first(section, "text")) is not None:
            yield from _narrative(narrative)
    for paragraph in children(root, "component", "nonXMLBody", "text"):
        if _attribute(paragraph, "representation").upper() != "B64":
            yield from _narrative(paragraph)


# Coded entries


def _quantity(value: Any) -> tuple[str, str]:
    """(value, unit) of an observation's value of any type."""
    kind = value.get("{http://www.w3.org/2001/XMLSchema-instance}type", "").rpartition(":")[2]
    if kind.startswith("IVL"):
        low, high = (_attribute(first(value, side), "value") for side in ("low", "high"))
        unit = _attribute(first(value, "low"), "unit") or _attribute(first(value, "high"), "unit")
        return (f"{low}-{high}" if low and high else f">{low}" if low else f"<{high}" if high else ""), unit
    if number := _attribute(value, "value"):
        return number, _attribute(value, "unit")
    return _attribute(value, "displayName") or words_of(value) or _attribute(value, "code"), ""


def _reference(observation: Any) -> str:
    for place in children(observation, "referenceRange", "observationRange"):
        if written := words_of(first(place, "text")):
            return written[:200]
        value = first(place, "value")
        if value is not None:
            return _quantity(value)[0]
    return ""


def _day(observation: Any, organizer: Any) -> str:
    for holder in (observation, organizer):
        time = first(holder, "effectiveTime") if holder is not None else None
        for moment in [time, *children(time, "low"), *children(time, "high")] if time is not None else ():
            if day := hl7v2.day_of(_attribute(moment, "value")):
                return day
    return ""


def _concept(element: Any, by_id: dict[str, Any]) -> tuple[str, str, str]:
    """(words, code, system) of a code; words that only the text has are fetched from there by their id."""
    code = first(element, "code")
    if code is None:
        return "", "", ""
    system = _attribute(code, "codeSystem")
    words = _attribute(code, "displayName") or words_of(first(code, "originalText"))
    reference = _attribute(first(code, "originalText", "reference"), "value").lstrip("#")
    words = words or words_of(by_id.get(reference)) or _attribute(first(code, "translation"), "displayName")
    return words[:300], _attribute(code, "code"), SYSTEMS.get(system, system)


def results_of(root: Any) -> Results:
    """Laboratory values and vital signs of the coded entries."""
    by_id = {element.get("ID"): element for element in root.iter() if element.get("ID")}
    labs: dict[LabValue, None] = {}
    signs: dict[VitalValue, None] = {}
    for section in _sections(root):
        is_result = _attribute(first(section, "code"), "code") in RESULT_SECTION
        for number, observation in enumerate(_observations(section)):
            value = first(observation, "value")
            words, code, system = _concept(observation, by_id)
            if value is None or not (words or code):
                continue
            organizer = _organizer(observation)
            amount, unit = _quantity(value)
            day = _day(observation, organizer)
            where = f"section[{_attribute(first(section, 'code'), 'code')}]/observation[{number + 1}]"
            figure = vitals.number(amount)
            if vitals.name_of(code) and system == LOINC and figure is not None:
                signs.setdefault(VitalValue(words or vitals.name_of(code), figure, unit, day, figure, figure, 1, code))
            elif amount and (is_result or _is_result(observation)):
                panel = _concept(organizer, by_id)[0] if organizer is not None else ""
                flag = _attribute(first(observation, "interpretationCode"), "code")
                reference = _reference(observation)
                labs.setdefault(
                    LabValue(words or code, amount, unit, reference, flag, day, code, system, panel=panel, where=where)
                )
    return Results(tuple(labs)[: LIMITS.results], tuple(signs)[: LIMITS.results])


def _observations(section: Any) -> Iterator[Any]:
    """Observations of this section, not those of sections inside it."""
    for entry in children(section, "entry"):
        for element in entry.iter():
            if name_of(element) == "observation":
                yield element


def _organizer(observation: Any) -> Any:
    holder = observation.getparent()
    holder = holder.getparent() if holder is not None else None
    return holder if holder is not None and name_of(holder) == "organizer" else None


def _is_result(observation: Any) -> bool:
    """The template of a result observation."""
    return any(
        _attribute(template, "root") in {"2.16.840.1.113883.10.20.22.4.2", "2.16.840.1.113883.10.20.1.31"}
        for template in children(observation, "templateId")
    )


def _inside(root: Any) -> tuple[PageText, ...]:
    """Pages of a PDF that is the document's body."""
    for body in children(root, "component", "nonXMLBody", "text"):
        if _attribute(body, "representation").upper() == "B64" and "pdf" in _attribute(body, "mediaType"):
            try:
                return pdf.read(io.BytesIO(base64.b64decode("".join(body.itertext())))).pages
            except (binascii.Error, ValueError, Unreadable):
                return ()
    return ()


def read(file: BinaryIO, _path: str = "") -> Reading:
    """A clinical document; raises Unreadable."""
    root = markup.parse(text.load(file, LIMITS.xml_bytes))
    if name_of(root) != "ClinicalDocument":
        root = next((element for element in root.iter() if name_of(element) == "ClinicalDocument"), None)
    if root is None:
        return Reading(Verdict.NOT_READ_YET, Reason.XML, "application/xml")
    page = text.page_of("\n".join(line for line in _lines(root) if line))
    inside = _inside(root)
    pages = (page, *(replace(one, number=number) for number, one in enumerate(inside, 2)))
    title = words_of(first(root, "title"))[:300] or _attribute(first(root, "code"), "displayName")
    words = "\n".join(line.text for one in pages for line in one.lines)
    language = _attribute(first(root, "languageCode"), "code")[:2].lower()
    return Reading(
        Verdict.READ,
        Reason.NONE if words else Reason.NO_CONTENT,
        MEDIA_TYPE,
        claims=claims.once(list(claims_of(root))),
        pages=pages,
        page_count=len(pages),
        title=title,
        title_lines=(title,) if title else (),
        date_candidates=claims.ranked(dates_of(root)),
        language=language_of(words) or language,
        results=results_of(root),
        codes=_codes(root),
    )


def _codes(root: Any) -> tuple[str, ...]:
    """The document's own code, "system|code"."""
    code = first(root, "code")
    value, system = _attribute(code, "code"), _attribute(code, "codeSystem")
    return (f"{SYSTEMS.get(system, system)}|{value}",) if value else ()
