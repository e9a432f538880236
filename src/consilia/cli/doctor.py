"""`consilia doctor` looks at this installation and says in plain words what is wrong and how to mend it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable

from consilia.cli import checks, content_check, machine
from consilia.cli.findings import Finding, Level

Check = Callable[[], Iterable[Finding]]
CHECKS: tuple[Check, ...] = (
    machine.python,
    machine.packages,
    machine.protection,
    machine.clock,
    checks.data_folder,
    checks.space,
    checks.keys,
    checks.database,
    checks.front_end,
    checks.mode,
    content_check.look,
    checks.leftovers,
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="say only what is wrong")


def run(words: argparse.Namespace) -> int:
    """Exit code 1 when something is wrong; a note alone is no fault."""
    found = [finding for check in CHECKS for finding in examined(check)]
    for finding in found:
        if not words.quiet or finding.level is Level.WRONG:
            print(f"{finding.level.value:<6} {finding.words}")
    wrong = sum(finding.level is Level.WRONG for finding in found)
    print(f"\n{'Nothing is wrong.' if not wrong else f'{wrong} to mend.'}", file=sys.stderr)
    return 1 if wrong else 0


def examined(check: Check) -> list[Finding]:
    """What the check finds; one that cannot be carried out is a finding itself, and the others go on."""
    try:
        return list(check())
    except Exception as error:
        name = getattr(check, "__name__", "a check").replace("_", " ")
        return [Finding(Level.WRONG, f"The check of {name} could not be carried out: {error}")]
