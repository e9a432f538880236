"""As JSON: a case file for machines; every decision with its confidence and its reason."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from consilia.clinical.entries import said
from consilia.clinical.library import Library
from consilia.intake.judging import laboratory, measured
from consilia.intake.judging.case_file import CaseFile
from consilia.intake.judging.findings import Paper
from consilia.intake.judging.laboratory import Row, System
from consilia.intake.judging.measured import Lab
from consilia.intake.judging.outcome import Outcome
from consilia.intake.judging.recommended import Recommendation
from consilia.intake.judging.studies import Place, Study
from consilia.suitability import ReadinessItem

Json = dict[str, Any]
LAB_KEYS = ("analyte", "value", "unit", "reference", "flag", "code", "where", "box", "confidence")


def case_file(found: CaseFile, follows: Outcome, library: Library) -> Json:
    """The whole case file; paths are relative to the folder that was read."""
    return {
        "documents": [*(_paper(paper, library) for paper in found.papers), *(_broken(found))],
        "imaging": [_place(place) for place in found.places],
        "held": [_held(paper) for paper in found.held],
        "duplicates": [asdict(paper.copy) for paper in found.papers if paper.copy]
        + [asdict(copy) for copy in found.picture_copies],
        "carried_in": [asdict(one) for one in found.carried],
        "unreadable": [
            {"file": one.path, "verdict": one.verdict.value, "why": one.reason.value} for one in found.unread
        ],
        "labs": _labs(found, library),
        "vitals": [asdict(value) | {"path": path} for value, path in measured.vitals(found)],
        "dose": [asdict(value) | {"path": path} for value, path in measured.doses(found)],
        "recommended_examinations": [_recommended(one) for one in found.recommended],
        "emergency": {
            "present": bool(found.alarms),
            "evidence": list(dict.fromkeys(alarm.path for alarm in found.alarms)),
            "alarms": [asdict(alarm) for alarm in found.alarms],
        },
        "suitability": follows.assessment.outcome.value,
        "suitability_reasons": [{"rule": one.rule_id, "message": one.message} for one in follows.assessment.reasons],
        "case_type": follows.case_type,
        "checklist": [_place_of_list(line, found.request.language) for line in follows.readiness.items],
        "timeline": [asdict(event) for event in follows.timeline],
        "open_questions": [asdict(question) for question in follows.questions],
        "ignored_files": [{"file": one.path, "why": one.reason} for one in found.aside],
    }


def _broken(found: CaseFile) -> list[Json]:
    return [
        {"path": one.path, "doc_type": "unknown", "readable": False, "identity": "unknown", "why": one.reason.value}
        for one in found.unread
    ]


def _paper(paper: Paper, library: Library) -> Json:
    return {
        "path": paper.path,
        "doc_type": paper.kind.kind,
        "loinc": library.kind(paper.kind.kind).loinc,
        "language": paper.language,
        "date": paper.dated.value,
        "title": paper.title,
        "issuer": paper.issuer,
        "identity": paper.identity.value,
        "readable": True,
        "duplicate_of": paper.copy.of if paper.copy else None,
        "parts": [
            {
                "pages": list(part.pages),
                "doc_type": part.kind.kind,
                "date": part.dated.value,
                "identity": part.identity.value,
                "title": part.title,
            }
            for part in paper.parts
        ],
        "confidence": {"doc_type": paper.kind.confidence, "date": paper.dated.confidence},
        "reasons": {
            "doc_type": paper.kind.reason,
            "date": paper.dated.reason,
            "language": paper.language_reason,
            "identity": [asdict(line) for line in paper.judgement.lines],
            "duplicate_of": paper.copy.reason if paper.copy else "",
        },
    }


def _labs(found: CaseFile, library: Library) -> list[Json]:
    """As printed, in the order of `measured.labs`, with the analyte and the value in the unit of its newest one."""
    labs = measured.labs(found)
    series = laboratory.table(labs, library, system=System.NEWEST, language=found.request.language)
    shown = {row.lab: (one.analyte, row) for one in series for row in one.rows}
    return [_lab(lab, *shown[lab]) for lab in labs]


def _lab(lab: Lab, analyte: str, row: Row) -> Json:
    said = asdict(lab.value)
    shown = {"value": row.shown.value, "unit": row.shown.unit, "please_check": [doubt.value for doubt in row.doubts]}
    as_printed = {key: said[key] for key in LAB_KEYS}
    return {"path": lab.path, "date": lab.on, "check": lab.check, "analyte_id": analyte, "shown": shown} | as_printed


def _place_of_list(line: ReadinessItem, language: str) -> Json:
    return {
        "item": line.item.id,
        "label": said(line.item.label, language),
        "essential": line.item.essential,
        "status": line.state.value,
        "why": line.detail or line.why,
        "evidence": list(line.record_ids),
        "days_old": line.days_old,
    }


def _recommended(one: Recommendation) -> Json:
    return asdict(one) | {"done": "unknown" if one.done is None else one.done}


def _held(paper: Paper) -> Json:
    return {
        "file": paper.path,
        "identity": paper.identity.value,
        "claims": [asdict(line) for line in paper.judgement.lines],
    }


def _place(place: Place) -> Json:
    return {
        "root": place.root,
        "dicomdir": place.dicomdir,
        "named_in_dicomdir": place.named,
        "instances": place.instances,
        "studies": [_study(study) for study in place.studies],
    }


def _study(study: Study) -> Json:
    return {
        "date": study.on,
        "modality": study.modality,
        "modalities": list(study.modalities),
        "description": study.description,
        "body_part": study.body_part,
        "institution": study.institution,
        "series": study.series,
        "instances": study.instances,
        "identity": study.identity.value,
        "faults": list(study.faults),
    }
