"""Whole cases over HTTP, from the self-check to the erased second case, by the command that everybody can run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

BOX = "data/dev/shoeboxes/breast_cancer_it"


def journey(folder: Path, *words: str) -> dict[str, Any]:
    """The journey as JSON. It is no test of this process: it starts its own server on its own data folder."""
    command = [sys.executable, "-m", "consilia.cli", "journey", "--json", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout.strip(), done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    stuck = [f"{one['who']}: {one['what']}: {one['came_out']}" for one in found["steps"] if not one["good"]]
    assert done.returncode == 0, "\n".join([*stuck, *found["ends"]])
    return found


def came_out(found: dict[str, Any], what: str) -> str:
    return next(str(one["came_out"]) for one in found["steps"] if one["what"] == what)


def test_ana_gets_her_opinion_and_her_doctor_answers(tmp_path):
    found = journey(tmp_path)
    ledger = found["ledger"]
    assert (ledger["state"], ledger["outcome"]) == ("delivered", "hold_incomplete")
    assert [state for state, _content in ledger["opinions"]] == ["signed"]
    assert ledger["doctor_answers"] == ["partly"]
    assert found["hindrances"] == []


def test_the_italian_box_holds_the_strangers_record_and_goes_to_the_united_states_through_her_doctor(
    tmp_path, test_data
):
    box = test_data / BOX
    given = ("--records", str(box / "inbox"), "--request", str(box / "request.json"), "--stranger", "Marchetto")
    found = journey(tmp_path, *given)
    held = {path for path, standing, _sha256 in found["ledger"]["records"] if standing == "removed"}
    assert held == {"esami sangue 2.pdf"}
    assert found["ledger"]["outcome"] == "hold_incomplete"
    assert "with a reason for what is missing" in came_out(found, "pass the quality gate")
    assert "US (via her doctor" in came_out(found, "plan the seats")
    assert {tuple(seat[1:]) for seat in found["ledger"]["seats"]} == {
        ("DE", "finished"),
        ("IL", "declined"),
        ("US", "via_doctor"),
    }
