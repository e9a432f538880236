"""The package is hers alone: each bytes once, well named, checkable, readable by a clinic, and bounded in memory."""

from __future__ import annotations

import hashlib
import io
import json
import re
import secrets
import subprocess
import zipfile
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from fhir.resources.R4B import get_fhir_model_class
from pydicom import dcmread
from pydicom.fileset import FileSet
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage
from stream_unzip import stream_unzip
from tests import cast, make
from tests.make import NOON
from tests.pure.reports_sample import needs_fonts
from tests.rooms import reports_room as room
from tests.samples_formats import dataset

from consilia.intake import actions as intake
from consilia.intake import checking, concluding
from consilia.intake.checking import Which
from consilia.jobs import runner
from consilia.kernel.actor import system
from consilia.opinions import sealing
from consilia.records import actions as records
from consilia.records import erasing
from consilia.records.models import Original, Standing
from consilia.reports import issuing
from consilia.reports.package import making
from consilia.vault import actions as vault
from consilia.vault import places

pytestmark = pytest.mark.django_db
BLOOD = b"""MSH|^~\\&|LAB|HOSPITAL|||20260302||ORU^R01|1|P|2.5
PID|1||77||COSTA^ANA||19710509|F
OBR|1|||24323-8^Comprehensive metabolic panel^LN|||20260302
OBX|1|NM|2345-7^Glucose^LN||5.4|mmol/L|3.9-5.8||||F|||20260302
OBX|2|NM|777-3^Platelets^LN||245,000|/uL|||||F|||20260302
"""


@pytest.fixture
def case():
    return make.case_collecting()


def packed(case) -> bytes:
    return b"".join(making.everything(make.reader(cast.ANA, case), at=NOON).chunks)


def unpacked(case) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(packed(case)))


def manifest(package: zipfile.ZipFile) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(package.read("manifest.json"))
    return told


def line(package: zipfile.ZipFile, sent_as: str) -> dict[str, Any]:
    return next(one for one in manifest(package)["files"] if one.get("sent_as") == sent_as)


def sent(case, standing: Standing = Standing.TAKEN, *, words: bytes, path: str, **more: Any) -> Original:
    stored = vault.put(case.pk, [words])
    told = {"media_type": "application/pdf", "identity": "match", **more}
    what = told.pop("what", None)
    came = records.Came(path, stored.sha256, stored.size, standing=standing, **told)
    return records.keep(case.pk, came, what, actor=system(), at=NOON)


def picture(number: int, series: int = 1) -> bytes:
    """A picture of a CT as a scanner of hers writes it."""
    made = dataset(
        StudyInstanceUID="1.2.7",
        SeriesInstanceUID=f"1.2.7.{series}",
        SOPInstanceUID=f"1.2.7.{series}.{number}",
        InstanceNumber=number,
        PatientName="COSTA^ANA",
    )
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    out = io.BytesIO()
    made.save_as(out, enforce_file_format=True)
    return out.getvalue()


def pictured(case, number: int, *, series: int = 1, content: bytes = b"", **more: Any) -> Original:
    what = records.Picture(
        "1.2.7",
        f"1.2.7.{series}",
        f"1.2.7.{series}.{number}",
        SecondaryCaptureImageStorage,
        "CT",
        study_date=date(2026, 3, 2),
        study_description="Chest",
        series_number=series,
        number=number,
        rows=8,
        columns=8,
        transfer_syntax=ExplicitVRLittleEndian,
    )
    claims = [{"kind": "name", "value": "COSTA^ANA"}, {"kind": "patient_id", "value": "77"}]
    told = {"path": f"CD/{series}/{number}", "media_type": "application/dicom", "claims": claims, **more}
    return sent(case, words=content or picture(number, series), what=what, **told)


def paper(kind: str = "radiology_report", **more: Any) -> records.Paper:
    told = {"title": "CT of the chest", "document_date": date(2026, 3, 2), "issuer": "A hospital", **more}
    return records.Paper(kind=kind, kind_confidence=0.9, date_confidence=0.9, **told)


def lines_of(page: str) -> list[str]:
    """The links of a page, as a browser reads them."""
    found: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(value or "" for name, value in attrs if name in {"href", "src"})

    Links().feed(page)
    return found


def test_a_paper_has_a_name_of_its_day_and_kind_and_is_byte_for_byte_what_came(case):
    sent(case, words=b"%PDF- one", path="CD/scan0001.PDF", what=paper())
    package = unpacked(case)
    assert package.read("records/2026-03-02 Imaging report.pdf") == b"%PDF- one"
    told = line(package, "CD/scan0001.PDF")
    assert (told["kind"], told["date"], told["standing"]) == ("radiology_report", "2026-03-02", "taken")
    assert told["sha256"] == hashlib.sha256(b"%PDF- one").hexdigest()


