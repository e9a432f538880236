"""Looks back at the end: the signature, the doctor's answer, one opinion, the trail, no trace of what was erased."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from consilia.cli.journey import leaving
from consilia.cli.journey.tale import Tale
from consilia.reports import verification


@dataclass(frozen=True, slots=True)
class Ends:
    """What was found, in sentences; `ledger` is what the tables hold of the journey's own case."""

    good: bool
    sentences: tuple[str, ...] = ()
    ledger: dict[str, Any] = field(default_factory=dict)


NOTHING: Final = Ends(False)


def look_back(tale: Tale) -> Ends:
    """With the server running for what asks it, and stopped for the raw bytes."""
    tables = tale.instance.ledger()
    cases = {str(one["case"]): one for one in tables["cases"]}
    ledger = cases[tale.case.rstrip("/").rpartition("/")[2]]
    verdicts = [_signature(tale, tables["trust_root"]), *_of_case(ledger), _trail(tale)]
    tale.instance.stop()
    traces = list(leaving.traces(tale.instance.home, leaving.CANARY))
    verdicts.append((not traces, f"traces of the erased case in the stopped data folder: {', '.join(traces) or 0}"))
    marked = tuple(words if good else f"WRONG  {words}" for good, words in verdicts)
    return Ends(
        all(good for good, _words in verdicts), marked, {name: ledger[name] for name in ledger if name != "case"}
    )


Verdict = tuple[bool, str]


def _signature(tale: Tale, root: str) -> Verdict:
    """The check of pyHanko against the authority of the service."""
    found = verification.verify(tale.pdf, root)
    return found.intact, f"signature of the PDF: {found.reason}, signed by {found.signed_by}"


def _of_case(ledger: dict[str, Any]) -> Iterator[Verdict]:
    signed = [one for one in ledger["opinions"] if one[0] == "signed"]
    yield len(ledger["opinions"]) == len(signed) == 1, f"opinions: {len(ledger['opinions'])}, signed: {len(signed)}"
    kinds = [kind for kind, _sequence in ledger["seals"]]
    yield kinds == ["addendum", "opinion"], f"seals: {', '.join(kinds)}; reports: {ledger['reports']}"
    yield ledger["doctor_answers"] == ["partly"], f"answers of the treating doctor: {len(ledger['doctor_answers'])}"
    outcome = ledger["outcome"]
    yield ledger["state"] == "delivered", f"state of the case: {ledger['state']}; outcome when handed in: {outcome}"


def _trail(tale: Tale) -> Verdict:
    done = tale.instance.command("audit", "verify")
    return done.returncode == 0, f"audit trail: {done.stdout.strip().splitlines()[-1] if done.stdout else done.stderr}"
