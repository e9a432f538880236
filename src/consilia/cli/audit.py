"""`consilia audit verify` reads the whole trail and says where it was changed, if it was."""

from __future__ import annotations

import argparse

from consilia.audit import actions


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["verify"], help="verify: every chain, its head, and the signed checkpoints")


def run(words: argparse.Namespace) -> int:
    """Exit code 1 when the trail does not agree with itself or with its checkpoints."""
    report = actions.verify()
    for finding in report.findings:
        print(f"WRONG  {finding.chain}, event {finding.sequence}: {finding.sentence}")
    verdict = "the trail is whole" if report.ok else f"{len(report.findings)} faults"
    print(f"{report.chains} chains, {report.events} events, {report.checkpoints} checkpoints: {verdict}.")
    return 0 if report.ok else 1
