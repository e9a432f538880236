"""Archives send by C-STORE: storescu of DCMTK, pynetdicom and an unmodified Orthanc, each over a socket."""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pydicom
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from pynetdicom import AE
from tests import cast, make, samples_formats
from tests.make import HOUR

from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.dimse import receiver as receiving
from consilia.dimse.receiver import Receiver
from consilia.intake import links
from consilia.intake.models import Upload, UploadLink
from consilia.jobs import runner
from consilia.records.models import Instance
from consilia.vault import queries as vault
from consilia.vault.drafts import Draft
from consilia.vault.errors import VaultFull

pytestmark = pytest.mark.django_db(transaction=True)
ANAS = {"PatientName": "COSTA^ANA", "PatientBirthDate": "19710509", "PatientID": "77"}
OWN = {"StudyInstanceUID": "1.2.9.1", "SeriesInstanceUID": "1.2.9.2"}
UIDS = {f"1.2.9.3.{number}" for number in (1, 2, 3)}
CT = "1.2.840.10008.5.1.4.1.1.2"
VERIFICATION = "1.2.840.10008.1.1"


def picture(uid: str, **changes: object) -> bytes:
    return samples_formats.dicom(**ANAS, **OWN, SOPInstanceUID=uid, **{"SOPClassUID": CT, **changes})


@pytest.fixture
def made() -> links.Made:
    case = make.case_collecting(at=timezone.now())
    ana = make.reader(cast.ANA, case)
    return links.make(ana, kind=UploadLink.Kind.HOSPITAL, label="Hospital da Luz", at=timezone.now())


@pytest.fixture
def listening(made) -> Iterator[Receiver]:
    receiver = Receiver("127.0.0.1", 0)
    yield receiver
    receiver.stop()


@pytest.fixture
def title(made) -> str:
    return links.ae_title(made.secret)


def associated(listening: Receiver, title: str, **more: object):
    entity = AE("MODALITY")
    entity.add_requested_context(CT)
    entity.add_requested_context(VERIFICATION)
    entity.add_requested_context("1.3.12.2.1107.5.9.1")  # a class of a vendor
    return entity.associate("127.0.0.1", listening.port, ae_title=title, **more)


def sent(association, content: bytes) -> int:
    return int(association.send_c_store(pydicom.dcmread(io.BytesIO(content), force=True)).Status)


def test_objects_come_into_the_case_of_the_link_and_are_read_like_any_file(listening, title, made):
    association = associated(listening, title)
    assert association.is_established
    assert association.send_c_echo().Status == 0x0000
    assert [sent(association, picture(uid)) for uid in sorted(UIDS)] == [0x0000] * 3
    assert sent(association, picture("1.2.9.3.9", SOPClassUID="1.3.12.2.1107.5.9.1")) == 0x0000
    association.release()
    assert set(Upload.objects.values_list("link_id", flat=True)) == {made.link.pk}
    assert set(Upload.objects.values_list("case_id", flat=True)) == {made.link.case_id}
    runner.drain(timezone.now() + HOUR)
    assert set(Instance.objects.values_list("uid", flat=True)) >= UIDS
    kinds = list(Event.objects.filter(case_id=made.link.case_id).values_list("kind", flat=True))
    assert (kinds.count(Kind.LINK_OPENED), kinds.count(Kind.UPLOAD_FINISHED)) == (1, 4)


def test_the_data_set_lies_in_the_vault_as_it_was_sent(listening, title, made):
    association = associated(listening, title)
    content = picture("1.2.9.3.1", PatientComments="Blindtext")
    assert sent(association, content) == 0x0000
    association.release()
    upload = Upload.objects.get()
    with vault.open_object(upload.case_id, upload.sha256) as stored:
        kept = stored.read(0, stored.size)
    assert kept.endswith(content[content.index(b"\x08\x00\x05\x00CS") :])
    meta = pydicom.dcmread(io.BytesIO(kept)).file_meta
    assert meta.TransferSyntaxUID == pydicom.uid.ExplicitVRLittleEndian
    assert meta.MediaStorageSOPInstanceUID == "1.2.9.3.1"


def test_the_same_object_twice_is_one_upload(listening, title):
    for _time in (1, 2):
        association = associated(listening, title)
        assert sent(association, picture("1.2.9.3.1")) == 0x0000
        association.release()
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("called", ["", "CONSILIA", "A" * 16, "ANY-SCP"])
def test_who_does_not_know_the_title_is_not_let_in(listening, title, called):
    association = associated(listening, called or "X")
    assert association.is_rejected
    assert association.acceptor.primitive.result_str == "Rejected Permanent"


def test_a_link_that_is_taken_back_takes_nothing_more_from_who_is_in(listening, title, made):
    association = associated(listening, title)
    assert sent(association, picture("1.2.9.3.1")) == 0x0000
    UploadLink.objects.update(revoked_at=timezone.now())
    assert sent(association, picture("1.2.9.3.2")) == 0x0124
    association.release()
    assert associated(listening, title).is_rejected
    assert Upload.objects.count() == 1


def test_a_link_whose_day_has_passed_and_a_doctors_link_let_nobody_in(listening, title, made):
    UploadLink.objects.update(valid_until=timezone.now() - timedelta(minutes=1))
    assert associated(listening, title).is_rejected
    UploadLink.objects.update(valid_until=timezone.now() + HOUR, kind=UploadLink.Kind.TREATING_DOCTOR)
    assert associated(listening, title).is_rejected


