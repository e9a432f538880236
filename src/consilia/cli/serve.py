"""`consilia serve`: the data folder prepared, web and worker as one supervised pair, an address that answers."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from consilia.cli import lock
from consilia.cli.child import Child, Program, end_group
from consilia.cli.dicom import receiver_words
from consilia.cli.supervisor import Supervisor, tell
from consilia.kernel.refusal import Refusal, Refused

LOCAL_NAMES = {"localhost": "127.0.0.1"}
HEALTH = "/healthz"
THREADS = 4  # of the web process
PREPARE = Program("prepare", "consilia.cli.prepare")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--web-only", action="store_true", help="start no worker (another machine runs it)")


def run(words: argparse.Namespace) -> int:
    home = Path(settings.CONSILIA_HOME)
    address = LOCAL_NAMES.get(settings.CONSILIA_HOST, settings.CONSILIA_HOST)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # while preparing, both signals end alike
    held = lock.Lock(home)
    try:
        end_leftovers(home)
        refuse_taken_port(address, settings.CONSILIA_PORT)
        links = prepared(held)
        return serve(pair(address, words.web_only), held, address, links)
    except KeyboardInterrupt:
        tell("stopped before it was ready.")
        return 130
    finally:
        held.release()


def end_leftovers(home: Path) -> None:
    """Names and ends what a killed run has left: nobody else may write into this data folder."""
    for process in lock.left_behind(home):
        if process.pid != os.getpid():
            tell(f"an earlier run was killed and left {process.name} (process {process.pid}) behind; it is ended now.")
            end_group(process.pid)


def refuse_taken_port(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            reason = f"Port {port} of {address} cannot be used ({error.strerror}). Choose another: CONSILIA_PORT=8400"
            raise Refused(Refusal("port_taken", reason)) from error


def prepared(held: lock.Lock) -> list[tuple[str, str]]:
    """Runs the preparation in a child of its own; the sign-in links of the demo."""
    child = Child(PREPARE, output=subprocess.PIPE)
    held.note({"supervisor": os.getpid(), "prepare": child.pid})
    try:
        said, _ = child.process.communicate()
    finally:
        child.finish(patience=0)
    if child.process.returncode != 0:
        raise Refused(Refusal("not_prepared", "The database could not be prepared; the reason stands above."))
    found = json.loads(said)
    if found["migrated"]:
        tell(f"{found['migrated']} changes of the database were applied.")
    return [(name, link) for name, link in found["links"]]


def pair(address: str, web_only: bool) -> tuple[Program, ...]:
    words = (
        "--address",
        address,
        "--port",
        str(settings.CONSILIA_PORT),
        "--threads",
        str(THREADS),
    )
    web = Program("web", "consilia.cli.web", words)
    programs = [web] if web_only else [web, Program("worker", "consilia.worker")]
    if settings.CONSILIA_DICOM_PORT:
        programs.append(Program("dicom", "consilia.dimse", receiver_words(settings.CONSILIA_DICOM_PORT)))
    return tuple(programs)


def serve(programs: tuple[Program, ...], held: lock.Lock, address: str, links: list[tuple[str, str]]) -> int:
    def note(pids: Mapping[str, int]) -> None:
        held.note({"supervisor": os.getpid(), **pids})

    def when_ready() -> None:
        print(f"\nConsilia is ready: {settings.CONSILIA_PUBLIC_URL}\n", flush=True)
        if links:
            print("Sign-in links of the demo (for this machine only):")
            width = max(len(name) for name, _ in links)
            print("\n".join(f"  {name:<{width}}  {link}" for name, link in links))
            print(f"\nEvery message that would have been mailed: {settings.CONSILIA_PUBLIC_URL}/demo/post")
        print("Ctrl-C stops it.", flush=True)

    supervisor = Supervisor(programs, note)
    supervisor.heed_signals()
    code = supervisor.run(ready=lambda: healthy(address, settings.CONSILIA_PORT), when_ready=when_ready)
    tell("stopped." if code == 0 else "it cannot be started; the reason stands above.")
    return code


def healthy(address: str, port: int) -> bool:
    """Whether the web process answers that it is well; nothing else counts as ready."""
    asking = http.client.HTTPConnection(address, port, timeout=2)
    try:
        asking.request("GET", HEALTH, headers={"Host": f"localhost:{port}"})
        return asking.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()
