"""Proof: every address x method x actor x object as the reviewed table says, no canary; each mutant turns it red."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from django.core.management import call_command
from django.db import connection, transaction
from tests.proofs import _installation

SEED = 2026
WORKERS = 2  # each builds a world of its own and takes every second cell
SECONDS = 7200.0  # all cells take about 15 minutes on two quiet cores; what was not asked is said


@dataclass
class Found:
    """What one worker saw."""

    cells: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    mutants: Counter[str] = field(default_factory=Counter)
    silent: list[str] = field(default_factory=list)


def main() -> list[str]:
    """The figures as lines; a line that begins with FAILED is a fault."""
    until = time.monotonic() + SECONDS
    with multiprocessing.get_context("fork").Pool(WORKERS) as pool:
        found = pool.starmap(work, [(number, until) for number in range(WORKERS)])
    asked = sum((one.asked for one in found), Counter[str]())
    faults = [fault for one in found for fault in one.faults]
    silent = [name for one in found for name in one.silent]
    mutants = sum((one.mutants for one in found), Counter[str]())
    figures = [
        f"{asked.total():,} requests of {found[0].cells:,} cells (seed {SEED}): {asked['opens']:,} opened as they "
        f"should, {asked['denied']:,} denied as they should, {len(faults)} faults, 0 expected",
        f"{mutants['asked']} mutants (lines of the table of rights, conditions, policies of views): "
        f"{mutants['red']} turned the matrix red, {len(silent)} did not",
        f"{asked['known']} requests show faults that are known and wait for their mend (tests/matrix/known.py)",
        f"{mutants['twice']} conditions are held by a second one and stay silent alone, each with its reason",
    ]
    return [*figures, *(f"FAILED: {fault}" for fault in [*faults[:50], *(f"silent mutant: {one}" for one in silent)])]


def work(number: int, until: float) -> Found:
    """One process: a fresh installation, the world, its share of the cells; the first process asks the mutants."""
    os.environ.pop("CONSILIA_DATABASE_URL", None)
    with _installation.fresh():
        call_command("migrate", verbosity=0)
        # Tables can be imported after set-up only.
        from tests.matrix import cells, mutants, world  # noqa: PLC0415
        from tests.matrix.asking import ALLOWED, Asker  # noqa: PLC0415

        found, used = Found(), mutants.Used()
        with transaction.atomic():
            asker = Asker(world.build())
            every = list(cells.cells())
            found.cells = len(every)
            random.Random(SEED).shuffle(every)
            opens = [one for one in every if asker.expected(one, cells.asked(asker.world, one)) == ALLOWED]
            known = set(opens)
            if number == 0:
                with used.watching():
                    for used.now in opens:
                        _ask(asker, used.now, "opens", found)
                used.now = None
                _mutants(asker, used, found)
            share = [one for place, one in enumerate(every) if one not in known and place % WORKERS == number]
            for one in share:
                if time.monotonic() > until:
                    break
                _ask(asker, one, "denied", found)
            transaction.set_rollback(True)
        connection.close()
    return found


def _ask(asker, cell, kind: str, found: Found) -> None:  # type: ignore[no-untyped-def]
    from tests.matrix import known  # noqa: PLC0415

    faults = asker.ask(cell)[1]
    found.asked["known" if known.is_known(cell) else kind] += 1
    found.faults += () if known.is_known(cell) else faults


def _mutants(asker, used, found: Found) -> None:  # type: ignore[no-untyped-def]
    """All of them, each until the first cell that is wrong."""
    from tests.matrix import mutants  # noqa: PLC0415

    def judge(name: str, red: bool) -> None:
        found.mutants["asked"] += 1
        found.mutants["red"] += red
        if not red:
            found.silent.append(name)

    for line in mutants.lines():
        with mutants.without(line):
            judge(f"{line[0]} of {line[1]}", mutants.finds(asker, mutants.needing(used, line)) is not None)
    for switch in mutants.SWITCHES:
        if switch.why_silent:
            found.mutants["twice"] += 1
            continue
        with switch.off():
            judge(str(switch), mutants.finds(asker, mutants.denied(asker, switch.doors)) is not None)
    for name, pattern, policy in mutants.patterns():
        if name in mutants.HELD_TWICE:
            found.mutants["twice"] += 1
            continue
        with mutants.opened(pattern, policy, asker):
            judge(f"view {name}", mutants.finds(asker, mutants.strangers(name)) is not None)
