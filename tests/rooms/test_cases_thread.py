"""The thread: what happened, whose turn it is, and what comes later with whose step it will be."""

from __future__ import annotations

import pytest
from tests import make
from tests.make import NOON

from consilia.cases.queries import thread
from consilia.cases.states import ENDS, State

pytestmark = pytest.mark.django_db


def test_a_coming_bead_names_the_one_whose_step_it_will_be() -> None:
    case = make.case_collecting()
    beads = thread.thread(case, list(case.steps.all()), NOON).beads
    later = {str(bead.words): bead.who for bead in beads if bead.kind == "later"}
    assert later["Price, your decision"] == "You, 3 working days"
    assert later["Experts read"] == "Experts, 48 hours"
    assert later["Records in order, our editor passes the case"] == "Us, 1 working day"
    assert [bead.kind for bead in beads].count("next") == 1


def test_an_ended_case_has_nothing_ahead() -> None:
    case = make.case_collecting()
    for state in ENDS:
        case.state = state
        assert {bead.kind for bead in thread.thread(case, list(case.steps.all()), NOON).beads} == {"done"}


def test_every_state_on_the_way_has_a_thread() -> None:
    case = make.case_collecting()
    for state in State:
        case.state = state
        assert thread.thread(case, list(case.steps.all()), NOON).beads
