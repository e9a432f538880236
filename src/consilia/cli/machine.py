"""Looks at the machine: Python, packages, what the kernel offers to fence parsers in, the clock."""

from __future__ import annotations

import ctypes
import importlib.metadata
import re
import sys
import time
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from consilia.cli.findings import Finding, good, note, wrong

OLDEST = (3, 11)
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*])?==([^\s;]+)", re.MULTILINE)
LANDLOCK_CREATE_RULESET = 444  # the same number on every architecture since Linux 5.13
LANDLOCK_VERSION = 1  # flag that asks for the version instead of making a ruleset (landlock(7))
SECCOMP = Path("/proc/sys/kernel/seccomp/actions_avail")
AHEAD = 300.0  # seconds that a file of ours may seem to be younger than now


def python() -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < OLDEST:
        yield wrong(f"Python {version} is too old; Consilia needs 3.11 or newer.")
    else:
        yield good(f"Python {version}")


def packages() -> Iterator[Finding]:
    """Compares what is installed with the lock file of the checkout."""
    lock = settings.CHECKOUT / "requirements" / "base.txt"
    if not lock.exists():
        yield note("The lock file of the packages is not here, so their versions were not compared.")
        return
    asked: dict[str, set[str]] = {}
    for name, version in PINNED.findall(lock.read_text()):
        asked.setdefault(name, set()).add(version)  # several where the machine decides
    other = [difference for name, versions in asked.items() if (difference := differs(name, versions))]
    if other:
        yield wrong(f"Packages differ from requirements/base.txt: {', '.join(other)}. Run script/setup.")
    else:
        yield good("Packages are those of requirements/base.txt")


def differs(name: str, asked: set[str]) -> str:
    """Nothing when the package is as asked, or is not meant for this kind of machine."""
    try:
        installed = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    return "" if installed in asked else f"{name} {installed} instead of {' or '.join(sorted(asked))}"


def protection() -> Iterator[Finding]:
    """What fences in the parsers of strangers' files (trust: point 8)."""
    version = landlock_version()
    if version > 0:
        yield good(f"The kernel fences parsers in by Landlock (version {version})")
    else:
        yield note(
            "This kernel has no Landlock: parsers of strangers' files are fenced in by seccomp and limits alone. "
            "Linux 5.13 or newer with Landlock switched on would add a second fence."
        )
    if SECCOMP.exists():
        yield good("The kernel fences parsers in by seccomp")
    else:
        yield wrong("This kernel offers no seccomp: do not open strangers' files on this machine.")


def landlock_version() -> int:
    """Version of Landlock that the kernel offers; 0 or less when there is none."""
    if sys.platform != "linux":
        return 0
    return int(ctypes.CDLL(None, use_errno=True).syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_VERSION))


def clock() -> Iterator[Finding]:
    """Deadlines, licences and the trail depend on it; nobody outside is asked."""
    try:
        zoneinfo.ZoneInfo(settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        yield wrong(f"The time zone {settings.TIME_ZONE!r} is unknown here. Set CONSILIA_TIME_ZONE, or install tzdata.")
    newest = max((path.stat().st_mtime for path in settings.CONSILIA_HOME.iterdir()), default=0.0)
    if newest > time.time() + AHEAD:
        yield wrong(
            "The clock runs behind: files in the data folder are younger than now. Set the clock of this machine."
        )
    else:
        yield good(f"The clock agrees with the data folder; promises are made in {settings.TIME_ZONE}")
