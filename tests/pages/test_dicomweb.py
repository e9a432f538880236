"""DICOMweb of a case: what a viewer asks for comes byte for byte; a stranger's case or UID is absent."""

from __future__ import annotations

import gzip
import io
import json
from datetime import timedelta
from email.parser import BytesParser
from typing import Any

import numpy
import pydicom
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from tests import cast, expert_opinion, expert_pages, make, samples_formats
from tests.make import HOUR
from tests.pages import desk_room

from consilia.audit.models import Event
from consilia.intake import actions
from consilia.jobs import runner
from consilia.opinions.models import Opening
from consilia.records import actions as records
from consilia.records import imaging, pictures
from consilia.records.models import Instance, Original, Series, Study
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries
from consilia.web.dicomweb import kept

pytestmark = pytest.mark.django_db
ANAS = {"PatientName": "COSTA^ANA", "PatientBirthDate": "19710509", "PatientID": "77"}
ROOT = "1.2.826.0.1.3680043.8.498.5"
STUDY, SERIES = f"{ROOT}.1", f"{ROOT}.2"
OBJECTS = 'multipart/related; type="application/dicom"'
ANY_FRAMES = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


def picture(number: int, **changes: Any) -> bytes:
    own = {"StudyInstanceUID": STUDY, "SeriesInstanceUID": SERIES, "SOPInstanceUID": f"{ROOT}.3.{number}"}
    more = {"InstanceNumber": number, "Modality": "CT", "StudyDescription": "CT thorax", "SeriesNumber": 1}
    values = numpy.full((8, 8), number, dtype="<u2").tobytes()
    return samples_formats.dicom(**{**ANAS, **own, **more, "PixelData": values, **changes})


@pytest.fixture(autouse=True)
def _no_right_is_kept(monkeypatch):
    monkeypatch.setattr(kept, "SECONDS", 0)


@pytest.fixture
def case():
    return make.case_collecting(at=timezone.now())


def send(case, *files: bytes) -> None:
    ana = make.reader(cast.ANA, case)
    for number, content in enumerate(files):
        path = f"{Original.objects.count()}-{number}.dcm"
        actions.put_whole(ana, path=path, chunks=[content], size=len(content), key=path, at=timezone.now())
    runner.drain(timezone.now() + HOUR)


@pytest.fixture
def stack(case) -> list[bytes]:
    files = [picture(number) for number in (1, 2, 3)]
    send(case, *files)
    return files


def ask(case, path: str, *, who: cast.Character = cast.ANA, **headers: str):
    client = Client()
    client.force_login(make.person(who))
    return client.get(f"/dicomweb/cases/{case.pk}/{path}", headers=headers)


