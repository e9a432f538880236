"""Reasons against reading, sharing and asking about a report; pages show them, actions raise them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from consilia.cases.models import Case
from consilia.cases.states import State
from consilia.kernel.refusal import Refusal

Reasons = tuple[Refusal, ...]
WRONG_CODES: Final = 5  # of a share; then its link is dead, and the patient makes a new one
FOLLOW_UPS: Final = 3
DELIVERED: Final = frozenset({State.DELIVERED, State.CLOSED})


def against_reading(case: Case) -> Reasons:
    """A report is read from its delivery on, also after the case has been withdrawn."""
    if State(case.state) in DELIVERED or case.steps.filter(new=State.DELIVERED).exists():
        return ()
    return (Refusal("not_delivered", _("There is no opinion yet. We tell you as soon as it is here."), "patient:case"),)


def against_sharing(case: Case) -> Reasons:
    """Only a delivered report is shared; a withdrawn case is shared with nobody new."""
    if State(case.state) in DELIVERED:
        return ()
    return (Refusal("not_delivered", _("There is no delivered opinion to share yet.")),)


def against_asking(case: Case, asked: int = 0) -> Reasons:
    """Follow-up questions reach the expert as long as the case is open: three of them."""
    if State(case.state) is not State.DELIVERED:
        words = _("This case is closed. Write to the desk if something is unclear.")
        return (Refusal("not_open", words, "patient:messages"),)
    if asked >= FOLLOW_UPS:
        words = _("You have asked your three questions. Write to the desk if something is still unclear.")
        return (Refusal("three_asked", words, "patient:messages"),)
    return ()
