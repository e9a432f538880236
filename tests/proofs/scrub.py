"""Proof: one flipped bit in each of 1,000 stored objects, all found, none served."""

from __future__ import annotations

import random
from uuid import UUID

from tests.proofs import _installation

from consilia.kernel.ids import new_id
from consilia.vault import actions, places, queries
from consilia.vault.errors import Damaged

OBJECTS = 1000


def main() -> list[str]:
    """Runs on a data folder of its own; the seed is fixed, so that a failure can be repeated."""
    with _installation.fresh():
        case, chance = new_id(), random.Random(2026)
        names = [damaged_object(case, chance) for _ in range(OBJECTS)]
        whole = actions.put(case, [b"untouched"]).sha256
        found = {finding.key.partition("/")[2] for finding in queries.scrub()}
        served = sum(is_served(case, name) for name in names)
    good = found == set(names) and not served and whole not in found
    verdict = "" if good else "FAILED: "
    return [f"{verdict}{len(names)} objects with one flipped bit: {len(found & set(names))} found, {served} served"]


def damaged_object(case: UUID, chance: random.Random) -> str:
    """Stores up to 200 kB, flips one bit anywhere in its file; returns its name."""
    stored = actions.put(case, [chance.randbytes(chance.randrange(1, 200_000))])
    path = places.objects() / str(case) / stored.sha256
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return stored.sha256


def is_served(case: UUID, name: str) -> bool:
    try:
        with queries.open_object(case, name) as stored:
            return bool(stored.whole())
    except Damaged:
        return False