def test_two_papers_of_one_day_and_kind_have_names_of_their_own(case):
    for number in (1, 2):
        sent(case, words=b"%%PDF %d" % number, path=f"{number}.pdf", what=paper())
    names = [name for name in unpacked(case).namelist() if name.startswith("records/")]
    assert names == ["records/2026-03-02 Imaging report.pdf", "records/2026-03-02 Imaging report (2).pdf"]


HOSTILE = "../../../etc/pass\x1bwd\n;rm -rf $HOME|<b>“CON”.exe"


@pytest.mark.parametrize("standing", [Standing.UNREADABLE, Standing.NOT_READ_YET])
def test_no_name_of_a_sender_leaves_its_folder_starts_a_program_or_runs_in_the_page(case, standing):
    sent(case, standing, words=b"MZ", path=HOSTILE, media_type="application/octet-stream")
    package = unpacked(case)
    (name,) = [name for name in package.namelist() if name.startswith("other/")]
    assert re.fullmatch(r"other/2026-11-23 [\w() -]+\.bin", name)
    assert line(package, HOSTILE)["path"] == name
    page = package.read("index.html").decode()
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


def test_a_copy_is_named_and_not_there_twice(case):
    first = sent(case, words=b"%PDF best", path="letter.pdf", what=paper())
    sent(case, Standing.DUPLICATE, words=b"%PDF worse", path="photo.pdf", what=paper(), duplicate_of=first.pk)
    package = unpacked(case)
    assert len([name for name in package.namelist() if name.startswith("records/")]) == 1
    (copy,) = line(package, "letter.pdf")["copies"]
    assert copy["path"] == "photo.pdf"
    assert copy["sha256"] == hashlib.sha256(b"%PDF worse").hexdigest()


def test_nothing_of_another_person_and_nothing_removed_is_in_it(case):
    sent(case, Standing.HELD, words=b"%PDF theirs", path="theirs.pdf", what=paper(), identity="mismatch")
    sent(case, Standing.HELD, words=b"%PDF maybe", path="maybe.pdf", what=paper(), identity="suspect")
    gone = sent(case, words=b"%PDF gone", path="gone.pdf", what=paper())
    records.remove(case.pk, gone.pk, reason="not mine", actor=system(), at=NOON)
    package = unpacked(case)
    stored = b"".join(package.read(name) for name in package.namelist() if name.endswith(".pdf"))
    assert stored == b"%PDF maybe"
    assert line(package, "maybe.pdf")["path"].startswith("held/")
    assert [one["size"] for one in manifest(package)["left_out"]] == [len(b"%PDF theirs")]
    assert b"theirs.pdf" not in b"".join(package.read(name) for name in package.namelist())  # it may hold his name
    assert "maybe" not in package.read("fhir/ips.json").decode()
    assert "gone.pdf" not in package.read("index.html").decode()


def test_a_file_with_a_page_of_another_person_stays_out_as_a_whole(case):
    words = b"%PDF three letters"
    whole = sent(case, Standing.IGNORED, words=words, path="all.pdf", reason=records.SPLIT)
    parts = {"words": words, "what": paper(), "came_out_of": whole.pk}
    sent(case, path="all.pdf/1", pages=(1, 2), **parts)
    assert unpacked(case).read("records/2026-03-02 Imaging report.pdf") == words
    theirs = sent(case, Standing.HELD, path="all.pdf/3", pages=(3, 3), identity="mismatch", **parts)
    assert_stays_out(unpacked(case), "all.pdf")
    records.remove(case.pk, theirs.pk, reason="not mine", actor=system(), at=NOON)
    erasing.erase(case.pk, theirs.pk, actor=system(), at=NOON + timedelta(days=40))
    assert_stays_out(unpacked(case), "all.pdf")


def assert_stays_out(package: zipfile.ZipFile, name: str) -> None:
    assert [name for name in package.namelist() if name.endswith(".pdf")] == []
    assert [one["path"] for one in manifest(package)["left_out"]] == [name]


def test_a_file_with_several_letters_is_there_once_and_each_letter_has_its_line(case):
    words = b"%PDF two letters"
    whole = sent(case, Standing.IGNORED, words=words, path="all.pdf", reason=records.SPLIT)
    parts = {"words": words, "came_out_of": whole.pk}
    sent(case, path="all.pdf/1", pages=(1, 2), what=paper(), **parts)
    sent(case, path="all.pdf/3", pages=(3, 3), what=paper("lab_report", document_date=date(2025, 1, 9)), **parts)
    package = unpacked(case)
    assert len([name for name in package.namelist() if name.endswith(".pdf")]) == 1
    (told,) = [one for one in manifest(package)["files"] if "parts" in one]
    assert [(one["kind"], one["pages"]) for one in told["parts"]] == [
        ("radiology_report", [1, 2]),
        ("lab_report", [3, 3]),
    ]
    assert "#page=3" in package.read("index.html").decode()


