"""Fills the demo: the cast, a case that collects, one that experts read, and one signed for delivery."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from consilia.accounts.models import Patient
from consilia.cases.actions import Description
from consilia.cases.states import State
from consilia.cli.demo import boxes, cast, links, people, story
from consilia.cli.demo.cast import PatientCharacter
from consilia.cli.demo.story import Story

COLLECTING = "A lump in the left breast, called suspicious"
READING = "Pain in the chest when climbing stairs"
DELIVERED = "A finding in the left breast, to be looked at again"


def fill() -> None:
    """Fills the demo; a file of the data folder says that it was done."""
    at = timezone.now()
    people.make_all(at - timedelta(days=60))
    for one in stories(at):
        story.tell(one)
    links.mark().touch()


def stories(at: datetime) -> Iterator[Story]:
    """What each case is about, who asks, and where it rests."""
    ana, bruno = people.person(cast.ANA, at), people.person(cast.BRUNO, at)
    own, mother = people.patient(cast.ANA, at), people.mandate(cast.BRUNO, cast.ROSA, at)
    questions = ("Is the diagnosis certain?", "Is the operation needed now?")
    both, weber = (cast.WEBER, cast.LEVI), (cast.WEBER,)
    earlier, later = _box(own, cast.ANA, at - timedelta(days=15)), _box(own, cast.ANA, at)
    without = {path: data for path, data in earlier.items() if "relatorio 2" not in path}
    of_rosa = _box(mother, cast.ROSA, at)
    yield Story(own, ana, _about(DELIVERED), questions, without, weber, State.SIGNED, at - timedelta(days=14), at)
    words = _about(READING, case_type="general")
    yield Story(mother, bruno, words, questions[:1], of_rosa, both, State.IN_REVIEW, at - timedelta(days=6), at)
    yield Story(own, ana, _about(COLLECTING), questions, later, both, State.COLLECTING, at - timedelta(days=2), at)


def _about(diagnosis: str, case_type: str = "breast_cancer") -> Description:
    return Description(
        stated_diagnosis=diagnosis,
        proposed_therapy="An operation is proposed",
        treating_doctor="Dr Santos",
        hospital="Hospital da Luz Clara",
        hospital_country="PT",
        case_type=case_type,
        location_country="PT",
        matters="To be able to work with my hands",
    )


def _box(patient: Patient, who: PatientCharacter, at: datetime) -> dict[str, bytes]:
    whose = boxes.Whose(patient.given_name, patient.family_name, patient.birth_date, who.sex[:1].upper())
    return boxes.box(whose, at.date())
