"""An unmodified Orthanc with its DICOMweb plugin beside us, and the client that asks both in the same way."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

PLUGINS = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Peer:
    """A server that is asked: `base` is the root of its DICOMweb."""

    base: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> tuple[float, int, bytes]:
        """Seconds, status and body of one request on a connection of its own."""
        split = urlsplit(self.base)
        line = http.client.HTTPConnection(split.hostname or "", split.port, timeout=300)
        begun = time.perf_counter()
        line.request("GET", f"{split.path}/{path}", headers={**self.headers, **headers})
        answer = line.getresponse()
        body = answer.read()
        spent = time.perf_counter() - begun
        line.close()
        return spent, answer.status, body

    def rate(self, paths: Sequence[str], clients: int, **headers: str) -> float:
        """Answers a second of `clients` that ask for all paths together, each on one connection that stays open."""
        split = urlsplit(self.base)
        waiting, lock, wrong = list(paths), threading.Lock(), []

        def work() -> None:
            line = http.client.HTTPConnection(split.hostname or "", split.port, timeout=300)
            while True:
                with lock:
                    if not waiting:
                        return
                    path = waiting.pop()
                line.request("GET", f"{split.path}/{path}", headers={**self.headers, **headers})
                answer = line.getresponse()
                answer.read()
                if answer.status != 200:
                    wrong.append(answer.status)

        threads = [threading.Thread(target=work) for _client in range(clients)]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if wrong:
            raise SystemExit(f"{self.base}: {len(wrong)} answers were {wrong[0]}")
        return len(paths) / (time.perf_counter() - begun)


class Orthanc(Peer):
    """Orthanc in a folder of its own, syncing what it stores; None of it is changed."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("Orthanc")
        if program is None or not PLUGINS.exists():
            raise SystemExit("Orthanc is not here: apt-get install orthanc orthanc-dicomweb")
        port = free_port()
        self.dicom_port = free_port()
        folder.mkdir(parents=True)
        settings = {
            "Name": "peer",
            "HttpPort": port,
            "DicomPort": self.dicom_port,
            "DicomAet": "PEER",
            "DicomAlwaysAllowStore": True,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "StorageDirectory": str(folder / "storage"),
            "IndexDirectory": str(folder / "storage"),
            "SyncStorageArea": True,
            "StableAge": 2,
            "Plugins": [str(PLUGINS)],
            "DicomWeb": {"Enable": True},
        }
        (folder / "orthanc.json").write_text(json.dumps(settings))
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        self.version = told.stdout.split("\n")[0]
        self.server = subprocess.Popen(
            [program, str(folder / "orthanc.json")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TCP_NODELAY": "1"},  # which DCMTK inside heeds
        )
        super().__init__(f"http://127.0.0.1:{port}/dicom-web")
        self.port = port
        for _wait in range(200):
            try:
                self.get("studies")
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("Orthanc did not become ready")

    def take(self, files: Sequence[bytes]) -> float:
        """Seconds to store files by REST on one connection."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        begun = time.perf_counter()
        for content in files:
            line.request("POST", "/instances", body=content)
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"Orthanc refused a file: {answer.status}")
        return time.perf_counter() - begun

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait(30)
