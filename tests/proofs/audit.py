"""Proof: edit, delete, cut, swap, drop, recompute and insert, 200 times each, all found."""

from __future__ import annotations

import random

from django.core.management import call_command
from django.db import connection, transaction
from tests.proofs import _installation

from consilia.kernel.ids import new_id

TIMES = 200


def main() -> list[str]:
    """One chain with a signed end; each attack is made, looked for and taken back, then the trail must verify."""
    with _installation.fresh():
        # Tables can be imported after set-up only.
        from tests.rooms import audit_intruder  # noqa: PLC0415

        from consilia.audit import actions, triggers  # noqa: PLC0415

        call_command("migrate", "audit", verbosity=0)
        case = new_id()
        with transaction.atomic():
            audit_intruder.write(case, audit_intruder.LENGTH)
        actions.checkpoint(audit_intruder.NOON)
        lines = []
        with triggers.lifted(connection):
            for attack in audit_intruder.ATTACKS:
                found = 0
                for seed in range(TIMES):
                    with transaction.atomic():
                        attack(case, random.Random(seed))
                        found += not actions.verify().ok
                        transaction.set_rollback(True)
                whole = actions.verify().ok
                verdict = "" if found == TIMES and whole else "FAILED: "
                lines.append(f"{verdict}{attack.__name__}: {found} of {TIMES} found; untouched again: no finding")
        connection.close()
    return lines
