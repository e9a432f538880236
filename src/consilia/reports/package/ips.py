"""The case as an International Patient Summary: what the records say, and "no information" where they say nothing.

Source: HL7 FHIR R4, IPS implementation guide 2.0.0 (profiles Bundle-uv-ips and Composition-uv-ips). Medicines,
allergies and problems are stated by nobody in a form that could be passed on, so these sections say so (emptyReason
`unavailable`) and never that there are none. Codes of sections are LOINC (http://loinc.org).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import quote
from uuid import UUID

import rfc8785
from django.utils.translation import gettext, gettext_noop

from consilia.accounts.models import Patient
from consilia.formats.results import DICOM_CODES, LOINC, SYSTEMS
from consilia.intake import concluding
from consilia.intake.judging.measured import Lab
from consilia.reports.package.papers import File, Paper
from consilia.reports.package.pictures import Study
from consilia.reports.renderings import bundles
from consilia.reports.renderings.bundles import EMPTY_REASON, SHA256, narrative
from consilia.reports.renderings.clinical import Key, Resource, concept

PROFILE: Final = "http://hl7.org/fhir/uv/ips/StructureDefinition/{}-uv-ips"
SUMMARY: Final = ("60591-5", gettext_noop("Patient summary"))
REQUIRED: Final = (
    ("11450-4", gettext_noop("Problems")),
    ("48765-2", gettext_noop("Allergies")),
    ("10160-0", gettext_noop("Medicines")),
)
RESULTS: Final = ("30954-2", gettext_noop("Laboratory values"))
STUDIES: Final = ("18748-4", gettext_noop("Imaging studies"))
PAPERS: Final = ("11503-0", gettext_noop("Documents"))
STORY: Final = ("81338-6", gettext_noop("In the patient’s words"))
LABORATORY: Final = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
GENDERS: Final = frozenset({"male", "female", "other"})
OTHER_MODALITY: Final = "OT"
LARGEST_SIZE: Final = 2**31 - 1  # unsignedInt of R4
# Three digits behind a sign may be thousands or a fraction, by country: such a value stays as printed.
NUMBER: Final = re.compile(r"(?P<comparator><=|>=|<|>)?\s*(?P<number>0[.,]\d+|\d+(?:[.,](?:\d{1,2}|\d{4,}))?)")
DAY: Final = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Summary:
    """What the Bundle is made of. `loinc`: kind of paper -> document code; `story`: paragraphs in her words."""

    case_id: UUID
    reference: str
    patient: Patient
    language: str
    made_at: datetime
    service: str
    files: Sequence[File]
    studies: Sequence[Study]
    labs: Sequence[Lab]
    loinc: dict[str, str]
    story: Sequence[str]


def bundle(made_of: Summary) -> bytes:
    """The document Bundle as JSON; the same bytes for the same case at the same time."""
    papers = {f"paper-{paper.record_id}": (file, paper) for file in made_of.files for paper in file.papers}
    resources: dict[Key, Resource] = {
        "patient": _patient(made_of.patient),
        "service": {"resourceType": "Device", "deviceName": [{"name": made_of.service, "type": "user-friendly-name"}]},
        **{key: _document(file, paper, made_of.loinc) for key, (file, paper) in papers.items()},
        **{f"study-{study.id}": _study(study) for study in made_of.studies},
        **{f"lab-{number}": one for number, one in enumerate(_observations(made_of.labs, papers), 1)},
    }
    every = {"composition": _composition(made_of, resources), **resources}
    return bytes(
        rfc8785.dumps(
            {
                "resourceType": "Bundle",
                "meta": {"profile": [PROFILE.format("Bundle")]},
                "type": "document",
                "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{made_of.case_id}"},
                "timestamp": made_of.made_at.isoformat(),
                "entry": bundles.entries(every, str(made_of.case_id)),
            }
        )
    )


def _composition(made_of: Summary, resources: dict[Key, Resource]) -> Resource:
    title = f"{gettext(SUMMARY[1])} {made_of.reference}"
    return {
        "resourceType": "Composition",
        "meta": {"profile": [PROFILE.format("Composition")]},
        "language": made_of.language,
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": SUMMARY[0]}], "text": gettext(SUMMARY[1])},
        "subject": {"reference": "patient"},
        "date": made_of.made_at.isoformat(),
        "author": [{"reference": "service", "display": made_of.service}],
        "title": title,
        "text": narrative([title, made_of.patient.name], made_of.language),
        "section": list(_sections(made_of, resources)),
    }


def _sections(made_of: Summary, resources: dict[Key, Resource]) -> Iterator[Resource]:
    for head in REQUIRED:
        words = gettext("No information available")
        yield _section(head, made_of, [words]) | {"emptyReason": concept("unavailable", EMPTY_REASON, words)}
    for head, start, lines in (
        (RESULTS, "lab-", [_line(one) for one in _sure(made_of.labs)]),
        (STUDIES, "study-", [_joined(one.on, one.description, *one.modalities) for one in made_of.studies]),
        (PAPERS, "paper-", [_joined(p.on, p.words, p.title, p.issuer) for f in made_of.files for p in f.papers]),
    ):
        if keys := [key for key in resources if key.startswith(start)]:
            yield _section(head, made_of, lines) | {"entry": [{"reference": key} for key in keys]}
    if made_of.story:
        yield _section(STORY, made_of, made_of.story)


def _section(head: tuple[str, str], made_of: Summary, lines: Sequence[str]) -> Resource:
    code, title = head
    return {
        "title": gettext(title),
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "text": narrative(lines, made_of.language),
    }


def _joined(on: date | None, *words: str) -> str:
    return ", ".join(filter(None, (on.isoformat() if on else "", *words)))


def _patient(patient: Patient) -> Resource:
    return {
        "resourceType": "Patient",
        "name": [
            {"use": "official", "family": patient.family_name, "given": [patient.given_name]},
            {"use": "old", "family": patient.former_name} if patient.former_name else {},
        ],
        "gender": patient.sex if patient.sex in GENDERS else "unknown",
        "birthDate": patient.birth_date.isoformat(),
        "address": [{"country": patient.residence_country}],
    }


def _document(file: File, paper: Paper, loinc: dict[str, str]) -> Resource:
    """The address is relative to the folder `fhir`; the hash is of SHA-256, which Attachment.hash (SHA-1) is not."""
    code = loinc.get(paper.kind, "")
    pages = gettext("pages {first} to {last}").format(first=paper.pages[0], last=paper.pages[1]) if paper.pages else ""
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "identifier": [{"system": SHA256, "value": file.sha256}],
        "type": {"coding": [{"system": LOINC, "code": code}] if code else [], "text": paper.words or paper.title},
        "subject": {"reference": "patient"},
        "author": [{"display": paper.issuer}] if paper.issuer else [],
        "description": _joined(None, paper.title, pages),
        "content": [
            {
                "attachment": {
                    "contentType": file.media_type,
                    "language": paper.language,
                    "url": quote(f"../{file.place}"),
                    "size": file.size if file.size <= LARGEST_SIZE else None,
                    "title": paper.words or paper.title,
                    "creation": paper.on.isoformat() if paper.on else "",
                }
            }
        ],
    }


def _study(study: Study) -> Resource:
    return {
        "resourceType": "ImagingStudy",
        "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:{study.uid}"}],
        "status": "available",
        "subject": {"reference": "patient"},
        "started": study.on.isoformat() if study.on else "",
        "description": study.description,
        "numberOfSeries": len(study.series),
        "numberOfInstances": study.count,
        "series": [
            {
                "uid": series.uid,
                "number": series.number,
                "modality": {"system": DICOM_CODES, "code": series.modality or OTHER_MODALITY},
                "description": series.description,
                "numberOfInstances": len(series.pictures),
            }
            for series in study.series
        ],
    }


def _sure(labs: Sequence[Lab]) -> list[Lab]:
    """Values with a day that nobody needs to check: others must not enter the record of a clinic as facts."""
    return [one for one in labs if not one.check and DAY.fullmatch(one.on)]


def _line(one: Lab) -> str:
    said = one.value
    return f"{one.on}, {said.analyte}: {said.value} {said.unit} {f'({said.reference})' if said.reference else ''}"


def _observations(labs: Sequence[Lab], papers: dict[Key, tuple[File, Paper]]) -> Iterator[Resource]:
    for one in _sure(labs):
        said, source = one.value, f"paper-{concluding.record_id(one.path)}"
        system = SYSTEMS.get(said.system, said.system) if said.code else ""
        coded = system.startswith(("http://", "urn:"))
        issuer = papers[source][1].issuer if source in papers else ""
        yield {
            "resourceType": "Observation",
            "status": "final",
            "category": [{"coding": [LABORATORY]}],
            "code": {"coding": [{"system": system, "code": said.code}] if coded else [], "text": said.analyte},
            "subject": {"reference": "patient"},
            "effectiveDateTime": one.on,
            "performer": [{"display": issuer or gettext("Not stated")}],
            **_measured(said.value, said.unit),
            "referenceRange": [{"text": said.reference}] if said.reference else [],
            "derivedFrom": [{"reference": source}] if source in papers else [],
            "note": [{"text": _checked(one)}] if one.said else [],
        }


def _checked(one: Lab) -> str:
    """That a person said what stands on the paper, beside what was read."""
    said = gettext("Read as {read}; a person looked at the paper and said what stands there.")
    return said.format(read=one.read.printed)


def _measured(value: str, unit: str) -> Resource:
    """A quantity with the unit as printed; words stay words."""
    found = NUMBER.fullmatch(value.strip())
    if found is None:
        return {"valueString": f"{value} {unit}".strip()}
    number = float(found["number"].replace(",", "."))
    return {"valueQuantity": {"value": number, "comparator": found["comparator"], "unit": unit}}
