"""Proof: a whole journey with the supervisor, the web process or the worker killed at a random moment of each step.

At the end: the same states, the same document hashes and one opinion as without a kill, and a trail that verifies.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.proofs import _journeys

PROCESSES = ("web", "worker", "supervisor")
COMPARED = ("state", "outcome", "steps", "records", "consents", "seats", "questions", "opinions", "seals", "reports")


def main() -> list[str]:
    """One journey that is left alone, and one for each process; the seed is printed, so that it can be repeated."""
    seed = random.SystemRandom().randrange(1_000_000)
    alone = _journeys.run()
    with ThreadPoolExecutor(len(PROCESSES)) as pool:  # each waits most of its time for a start
        killed = pool.map(lambda process: _journeys.run("--kill", process, "--seed", str(seed)), PROCESSES)
        lines = [compared(process, seed, alone, found) for process, found in zip(PROCESSES, killed, strict=True)]
    return [_journeys.line("left alone", alone), *lines]


def compared(process: str, seed: int, alone: dict[str, Any], killed: dict[str, Any]) -> str:
    """The figure for one process, and in what its journey differs."""
    one, other = comparable(alone["ledger"]), comparable(killed["ledger"])
    others = [
        f"{name} ({_short(one[name])} became {_short(other[name])})" for name in COMPARED if one[name] != other[name]
    ]
    good = killed["good"] and not others
    count = (killed["kills"] or {}).get("kills", 0)
    words = f"{process} killed {count} times in {len(killed['steps'])} steps (seed {seed})"
    difference = f"; differs in {', '.join(others)}" if others else "; same states, same hashes, one opinion"
    stuck = "".join(f"; stuck: {one['what']}: {one['came_out']}" for one in killed["steps"] if not one["good"])
    return f"{'' if good else 'FAILED: '}{words}{difference}{stuck}"


def comparable(ledger: dict[str, Any]) -> dict[str, Any]:
    """What must come out alike: every path, and of each hash its standings.

    Of two files with the same bytes the one that is read first leads and the other is its duplicate; after a kill
    that can be either, and no byte, page or decision differs by it.
    """
    records = ledger.get("records", [])
    standings = sorted((sha256, standing) for _path, standing, sha256 in records)
    wanted = {name: ledger.get(name) for name in COMPARED}
    return wanted | {"records": (sorted(path for path, _standing, _sha256 in records), standings)}


def _short(value: object) -> str:
    return str(value)[:200]
