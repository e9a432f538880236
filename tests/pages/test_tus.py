"""Uploads that go on where they stopped: the protocol tus 1.0, for a patient and behind a link."""

from __future__ import annotations

import base64
import hashlib
import os

import pytest
from django.test import Client
from django.urls import reverse
from tests import cast, make

from consilia.cases import actions as cases
from consilia.cases.models import Purpose
from consilia.intake import actions, links
from consilia.intake.models import Upload, UploadLink, UploadState
from consilia.jobs import runner
from consilia.records.models import Original, Standing
from consilia.vault import queries as vault

pytestmark = pytest.mark.django_db
BODY = "application/offset+octet-stream"
WORDS = b"Pathology report\nPatient: Ana Costa\nBorn: 9 May 1971\n" * 40


@pytest.fixture
def case():
    return make.case_collecting()


@pytest.fixture
def ana(case) -> Client:
    client = Client(headers={"Tus-Resumable": "1.0.0"})
    client.force_login(make.person(cast.ANA))
    return client


def told(**words: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in words.items())


def begin(client: Client, case, size: int, *, name: str = "report.txt", body: bytes = b"", **headers: str):
    headers = {"Upload-Length": str(size), "Upload-Metadata": told(filename=name), **headers}
    address = reverse("patient:tus", args=[case.pk])
    return client.post(address, body, content_type=BODY, headers=headers)


def go_on(client: Client, address: str, offset: int, piece: bytes, **headers: str):
    headers = {"Upload-Offset": str(offset), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.generic("PATCH", address, piece, content_type=BODY, headers=headers)


def test_the_server_says_what_it_can(ana, case):
    answer = ana.options(reverse("patient:tus", args=[case.pk]))
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "termination", "checksum", "expiration",
    }  # fmt: skip
    assert int(answer.headers["Tus-Max-Size"]) == 20 * 2**30


def test_a_file_in_pieces_is_the_file(ana, case):
    made = begin(ana, case, len(WORDS))
    assert made.status_code == 201
    assert "Upload-Expires" in made.headers
    address = made.headers["Location"]
    half = len(WORDS) // 2
    assert go_on(ana, address, 0, WORDS[:half]).headers["Upload-Offset"] == str(half)
    where = ana.head(address)
    assert (where.headers["Upload-Offset"], where.headers["Upload-Length"]) == (str(half), str(len(WORDS)))
    assert "no-store" in where.headers["Cache-Control"]
    assert go_on(ana, address, half, WORDS[half:]).status_code == 204
    upload = Upload.objects.get(case=case)
    assert (upload.state, upload.sha256) == (UploadState.QUARANTINED, hashlib.sha256(WORDS).hexdigest())
    runner.drain(make.NOON.replace(year=2027))
    assert Original.objects.get(case_id=case.pk).standing == Standing.TAKEN
    assert vault.open_object(case.pk, upload.sha256).whole() == WORDS


def test_a_file_may_come_with_its_announcement_and_an_empty_one_is_whole_at_once(ana, case):
    assert begin(ana, case, len(WORDS), body=WORDS).headers["Upload-Offset"] == str(len(WORDS))
    assert begin(ana, case, 0, name="empty.pdf").status_code == 201
    assert not Upload.objects.filter(case=case).exclude(state=UploadState.QUARANTINED).exists()
    runner.drain(make.NOON.replace(year=2027))
    assert Original.objects.get(path="empty.pdf").reason == "no_bytes"


def test_a_wrong_offset_is_answered_with_the_right_one_and_changes_nothing(ana, case):
    address = begin(ana, case, len(WORDS), body=WORDS[:10]).headers["Location"]
    answer = go_on(ana, address, 5, WORDS[5:])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "10")
    assert ana.head(address).headers["Upload-Offset"] == "10"


def test_a_piece_that_changed_on_its_way_is_not_kept(ana, case):
    address = begin(ana, case, len(WORDS)).headers["Location"]
    right = base64.b64encode(hashlib.sha256(WORDS).digest()).decode()
    assert go_on(ana, address, 0, WORDS[::-1], Upload_Checksum=f"sha256 {right}").status_code == 460
    assert ana.head(address).headers["Upload-Offset"] == "0"
    assert go_on(ana, address, 0, WORDS, Upload_Checksum=f"md5 {right}").status_code == 400
    assert go_on(ana, address, 0, WORDS, Upload_Checksum=f"sha256 {right}").status_code == 204


