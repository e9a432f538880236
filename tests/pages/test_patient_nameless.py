"""A patient gives her images without her name: a ZIP of copies, words about what is left out, a line in the trail."""

from __future__ import annotations

import io
import zipfile

import numpy
import pydicom
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import cast, make, samples_formats
from tests.make import HOUR

from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.intake import actions
from consilia.jobs import runner
from consilia.records.models import Original, Study

pytestmark = pytest.mark.django_db
ANAS = {"PatientName": "COSTA^ANA", "PatientBirthDate": "19710509", "PatientID": "4711-88"}
CLEAR = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2", "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"]}


def picture(number: int, **changes: object) -> bytes:
    own = {"StudyInstanceUID": "1.2.9.1", "SeriesInstanceUID": "1.2.9.2", "SOPInstanceUID": f"1.2.9.3.{number}"}
    values = numpy.full((8, 8), number, dtype="<u2").tobytes()
    words = {"InstitutionName": "Hospital da Luz", "StudyDescription": "CT of Ana", "StudyDate": "20260110"}
    return samples_formats.dicom(**{**ANAS, **own, **words, "PixelData": values, "InstanceNumber": number, **changes})


@pytest.fixture
def case():
    return make.case_collecting(at=timezone.now())


def send(case, *files: bytes) -> Study:
    ana = make.reader(cast.ANA, case)
    for number, content in enumerate(files):
        actions.put_whole(
            ana, path=f"{number}.dcm", chunks=[content], size=len(content), key=str(number), at=timezone.now()
        )
    runner.drain(timezone.now() + HOUR)
    return Study.objects.get()


def ask(case, study: Study, who: cast.Character = cast.ANA):
    client = Client()
    client.force_login(make.person(who))
    return client, client.post(reverse("patient:study-nameless", args=[case.pk, study.pk]))


def test_the_zip_holds_the_pictures_and_nobody(case):
    study = send(case, picture(1, **CLEAR), picture(2, **CLEAR), picture(3, **CLEAR, BurnedInAnnotation="YES"))
    _client, answer = ask(case, study)
    assert answer["Content-Type"] == "application/zip"
    data = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        copies = [pydicom.dcmread(io.BytesIO(packed.read(name))) for name in names if name.endswith(".dcm")]
        words = packed.read("READ-ME.txt").decode()
        plain = b"".join(packed.read(name) for name in names).upper()
    assert names == ["images/00001.dcm", "images/00002.dcm", "READ-ME.txt"]
    assert sorted(int(one.pixel_array.max()) for one in copies) == [1, 2]
    assert "1 image is not here" in words
    assert copies[0].PatientID in words
    assert copies[0].PatientID in answer["Content-Disposition"]
    for word in (b"COSTA", b"ANA\\", b"CT OF", b"4711", b"19710509", b"HOSPITAL DA", b"1.2.9.1", b"1.2.9.3"):
        assert word not in plain
    event = Event.objects.get(case_id=case.pk, kind=Kind.CASE_EXPORTED)
    assert (event.entity_id, event.detail) == (str(study.pk), {"format": "pseudonymous"})


def test_where_nothing_can_be_given_the_page_says_why(case):
    study = send(case, picture(1))
    client, answer = ask(case, study)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "words may be burned into the pictures" in page
    assert not Event.objects.filter(kind=Kind.CASE_EXPORTED).exists()


def test_what_is_held_is_not_given_and_a_stranger_s_study_is_absent(case):
    study = send(case, picture(1, **CLEAR), picture(2, **CLEAR))
    Original.objects.filter(path="1.dcm").update(standing="held")
    _client, answer = ask(case, study)
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        assert packed.namelist() == ["images/00001.dcm", "READ-ME.txt"]
    assert ask(case, study, cast.MALLORY)[1].status_code == 404


def test_a_study_of_another_case_is_absent_within_one_s_own(case):
    """Her own case in the address, a stranger's study behind it: found by the proof of the matrix."""
    study = send(case, picture(1, **CLEAR))
    other = make.case_collecting(at=timezone.now())
    assert ask(other, study)[1].status_code == 404
    assert not Event.objects.filter(kind=Kind.CASE_EXPORTED).exists()


def test_the_page_of_the_study_offers_it_to_the_patient(case):
    study = send(case, picture(1, **CLEAR))
    client = Client()
    client.force_login(make.person(cast.ANA))
    page = client.get(reverse("patient:study", args=[case.pk, study.pk])).content.decode()
    assert reverse("patient:study-nameless", args=[case.pk, study.pk]) in page
