"""Reasons against editing, handing in, checking and signing; buttons show them, actions raise them."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from consilia.cases.queries.expert_records import Shelf
from consilia.cases.states import Seat
from consilia.experts import policy as experts_policy
from consilia.kernel.refusal import Refusal
from consilia.opinions import checks, facts
from consilia.opinions.content import DraftContent
from consilia.opinions.models import FollowUp, Opinion, Seal
from consilia.opinions.states import EDITABLE, OpinionState

Reasons = tuple[Refusal, ...]


def against_editing(opinion: Opinion, version: int) -> Reasons:
    """A draft can be changed by the expert who holds the seat, from the version that was read."""
    if OpinionState(opinion.state) not in EDITABLE:
        return (Refusal("not_editable", _("This opinion is with the editor or signed; it cannot be changed now.")),)
    if opinion.assignment.state != Seat.ACCEPTED:
        return (Refusal("seat_ended", _("Your seat in this case has ended.")),)
    return against_stale(opinion, version)


def against_stale(opinion: Opinion, version: int) -> Reasons:
    if version == opinion.version:
        return ()
    return (
        Refusal(
            "stale",
            _("It was saved elsewhere meanwhile (version %(now)d, yours %(yours)d). Your words are here: compare.")
            % {"now": opinion.version, "yours": version},
        ),
    )


def against_submitting(opinion: Opinion, version: int | None, at: datetime, shelf: Shelf | None = None) -> Reasons:
    """What the editor must not be given yet; `version` None for showing the reasons beside the button.

    `shelf`: the records of the case for a caller that has read them in this very request.
    """
    if OpinionState(opinion.state) not in EDITABLE:
        return (Refusal("not_editable", _("This opinion has been handed to the editor already.")),)
    stale = against_stale(opinion, version) if version is not None else ()
    return (*stale, *_by_content(opinion, at, shelf))


def against_checking(opinion: Opinion) -> Reasons:
    if opinion.state != OpinionState.SUBMITTED:
        return (Refusal("not_submitted", _("This opinion is not with the editor.")),)
    return ()


def against_signing(opinion: Opinion, at: datetime, version: int | None = None) -> Reasons:
    """Everything that stands against the signature at this moment; asked again under the lock.

    `version` is the one that the expert has read; None for showing the reasons beside the button.
    """
    if opinion.state == OpinionState.SIGNED:
        return (Refusal("signed_already", _("This opinion is signed already.")),)
    if opinion.state != OpinionState.PASSED:
        return (Refusal("not_passed", _("The editor has not passed this opinion yet.")),)
    if opinion.assignment.state != Seat.ACCEPTED:
        return (Refusal("seat_ended", _("Your seat in this case has ended.")),)
    if version is not None and (stale := against_stale(opinion, version)):
        return stale
    return (*_by_credentials(opinion, at), *_by_content(opinion, at))


def against_adding(opinion: Opinion, at: datetime) -> Reasons:
    """A further word needs a signed opinion that was not withdrawn, and an expert who may work today."""
    if opinion.state != OpinionState.SIGNED:
        return (Refusal("not_signed", _("There is no signed opinion to add to.")),)
    if any(seal.kind == Seal.Kind.WITHDRAWAL for seal in opinion.seals.all()):
        return (Refusal("withdrawn_already", _("This opinion was withdrawn; nothing can be added to it.")),)
    return _by_credentials(opinion, at)


def _by_credentials(opinion: Opinion, at: datetime) -> Reasons:
    expert = opinion.assignment.expert
    return experts_policy.against_working(expert, at) if expert else ()


def _by_content(opinion: Opinion, at: datetime, shelf: Shelf | None = None) -> Reasons:
    draft = DraftContent.model_validate(opinion.content)
    return checks.against_signing(draft, facts.facts(opinion, draft, at, shelf), _)


def against_follow_up(opinion: Opinion) -> Reasons:
    """Three questions after delivery."""
    if opinion.state != OpinionState.SIGNED:
        return (Refusal("not_signed", _("Questions about an opinion follow its delivery.")),)
    if FollowUp.objects.filter(opinion=opinion).count() >= 3:
        return (
            Refusal(
                "three_asked",
                _("You have asked your three questions. Write to the desk if something is still unclear."),
            ),
        )
    return ()