def test_more_than_announced_is_refused(ana, case):
    address = begin(ana, case, 10).headers["Location"]
    assert go_on(ana, address, 0, WORDS).status_code == 413
    assert begin(ana, case, 21 * 2**30).status_code == 413


@pytest.mark.parametrize("length", ["", "-1", "ten", "1" * 40])
def test_a_length_that_is_no_number_is_said(ana, case, length):
    assert begin(ana, case, 0, **{"Upload-Length": length}).status_code == 400


def test_a_full_disk_is_said_in_a_clear_sentence_and_what_came_stays(ana, case, monkeypatch):
    address = begin(ana, case, len(WORDS), body=WORDS[:100]).headers["Location"]

    def full(*_words: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwritev", full)
    answer = go_on(ana, address, 100, WORDS[100:])
    monkeypatch.undo()
    assert answer.status_code == 507
    assert "no room left" in answer.content.decode()
    assert ana.head(address).headers["Upload-Offset"] == "100"
    assert go_on(ana, address, 100, WORDS[100:]).status_code == 204


def test_an_upload_can_be_given_up(ana, case):
    address = begin(ana, case, len(WORDS), body=WORDS[:10]).headers["Location"]
    assert ana.delete(address).status_code == 204
    assert ana.head(address).status_code == 404


def test_another_version_of_the_protocol_is_refused(case):
    client = Client()
    client.force_login(make.person(cast.ANA))
    answer = begin(client, case, 1)
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_without_the_token_of_the_page_nothing_is_begun(case):
    browser = Client(enforce_csrf_checks=True, headers={"Tus-Resumable": "1.0.0"})
    browser.force_login(make.person(cast.ANA))
    assert begin(browser, case, 1).status_code == 403
    browser.get(reverse("patient:records", args=[case.pk]))
    token = browser.cookies["csrftoken"].value
    made = begin(browser, case, 1, **{"X-CSRFToken": token})
    assert made.status_code == 201
    assert go_on(browser, made.headers["Location"], 0, b"x", X_CSRFToken=token).status_code == 204


def test_the_same_key_is_the_same_upload_and_another_persons_key_is_not(ana, case):
    hers, again = (
        begin(ana, case, 9, **{"Upload-Metadata": told(filename="a.txt", key="k1")}).headers["Location"]
        for _twice in range(2)
    )
    assert hers == again
    made = links.make(make.reader(cast.ANA, case), kind=UploadLink.Kind.HOSPITAL, label="H", at=make.NOON)
    through = links.resolve(made.secret, at=make.NOON)
    other = actions.open_upload(through, path="a.txt", size=9, key="k1", at=make.NOON)
    assert str(other.pk) not in hers


def test_a_stranger_and_somebody_with_a_link_reach_no_upload_of_the_patient(ana, case):
    address = begin(ana, case, 9).headers["Location"]
    mallory = Client(headers={"Tus-Resumable": "1.0.0"})
    mallory.force_login(make.person(cast.MALLORY))
    assert mallory.head(address).status_code == 404
    made = links.make(make.reader(cast.ANA, case), kind=UploadLink.Kind.HOSPITAL, label="H", at=make.NOON)
    upload = Upload.objects.get(case=case)
    behind = reverse("doctor:add-tus-upload", args=[made.secret, upload.pk])
    assert Client(headers={"Tus-Resumable": "1.0.0"}).head(behind).status_code == 404


def test_a_file_name_is_shown_as_it_is_and_cannot_mislead(ana, case):
    begin(ana, case, 1, name="../../etc/\u202epass\x00wd.pdf")
    assert Upload.objects.get(case=case).path == "etc/passwd.pdf"


def test_no_file_comes_after_the_opinion_was_signed_or_the_consent_withdrawn(case, ana):
    cases.withdraw_consent(make.reader(cast.ANA, case), Purpose.PROCESSING, at=make.NOON)
    answer = begin(ana, case, 1)
    assert answer.status_code == 403
    assert "consent" in answer.content.decode()
