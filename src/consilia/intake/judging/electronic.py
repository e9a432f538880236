"""Electronic: the kind of a record that says it in its own structure: FHIR, C-CDA, HL7 v2, health cards, DICOM."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from consilia.formats import cda, health_card, hl7v2, home_devices, sniff
from consilia.formats.results import Results
from consilia.formats.values import Reading
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake.judging.kinds import Kind, Recognition, codes_among
from consilia.intake.judging.record import Record

SURE: Final = 0.97
LOINC: Final = re.compile(r"(?<![\d.])\d{3,6}-\d(?!\d)")
RESOURCE: Final = re.compile(r"^([A-Z][A-Za-z]{3,30}): ?(.*)$")
OF_REPORTS: Final = (
    ("pathology_report", re.compile(r"patholog|histolog|cytolog|biops", re.I)),
    ("radiology_report", re.compile(r"radiolog|imaging|\bct\b|\bmr[it]?\b|x-?ray|ultrasound|mammogra", re.I)),
)


def kind_of(record: Record, recognition: Recognition) -> Kind | None:
    """The kind that the structure says, None for what must be told by its words."""
    media = record.reading.media_type
    if media == sniff.FHIR:
        return _fhir(record, recognition)
    if media == cda.MEDIA_TYPE:
        return _cda(record, recognition)
    if media == hl7v2.MEDIA_TYPE:
        return _message(record)
    if media == health_card.CARD:
        return Kind("smart_health_card", SURE, "a SMART Health Card")
    if record.reading.reason is Reason.HEALTH_LINK:
        return Kind("smart_health_link", SURE, "a SMART Health Link")
    return _measured(record, media)


def _measured(record: Record, media: str) -> Kind | None:
    """Values of a telephone or a device at home."""
    if media == home_devices.PHONE and record.name.lower().endswith(".xml"):
        return Kind("apple_health_export", SURE, "an export of a phone")
    if media in {home_devices.PHONE, home_devices.MHEALTH}:
        return Kind("vitals_home", SURE, "values of a device at home")
    if media == home_devices.CSV and record.reading.results.vitals:
        return Kind("vitals_home", 0.9, "a table of values of a device at home")
    return None


def _codes(record: Record) -> list[str]:
    return [code.partition("|")[2] for code in record.reading.codes]


def _fhir(record: Record, recognition: Recognition) -> Kind:
    matches = [match for line in record.lines if (match := RESOURCE.match(line))]
    counts = Counter(match[1] for match in matches)
    if counts["Composition"]:
        said = " ".join(match[2] for match in matches if match[1] == "Composition")
        coded = codes_among([*_codes(record), *LOINC.findall(said)], recognition.codes)
        return Kind(coded or "ips", SURE if coded else 0.8, f"FHIR document {said[:60]}")
    return _collection(counts, {match[1]: match[2] for match in reversed(matches)}, record.reading.results)


def _collection(counts: Counter[str], first: dict[str, str], results: Results) -> Kind:
    reason = "FHIR: " + ", ".join(f"{name} {number}" for name, number in counts.most_common(4))
    single = sum(counts.values()) == 1
    if len(counts) >= 6 or counts["Encounter"] > 1:
        return Kind("fhir_patient_record", SURE, reason)
    if counts["DiagnosticReport"]:
        return _report(first["DiagnosticReport"], counts, reason, single=single)
    if results.vitals and not results.labs:
        return Kind("vitals_home", 0.9, reason)
    if results.labs and not single and set(counts) <= {"Observation", "Patient", "Specimen"}:
        return Kind("lab_report", 0.8, reason)
    return Kind("fhir_resource" if single else "fhir_patient_record", 0.8, reason)


def _report(said: str, counts: Counter[str], reason: str, *, single: bool) -> Kind:
    for kind, words in OF_REPORTS:
        if words.search(said):
            return Kind(kind, 0.9, f"{reason}; {said[:60]}")
    if single and not re.search(r"panel|cbc|count|chemistry|metabolic|lipid|blood|lab", said, re.I):
        return Kind("fhir_resource", 0.7, f"{reason}; {said[:60]}")
    # A report that stands with its patient is a paper of its own; a bare resource is a piece of a record.
    return Kind("lab_report" if counts["Patient"] else "fhir_lab_report", 0.9, reason)


def _cda(record: Record, recognition: Recognition) -> Kind:
    coded = codes_among(_codes(record), recognition.codes)
    if coded:
        return Kind(coded, SURE, "document code of the C-CDA")
    named = recognition.kind_of(_only_title(record), record.reading.language[:2])
    if named.confidence >= 0.5 and named.kind != "ips":
        return named
    return Kind("ccd_summary", 0.6, "a C-CDA without a known document code")


def _only_title(record: Record) -> Record:
    """Its sections name every examination there was; only the title says what it is."""
    title = record.reading.title
    reading = Reading(Verdict.READ, title=title, title_lines=(title,) if title else ())
    return Record("", record.sha256, record.size, reading)


def _message(record: Record) -> Kind:
    """Results have a title or values; other messages (vaccinations, visits) have neither."""
    if record.reading.results.labs or record.reading.title:
        return Kind("hl7v2_oru", 0.9, "an HL7 v2 message with results")
    return Kind("hl7v2_message", 0.8, "an HL7 v2 message")


def is_wrapper(record: Record) -> bool:
    """An archive or mail that only carries others."""
    return record.reading.verdict is Verdict.ARCHIVE
