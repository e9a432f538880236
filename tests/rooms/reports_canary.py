"""Steps of a life with canaries, run as programs of an installation of its own: `python reports_canary.py STEP`."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
django.setup()

from django.utils import timezone  # noqa: E402
from tests import cast, make  # noqa: E402
from tests.rooms import reports_room as room  # noqa: E402

from consilia.cases import actions as cases  # noqa: E402
from consilia.cases.actions import identifiers  # noqa: E402
from consilia.cases.models import Case  # noqa: E402
from consilia.intake import requests  # noqa: E402
from consilia.jobs import runner  # noqa: E402
from consilia.opinions import sealing  # noqa: E402
from consilia.reports import actions as reports  # noqa: E402
from consilia.reports import erasure, issuing, shares  # noqa: E402
from consilia.reports.models import DoctorAnswer  # noqa: E402
from consilia.vault import actions as vault  # noqa: E402

CANARY = "Kanarienvogel"
ROBIN = "Rotkehlchen"  # the neighbour's bird: it stays
NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=2)


def live() -> None:
    """A case with a canary in every field that takes words, delivered, shared and answered; and a neighbour."""
    bird = dataclasses.replace(
        cast.ANA, given_name=f"{CANARY}given", family_name=f"{CANARY}family", identifiers=(("tax", f"{CANARY}tax"),)
    )
    make.person(cast.ANA, at=LONG_AGO)
    patient = make.patient(bird, at=LONG_AGO)
    identifiers.keep_identifiers(patient, {"tax": f"{CANARY}tax"}, by=make.person(cast.ANA), at=LONG_AGO)
    case = make.case_collecting(bird, at=LONG_AGO)
    her = make.reader(cast.ANA, case, at=LONG_AGO)
    words = {
        one: f"{CANARY}{one}"
        for one in ("stated_diagnosis", "proposed_therapy", "treating_doctor", "hospital", "matters")
    }
    cases.describe(
        her,
        cases.Description(**words, hospital_country="PT", case_type="breast_cancer", location_country="PT"),
        at=LONG_AGO,
    )
    cases.set_questions(her, [f"Is the {CANARY}question certain?", f"And the {CANARY}second?"], at=LONG_AGO)
    letter = requests.Words("pathology", f"{CANARY}hospital", "en", f"{CANARY}letter [[link]]")
    requests.make(her, letter, address_of="http://localhost/{secret}/", at=LONG_AGO)
    make.paper(case, f"{CANARY}text of a page".encode(), path=f"{CANARY}folder/{CANARY}file.txt", at=LONG_AGO)
    cases.mark_urgent(her, note=f"{CANARY}urgent", at=LONG_AGO)
    cases.clear_urgent(make.reader(cast.EVA, case, at=LONG_AGO), note=f"{CANARY}cleared", at=LONG_AGO)
    cases.write(her, text=f"{CANARY}message", at=LONG_AGO)
    cases.keep_note(make.reader(cast.EVA, case, at=LONG_AGO), text=f"{CANARY}note", at=LONG_AGO)
    opinion(case, bird)
    made = shares.make(her, doctor=f"{CANARY}doctor", address=f"{CANARY}@example.org", at=NOW)
    link = shares.reader_of(shares.unlock(made.secret, made.code, at=NOW))
    shares.answer(link, choice=DoctorAnswer.Answer.AGREE, comment=f"{CANARY}comment", at=NOW)
    neighbour = make.case_collecting(cast.MALLORY, at=LONG_AGO)
    Case.objects.filter(pk=neighbour.pk).update(matters=f"{ROBIN}matters")
    runner.drain(NOW)


def opinion(case: Case, who: cast.PatientCharacter) -> None:
    """The same case on its way to the signed opinion, with a follow-up question and its answer."""
    room.continue_to_signature(
        case, who, at=LONG_AGO, in_short=f"{CANARY}opinion", short=f"{CANARY}answer", plain=f"{CANARY}plain"
    )
    for seal in room.seals(case):
        issuing.issue(seal.pk, at=LONG_AGO)
    (seal,) = room.seals(case)
    her = make.reader(cast.ANA, case, at=LONG_AGO)
    asked = reports.ask(her, seal.opinion_id, text=f"{CANARY}asked", at=LONG_AGO)
    expert = make.reader(cast.WEBER, case, at=LONG_AGO)
    sealing.add(
        expert, seal.opinion_id, reason=f"{CANARY}reason", words=f"{CANARY}added", method="totp", at=LONG_AGO,
        follow_ups=[asked.pk],
    )  # fmt: skip
    for one in room.seals(case):
        issuing.issue(one.pk, at=LONG_AGO)


def erase() -> None:
    """She erases it, and the worker does what is due."""
    case = Case.objects.get(patient__person__email=cast.ANA.email)
    erasure.erase(make.reader(cast.ANA, case), at=NOW)
    runner.drain(NOW)


def replay() -> None:
    """What a restore does when an older backup has brought the rows back."""
    print(len(erasure.replay(vault.erased_cases(), at=NOW)))


STEPS: dict[str, Callable[[], None]] = {"live": live, "erase": erase, "replay": replay}

if __name__ == "__main__":
    STEPS[sys.argv[1]]()
    sys.stdout.flush()
    os._exit(0)  # as if the power went: no closing connection tidies the write-ahead log up