def test_the_sums_are_right_for_every_file(case, tmp_path: Path):
    sent(case, words=b"%PDF one", path="one.pdf", what=paper("consultation_note"))
    pictured(case, 1)
    package = unpacked(case)
    package.extractall(tmp_path)
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert len(checked.stdout.splitlines()) == len(package.namelist()) - 1


def test_a_damaged_file_is_found_by_its_sum_and_named_in_the_manifest(case, tmp_path: Path):
    hurt = sent(case, words=b"%PDF hurt", path="hurt.pdf", what=paper())
    (stored,) = [path for path in places.home().rglob(f"*{hurt.sha256[2:]}*") if path.is_file()]
    good = stored.read_bytes()
    stored.write_bytes(good[:-1] + b"x")
    package = unpacked(case)
    assert line(package, "hurt.pdf")["problem"] == "damaged"
    assert f"{hurt.sha256}  records/" in package.read("SHA256SUMS").decode()
    stored.write_bytes(good)  # the folder is that of other tests, too: one looks for damage everywhere


def test_a_viewer_finds_patient_study_series_and_pictures_by_the_dicomdir(case, tmp_path: Path):
    for series, number in ((1, 1), (1, 2), (2, 1)):
        pictured(case, number, series=series)
    unpacked(case).extractall(tmp_path)
    found = FileSet(tmp_path / "DICOMDIR")
    assert [(one.PatientName, one.PatientID, one.StudyInstanceUID) for one in found] == [
        ("COSTA^ANA", "77", "1.2.7")
    ] * 3
    assert {(one.SeriesInstanceUID, one.InstanceNumber) for one in found} == {
        ("1.2.7.1", 1),
        ("1.2.7.1", 2),
        ("1.2.7.2", 1),
    }
    for one in found:
        assert Path(one.path).read_bytes() == picture(one.InstanceNumber, int(one.SeriesInstanceUID[-1]))
        assert all(re.fullmatch(r"[A-Z0-9_]{1,8}", part) for part in Path(one.path).relative_to(tmp_path).parts)


def test_a_program_in_the_preamble_of_a_picture_stays_here(case):
    hidden = b"MZ" + bytes(126) + picture(1)[128:]
    pictured(case, 1, content=hidden)
    package = unpacked(case)
    assert package.read("DICOM/ST000001/SE000001/IM000001") == picture(1)
    told = line(package, "CD/1/1")
    assert told["sha256_as_received"] == hashlib.sha256(hidden).hexdigest()
    assert dcmread(io.BytesIO(package.read(told["path"]))).PatientName == "COSTA^ANA"


def test_the_summary_is_a_document_of_fhir_that_says_what_is_not_known(case):
    sent(case, words=b"%PDF one", path="one.pdf", what=paper())
    pictured(case, 1)
    told = json.loads(unpacked(case).read("fhir/ips.json"))
    get_fhir_model_class("Bundle").model_validate_json(json.dumps(told))
    entries = {one["fullUrl"]: one["resource"] for one in told["entry"]}
    assert len(entries) == len(told["entry"])
    composition = next(iter(entries.values()))
    assert composition["type"]["coding"][0]["code"] == "60591-5"
    sections = {one["code"]["coding"][0]["code"]: one for one in composition["section"]}
    for code in ("11450-4", "48765-2", "10160-0"):
        assert sections[code]["emptyReason"]["coding"][0]["code"] == "unavailable"
        assert "entry" not in sections[code]
    (document,) = [entries[one["reference"]] for one in sections["11503-0"]["entry"]]
    assert document["identifier"][0]["value"] == hashlib.sha256(b"%PDF one").hexdigest()
    assert document["type"]["coding"][0]["code"] == "18748-4"
    assert document["content"][0]["attachment"]["url"] == "../records/2026-03-02%20Imaging%20report.pdf"
    (study,) = [entries[one["reference"]] for one in sections["18748-4"]["entry"]]
    assert study["identifier"][0]["value"] == "urn:oid:1.2.7"
    assert (study["numberOfSeries"], study["numberOfInstances"]) == (1, 1)


