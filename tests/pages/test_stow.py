"""STOW-RS through a link for records: what is acknowledged is in quarantine, what was cut off is neither."""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import cast, make, samples_formats
from tests.make import HOUR

from consilia.intake import links
from consilia.intake.models import Upload, UploadLink
from consilia.jobs import runner
from consilia.records.models import Instance, Original
from consilia.vault.drafts import Draft
from consilia.vault.errors import VaultFull

pytestmark = pytest.mark.django_db
ANAS = {"PatientName": "COSTA^ANA", "PatientBirthDate": "19710509", "PatientID": "77"}
KIND = 'multipart/related; type="application/dicom"; boundary=edge'


def picture(number: int, **changes: object) -> bytes:
    own = {"StudyInstanceUID": "1.2.9.1", "SeriesInstanceUID": "1.2.9.2", "SOPInstanceUID": f"1.2.9.3.{number}"}
    return samples_formats.dicom(**ANAS, **own, **changes)


def body(*parts: bytes, end: bytes = b"--edge--\r\n") -> bytes:
    head = b"--edge\r\nContent-Type: application/dicom\r\n\r\n"
    return b"".join(head + part + b"\r\n" for part in parts) + end


@pytest.fixture
def address() -> str:
    case = make.case_collecting(at=timezone.now())
    made = links.make(
        make.reader(cast.ANA, case), kind=UploadLink.Kind.HOSPITAL, label="Hospital da Luz", at=timezone.now()
    )
    return reverse("doctor:add-stow", args=[made.secret])


def send(address: str, content: bytes, kind: str = KIND):
    return Client(enforce_csrf_checks=True).generic("POST", address, content, kind)


def said(answer, tag: str) -> list[tuple[str, int]]:
    found = answer.json().get(tag, {"Value": []})["Value"]
    return [
        (one.get("00081155", {"Value": [""]})["Value"][0], one.get("00081197", {"Value": [0]})["Value"][0])
        for one in found
    ]


def test_objects_of_a_hospital_come_into_the_case_and_are_read_like_any_file(address):
    answer = send(address, body(picture(1), picture(2)))
    assert answer.status_code == 200, answer.content
    assert said(answer, "00081199") == [("1.2.9.3.1", 0), ("1.2.9.3.2", 0)]
    assert "00081198" not in answer.json()
    assert Upload.objects.count() == 2
    runner.drain(timezone.now() + HOUR)
    assert {one.uid for one in Instance.objects.all()} == {"1.2.9.3.1", "1.2.9.3.2"}
    assert set(Original.objects.values_list("standing", flat=True)) == {"taken"}


def test_a_body_in_chunks_is_read_from_a_server_that_ends_it(address):
    content = body(picture(1), picture(2))
    chunked = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
        "CONTENT_TYPE": KIND,
        "wsgi.input": io.BytesIO(content),
    }
    refused = Client().generic("POST", address, b"", KIND, **chunked)
    assert refused.status_code == 400
    answer = Client().generic("POST", address, b"", KIND, **chunked, **{"wsgi.input_terminated": True})
    assert answer.status_code == 200
    assert len(said(answer, "00081199")) == 2


def test_the_same_object_twice_is_once(address):
    for _time in (1, 2):
        assert send(address, body(picture(1))).status_code == 200
    assert Upload.objects.count() == 1


def test_two_objects_of_one_name_the_first_stays_and_the_second_is_told(address):
    send(address, body(picture(1)))
    runner.drain(timezone.now() + HOUR)
    send(address, body(picture(1, SeriesDescription="changed")))
    runner.drain(timezone.now() + HOUR)
    first = Instance.objects.get()
    assert first.series.description != "changed"
    other = Original.objects.exclude(pk=first.original_id).get()
    assert other.standing != "taken"


@pytest.mark.parametrize("odd", [b"no headers", b"X: " + b"y" * 9000])
def test_a_part_without_an_end_of_its_headers_is_told(address, odd):
    content = body(picture(1), end=b"--edge\r\n" + odd + b"\r\n--edge--\r\nepilogue")
    answer = send(address, b"preamble\r\n" + content)
    assert answer.status_code == 202
    assert said(answer, "00081198") == [("", 0xC000)]
    assert Upload.objects.count() == 1


def test_a_part_that_is_no_object_costs_only_itself(address):
    answer = send(address, body(picture(1), b"%PDF-1.4 not an object", picture(2)))
    assert answer.status_code == 202
    assert said(answer, "00081199") == [("1.2.9.3.1", 0), ("1.2.9.3.2", 0)]
    assert said(answer, "00081198") == [("", 0xC000)]
    only = send(address, body(b"nothing"))
    assert only.status_code == 409
    assert Upload.objects.count() == 2


@pytest.mark.parametrize(("cut", "both"), [(2, True), (4, False), (5, False), (12, False), (200, False)])
def test_what_was_cut_off_is_not_acknowledged_and_not_kept(address, cut, both):
    answer = send(address, body(picture(1), picture(2))[: -cut or None])
    kept = [uid for uid, _reason in said(answer, "00081199")]
    assert kept == ["1.2.9.3.1", "1.2.9.3.2"][: 1 + both]
    assert answer.status_code == (200 if both else 202)
    assert Upload.objects.count() == len(kept)
    staging = settings.CONSILIA_HOME / "staging" / str(UploadLink.objects.get().case_id)
    assert not list(staging.rglob("body"))


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"x", "application/dicom", 415),
        (b"x", 'multipart/related; type="application/pdf"; boundary=edge', 415),
        (b"x", 'multipart/related; type="application/dicom"', 400),
        (b"no boundary at all", KIND, 400),
        (body(), KIND, 400),
        (b"x", f'multipart/related; type="application/dicom"; boundary={"e" * 201}', 400),
    ],
)
def test_what_is_no_such_body_is_told(address, content, kind, status):
    assert send(address, content, kind).status_code == status
    assert not Upload.objects.exists()


def test_a_full_disk_is_told_for_each_object_and_nothing_is_left(address, monkeypatch):
    def full(*_words, **_more):
        raise VaultFull

    monkeypatch.setattr(Draft, "write", full)
    answer = send(address, body(picture(1), picture(2)))
    assert answer.status_code == 409
    assert [reason for _uid, reason in said(answer, "00081198")] == [0xA700, 0xA700]
    assert not Upload.objects.exists()


def test_a_link_that_is_over_takes_nothing(address):
    link = UploadLink.objects.get()
    links.finish(links.resolve(address.split("/")[3], at=timezone.now()), at=timezone.now())
    assert send(address, body(picture(1))).status_code == 404
    assert not Upload.objects.filter(link_id=link.pk).exists()
