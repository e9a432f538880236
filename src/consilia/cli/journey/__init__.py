"""`consilia journey` drives one whole case over HTTP against a fresh instance and prints what came out of each step."""

from __future__ import annotations

import argparse
import json
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import lxml.html
from django.utils import timezone

from consilia.cli.journey import ending, request, runner
from consilia.cli.journey.instance import Instance
from consilia.cli.journey.runner import Killer, Line
from consilia.cli.journey.script import STEPS
from consilia.cli.journey.tale import Tale

KILLABLE: Final = ("supervisor", "web", "worker")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--records", type=Path, help="folder of records; without it the invented ones of the demo")
    parser.add_argument("--request", type=Path, help="the request as JSON; goes with --records")
    parser.add_argument("--stranger", default="", help="a name that stands on a record which must be held")
    parser.add_argument("--kill", choices=KILLABLE, help="kill -9 at a random moment of each step")
    parser.add_argument("--seed", type=int, default=2026, help="of the moments of --kill")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--keep", action="store_true", help="keep the data folder, to look at it afterwards")


def run(words: argparse.Namespace) -> int:
    """Exit code 0 when every step came out and the ends are good, 1 when somebody got stuck."""
    if bool(words.records) != bool(words.request):
        raise SystemExit("--records and --request go together")
    errand = (
        request.given(words.records, words.request, words.stranger)
        if words.records
        else request.invented(timezone.localdate())
    )
    tale = Tale(Instance(kept=words.keep), errand, timezone.localdate())
    killer = Killer(tale, words.kill, words.seed) if words.kill else None
    say = (lambda line: None) if words.json else print_line
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # an ended journey leaves no server behind
    try:
        tale.instance.start()
        lines = runner.run(tale, STEPS, killer, say)
        ends = ending.look_back(tale) if all(line.good for line in lines) else ending.NOTHING
        if words.keep:
            keep_pages(tale)
    finally:
        tale.instance.remove()
    good = all(line.good for line in lines) and ends.good
    if words.json:
        print(json.dumps(as_json(tale, lines, ends, killer, good), ensure_ascii=False))
    else:
        print_end(tale, ends, killer, good)
    return 0 if good else 1


def print_line(line: Line) -> None:
    mark = ("" if line.good else "STUCK  ") + ("(killed) " if line.kills else "")
    print(f"{line.step.what:<28} {line.step.who:<12} {line.seconds:6.1f} s  {mark}{line.came_out}", flush=True)


def print_end(tale: Tale, ends: ending.Ends, killer: Killer | None, good: bool) -> None:
    for sentence in ends.sentences:
        print(sentence)
    if killer:
        print(f"{killer.kills} times the {killer.name} was killed (seed {killer.seed}).")
    for one in sorted(tale.hindrances):
        print(f"hinders: {one}")
    print("The journey came to its end." if good else "The journey did not come to its end.")


def as_json(
    tale: Tale, lines: Sequence[Line], ends: ending.Ends, killer: Killer | None, good: bool
) -> dict[str, object]:
    """Everything that a machine compares: steps, states, hashes, kills."""
    steps = [
        {
            "what": one.step.what,
            "who": one.step.who,
            "seconds": round(one.seconds, 2),
            "came_out": one.came_out,
            "good": one.good,
            "kills": one.kills,
        }
        for one in lines
    ]
    kills = {"process": killer.name, "seed": killer.seed, "kills": killer.kills} if killer else None
    return {
        "good": good,
        "steps": steps,
        "ends": list(ends.sentences),
        "ledger": ends.ledger,
        "kills": kills,
        "hindrances": sorted(tale.hindrances),
    }


def keep_pages(tale: Tale) -> None:
    """The last page of every browser, beside the data folder."""
    for name, browser in tale.browsers.items():
        if browser.page is not None:
            (tale.instance.folder / f"{name}.html").write_bytes(lxml.html.tostring(browser.page.tree))
    print(f"kept: {tale.instance.folder}")
