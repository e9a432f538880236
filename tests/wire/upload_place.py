"""A fresh installation with one case, driven over real HTTP by its patient: for kills and for hostile files."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.wire.installation import ROOT, Installation

PATIENCE = 60.0  # seconds, for a busy machine

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


def fresh(folder: Path) -> Place:
    """A new installation in the folder; its programs find the tests, so that the case is made by the actions."""
    installation = Installation(folder)
    installation.environment["PYTHONPATH"] += f":{ROOT}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    installation.environment["CONSILIA_PORT"] = str(port)
    made = json.loads(installation.does(BEGIN).splitlines()[-1])
    return Place(installation, made["case"], made["session"], port)
