"""Ingest beside Orthanc: STOW-RS on four connections, C-STORE on four associations, both servers syncing.

Ours is told of twice: when the sender has its answer (the bytes are encrypted and on disk, in the quarantine), and when
the records with their headers are there. Orthanc answers when it has indexed; it judges nobody's identity.
"""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

LINES = 4  # connections, associations
A_REQUEST = 50  # objects of one STOW request
BOUNDARY = "consilia-benchmark"


def together(works: Sequence[Callable[[], None]]) -> float:
    """Seconds until all are done, each in a thread of its own."""
    wrong: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise SystemExit(f"sending failed: {wrong[0]}")
    return time.perf_counter() - begun


def shares(files: Sequence[bytes]) -> list[list[bytes]]:
    return [list(files[number::LINES]) for number in range(LINES)]


def stow(address: str, files: Sequence[bytes]) -> float:
    """Seconds until the answers to all STOW requests are here."""
    split = urlsplit(address)
    head = f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    kind = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
    headers = {"Content-Type": kind, "Accept": "application/dicom+json"}

    def send(share: list[bytes]) -> None:
        line = http.client.HTTPConnection(split.hostname or "", split.port, timeout=300)
        for start in range(0, len(share), A_REQUEST):
            parts = b"".join(head + one + b"\r\n" for one in share[start : start + A_REQUEST])
            line.request("POST", f"{split.path}/studies", body=parts + f"--{BOUNDARY}--\r\n".encode(), headers=headers)
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"STOW at {address}: {answer.status}")

    return together([lambda share=share: send(share) for share in shares(files)])  # type: ignore[misc]


def c_store(port: int, title: str, files: Sequence[bytes], folder: Path) -> float:
    """Seconds until four storescu of DCMTK have sent their shares."""
    program = shutil.which("storescu")
    if program is None:
        raise SystemExit("storescu is not here: apt-get install dcmtk")
    folders = []
    for number, share in enumerate(shares(files)):
        mine = folder / f"share-{number}"
        mine.mkdir(parents=True)
        for at, content in enumerate(share):
            (mine / f"{at}.dcm").write_bytes(content)
        folders.append(mine)

    fair = {**os.environ, "TCP_NODELAY": "1"}

    def send(mine: Path) -> None:
        command = [program or "", "-aec", title, "127.0.0.1", str(port), "+sd", str(mine)]
        said = subprocess.run(command, capture_output=True, text=True, check=False, env=fair)
        if said.returncode != 0:
            raise SystemExit(f"storescu: {said.stderr[:300]}")

    try:
        return together([lambda mine=mine: send(mine) for mine in folders])  # type: ignore[misc]
    finally:
        shutil.rmtree(folder)
