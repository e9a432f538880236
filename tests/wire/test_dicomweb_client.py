"""dicomweb-client, unmodified, against a case: each of its calls for search and retrieval, with its own headers."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import numpy
import pytest
import requests  # noqa: TID251 - dicomweb-client speaks through it, to this machine
from django.test import Client
from django.utils import timezone
from tests import cast, make, samples_formats
from tests.make import HOUR
from urllib3 import HTTPResponse

from consilia.intake import actions
from consilia.jobs import runner

dicomweb_client = pytest.importorskip("dicomweb_client")
pytestmark = pytest.mark.django_db
ANAS = {"PatientName": "COSTA^ANA", "PatientBirthDate": "19710509", "PatientID": "77"}
ROOT = "1.2.826.0.1.3680043.8.498.6"
STUDY, SERIES = f"{ROOT}.1", f"{ROOT}.2"


def picture(number: int) -> bytes:
    own: dict[str, Any] = {"StudyInstanceUID": STUDY, "SeriesInstanceUID": SERIES, "InstanceNumber": number}
    values = numpy.full((8, 8), number, dtype="<u2").tobytes()
    return samples_formats.dicom(**ANAS, **own, SOPInstanceUID=f"{ROOT}.3.{number}", Modality="CT", PixelData=values)


class Handed(requests.adapters.BaseAdapter):
    """Hands each request of the client to our pages, with every header, and gives the answer back as of a server."""

    def __init__(self, browser: Client) -> None:
        super().__init__()
        self.browser = browser

    def send(self, request: Any, **_how: Any) -> requests.Response:
        split = urlsplit(request.url)
        got = self.browser.get(f"{split.path}?{split.query}", headers=dict(request.headers))
        body = b"".join(got.streaming_content) if got.streaming else got.content
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = got.status_code, request.url, request
        answer.headers.update(got.headers)
        answer.raw = HTTPResponse(io.BytesIO(body), headers=dict(got.headers), preload_content=False)
        return answer

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def client():
    case = make.case_collecting(at=timezone.now())
    ana = make.reader(cast.ANA, case)
    for number in (1, 2):
        content = picture(number)
        actions.put_whole(
            ana, path=f"{number}.dcm", chunks=[content], size=len(content), key=str(number), at=timezone.now()
        )
    runner.drain(timezone.now() + HOUR)
    browser, session = Client(), requests.Session()
    browser.force_login(make.person(cast.ANA))
    session.mount("http://", Handed(browser))
    return dicomweb_client.DICOMwebClient(f"http://testserver/dicomweb/cases/{case.pk}", session=session)


def test_every_search_and_retrieval_of_the_client_works(client):
    (study,) = client.search_for_studies(search_filters={"PatientID": "77"}, fuzzymatching=True, fields=["StudyDate"])
    assert study["0020000D"]["Value"] == [STUDY]
    assert client.search_for_studies(search_filters={"PatientID": "78"}) == []
    (series,) = client.search_for_series(STUDY)
    assert series["0020000E"]["Value"] == [SERIES]
    assert len(client.search_for_series()) == 1
    assert len(client.search_for_instances(STUDY, SERIES, limit=1, offset=1)) == 1
    assert len(client.search_for_instances()) == 2
    one = (STUDY, SERIES, f"{ROOT}.3.2")
    assert client.retrieve_instance_metadata(*one)["00080018"]["Value"] == [one[2]]
    assert len(client.retrieve_series_metadata(STUDY, SERIES)) == len(client.retrieve_study_metadata(STUDY)) == 2
    found = client.retrieve_instance(*one)
    assert (found.SOPInstanceUID, found.PixelData) == (one[2], numpy.full((8, 8), 2, dtype="<u2").tobytes())
    assert len(client.retrieve_series(STUDY, SERIES)) == len(client.retrieve_study(STUDY)) == 2
    assert [one.InstanceNumber for one in client.iter_series(STUDY, SERIES)] == [1, 2]
    assert [one.InstanceNumber for one in client.iter_study(STUDY)] == [1, 2]


def test_frames_come_in_every_form_that_the_client_asks_for(client):
    one = (STUDY, SERIES, f"{ROOT}.3.2")
    own = numpy.full((8, 8), 2, dtype="<u2").tobytes()
    assert client.retrieve_instance_frames(*one, frame_numbers=[1]) == [own]
    assert list(client.iter_instance_frames(*one, frame_numbers=[1])) == [own]
    any_syntax = (("application/octet-stream", "*"),)
    assert client.retrieve_instance_frames(*one, frame_numbers=[1], media_types=any_syntax) == [own]
    jpeg = client.retrieve_instance_rendered(*one, media_types=("image/jpeg",))
    assert jpeg.startswith(b"\xff\xd8")
    png = client.retrieve_instance_frames_rendered(*one, frame_numbers=[1], media_types=("image/png",))
    assert png.startswith(b"\x89PNG")


def test_what_is_absent_is_an_error_of_http(client):
    with pytest.raises(requests.HTTPError) as refused:
        client.retrieve_series_metadata(STUDY, "1.2.3")
    assert refused.value.response.status_code == 404
    assert io.BytesIO(refused.value.response.content).read()
