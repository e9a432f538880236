"""Proof: three whole journeys at the same time on one machine, each on its own data folder, come out alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.proofs import _journeys

AT_ONCE = 3
COMPARED = ("state", "outcome", "steps", "records", "seats", "opinions", "seals")


def main() -> list[str]:
    """The three lines, and whether their ledgers are equal."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda _number: _journeys.run(), range(AT_ONCE)))
    lines = [_journeys.line(f"journey {number}", one) for number, one in enumerate(found, 1)]
    ledgers = [[one["ledger"].get(name) for name in COMPARED] for one in found]
    alike = all(ledger == ledgers[0] for ledger in ledgers)
    return [*lines, f"{'' if alike else 'FAILED: '}{AT_ONCE} ledgers are {'equal' if alike else 'not equal'}"]
