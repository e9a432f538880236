"""A sealed document as a FHIR R4 document Bundle: the same facts as on paper, every reference inside the Bundle.

Reasoning is a ClinicalImpression, recommendations are proposals (CarePlan, ServiceRequest, MedicationRequest),
agreement is an Observation about the Condition, citations and the signature are Provenance. The clinical resources
are made in `consilia.reports.renderings.clinical`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import rfc8785

from consilia.opinions.seal import Credentials, Document, PatientBlock, Reviewed, Seal, SealedAddendum, SealedDocument
from consilia.reports.renderings import bundles, clinical, paper
from consilia.reports.renderings.bundles import SHA256, narrative, section
from consilia.reports.renderings.clinical import Key, Resource
from consilia.reports.renderings.words import LABELS, Say, as_written

# LOINC 11488-4 Consult note: the nearest document type; there is none for a second opinion.
DOCUMENT_TYPE: Final = {"system": "http://loinc.org", "code": "11488-4", "display": "Consult note"}
AUTHORS_SIGNATURE: Final = {"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}
_PROFILED_GENDERS = frozenset({"male", "female", "other"})


def opinion(document: SealedDocument, seal: Seal, *, address: str, say: Say = as_written) -> bytes:
    """The document Bundle of an opinion as JSON, the same bytes each time. `address`: of the verification page."""
    resources: dict[Key, Resource] = {
        "patient": _patient(document.header.patient, address),
        "expert": _practitioner(document.credentials),
        **{f"record-{one.record_id}": _record(one) for one in document.records},
        **clinical.resources(document, say),
    }
    values = paper.opinion(document, seal, address=address, say=say)
    sections = list(_sections(values, resources, say))
    return _bundle(document, seal, resources, _composition(document, seal, sections, address, say), address)


def addendum(document: SealedAddendum, seal: Seal, *, address: str, say: Say = as_written) -> bytes:
    """The document Bundle of an addendum or a withdrawal; relatesTo names the opinion by its hash."""
    resources: dict[Key, Resource] = {
        "patient": _patient(document.header.patient, address),
        "expert": _practitioner(document.credentials),
    }
    values = paper.addendum(document, seal, address=address, say=say)
    sections = [
        section(say(LABELS["words"]), [document.words], ()),
        section(say(LABELS["reason"]), [document.reason], ()),
        *([section(say(LABELS["answers"]), _answers(values), ())] if document.answers else []),
        section(say(LABELS["scope"]), [values["scope"]], ()),
    ]
    composition = _composition(document, seal, sections, address, say)
    code = "replaces" if document.kind == "withdrawal" else "appends"
    composition["relatesTo"] = [{"code": code, "targetIdentifier": {"system": SHA256, "value": document.opinion}}]
    return _bundle(document, seal, resources, composition, address)


def _bundle(
    document: Document, seal: Seal, resources: Mapping[Key, Resource], composition: Resource, address: str
) -> bytes:
    every = {"composition": composition, **resources, "signature": _signature(document, seal)}
    return bytes(
        rfc8785.dumps(
            {
                "resourceType": "Bundle",
                "type": "document",
                "identifier": {"system": f"https://{address}", "value": seal.check_code},
                "timestamp": _instant(document),
                "entry": bundles.entries(every, seal.sha256),
            }
        )
    )


def _composition(
    document: Document, seal: Seal, sections: list[Resource], address: str, say: Say
) -> Resource:  # fmt: skip
    head, expert = document.header, {"reference": "expert", "display": document.credentials.name}
    return {
        "resourceType": "Composition",
        "language": head.language,
        "identifier": {"system": f"https://{address}", "value": head.number},
        "status": "final",
        "type": {"coding": [DOCUMENT_TYPE], "text": say(LABELS["title"])},
        "subject": {"reference": "patient"},
        "date": _instant(document),
        "author": [expert],
        "title": f"{say(LABELS['title'])} {head.number}",
        "confidentiality": "R",
        "attester": [{"mode": "legal", "time": _instant(document), "party": expert}],
        "section": sections,
        "text": narrative([f"{say(LABELS['title'])} {head.number}", f"{seal.check_code}"], head.language),
    }


def _sections(values: paper.Values, resources: Mapping[Key, Resource], say: Say) -> Iterator[Resource]:
    def keys(*starts: str) -> list[Key]:
        return [key for key in resources if key.startswith(starts)]

    verdicts = [
        f"{one['about']}: {one['verdict']} ({one['beneath']}). {_flat(one['words'])}" for one in values["verdicts"]
    ]
    agreement = [": ".join(filter(None, row)) for row in values["agreement"]]
    sources = [f"[{one['id']}] {one['words']}" for one in values["sources"]]
    records = [", ".join(filter(None, row)) for row in values["records"]]
    yield section(say(LABELS["in_short"]), [_flat(values["in_short"])], ["impression"])
    yield section(say(LABELS["verdicts"]), verdicts, keys("condition-", "additional-", "therapy-"))
    yield section(say(LABELS["agreement"]), agreement, keys("agreement-"))
    yield section(say(LABELS["answers"]), _answers(values), ["impression"])
    yield section(say(LABELS["findings"]), [f"{kind}: {_flat(words)}" for kind, words in values["findings"]], ())
    for name, starts in (("alternatives", "plan"), ("examinations", "examination-"), ("medicines", "medicine-")):
        title = say(LABELS[name]).format(country=values["country"])
        yield section(title, [" | ".join(map(_flat, row)) for row in values[name]], keys(starts))
    yield section(say(LABELS["alarm"]), [_flat(one) for one in values["alarm"]], ())
    yield section(say(LABELS["do_not_stop"]), [_flat(one) for one in values["do_not_stop"]], ())
    yield section(say(LABELS["sources"]), sources, keys("citation-"))
    yield section(say(LABELS["records"]), records, keys("record-"))
    yield section(say(LABELS["scope"]), [values["scope"]], ())
    yield section(say(LABELS["declaration"]), [values["declaration"]], ())
    yield section(say(LABELS["credentials"]), [values["credentials"]], ["expert"])


def _answers(values: paper.Values) -> list[str]:
    return [
        f"{one['number']}. {one['question']} {_flat(one['short'])} {_flat(one['explanation'])} "
        f"{one['confidence']}. {_flat(one['would_change'])}"
        for one in values["answers"]
    ]


def _flat(runs: list[paper.Run]) -> str:
    marks = {"cite": " [{}]", "general": " ({})", "text": "{}"}
    return "".join(marks[kind].format(words) for run in runs for kind, words in run.items())


def _patient(patient: PatientBlock, address: str) -> Resource:
    return {
        "resourceType": "Patient",
        "identifier": [{"system": f"https://{address}", "value": patient.identifier}] if patient.identifier else [],
        "name": [{"text": patient.name}],
        "gender": patient.sex if patient.sex in _PROFILED_GENDERS else "unknown",
        "birthDate": patient.born,
        "address": [{"country": patient.country}] if patient.country else [],
    }


def _practitioner(expert: Credentials) -> Resource:
    licence = {"value": expert.licence_number, "assigner": {"display": expert.authority}}
    return {
        "resourceType": "Practitioner",
        "name": [{"text": expert.name}],
        "address": [{"country": expert.country}],
        "qualification": [
            {
                "identifier": [licence] if expert.licence_number else [],
                "code": {"text": expert.speciality or expert.authority},
                "period": {"end": expert.valid_until},
                "issuer": {"display": expert.authority},
            }
        ],
    }


def _record(one: Reviewed) -> Resource:
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "identifier": [{"system": "urn:consilia:record", "value": one.record_id}],
        "type": {"text": one.kind or one.title},
        "subject": {"reference": "patient"},
        "author": [{"display": one.origin}] if one.origin else [],
        "description": ". ".join(filter(None, (one.title, one.limits))),
        "content": [{"attachment": {"title": one.title, "language": one.language or "", "creation": one.date}}],
    }


def _signature(document: Document, seal: Seal) -> Resource:
    when, who = _instant(document), {"reference": "expert"}
    return {
        "resourceType": "Provenance",
        "target": [{"reference": "composition"}],
        "recorded": when,
        "agent": [{"who": who}],
        "entity": [{"role": "source", "what": {"identifier": {"system": SHA256, "value": seal.sha256}}}],
        "signature": [
            {
                "type": [AUTHORS_SIGNATURE],
                "when": when,
                "who": who,
                "targetFormat": "application/json",
                "sigFormat": "application/octet-stream",
                "data": seal.signature,
            }
        ],
    }


def _instant(document: Document) -> str:
    return document.header.signed_at.isoformat()