def test_a_full_disk_is_told_and_nothing_is_left(listening, title, made, monkeypatch, settings):
    def full(*_words, **_more):
        raise VaultFull

    monkeypatch.setattr(Draft, "finish", full)
    association = associated(listening, title)
    assert sent(association, picture("1.2.9.3.1")) == 0xA700
    monkeypatch.undo()
    assert sent(association, picture("1.2.9.3.2")) == 0x0000
    association.release()
    assert Upload.objects.count() == 1
    assert not list((settings.CONSILIA_HOME / "staging" / str(made.link.case_id)).rglob("*.put"))


def test_an_object_that_would_fill_the_memory_ends_its_association_only(listening, title, monkeypatch):
    monkeypatch.setattr(receiving, "LARGEST", 50_000)
    large = associated(listening, title)
    content = picture("1.2.9.3.1", Rows=200, Columns=200, PixelData=bytes(80_000))
    answer = large.send_c_store(pydicom.dcmread(io.BytesIO(content)))
    assert "Status" not in answer
    other = associated(listening, title)
    assert sent(other, picture("1.2.9.3.2")) == 0x0000
    other.release()
    assert Upload.objects.count() == 1


def test_bytes_that_are_no_association_and_a_sender_that_goes_leave_the_others_alone(listening, title):
    with socket.create_connection(("127.0.0.1", listening.port)) as line:
        line.sendall(b"GET / HTTP/1.1\r\n\r\n")
    gone = associated(listening, title)
    gone.abort()
    association = associated(listening, title)
    assert sent(association, picture("1.2.9.3.1")) == 0x0000
    association.release()


def test_dcmtk_sends_a_folder(listening, title, tmp_path):
    program = shutil.which("storescu")
    if program is None:
        pytest.skip("no storescu on this machine (apt-get install dcmtk)")
    for number, uid in enumerate(sorted(UIDS)):
        (tmp_path / f"{number}.dcm").write_bytes(picture(uid))
    command = [program, "-aec", title, "127.0.0.1", str(listening.port), "+sd", str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 0, said.stderr
    assert Upload.objects.count() == 3
    refused = subprocess.run([*command[:2], "NOBODY", *command[3:]], capture_output=True, timeout=60, check=False)
    assert refused.returncode != 0
    assert Upload.objects.count() == 3


def test_orthanc_sends_what_it_stores(listening, title, tmp_path):
    program = shutil.which("Orthanc")
    if program is None:
        pytest.skip("no Orthanc on this machine (apt-get install orthanc)")
    ports = []
    for _port in (1, 2):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports.append(int(probe.getsockname()[1]))
    settings = {
        "HttpPort": ports[0],
        "DicomPort": ports[1],
        "AuthenticationEnabled": False,
        "StorageDirectory": str(tmp_path / "storage"),
        "IndexDirectory": str(tmp_path / "storage"),
        "DicomModalities": {"consilia": [title, "127.0.0.1", listening.port]},
    }
    (tmp_path / "orthanc.json").write_text(json.dumps(settings))
    peer = subprocess.Popen(
        [program, str(tmp_path / "orthanc.json")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    root = f"http://127.0.0.1:{ports[0]}"
    try:
        for _wait in range(100):
            try:
                ask(f"{root}/system")
                break
            except OSError:
                time.sleep(0.1)
        ask(f"{root}/modalities/consilia/echo", b"{}")
        ids = [json.loads(ask(f"{root}/instances", picture(uid)))["ID"] for uid in sorted(UIDS)]
        ask(f"{root}/modalities/consilia/store", json.dumps(ids).encode())
    finally:
        peer.terminate()
        peer.wait(30)
    runner.drain(timezone.now() + HOUR)
    assert set(Instance.objects.values_list("uid", flat=True)) == UIDS


def ask(address: str, body: bytes | None = None) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(address, data=body), timeout=30) as answer:
        return bytes(answer.read())


def test_with_a_certificate_the_line_is_encrypted(made, title, tmp_path):
    certificate, key = certificate_of("localhost", tmp_path)
    own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    own.load_cert_chain(certificate, key)
    receiver = Receiver("127.0.0.1", 0, own)
    try:
        trusting = ssl.create_default_context(cafile=str(certificate))
        association = associated(receiver, title, tls_args=(trusting, "localhost"))
        assert sent(association, picture("1.2.9.3.1")) == 0x0000
        association.release()
        assert not associated(receiver, title).is_established  # in clear
    finally:
        receiver.stop()


def started(folder: Path, port: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "CONSILIA_HOME": str(folder), "CONSILIA_DEMO": "0", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "consilia.cli", "dicom", "receive", "--port", str(port)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_command_listens_until_it_is_asked_to_stop_and_names_a_taken_port(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    first = started(tmp_path, port)
    try:
        assert first.stdout is not None
        assert str(port) in first.stdout.readline()
        second = started(tmp_path, port)
        _said, why = second.communicate(timeout=60)
        assert second.returncode == 1
        assert f"Port {port}" in why
        assert "Traceback" not in why
    finally:
        first.terminate()
    assert first.wait(30) == 0


def certificate_of(host: str, folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = timezone.now()
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - HOUR)
        .not_valid_after(now + HOUR)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "c.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "k.pem").write_bytes(private)
    return folder / "c.pem", folder / "k.pem"
