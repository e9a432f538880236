"""A real box of records from Italy through the real upload: each file ends where a careful person would put it."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from tests import make
from tests.cast import PatientCharacter
from tests.make import NOON

from consilia.intake import actions
from consilia.jobs import runner
from consilia.records.models import Document, Original, Standing, Study
from consilia.vault import queries as vault

pytestmark = pytest.mark.django_db
ELENA = PatientCharacter(
    "elena", "elena@example.org", "Elena", "Marchetti", birth_date=date(1969, 3, 14), country="IT"
)  # fmt: skip
ASIDE = {
    "AUTORUN.INF",
    "DICOMDIR",
    "INDEX.HTM",
    "README.TXT",
    "LICENSE.TXT",
    "VIEWER.EXE",
    "VIEWER.ICO",
    ".DS_Store",
} | {"torta di mele.pdf"}
KINDS = {
    "istologico_corebiopsy (1).pdf": ("pathology_report", date(2025, 9, 18)),
    "mammografia 02-09-2025.pdf": ("radiology_report", date(2025, 9, 2)),
    "esami sangue settembre.pdf": ("lab_report", date(2025, 9, 22)),
    "verbale_GOM.docx": ("tumor_board", date(2025, 10, 1)),
}


@pytest.fixture
def box(test_data) -> Path:
    return test_data / "data" / "dev" / "shoeboxes" / "breast_cancer_it" / "inbox"


def files(box: Path) -> dict[str, bytes]:
    return {str(path.relative_to(box)): path.read_bytes() for path in sorted(box.rglob("*")) if path.is_file()}


def zipped(box: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files(box).items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("packed", [False, True], ids=["as_files", "as_one_zip"])
def test_the_box_is_sorted(box, packed):
    case = make.case_collecting(ELENA)
    elena = make.reader(ELENA, case)
    sent = {"box.zip": zipped(box)} if packed else files(box)
    for path, content in sent.items():
        actions.put_whole(elena, path=path, chunks=[content], size=len(content), key=path, at=NOON)
    runner.drain(NOON)
    found = {one.path.rpartition("/")[2]: one for one in Original.objects.filter(case_id=case.pk)}
    assert set(found) == {name.rpartition("/")[2] for name in files(box)} - {"IM000000"} | {"IM000000"} | (
        {"box.zip"} if packed else set()
    )

    blood = found["esami sangue 2.pdf"]
    assert (blood.standing, blood.identity) == (Standing.HELD, "mismatch")
    assert {line["kind"]: line["result"] for line in blood.identity_reasons}["birth_date"] == "different"
    assert found["istologico_corebiopsy.pdf"].duplicate_of == found["istologico_corebiopsy (1).pdf"]
    assert (found["risonanza mammella.pdf"].standing, found["risonanza mammella.pdf"].reason) == (
        Standing.UNREADABLE,
        "cut_off",
    )
    assert {name for name, one in found.items() if one.standing == Standing.IGNORED} - {"box.zip"} == ASIDE
    assert found["torta di mele.pdf"].reason == "seems_not_medical"
    assert {study.study_date for study in Study.objects.filter(case_id=case.pk)} == {
        date(2025, 9, 2),
        date(2025, 9, 5),
    }
    for name, (kind, on) in KINDS.items():
        paper = Document.objects.get(original=found[name])
        assert (name, paper.kind, paper.document_date) == (name, kind, on)
    contents = {name.rpartition("/")[2]: content for name, content in files(box).items()}
    for name, one in found.items():
        if name not in {"IM000000", "box.zip"}:
            assert vault.open_object(case.pk, one.sha256).whole() == contents[name]
