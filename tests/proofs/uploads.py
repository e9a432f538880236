"""Proof: an upload killed, or without power, at every call that changes the disk, loses no acknowledged byte."""

from __future__ import annotations

from tests.proofs import _installation

from consilia.vault import keys

POWER = {False: "killed", True: "without power"}


def main() -> list[str]:
    """Every crash point of one upload in a small data folder, as in the tests, and how many there were."""
    lines = []
    for power, words in POWER.items():
        with _installation.fresh():
            from tests.rooms import test_vault_crash as crashes  # noqa: PLC0415  (it reads settings)

            keys.masters()
            points = 0
            try:
                for crash in crashes.crash_points(power):
                    crashes.assert_nothing_lost(*crash)
                    points += 1
                lines.append(f"upload {words} at each of {points} points: 0 acknowledged bytes lost, 0 torn")
            except Exception as error:
                lines.append(f"FAILED: upload {words} at point {points + 1}: {error!r}")
    return lines
