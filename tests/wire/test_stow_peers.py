"""Archives send through a link over a socket: dicomweb-client and an unmodified Orthanc, each with its own STOW-RS."""

from __future__ import annotations

import io
import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
from django.urls import reverse
from django.utils import timezone
from tests import cast, make, samples_formats
from tests.make import HOUR

from consilia.intake import links
from consilia.intake.models import UploadLink
from consilia.jobs import runner
from consilia.records.models import Instance
from consilia.vault import queries as vault

dicomweb_client = pytest.importorskip("dicomweb_client")
pytestmark = pytest.mark.django_db(transaction=True)
ANAS = {"PatientName": "COSTA^ANA", "PatientBirthDate": "19710509", "PatientID": "77"}
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
UIDS = {f"1.2.9.3.{number}" for number in (1, 2, 3)}


def pictures() -> list[bytes]:
    own = {"StudyInstanceUID": "1.2.9.1", "SeriesInstanceUID": "1.2.9.2"}
    return [samples_formats.dicom(**ANAS, **own, SOPInstanceUID=uid) for uid in sorted(UIDS)]


@pytest.fixture
def root(live_server) -> str:
    """The DICOMweb of a live link, as a hospital's archive is told it."""
    case = make.case_collecting(at=timezone.now())
    ana = make.reader(cast.ANA, case)
    made = links.make(ana, kind=UploadLink.Kind.HOSPITAL, label="Hospital da Luz", at=timezone.now())
    return live_server.url + reverse("doctor:add-stow", args=[made.secret]).removesuffix("/studies")


def test_the_client_stores_what_it_has(root):
    client = dicomweb_client.DICOMwebClient(root)
    answer = client.store_instances([pydicom.dcmread(io.BytesIO(one)) for one in pictures()])
    assert {one.ReferencedSOPInstanceUID for one in answer.ReferencedSOPSequence} == UIDS
    runner.drain(timezone.now() + HOUR)
    assert {one.uid for one in Instance.objects.all()} == UIDS


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(address: str, body: bytes | None = None) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(address, data=body), timeout=30) as answer:
        return bytes(answer.read())


@pytest.fixture
def orthanc(root, tmp_path) -> Iterator[str]:
    program = shutil.which("Orthanc")
    if program is None or not PLUGIN.exists():
        pytest.skip("no Orthanc on this machine (apt-get install orthanc orthanc-dicomweb)")
    port = free_port()
    # The server of these tests knows no body in chunks, which Orthanc sends by default; granian does (tests/pages).
    ours = {"Url": root, "HasDelete": False, "ChunkedTransfers": False}
    settings = {
        "HttpPort": port,
        "DicomPort": free_port(),
        "AuthenticationEnabled": False,
        "Plugins": [str(PLUGIN)],
        "StorageDirectory": str(tmp_path / "store"),
        "IndexDirectory": str(tmp_path / "store"),
        "DicomWeb": {
            "Enable": True,
            "Servers": {"consilia": ours},
        },
    }
    (tmp_path / "orthanc.json").write_text(json.dumps(settings))
    process = subprocess.Popen([program, str(tmp_path / "orthanc.json")], stderr=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        for _try in range(100):
            try:
                ask(f"{base}/system")
                break
            except OSError:
                time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(20)


def test_an_orthanc_sends_a_study_and_every_byte_of_it_is_here(orthanc):
    stored = [json.loads(ask(f"{orthanc}/instances", one)) for one in pictures()]
    order = {"Resources": [stored[0]["ParentStudy"]], "Synchronous": True}
    ask(f"{orthanc}/dicom-web/servers/consilia/stow", json.dumps(order).encode())
    runner.drain(timezone.now() + HOUR)
    assert {one.uid for one in Instance.objects.all()} == UIDS
    sent = {ask(f"{orthanc}/instances/{one['ID']}/file") for one in stored}
    for instance in Instance.objects.select_related("original"):
        original = instance.original
        with vault.open_object(original.case_id, original.sha256) as kept:
            assert b"".join(kept.chunks()) in sent
