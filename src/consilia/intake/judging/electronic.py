"""Electronic: the kind of a record that says it in its own structure: FHIR, C-CDA, HL7 v2, health cards, DICOM."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from consilia.formats import sniff
from consilia.formats.values import Reading
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake.judging.kinds import Kind, Recognition, codes_among
from consilia.intake.judging.record import Record

SURE: Final = 0.97
LOINC: Final = re.compile(r"(?<![\d.])\d{3,6}-\d(?!\d)")
RESOURCE: Final = re.compile(r"^([A-Z][A-Za-z]{3,30}): ?(.*)$")
# Observations that a device at home can measure; LOINC long names, as the readers print them.
AT_HOME: Final = re.compile(
    r"blood pressure|systolic|diastolic|heart rate|pulse|oxygen saturation|body weight|body temperature|spo2|"
    r"blutdruck|pressione|tensi[oó]n|respiratory rate|steps|glucose in (?:capillary|blood by)", re.I
)  # fmt: skip
OF_REPORTS: Final = (
    ("pathology_report", re.compile(r"patholog|histolog|cytolog|biops", re.I)),
    ("radiology_report", re.compile(r"radiolog|imaging|\bct\b|\bmr[it]?\b|x-?ray|ultrasound|mammogra", re.I)),
)
OF_MESSAGES: Final = {"ORU": "hl7v2_oru", "MDM": "hl7v2_mdm"}


def kind_of(record: Record, recognition: Recognition) -> Kind | None:
    """The kind that the structure says, None for what must be told by its words."""
    media = record.reading.media_type
    if media == sniff.FHIR:
        return _fhir(record, recognition)
    if "cda" in media:
        return _cda(record, recognition)
    if "hl7-v2" in media:
        return _message(record)
    if "smart-health-card" in media:
        return Kind("smart_health_card", SURE, "a SMART Health Card")
    if "smart-health-link" in media or (record.lines and record.lines[0].lstrip().startswith("shlink:/")):
        return Kind("smart_health_link", SURE, "a SMART Health Link")
    if "apple-health" in media or "apple_health" in media:
        return Kind("vitals_home", SURE, "an export of a phone")
    return None


def _fhir(record: Record, recognition: Recognition) -> Kind:
    matches = [match for line in record.lines if (match := RESOURCE.match(line))]
    counts = Counter(match[1] for match in matches)
    if counts["Composition"]:
        said = " ".join(match[2] for match in matches if match[1] == "Composition")
        coded = codes_among(LOINC.findall(said), recognition.codes)
        return Kind(coded or "ips", SURE if coded else 0.8, f"FHIR document {said[:60]}")
    return _collection(counts, {match[1]: match[2] for match in reversed(matches)}, matches)


def _collection(counts: Counter[str], first: dict[str, str], matches: list[re.Match[str]]) -> Kind:
    reason = "FHIR: " + ", ".join(f"{name} {number}" for name, number in counts.most_common(4))
    single = sum(counts.values()) == 1
    observations = [match[2] for match in matches if match[1] == "Observation"]
    if len(counts) >= 6 or counts["Encounter"] > 1:
        return Kind("fhir_patient_record", SURE, reason)
    if counts["DiagnosticReport"]:
        return _report(first["DiagnosticReport"], counts, reason, single=single)
    if observations and all(AT_HOME.search(said) for said in observations):
        return Kind("vitals_home", 0.9, reason)
    if observations and not single and set(counts) <= {"Observation", "Patient", "Specimen"}:
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
    coded = codes_among(LOINC.findall(f"{record.reading.title} {record.text[:2000]}"), recognition.codes)
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
    found = re.search(r"\b(ORU|MDM)\b", record.text[:400]) or re.search(r"\b(ORU|MDM)\b", record.name)
    kind = OF_MESSAGES[found[1]] if found else "hl7v2_message"
    return Kind(kind, SURE, "type of the message")


def is_wrapper(record: Record) -> bool:
    """An archive or mail that only carries others."""
    return record.reading.verdict is Verdict.ARCHIVE or (
        record.reading.reason is Reason.MAIL and not record.lines
    )  # fmt: skip
