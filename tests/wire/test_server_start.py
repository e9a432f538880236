"""`consilia serve` on a fresh data folder: ready means that it answers, and nothing of it outlives it."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from consilia.cli import lock

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds, for a busy machine and a first start


def until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"not within {PATIENCE:g} s: {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        asking.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return asking.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


class Server:
    """One run of `consilia serve`, its words in a file."""

    def __init__(self, folder: Path, port: int, **settings: str) -> None:
        self.home, self.port, self.said_file = folder / "home", port, folder / "said"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSILIA_")}
        environment |= {"CONSILIA_HOME": str(self.home), "CONSILIA_PORT": str(port), "PYTHONPATH": str(ROOT / "src")}
        environment |= {"DJANGO_SETTINGS_MODULE": "consilia.config.settings", "PYTHONUNBUFFERED": "1"} | settings
        with self.said_file.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "consilia.cli", "serve"], env=environment, stdout=said, stderr=said, cwd=folder
            )

    def said(self) -> str:
        return self.said_file.read_text()

    def ready(self) -> Server:
        until(lambda: "is ready" in self.said() or self.process.poll() is not None, "it says that it is ready")
        assert self.process.poll() is None, self.said()
        return self

    def group(self) -> dict[str, int]:
        return {process.name: process.pid for process in lock.left_behind(self.home)}

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=PATIENCE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for this file: only the first start pays for the migrations."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    server = Server(folder, free_port())
    try:
        yield server.ready()
    finally:
        server.stop()


def test_ready_is_said_with_an_address_that_answers(server):
    address = re.search(r"Consilia is ready: (\S+)", server.said())
    assert address
    assert address.group(1) == f"http://localhost:{server.port}", "passkeys fail on 127.0.0.1"
    assert answers(server.port)
    assert set(server.group()) == {"supervisor", "web", "worker"}


def test_the_data_folder_and_the_keys_are_closed_to_others(server):
    for path, mode in ((server.home, 0o700), (server.home / "keys", 0o700), (server.home / "keys/master.key", 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode, path


def test_a_killed_web_process_comes_back_and_the_worker_does_not_notice(server):
    before = server.group()
    os.kill(before["web"], signal.SIGKILL)
    until(lambda: server.group().get("web") not in {None, before["web"]} and answers(server.port), "web is back")
    assert server.group()["worker"] == before["worker"]


def test_a_killed_worker_comes_back_and_pages_go_on(server):
    before = server.group()
    os.kill(before["worker"], signal.SIGKILL)
    until(lambda: server.group().get("worker") not in {None, before["worker"]}, "the worker is back")
    assert server.group()["web"] == before["web"]
    assert answers(server.port)


def test_a_killed_supervisor_leaves_nothing_that_writes_or_answers(folder):
    server = Server(folder, free_port()).ready()
    server.process.kill()
    server.process.wait()
    until(lambda: not server.group() and not answers(server.port), "all have ended")
    again = Server(folder, server.port).ready()
    again.stop()


def test_ctrl_c_stops_all_and_is_no_error(folder):
    server = Server(folder, free_port()).ready()
    server.stop()
    assert server.process.returncode == 0
    assert server.group() == {}
    assert not answers(server.port)


def test_a_second_start_on_the_same_data_folder_is_refused_with_a_sentence(server, folder, tmp_path):
    (tmp_path / "home").symlink_to(folder / "home")
    second = Server(tmp_path, free_port())
    assert second.process.wait(timeout=PATIENCE) == 1
    assert "runs already on the data folder" in second.said()
    assert answers(server.port)


def test_a_taken_port_and_an_unknown_setting_are_said_in_a_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = Server(tmp_path, taken.getsockname()[1])
        assert refused.process.wait(timeout=PATIENCE) == 1
    assert "cannot be used" in refused.said()
    assert "Traceback" not in refused.said()
    misspelt = Server(tmp_path, free_port(), CONSILIA_DEMOO="0")
    assert misspelt.process.wait(timeout=PATIENCE) == 1
    assert "CONSILIA_DEMOO is not a setting" in misspelt.said()
