"""The operator's commands say in plain words what is there and what is wrong."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from tests.wire.installation import Installation


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation that was started once."""
    installation = Installation(tmp_path_factory.mktemp("made"))
    done = installation.python("-m", "consilia.cli.prepare")
    assert done.returncode == 0, done.stderr
    return installation


@pytest.fixture
def installation(made: Installation, tmp_path: Path) -> Installation:
    """A copy of it that a test may spoil."""
    shutil.copytree(made.home, tmp_path / "home")
    return Installation(tmp_path)


def wrong(installation: Installation) -> list[str]:
    done = installation.consilia("doctor")
    found = [line.removeprefix("WRONG").strip() for line in done.stdout.splitlines() if line.startswith("WRONG")]
    assert done.returncode == (1 if found else 0), done.stderr
    return found


def test_the_doctor_finds_nothing_wrong_with_an_installation_that_was_just_made(installation):
    assert wrong(installation) == []


def test_the_doctor_says_that_the_database_was_never_prepared(tmp_path):
    assert any("changes of the database are not applied" in words for words in wrong(Installation(tmp_path)))


@pytest.mark.parametrize(
    ("place", "mode", "mend"),
    [("", 0o755, "chmod 700"), ("keys", 0o750, "chmod 700"), ("keys/master.key", 0o644, "chmod 600")],
)
def test_the_doctor_finds_what_other_users_could_read_and_says_how_to_close_it(installation, place, mode, mend):
    (installation.home / place).chmod(mode)
    (words,) = wrong(installation)
    assert mend in words


def test_the_doctor_finds_a_spoilt_master_key(installation):
    (installation.home / "keys" / "master.key").write_text("bm90IGEga2V5")
    assert any("not 32 bytes" in words for words in wrong(installation))


def test_the_doctor_finds_a_damaged_database_file(installation):
    path = installation.home / "consilia.sqlite3"
    content = bytearray(path.read_bytes())
    content[4096:200_000] = b"\xff" * (200_000 - 4096)
    path.write_bytes(content)
    for name in ("consilia.sqlite3-wal", "consilia.sqlite3-shm"):
        (installation.home / name).unlink(missing_ok=True)
    assert any("database" in words for words in wrong(installation))


def test_the_doctor_warns_of_a_demo_that_strangers_can_reach(installation):
    installation.environment["CONSILIA_PUBLIC_URL"] = "https://opinions.example.org"
    assert any("CONSILIA_DEMO=0" in words for words in wrong(installation))


def test_a_person_is_added_once_with_her_roles_and_gets_a_link(installation):
    added = installation.consilia("person", "add", "petra@example.org", "--role", "editor", "--given-name", "Petra")
    assert added.returncode == 0, added.stderr
    assert re.search(r"http://localhost:\d+/\S{40,}", added.stdout)
    again = installation.consilia("person", "add", "petra@example.org")
    assert again.returncode == 1
    assert "already" in again.stdout
    verified = installation.consilia("audit", "verify")
    assert verified.returncode == 0, verified.stdout
    assert "the trail is whole" in verified.stdout


def test_an_unknown_command_is_an_error_and_the_list_is_not(installation):
    assert installation.consilia("heal").returncode == 2
    listed = installation.consilia("--help")
    assert listed.returncode == 0
    assert {"serve", "worker", "doctor", "backup", "restore", "person", "audit"} <= set(listed.stdout.split())
