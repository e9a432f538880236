"""A fresh installation for one journey: its own folder and port, killed and started again by `consilia serve`."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final

from consilia.cli import lock
from consilia.kernel.refusal import ConsiliaError

PATIENCE: Final = 120.0  # seconds for a start on a busy machine
RELOADING: Final = 12.0  # seconds
LINK: Final = re.compile(r"^\s+(.+?):?\s+(http://\S+/account/demo/\S+)$", re.MULTILINE)
LEASH: Final = "consilia.cli.leash"
LEDGER: Final = "consilia.cli.journey.ledger"
READY: Final = "Consilia is ready"


class NotStarted(ConsiliaError):
    """The instance did not come up; the words hold what it said."""


class Instance:
    """One data folder with a server; `kept` folders stay for a look, others go at the end."""

    def __init__(self, kept: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="consilia-journey-"))
        self.home = self.folder / "home"
        self.home.mkdir(mode=0o700)
        self.said = self.folder / "serve.txt"
        self.port = free_port()
        self.base = f"http://localhost:{self.port}"
        self.kept = kept
        self.process: subprocess.Popen[bytes] | None = None
        self.writing = -1  # end of the leash: when this process is gone, so is the server

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the caller's settings but what finds the program."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("CONSILIA_")}
        return own | {
            "CONSILIA_HOME": str(self.home),
            "CONSILIA_PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "consilia.config.settings",
        }

    def start(self) -> None:
        """Starts the pair and waits until it answers. Raises NotStarted."""
        seen = self.said.stat().st_size if self.said.exists() else 0
        self._let_go()
        reading, self.writing = os.pipe()
        command = [sys.executable, "-m", LEASH, str(reading), "consilia.cli", "serve"]
        try:
            with self.said.open("ab") as out:
                self.process = subprocess.Popen(  # noqa: S603 - our own modules
                    command, env=self.environment, stdout=out, stderr=out, pass_fds=(reading,), start_new_session=True
                )
        finally:
            os.close(reading)
        self._until_ready(seen)

    def _until_ready(self, seen: int) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if READY.encode() in self.said.read_bytes()[seen:]:
                return
            if self.process is None or self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise NotStarted(self.said.read_text(errors="replace")[-2000:])

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base}/readyz", timeout=5) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def recover(self) -> None:
        """After a kill: waits as long as a person does who reloads a page, then does what an operator would do.

        The supervisor waits the longer the more often a program has died; started anew it begins with a short pause.
        """
        if self.process is None or self.process.poll() is not None:
            self.start()
        end = time.monotonic() + RELOADING
        while not self._whole():
            if time.monotonic() > end:
                self.stop()
                self.start()
                end = time.monotonic() + PATIENCE
            time.sleep(0.1)

    def _whole(self) -> bool:
        return {"web", "worker"} <= set(self.processes()) and self.healthy()

    def processes(self) -> dict[str, int]:
        """Name -> number of the processes that run now."""
        return {one.name: one.pid for one in lock.left_behind(self.home)}

    def kill(self, name: str) -> bool:
        """Ends one process at once (-9), as a power cut would; false when it did not run."""
        number = self.processes().get(name)
        if number is None:
            return False
        os.kill(number, signal.SIGKILL)
        if name == "supervisor" and self.process is not None:
            self.process.wait()
        return True

    def demo_links(self) -> dict[str, str]:
        """What a person is called in the output of the server -> path of the sign-in link."""
        found = LINK.findall(self.said.read_text(errors="replace"))
        return {name: link.removeprefix(self.base) for name, link in found}

    def ledger(self) -> dict[str, Any]:
        """States, hashes and counts as the tables hold them."""
        said = self._program(LEDGER)
        found: dict[str, Any] = json.loads(said.stdout)
        return found

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command of the product on this data folder."""
        return self._program("consilia.cli", *words)

    def _program(self, module: str, *words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(  # noqa: S603 - our own modules
            [sys.executable, "-m", module, *words], env=self.environment, capture_output=True, text=True, check=False
        )
        if module == LEDGER and done.returncode != 0:
            raise NotStarted(done.stderr[-2000:])
        return done

    def stop(self) -> None:
        """Ends the server politely; the data folder is quiet afterwards."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=PATIENCE)

    def _let_go(self) -> None:
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1

    def remove(self) -> None:
        """Ends the server, politely and then surely, and takes the folder away."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.stop()
        self._let_go()
        if not self.kept:
            shutil.rmtree(self.folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
