"""Reports that come inside DICOM objects stand with the documents; what is a picture stays with its study."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests import cast, make, samples_formats
from tests.make import NOON

from consilia.formats import sniff
from consilia.intake import actions
from consilia.jobs import runner
from consilia.records import pictures
from consilia.records.models import Document, Instance, Original, Standing

pytestmark = pytest.mark.django_db
ANAS = {"PatientName": "COSTA^ANA", "PatientBirthDate": "19710509", "PatientID": "77"}
PIXEL_WORDS = (
    "Rows Columns SamplesPerPixel PhotometricInterpretation BitsAllocated BitsStored HighBit PixelRepresentation "
    "WindowCenter WindowWidth PixelData"
)
NO_IMAGE: dict[str, Any] = dict.fromkeys(PIXEL_WORDS.split())
ROOT = "1.2.840.10008.5.1.4.1.1"
LETTER = ("CT thorax report", "Patient: Ana Costa, born 09.05.1971", "Findings: nodule of 8 mm in the left upper lobe.")


@pytest.fixture
def case():
    return make.case_collecting()


def send(case, path: str, content: bytes) -> Original:
    ana = make.reader(cast.ANA, case)
    actions.put_whole(ana, path=path, chunks=[content], size=len(content), key=path, at=NOON)
    runner.drain(NOON)
    return Original.objects.get(case_id=case.pk, path=path)


def carrying_pdf(number: int, *lines: str, **changes: Any) -> bytes:
    paper = samples_formats.pdf(lines)
    inside = {"MIMETypeOfEncapsulatedDocument": "application/pdf", "DocumentTitle": "CT report"}
    inside |= {"EncapsulatedDocument": paper + b"\0" * (len(paper) % 2), "Modality": "DOC"}
    uid = f"1.2.826.0.1.3680043.9.77.{number}"
    changes = {**NO_IMAGE, **ANAS, "SOPClassUID": f"{ROOT}.104.1", "SOPInstanceUID": uid, **inside, **changes}
    return samples_formats.dicom(**changes)


def said(meaning: str, words: str) -> Dataset:
    concept, item = Dataset(), Dataset()
    concept.CodeValue, concept.CodingSchemeDesignator, concept.CodeMeaning = "121071", "DCM", meaning
    item.ValueType, item.ConceptNameCodeSequence, item.TextValue = "TEXT", Sequence([concept]), words
    return item


def report(kind: str) -> bytes:
    content = [said("Finding", "Nodule of 8 mm in the left upper lobe."), said("Conclusion", "CT again in 3 months.")]
    head = {**NO_IMAGE, **ANAS, "SOPClassUID": f"{ROOT}.88.{kind}", "Modality": "SR"}
    return samples_formats.dicom(**head, ValueType="CONTAINER", ContentSequence=Sequence(content))


def test_a_pdf_inside_dicom_is_a_document_with_pages_and_no_study(case):
    one = send(case, "REPORT1", carrying_pdf(1, *LETTER))
    assert (one.standing, one.media_type) == (Standing.TAKEN, sniff.DICOM)
    document = Document.objects.get(original=one)
    assert (document.kind, document.has_page_images, document.sop_class) == ("radiology_report", True, f"{ROOT}.104.1")
    assert document.instance_uid.endswith(".77.1")
    assert pictures.page(one, 1).startswith(b"\x89PNG")
    assert not Instance.objects.exists()


@pytest.mark.parametrize("kind", ["11", "22", "33"])
def test_a_written_report_is_a_document_shown_as_text(case, kind):
    one = send(case, "SR1", report(kind))
    document = Document.objects.get(original=one)
    assert (one.standing, document.has_page_images) == (Standing.TAKEN, False)
    assert "left upper lobe" in " ".join(line.text for line in pictures.text(one)[0].lines)


@pytest.mark.parametrize("kind", ["67", "59", "50"])
def test_figures_and_marks_of_a_study_stay_with_it(case, kind):
    one = send(case, "RDSR", report(kind))
    assert not Document.objects.exists()
    assert Instance.objects.get(original=one).sop_class.endswith(f".88.{kind}")


def test_the_same_report_is_taken_once_and_another_persons_is_held(case):
    first = send(case, "a", carrying_pdf(1, *LETTER))
    again = send(case, "b", carrying_pdf(1, *LETTER, StudyDescription="other bytes around it"))
    assert (again.standing, again.reason, again.duplicate_of_id) == (Standing.DUPLICATE, "same_instance", first.pk)
    hers = carrying_pdf(2, "CT report", "Patient: Maria Rossi, born 01.02.1950", PatientName="ROSSI^MARIA")
    other = send(case, "c", hers.replace(b"19710509", b"19500201"))
    assert other.standing == Standing.HELD


def test_a_report_that_names_itself_in_two_ways_waits_for_a_person(case):
    name = b"1.2.826.0.1.3680043.9.77.1"
    one = send(case, "a", carrying_pdf(1, *LETTER).replace(name, name[:-1] + b"9", 1))
    assert one.standing == Standing.HELD
