"""Runs `consilia journey --json` in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str) -> dict[str, Any]:
    """What the journey said; a journey that said nothing is one that did not come to its end."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CONSILIA_")}
    with tempfile.TemporaryDirectory(prefix="consilia-proof-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "consilia.cli", "journey", "--json", *words],
            cwd=folder,
            env=own | {"PYTHONPATH": str(ROOT / "src"), "CONSILIA_HOME": folder},
            capture_output=True,
            text=True,
            check=False,
        )
    last = done.stdout.strip().splitlines()[-1:] or ["{}"]
    silent = {"good": False, "steps": [], "ledger": {}, "kills": None, "ends": [done.stderr[-500:]]}
    return silent | json.loads(last[0])


def line(name: str, found: dict[str, Any]) -> str:
    """One line: how many steps came out, how long it took, what the end was."""
    seconds = sum(one["seconds"] for one in found["steps"])
    good = sum(one["good"] for one in found["steps"])
    ends = "" if found["good"] else "; " + "; ".join([*found["ends"], *(_stuck(found))])
    return f"{'' if found['good'] else 'FAILED: '}{name}: {good} of {len(found['steps'])} steps, {seconds:.0f} s{ends}"


def _stuck(found: dict[str, Any]) -> list[str]:
    return [f"{one['what']}: {one['came_out']}" for one in found["steps"] if not one["good"]]
