"""Killed in the middle of a piece or of sorting, web server and worker lose no byte and change none."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import random
import signal
import socket
import subprocess
import time
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.wire import upload_place
from tests.wire.upload_place import PATIENCE, Place, kill, until

SIZE = 24 * 1024 * 1024  # bytes of the file: beyond what the vault acknowledges inside one piece
SEED = int(os.environ.get("CONSILIA_TEST_SEED", "20261123"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return upload_place.fresh(tmp_path)


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