def test_laboratory_values_are_observations_of_the_paper_that_says_them(case):
    her = make.reader(cast.ANA, case)
    intake.put_whole(her, path="blood.hl7", chunks=[BLOOD], size=len(BLOOD), key="blood", at=NOON)
    runner.drain(NOON)
    told = json.loads(unpacked(case).read("fhir/ips.json"))
    get_fhir_model_class("Bundle").model_validate_json(json.dumps(told))
    of_kind: dict[str, list[dict[str, Any]]] = {}
    for one in told["entry"]:
        of_kind.setdefault(one["resource"]["resourceType"], []).append({**one["resource"], "at": one["fullUrl"]})
    values = {one["code"]["text"]: one for one in of_kind["Observation"]}
    glucose = values["Glucose"]
    assert (glucose["valueQuantity"], glucose["effectiveDateTime"]) == ({"value": 5.4, "unit": "mmol/L"}, "2026-03-02")
    assert glucose["derivedFrom"] == [{"reference": of_kind["DocumentReference"][0]["at"]}]
    # 245 or 245 thousand, by country: nobody guesses.
    assert values["Platelets"]["valueString"] == "245,000 /uL"


def test_a_value_that_a_person_corrected_says_what_was_read_and_one_left_out_is_no_observation(case):
    her = make.reader(cast.ANA, case)
    intake.put_whole(her, path="blood.hl7", chunks=[BLOOD], size=len(BLOOD), key="blood", at=NOON)
    runner.drain(NOON)
    keys = {one.value.analyte: one for one in concluding.of_case(case.pk, at=NOON).labs}
    which = {name: Which(concluding.record_id(one.path), one.key) for name, one in keys.items()}
    checking.correct(her, which["Glucose"], value="4.5", unit="mmol/L", at=NOON)
    checking.leave_out(her, which["Platelets"], at=NOON)
    told = json.loads(unpacked(case).read("fhir/ips.json"))
    get_fhir_model_class("Bundle").model_validate_json(json.dumps(told))
    values = {
        one["resource"]["code"]["text"]: one["resource"]
        for one in told["entry"]
        if one["resource"]["resourceType"] == "Observation"
    }
    assert "Platelets" not in values
    assert values["Glucose"]["valueQuantity"]["value"] == 4.5
    assert "Read as 5.4 mmol/L" in values["Glucose"]["note"][0]["text"]


def test_the_page_asks_nobody_and_every_link_leads_to_a_file_of_the_package(case):
    sent(case, words=b"%PDF one", path="one.pdf", what=paper("consultation_note"))
    pictured(case, 1)
    package = unpacked(case)
    page = package.read("index.html").decode()
    assert "://" not in page
    assert "<script" not in page
    assert "://" not in package.read("index.css").decode()
    names = set(package.namelist())
    for link in lines_of(page):
        assert unquote(link).partition("#")[0] in names or link == "DICOM/ST000001/"


@needs_fonts
def test_an_opinion_that_was_taken_back_says_so_on_the_page(case):
    case = room.delivered()
    (seal,) = room.seals(case)
    at = room.SIGNED_AT + timedelta(days=2)
    expert = make.reader(cast.WEBER, case)
    gone = sealing.add(expert, seal.opinion_id, reason="r", words="w", method="totp", at=at, withdraw=True)
    assert "taken back by the expert" in unpacked(case).read("index.html").decode()
    issuing.issue(gone.pk, at=at)
    package = unpacked(case)
    assert package.read("index.html").decode().count("taken back by the expert") == 2
    assert {f"opinions/{one.number}.fhir.json" for one in (seal, gone)} <= set(package.namelist())


def test_the_page_runs_in_the_direction_of_her_language(case):
    with translation.override("ar"):
        page = unpacked(case).read("index.html").decode()
    assert '<html lang="ar" dir="rtl">' in page


def test_a_case_with_many_records_costs_no_more_questions_to_the_database(case):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            packed(case)
        return len(queries)

    sent(case, words=b"%PDF 0", path="0.pdf", what=paper())
    pictured(case, 0)
    packed(case)  # what the records say together is drawn once
    few = asked()
    for number in range(1, 12):
        sent(case, Standing.DUPLICATE, words=b"%%PDF %d" % number, path=f"{number}.pdf", what=paper())
        pictured(case, number)
    packed(case)
    assert asked() == few


def test_memory_is_bounded_piece_by_piece_whatever_the_size(case):
    size = 12 << 20
    sent(case, words=secrets.token_bytes(size), path="large.bin", what=paper())
    pieces = [len(one) for one in making.everything(make.reader(cast.ANA, case), at=NOON).chunks]
    assert sum(pieces) > size  # random bytes do not become less
    assert max(pieces) < 2 << 20


def test_a_reader_that_cannot_wind_back_unpacks_it(case):
    sent(case, words=b"%PDF one", path="one.pdf", what=paper())
    found = {name: b"".join(pieces) for name, _size, pieces in stream_unzip([packed(case)])}
    assert found[b"records/2026-03-02 Imaging report.pdf"] == b"%PDF one"
