"""Records of a case of the matrix: papers, a held and a removed one, a picture, uploads; canaries in each of them."""

from __future__ import annotations

from datetime import date, datetime

from tests import samples_formats
from tests.matrix.people import MARK, NAME

from consilia.accounts.models import Patient
from consilia.cases.access import Reader
from consilia.intake import actions as intake
from consilia.intake import advised, concluding, links
from consilia.intake.models import UploadLink
from consilia.kernel.actor import system
from consilia.records import actions as records
from consilia.records.actions import Came, Paper, Picture
from consilia.records.models import Original, Standing, Study
from consilia.vault import actions as vault

Ids = dict[str, object]


def lines_of(patient: Patient) -> tuple[str, ...]:
    """What a paper says: whose it is in lines that are covered for experts, and a finding."""
    return (
        f"Patient: {patient.family_name} {patient.given_name}   Born: {patient.birth_date:%d/%m/%Y}",
        f"{MARK} finding: invasive carcinoma, left",
    )


def claims_of(patient: Patient) -> list[dict[str, str]]:
    return [
        {"kind": "name", "value": f"{patient.family_name}^{patient.given_name}", "where": "page:1/line:1"},
        {"kind": "birth_date", "value": patient.birth_date.isoformat(), "where": "page:1/line:1"},
    ]


def fill(teller: Reader, patient: Patient, at: datetime) -> Ids:
    """Every kind of record once; returns ids by the words that addresses use for them."""
    paper = _paper(teller, patient, samples_formats.pdf(lines_of(patient)), f"{NAME}-{MARK}.pdf", "application/pdf", at)
    plain = "\n".join((*lines_of(patient), f"{MARK} recommendation: PET-CT is recommended.")).encode()
    text = _paper(teller, patient, plain, f"{MARK}.txt", "text/plain", at)
    removed = _paper(teller, patient, plain + b"!", f"{MARK}-removed.txt", "text/plain", at)
    records.remove(teller.case_id, removed.pk, reason=MARK, actor=teller.actor, at=at)
    study = _study(teller, patient, at)
    _case, said = concluding.drawn(teller.case_id, at=at)
    return {
        "advice": advised.key_of(said.recommended[0]),
        "record_id": paper.pk,
        "original_id": paper.pk,
        "text": text.pk,
        "removed": removed.pk,
        "study_id": study.pk,
        "series_id": study.series.get().pk,
        "instance_id": study.series.get().instances.get().pk,
    }


def hold(teller: Reader, patient: Patient, at: datetime) -> Ids:
    """A record of another person that waits for a decision; it comes after the gate, as late records do."""
    other = f"Patient: {NAME}other\n{MARK} of another person".encode()
    return {"held": _paper(teller, patient, other, f"{MARK}-held.txt", "text/plain", at, Standing.HELD).pk}


def _paper(
    teller: Reader,
    patient: Patient,
    data: bytes,
    path: str,
    media: str,
    at: datetime,
    standing: Standing = Standing.TAKEN,
) -> Original:
    stored = vault.put(teller.case_id, [data])
    identity = "mismatch" if standing == Standing.HELD else "match"
    reasons = [{"kind": "name", "in_file": f"{NAME}other", "in_case": patient.name, "result": "differs"}]
    came = Came(
        path,
        stored.sha256,
        stored.size,
        media,
        standing,
        claims=claims_of(patient),
        identity=identity,
        identity_reasons=reasons if standing == Standing.HELD else (),
    )
    what = Paper(
        kind="pathology_report",
        kind_confidence=0.9,
        title=f"{MARK} report",
        document_date=date(2026, 10, 5),
        language="en",
        issuer=f"{MARK} hospital",
        has_page_images=media == "application/pdf",
    )
    return records.keep(teller.case_id, came, what, actor=system(), at=at)


def _study(teller: Reader, patient: Patient, at: datetime) -> Study:
    name, described = f"{patient.family_name}^{patient.given_name}", f"{MARK} mammography"
    data = samples_formats.dataset(PatientName=name, StudyDescription=described)
    stored = vault.put(
        teller.case_id, [samples_formats.dicom(PatientName=name, StudyDescription=described, PatientID=f"{NAME}1")]
    )
    came = Came(
        f"{MARK}/IM1", stored.sha256, stored.size, "application/dicom", Standing.TAKEN, claims=claims_of(patient)
    )
    what = Picture(
        str(data.StudyInstanceUID),
        str(data.SeriesInstanceUID),
        str(data.SOPInstanceUID),
        str(data.SOPClassUID),
        "MG",
        study_date=date(2026, 10, 5),
        study_description=described,
        institution=f"{MARK} hospital",
        series_description=f"{MARK} series",
        rows=8,
        columns=8,
        window_center=32.0,
        window_width=64.0,
        transfer_syntax=str(data.file_meta.TransferSyntaxUID),
    )
    records.keep(teller.case_id, came, what, actor=system(), at=at)
    return Study.objects.get(case_id=teller.case_id)


def begin_upload(by: Reader, at: datetime) -> object:
    """An upload of which three bytes have come."""
    upload = intake.open_upload(by, path=f"{MARK}-arriving.txt", size=9, key=str(by.link_id or by.person_id), at=at)
    intake.append(by, upload.pk, 0, [b"qzk"], at=at)
    return upload.pk


def link(teller: Reader, at: datetime) -> links.Made:
    return links.make(teller, kind=UploadLink.Kind.HOSPITAL, label=f"{MARK} hospital", at=at)
