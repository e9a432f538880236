"""Workers are processes that die: what they had in hand is done again, and no two ever do the same job at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from consilia.jobs import presence

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20  # seconds until a test says that something did not happen; a lease is three times as long

CHILD = """
import json, os, sys, threading, time
import django
from django.conf import settings
settings.configure(**json.loads(sys.argv[1]))
django.setup()
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from consilia.jobs import actions, registry, runner

def note(*words):
    line = os.open(settings.CONSILIA_HOME + "/log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(line, (" ".join(words) + "\\n").encode())
    os.close(line)

@registry.job("testing.work", attempts=3)
def work(ids, *, at):
    note("begin", ids["job"])
    time.sleep(float(ids["seconds"]))
    note("end", ids["job"])

@registry.job("testing.hang_once", attempts=3)
def hang_once(ids, *, at):
    first = not os.path.exists(settings.CONSILIA_HOME + "/hung")
    open(settings.CONSILIA_HOME + "/hung", "w").close()
    note("begin", ids["job"])
    if first:
        time.sleep(600)
    note("end", ids["job"])

def queue(name, seconds, *jobs):
    with transaction.atomic():
        for job in jobs:
            actions.queue(name, key=job, ids={"job": job, "seconds": seconds}, at=timezone.now())

def run(threads):
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    runner.run(stop, concurrency=int(threads))

roles = {"migrate": lambda: call_command("migrate", "jobs", verbosity=0), "queue": queue, "run": run}
roles[sys.argv[2]](*sys.argv[3:])
"""


class House:
    """One data folder with its database, and the processes that work in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(home / "jobs.sqlite3")}
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL",
        }
        if connection.vendor == "postgresql":
            wanted = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")
            database = {word: str(connection.settings_dict[word]) for word in wanted}
        apps = ["consilia.jobs"]
        self.settings = json.dumps(
            {"DATABASES": {"default": database}, "INSTALLED_APPS": apps, "USE_TZ": True, "CONSILIA_HOME": str(home)}
        )
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", CHILD, self.settings, *words]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
        self.processes.append(process)
        return process

    def do(self, *words: str) -> None:
        assert self.start(*words).wait(PATIENCE) == 0

    def log(self) -> list[str]:
        path = self.home / "log"
        return path.read_text().splitlines() if path.exists() else []

    def wait_for(self, line: str, times: int = 1) -> None:
        until = time.monotonic() + PATIENCE
        while self.log().count(line) < times:
            assert time.monotonic() < until, f"{line!r} did not come; the log says {self.log()}"
            time.sleep(0.05)

    def end(self, process: subprocess.Popen[bytes]) -> int:
        assert process.stdin is not None
        process.stdin.close()
        return process.wait(PATIENCE)

    def clear(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdin:
                process.stdin.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    if connection.vendor == "sqlite":
        made.do("migrate")
    yield made
    made.clear()


def test_the_job_of_a_killed_worker_is_done_by_the_next_one_and_ends_once(house: House) -> None:
    house.do("queue", "testing.hang_once", "0", "job")
    first = house.start("run", "1")
    house.wait_for("begin job")
    first.kill()
    first.wait()
    second = house.start("run", "1")
    house.wait_for("end job")
    assert house.end(second) == 0
    assert house.log() == ["begin job", "begin job", "end job"]


def test_a_worker_at_work_takes_over_from_one_that_is_killed_beside_it(house: House) -> None:
    house.do("queue", "testing.hang_once", "0", "job")
    first = house.start("run", "1")
    house.wait_for("begin job")
    second = house.start("run", "1")
    house.do("queue", "testing.work", "0", "other")
    house.wait_for("end other")
    assert house.log().count("begin job") == 1  # the first one lives: its job is left alone
    first.kill()
    house.wait_for("end job")
    assert house.end(second) == 0


def test_workers_never_do_the_same_job_at_once_and_leave_none_out(house: House) -> None:
    jobs = [f"job-{number}" for number in range(60)]
    workers = [house.start("run", "2") for _ in range(2)]
    house.do("queue", "testing.work", "0.005", *jobs)
    for job in jobs:
        house.wait_for(f"end {job}")
    assert [house.end(worker) for worker in workers] == [0, 0]
    assert Counter(house.log()) == Counter(f"{word} {job}" for job in jobs for word in ("begin", "end"))


def test_a_worker_that_is_asked_to_stop_ends_the_job_in_hand_and_begins_no_other(house: House) -> None:
    house.do("queue", "testing.work", "0.5", "one", "two")
    worker = house.start("run", "1")
    house.wait_for("begin one")
    assert house.end(worker) == 0
    assert house.log() == ["begin one", "end one"]
    assert list((house.home / "workers").glob("*.lock")) == []


def test_the_living_are_not_gone_and_strangers_are_not_judged(tmp_path: Path) -> None:
    with presence.present(tmp_path) as alive:
        assert not presence.gone(tmp_path, alive)
    assert presence.gone(tmp_path, alive)
    with presence.present(tmp_path / "elsewhere") as stranger:
        pass
    assert not presence.gone(tmp_path, stranger)
