"""Killed in the middle of a piece or of sorting, web server and worker lose no byte and change none."""

from __future__ import annotations

import base64
import hashlib
import http.client
import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.wire.installation import ROOT, Installation

PATIENCE = 60.0  # seconds, for a busy machine
SIZE = 24 * 1024 * 1024  # bytes of the file: beyond what the vault acknowledges inside one piece
SEED = int(os.environ.get("CONSILIA_TEST_SEED", "20261123"))

BEGIN = """
import json, django
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
from django.utils import timezone
from tests import cast, make
case = make.case_collecting(at=timezone.now())
ana = make.person(cast.ANA)
session = SessionStore()
session[SESSION_KEY] = str(ana.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = ana.get_session_auth_hash()
session.create()
print(json.dumps({"case": str(case.pk), "session": session.session_key}))
"""
LOOK = """
import json, django
django.setup()
from consilia.audit import actions as audit
from consilia.intake.models import Upload
from consilia.records.models import Original
from consilia.vault import queries as vault
import hashlib
rows = Original.objects.exclude(sha256="").order_by("path")
kept = {row.path: hashlib.sha256(vault.open_object(row.case_id, row.sha256).whole()).hexdigest() for row in rows}
print(json.dumps({"states": sorted(Upload.objects.values_list("state", flat=True)), "kept": kept,
    "rows": Original.objects.count(), "sound": audit.verify().ok}))
"""


@dataclass
class Place:
    """An installation with one case, and a session of its patient."""

    installation: Installation
    case: str
    session: str
    port: int

    def web(self) -> subprocess.Popen[bytes]:
        words = ["--address", "127.0.0.1", "--port", str(self.port), "--threads", "2"]
        process = self.start("consilia.cli.web", *words)
        until(self.answers, "the web server answers")
        return process

    def start(self, module: str, *words: str) -> subprocess.Popen[bytes]:
        program = [sys.executable, "-m", module, *words]
        return subprocess.Popen(program, cwd=self.installation.folder, env=self.installation.environment)

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/healthz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, str]]:
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        cookies = f"sessionid={self.session}; csrftoken={'a' * 32}"
        told = {"Host": f"localhost:{self.port}", "Cookie": cookies, "X-CSRFToken": "a" * 32, "Tus-Resumable": "1.0.0"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            asking.request(method, path, body, told)
            answer = asking.getresponse()
            answer.read()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}
        finally:
            asking.close()

    def look(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.installation.does(LOOK))
        return found


def until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"not within {PATIENCE:g} s: {what}"
        time.sleep(0.05)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    installation = Installation(tmp_path)
    installation.environment["PYTHONPATH"] += f":{ROOT}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    installation.environment["CONSILIA_PORT"] = str(port)
    made = json.loads(installation.does(BEGIN).splitlines()[-1])
    return Place(installation, made["case"], made["session"], port)


def a_box(chance: random.Random) -> tuple[bytes, dict[str, str]]:
    """A ZIP that hardly packs, and the hash of each of its files."""
    out, hashes = io.BytesIO(), {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for number in range(240):
            content = f"Laboratory report {number}\n".encode() * 40
            hashes[f"CD/{number}.txt"] = hashlib.sha256(content).hexdigest()
            archive.writestr(f"{number}.txt", content)
        noise = chance.randbytes(SIZE)
        hashes["CD/noise.bin"] = hashlib.sha256(noise).hexdigest()
        archive.writestr("noise.bin", noise)
    return out.getvalue(), hashes


def test_a_server_killed_in_a_piece_and_a_worker_killed_in_sorting_change_no_byte(place: Place):
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    box, hashes = a_box(chance)
    web = place.web()
    told = {"Upload_Length": str(len(box)), "Upload_Metadata": "filename " + base64.b64encode(b"CD.zip").decode()}
    status, headers = place.ask("POST", f"/patient/cases/{place.case}/records/uploads/", b"", **told)
    assert status == 201
    address = urlsplit(headers["location"]).path

    acknowledged = 0
    for _kill in range(3):
        offset = int(place.ask("HEAD", address)[1]["upload-offset"])
        assert offset >= acknowledged
        cut = chance.randrange(1, len(box) - offset)
        acknowledged = send_until_killed(place, web, address, box, offset, cut)
        web = place.web()
    offset = int(place.ask("HEAD", address)[1]["upload-offset"])
    assert offset >= acknowledged
    status, headers = patch(place, address, box[offset:], offset)
    assert (status, headers["upload-offset"]) == (204, str(len(box)))

    for _kill in range(3):
        worker = place.start("consilia.worker")
        time.sleep(chance.uniform(0.5, 3.0))
        kill(worker)
    worker = place.start("consilia.worker")
    until(lambda: place.look()["states"] == ["sorted"], "the upload is sorted")
    worker.send_signal(signal.SIGTERM)
    worker.wait(timeout=PATIENCE)
    kill(web)

    found = place.look()
    assert found["kept"] == {**hashes, "CD.zip": hashlib.sha256(box).hexdigest()}
    assert found["rows"] == len(hashes) + 1
    assert found["sound"]
    assert list((place.installation.home / "tmp").glob("sort-*")) == []


def patch(place: Place, address: str, body: bytes, offset: int) -> tuple[int, dict[str, str]]:
    kind = {"Content_Type": "application/offset+octet-stream", "Upload_Offset": str(offset)}
    return place.ask("PATCH", address, body, **kind, Content_Length=str(len(body)))


def send_until_killed(
    place: Place, web: subprocess.Popen[bytes], address: str, box: bytes, offset: int, cut: int
) -> int:
    """Sends a piece, kills the server after `cut` bytes; returns what was acknowledged before."""
    wire = socket.create_connection(("127.0.0.1", place.port))
    head = (
        f"PATCH {address} HTTP/1.1\r\nHost: localhost:{place.port}\r\nTus-Resumable: 1.0.0\r\n"
        f"X-CSRFToken: {'a' * 32}\r\n"
        f"Cookie: sessionid={place.session}; csrftoken={'a' * 32}\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Upload-Offset: {offset}\r\nContent-Length: {len(box) - offset}\r\n\r\n"
    )
    with wire:
        wire.sendall(head.encode())
        wire.sendall(box[offset : offset + cut])
        time.sleep(0.1)
        kill(web)
    return offset
