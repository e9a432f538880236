"""Paper: a sealed document as a PDF that claims PDF/A-3a and PDF/UA-1, with its canonical bytes inside.

Data goes to the template as JSON, never as markup; nothing is read but the templates and the folder of fonts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import typst

from consilia.opinions import seal as seals
from consilia.opinions.seal import Document, Seal, SealedDocument
from consilia.reports import plain
from consilia.reports.renderings import bidi, glyphs, paper
from consilia.reports.renderings.words import LABELS, Say, as_written

TEMPLATES: Final = Path(__file__).parent / "typst"
OPINION_NAME: Final = "opinion.json"
SEAL_NAME: Final = "seal.json"
FHIR_NAME: Final = "opinion.fhir.json"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A JSON file inside the PDF. `relationship` is that of PDF 2.0: source, data, alternative, supplement."""

    name: str
    text: str
    relationship: str
    description: str


def opinion(document: SealedDocument, seal: Seal, *, fonts: Path, address: str, fhir: bytes = b"",
            say: Say = as_written) -> bytes:  # fmt: skip
    """The clinician's PDF, unsigned. `address`: verification page without scheme and code; `fhir`: the Bundle."""
    values = paper.opinion(document, seal, address=address, say=say)
    head = say(LABELS["version"]).format(number=document.header.number, version=document.header.version)
    return _compile("opinion", document, values | {"head": head}, fonts, _attachments(document, seal, fhir, say))


def addendum(document: seals.SealedAddendum, seal: Seal, *, fonts: Path, address: str,
             say: Say = as_written) -> bytes:  # fmt: skip
    """The PDF of an addendum or a withdrawal, unsigned."""
    values = paper.addendum(document, seal, address=address, say=say)
    head = say(LABELS["addendum_number"]).format(number=document.header.number)
    return _compile("addendum", document, values | {"head": head}, fonts, _attachments(document, seal, b"", say))


def doctor_sheet(document: SealedDocument, seal: Seal, *, fonts: Path, address: str,
                 say: Say = as_written) -> bytes:  # fmt: skip
    """The sheet to take to the doctor as a PDF."""
    made, patient = plain.sheet(document, say), document.header.patient.name
    line = say(LABELS["sheet_line"]).format(number=made.number, name=document.credentials.name)
    values = paper.frame(document, seal, address, say) | {
        "head": ", ".join((say(LABELS["sheet"]), patient)),
        "line": line,
        "in_short": made.in_short,
        "referrals": [_referral(one, say) for one in made.referrals],
        "referral": made.referral,
        "questions": list(made.questions),
        "do_not_stop": list(made.do_not_stop),
        "alarm": list(made.alarm_signs),
        "scope": " ".join(paper.sentences(document.scope)),
    }
    return _compile("sheet", document, values, fonts, ())


def _referral(one: plain.Referral, say: Say) -> dict[str, Any]:
    lines = (("purpose", one.purpose), ("result_changes", one.would_change), ("when", one.when))
    return {
        "name": one.name,
        "lines": [[say(LABELS[label]), words] for label, words in (*lines, ("radiation", one.radiation)) if words],
    }


def _attachments(document: Document, seal: Seal, fhir: bytes, say: Say) -> tuple[Attachment, ...]:
    sealed = json.dumps({"sha256": seal.sha256, "signature": seal.signature, "public_key": seal.public_key})
    canonical = seals.canonical(document).decode()
    opinion_file = Attachment(OPINION_NAME, canonical, "source", say(LABELS["attached_opinion"]))
    seal_file = Attachment(SEAL_NAME, sealed, "data", say(LABELS["attached_seal"]))
    bundle = Attachment(FHIR_NAME, fhir.decode(), "alternative", say(LABELS["attached_fhir"]))
    return (opinion_file, seal_file, bundle) if fhir else (opinion_file, seal_file)


def _compile(
    name: str, document: Document, values: dict[str, Any], fonts: Path, attachments: tuple[Attachment, ...]
) -> bytes:
    attached = [
        {"name": one.name, "text": one.text, "relationship": one.relationship, "description": one.description}
        for one in attachments
    ]
    directed = bidi.isolated(values) if values["rtl"] else values
    data = glyphs.shown(directed, glyphs.coverage(fonts)) | {"attachments": attached}
    made = typst.compile(
        TEMPLATES / f"{name}.typ",
        root=TEMPLATES,
        font_paths=[fonts],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-3a", "ua-1"],
        timestamp=document.header.signed_at.astimezone(UTC).replace(microsecond=0),
    )
    return bytes(made)