def models(response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content[:300]
    assert response["Content-Type"] == "application/dicom+json"
    found: list[dict[str, Any]] = json.loads(response.content)
    return found


def parts(response) -> list[tuple[str, bytes]]:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    message = BytesParser().parsebytes(b"Content-Type: " + response["Content-Type"].encode() + b"\r\n\r\n" + body)
    boundary = message.get_boundary().encode()
    pieces = body.split(b"--" + boundary)[1:-1]
    cut = [piece.partition(b"\r\n\r\n") for piece in pieces]
    return [(head.decode().strip(), content[:-2]) for head, _, content in cut]


ONE = f"studies/{STUDY}/series/{SERIES}/instances/{ROOT}.3.2"


def test_studies_series_and_instances_are_found(case, stack):
    (study,) = models(ask(case, "studies"))
    assert study["0020000D"]["Value"] == [STUDY]
    assert (study["00201206"]["Value"], study["00201208"]["Value"]) == ([1], [3])
    assert study["00080061"]["Value"] == ["CT"]
    (series,) = models(ask(case, f"studies/{STUDY}/series"))
    assert (series["0020000E"]["Value"], series["00201209"]["Value"]) == ([SERIES], [3])
    found = models(ask(case, f"studies/{STUDY}/series/{SERIES}/instances"))
    assert [one["00200013"]["Value"] for one in found] == [[1], [2], [3]]
    assert "00280103" not in found[0]
    assert models(ask(case, "instances?includefield=00280103"))[0]["00280103"]["Value"] == [0]
    assert models(ask(case, "instances?includefield=StudyDate"))[0]["00080020"]["Value"] == ["20250211"]
    assert len(models(ask(case, "instances?limit=1&offset=2"))) == 1


def test_a_search_never_leaves_the_case(case, stack):
    other = make.case_collecting(cast.MALLORY, at=timezone.now())
    mine = models(ask(case, "studies?PatientID=77"))
    assert len(mine) == 1
    assert ask(other, "studies?PatientID=77", who=cast.MALLORY).status_code == 204
    assert ask(other, f"studies?StudyInstanceUID={STUDY}", who=cast.MALLORY).status_code == 204
    absent = ask(other, "studies/1.2.3.4/metadata", who=cast.MALLORY)
    foreign = ask(other, f"studies/{STUDY}/metadata", who=cast.MALLORY)
    strange = ask(case, "studies", who=cast.MALLORY)
    assert absent.status_code == foreign.status_code == strange.status_code == 404
    assert absent.content == foreign.content


def test_headers_of_a_series_are_made_by_the_worker_and_sent_packed(case, stack):
    ((series_id, ids),) = imaging.members(case.pk, STUDY).items()
    sealed = imaging.sealed_name(series_id, ids, is_lean=False)
    assert vault_queries.get_derived(case.pk, sealed) is not None
    path = f"studies/{STUDY}/series/{SERIES}/metadata"
    packed = ask(case, path, Accept="application/dicom+json", Accept_Encoding="gzip")
    assert packed["Content-Encoding"] == "gzip"
    found = json.loads(gzip.decompress(packed.content))
    assert [one["00080018"]["Value"][0] for one in found] == [f"{ROOT}.3.{number}" for number in (1, 2, 3)]
    assert models(ask(case, path)) == found == models(ask(case, f"studies/{STUDY}/metadata"))
    assert models(ask(case, f"{ONE}/metadata")) == found[1:2]
    assert ask(case, path)["ETag"] != packed["ETag"]
    again = ask(case, path, If_None_Match=packed["ETag"], Accept_Encoding="gzip")
    assert (again.status_code, again.content) == (304, b"")


def test_the_first_picture_of_a_stack_is_there_before_anybody_asks(case, stack, monkeypatch):
    series = Series.objects.get()
    monkeypatch.setattr(pictures.nursery, "shared", lambda: pytest.fail("the picture was not made before"))
    client = Client()
    client.force_login(make.person(cast.ANA))
    first = client.get(reverse("patient:record-frame", args=[case.pk, series.pk, 0]))
    assert first.content.startswith(b"\x89PNG")


def test_what_is_removed_leaves_every_answer_at_once(case, stack):
    path = f"studies/{STUDY}/series/{SERIES}/metadata"
    before = ask(case, path)
    second = Original.objects.get(instance__uid=f"{ROOT}.3.2")
    records.remove(case.pk, second.pk, reason="", actor=make.reader(cast.ANA, case).actor, at=timezone.now())
    after = ask(case, path, If_None_Match=before["ETag"])
    assert len(models(after)) == 2
    assert ask(case, f"{ONE}/metadata").status_code == 404
    assert ask(case, f"{ONE}/frames/1").status_code == 404
    assert ask(case, ONE).status_code == 404


def test_a_frame_is_the_stored_bytes(case, stack):
    own = numpy.full((8, 8), 2, dtype="<u2").tobytes()
    for accept in (ANY_FRAMES, "*/*", 'multipart/related; type="application/octet-stream"'):
        ((head, frame),) = parts(ask(case, f"{ONE}/frames/1", Accept=accept))
        assert frame == own
        assert "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1" in head
    alone = ask(case, f"{ONE}/frames/1", Accept="application/octet-stream")
    assert alone.content == own
    assert ask(case, f"{ONE}/frames/1", Accept="image/jpeg").status_code == 406
    assert ask(case, f"{ONE}/frames/2").status_code == 404
    assert ask(case, f"{ONE}/frames/0").status_code == 404
    assert ask(case, f"{ONE}/frames/{','.join(['1'] * 61)}").status_code == 400


def test_compressed_frames_pass_as_they_are(case):
    frames = [b"\xff\xd8" + bytes([number]) * 40 + b"\xff\xd9" for number in range(3)]
    dataset = samples_formats.dataset(
        **ANAS, StudyInstanceUID=STUDY, SeriesInstanceUID=SERIES, SOPInstanceUID=f"{ROOT}.3.2", NumberOfFrames=3
    )
    dataset.PixelData = pydicom.encaps.encapsulate(frames)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.50"
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    send(case, out.getvalue())
    found = parts(ask(case, f"{ONE}/frames/1,3", Accept="*/*"))
    assert [frame for _head, frame in found] == [frames[0], frames[2]]
    assert all("image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50" in head for head, _frame in found)
    assert ask(case, f"{ONE}/frames/1", Accept="image/jpeg").content == frames[0]


def test_the_stored_files_come_back_byte_for_byte(case, stack):
    for path, wanted in ((f"studies/{STUDY}", stack), (f"studies/{STUDY}/series/{SERIES}", stack), (ONE, stack[1:2])):
        for accept in (OBJECTS, f"{OBJECTS}; transfer-syntax=*", "*/*"):
            assert [content for _head, content in parts(ask(case, path, Accept=accept))] == wanted
    assert ask(case, ONE, Accept='multipart/related; type="application/dicom+xml"').status_code == 406


def test_a_rendered_frame_is_a_picture(case, stack):
    jpeg = ask(case, f"{ONE}/rendered")
    assert jpeg["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(jpeg.content)).size == (8, 8)
    assert ask(case, f"{ONE}/frames/1/rendered", Accept="image/png").content.startswith(b"\x89PNG")
    assert ask(case, f"{ONE}/thumbnail", Accept="image/webp").status_code == 406


def test_a_key_that_is_none_says_so(case, stack):
    refused = ask(case, "studies?limit=-1&Nothing=1")
    assert refused.status_code == 400
    said = refused.content.decode().splitlines()
    assert sorted(said) == ["Nothing: no attribute that can be searched", "limit: no whole number"]
    assert ask(case, "studies", Accept="application/dicom+xml").status_code == 406


def test_opening_a_study_is_one_event_and_a_search_is_none(case, stack):
    events = Event.objects.filter(case_id=case.pk, kind="study_opened")
    ask(case, "studies")
    assert not events.exists()
    for path in (f"studies/{STUDY}/series/{SERIES}/metadata", f"{ONE}/frames/1", f"{ONE}/rendered"):
        ask(case, path)
    assert events.count() == 1


def test_headers_that_were_swept_are_made_again_here_or_by_the_worker(case, stack, monkeypatch):
    vault.drop_derived(case.pk)
    path = f"studies/{STUDY}/series/{SERIES}/metadata"
    monkeypatch.setattr(imaging, "AT_ONCE", 2)
    waits = ask(case, path)
    assert (waits.status_code, waits["Retry-After"]) == (503, "5")
    runner.drain(timezone.now() + timedelta(hours=2))
    assert len(models(ask(case, path))) == 3
    vault.drop_derived(case.pk)
    monkeypatch.setattr(imaging, "AT_ONCE", 3)
    assert len(models(ask(case, path))) == 3


def test_the_desk_sees_it_and_nobody_without_an_account(case, stack):
    desk = desk_room.at_work(cast.EVA).get(f"/dicomweb/cases/{case.pk}/studies")
    assert len(models(desk)) == 1
    assert Client().get(f"/dicomweb/cases/{case.pk}/studies").status_code == 302
    held = picture(9, PatientName="ROSSI^MARIO", PatientBirthDate="19500101", PatientID="9")
    send(case, held)
    assert len(models(ask(case, "instances"))) == 3


def test_the_number_of_queries_does_not_grow_with_the_stack(case, stack, django_assert_max_num_queries):
    path = f"studies/{STUDY}/series/{SERIES}/metadata"
    ask(case, path)
    client = Client()
    client.force_login(make.person(cast.ANA))
    with django_assert_max_num_queries(12):
        client.get(f"/dicomweb/cases/{case.pk}/{path}")
    assert Study.objects.count() == Series.objects.count() == 1
    assert Instance.objects.count() == 3


def test_an_expert_gets_pixels_and_headers_that_name_nobody():
    case = expert_opinion.in_review()
    send(case, *(picture(number) for number in (1, 2, 3)))
    client = expert_pages.signed_in()
    root = f"/dicomweb/seats/{case.pk}"
    series = client.get(f"{root}/studies/{STUDY}/series/{SERIES}/metadata")
    said = series.content.decode()
    assert len(models(series)) == 3
    (study,) = models(client.get(f"{root}/studies?includefield=all"))
    one = client.get(f"{root}/{ONE}/metadata").content.decode()
    for text in (said, one, json.dumps(study)):
        assert not any(word in text.upper() for word in ("COSTA", "19710509", "FONTANA"))
    assert study["00100020"]["Value"] == [str(case.pk)]
    assert client.get(f"{root}/studies?PatientName=COSTA*").status_code == 204
    ((_head, frame),) = parts(client.get(f"{root}/{ONE}/frames/1"))
    assert frame == numpy.full((8, 8), 2, dtype="<u2").tobytes()
    for path in (f"studies/{STUDY}", f"studies/{STUDY}/series/{SERIES}", ONE):
        assert client.get(f"{root}/{path}").status_code == 404
    assert client.get(f"/dicomweb/cases/{case.pk}/studies").status_code == 404
    assert Opening.objects.filter(record_id=Study.objects.get().pk).count() == 1


@pytest.fixture
def keeping(monkeypatch):
    """Rights are kept, on a clock that the test sets."""
    now = [1000.0]
    monkeypatch.setattr(kept, "SECONDS", 3.0)
    monkeypatch.setattr(kept.time, "monotonic", lambda: now[0])
    kept.forget()
    yield now
    kept.forget()


def test_a_proved_right_answers_frames_without_a_query_for_three_seconds(
    case, stack, keeping, django_assert_num_queries
):
    client = Client()
    client.force_login(make.person(cast.ANA))
    address = f"/dicomweb/cases/{case.pk}/{ONE}/frames/1"
    first = client.get(address)
    client.get(address)  # reads the stack once
    with django_assert_num_queries(0):
        again = client.get(address)
        other = client.get(address.replace(f"{ROOT}.3.2", f"{ROOT}.3.3"))
    assert parts(again) == parts(first)
    assert parts(other)[0][1] == numpy.full((8, 8), 3, dtype="<u2").tobytes()
    assert again["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Event.objects.filter(case_id=case.pk, kind="study_opened").count() == 1


def test_what_ended_answers_nothing_after_three_seconds_and_use_prolongs_nothing(case, stack, keeping):
    client = Client()
    client.force_login(make.person(cast.ANA))
    address = f"/dicomweb/cases/{case.pk}/{ONE}/frames/1"
    assert client.get(address).status_code == 200
    second = Original.objects.get(instance__uid=f"{ROOT}.3.2")
    records.remove(case.pk, second.pk, reason="", actor=make.reader(cast.ANA, case).actor, at=timezone.now())
    keeping[0] += 2.9
    client.get(address)
    keeping[0] += 0.2
    assert client.get(address).status_code == 404


def test_a_right_is_of_one_session_one_case_one_study_and_one_kind(case, stack, keeping):
    mine, hers = Client(), Client()
    mine.force_login(make.person(cast.ANA))
    hers.force_login(make.person(cast.MALLORY))
    other = make.case_collecting(cast.MALLORY, at=timezone.now())
    address = f"/dicomweb/cases/{case.pk}/{ONE}/frames/1"
    assert mine.get(address).status_code == 200
    assert hers.get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert hers.get(address.replace(str(case.pk), str(other.pk))).status_code == 404
    assert mine.get(address.replace("/cases/", "/seats/")).status_code == 404
    assert mine.post(address).status_code in {403, 405}
    assert mine.get(address.replace("frames/1", "frames/7")).status_code == 404
    for absent in (f"series/{ROOT}.9/metadata", f"series/{SERIES}/instances/{ROOT}.9/frames/1"):
        assert mine.get(f"/dicomweb/cases/{case.pk}/studies/{STUDY}/{absent}").status_code == 404
    mine.logout()
    assert mine.get(address).status_code == 302


def test_an_expert_s_kept_right_gives_lean_headers(keeping):
    case = expert_opinion.in_review()
    send(case, *(picture(number) for number in (1, 2)))
    client = expert_pages.signed_in()
    address = f"/dicomweb/seats/{case.pk}/studies/{STUDY}/series/{SERIES}/metadata"
    first, again = client.get(address), client.get(address)
    assert first.content == again.content
    assert b"COSTA" not in again.content
    assert client.get(f"/dicomweb/seats/{case.pk}/{ONE}").status_code == 404


def test_frames_that_together_are_too_large_are_asked_for_one_by_one(case, monkeypatch):
    values = numpy.zeros((2, 8, 8), dtype="<u2").tobytes()
    send(case, picture(2, NumberOfFrames=2, PixelData=values))
    monkeypatch.setattr(imaging, "BYTES_TOGETHER", 200)
    assert ask(case, f"{ONE}/frames/1,2").status_code == 400
    assert ask(case, f"{ONE}/frames/2").status_code == 200


def test_no_more_bytes_are_open_at_once_than_a_worker_may_hold(case, stack, monkeypatch):
    monkeypatch.setattr(imaging, "BYTES_TOGETHER", len(stack[0]) * 2)
    rows = list(imaging.pictures(case.pk))
    assert [len(part) for part in imaging._parts(rows)] == [2, 1]
    monkeypatch.setattr(imaging, "BYTES_TOGETHER", 1)
    assert [len(part) for part in imaging._parts(rows)] == [1, 1, 1]
