"""Reasons against: each button shows them, each action raises them; an empty tuple means go."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consilia.cases import law
from consilia.cases.models import Assignment, Case, ExpertQuestion, Purpose
from consilia.cases.states import ENDS, Seat, State
from consilia.kernel.refusal import Refusal
from consilia.records.models import Original, Standing

Reasons = tuple[Refusal, ...]
PATIENT_MAY_EDIT = frozenset({State.DRAFT, State.COLLECTING, State.RETURNED})
RECORDS_WELCOME = frozenset(set(State) - ENDS - {State.SIGNED, State.DELIVERED})
BEFORE_SIGNING = frozenset(set(State) - ENDS - {State.SIGNED, State.DELIVERED})


def against_describing(case: Case) -> Reasons:
    """The words of the case are the patient's until she hands it in."""
    if State(case.state) in PATIENT_MAY_EDIT:
        return ()
    return (
        Refusal(
            "handed_in", _("The case is with us now. Write us a message and we change it with you."), "patient:messages"
        ),
    )


def against_saying_conditions(case: Case) -> Reasons:
    """Whether a place of the list concerns her may be said until the editor has judged the records."""
    if State(case.state) in PATIENT_MAY_EDIT | {State.ORGANISING}:
        return ()
    words = _("Our editor has looked at the list already. Write us a message and we change it with you.")
    return (Refusal("passed_already", words, "patient:messages"),)


def against_collecting(case: Case) -> Reasons:
    """Records may come once the case is described and the basic consents are given, where the law lets them leave."""
    reasons = [*law.against_records(case)]
    live = set(case.consents.live().values_list("purpose", flat=True))
    if not case.stated_diagnosis.strip():
        reasons.append(
            Refusal("no_diagnosis", _("Tell us which diagnosis or plan you were told."), "patient:case-describe")
        )
    if not case.questions.exists():
        reasons.append(Refusal("no_question", _("Write at least one question."), "patient:case-questions"))
    for purpose in (Purpose.TERMS, Purpose.PROCESSING):
        if purpose not in live:
            reasons.append(
                Refusal(
                    f"no_consent_{purpose}", _("Your consent is missing: %s.") % purpose.label, "patient:case-consents"
                )
            )
    return tuple(reasons)


def against_adding_records(case: Case) -> Reasons:
    """Records may come from the first consent on until the opinion is signed."""
    if State(case.state) is State.DRAFT:
        return against_collecting(case)
    if State(case.state) not in RECORDS_WELCOME:
        return (
            Refusal(
                "signed_already", _("The opinion is signed. New records can lead to an addendum: write us a message.")
            ),
        )
    if blocked := law.against_records(case):
        return blocked
    if case.consents.live().filter(purpose=Purpose.PROCESSING).exists():
        return ()
    return (
        Refusal("no_consent_processing", _("You withdrew the consent to use your records."), "patient:case-consents"),
    )


def against_handing_in(case: Case) -> Reasons:
    """What still speaks against handing in. Missing records do not: the editor decides about those."""
    if State(case.state) not in {State.COLLECTING, State.RETURNED}:
        return (Refusal("not_collecting", _("This case was handed in already."), "patient:case"),)
    reasons = list(against_collecting(case))
    if case.self_check and case.self_check.outcome in {"emergency", "not_suitable", "see_doctor_first"}:
        reasons.append(
            Refusal(
                "self_check",
                _("The self-check says that this is not the way now. Please read its result."),
                "public:self-check",
            )
        )
    if not Original.objects.filter(case_id=case.pk, standing=Standing.TAKEN).exists():
        reasons.append(Refusal("no_records", _("There is no record yet that an expert could read."), "patient:records"))
    if not case.wanted_countries:
        reasons.append(
            Refusal("no_country", _("Choose at least one country for the experts."), "patient:case-countries")
        )
    return tuple(reasons)


def against_passing_gate(
    case: Case, essential_missing: tuple[str, ...], bypass_reason: str = "", *, held: int | None = None
) -> Reasons:
    """The editor passes a case with nothing held, nothing essential missing (or a reason in words), and a summary.

    `held`: how many records of the case are held, for a page that has counted them; actions let it be counted here.
    """
    if State(case.state) is not State.ORGANISING:
        return (Refusal("not_organising", _("The case is not at the quality gate.")),)
    reasons = []
    if held is None:
        held = Original.objects.filter(case_id=case.pk, standing=Standing.HELD).count()
    if held:
        words = ngettext(
            "%d record is held. Decide whose it is first.", "%d records are held. Decide whose they are first.", held
        )
        reasons.append(Refusal("held_records", words % held, "held"))
    if essential_missing and not bypass_reason.strip():
        reasons.append(
            Refusal(
                "missing_records",
                _("Missing, and no reason for going without: %s.") % ", ".join(essential_missing),
                "bypass",
            )
        )
    if case.urgent_at and not case.urgent_cleared_at:
        reasons.append(Refusal("urgent", _("The urgent flag is still up. Speak with the patient first."), "urgent"))
    return tuple(reasons)


def against_inviting(case: Case, country: str, *, agreed: bool | None = None) -> Reasons:
    """No invitation into a country that the law of the pair closes, nor without the patient's live consent for it.

    `agreed`: whether that consent is live, for a page that has read it; actions let it be asked here.
    """
    reasons = [*law.of_case(case, country).refusals]
    if State(case.state) not in {State.MATCHING, State.IN_REVIEW}:
        reasons.append(
            Refusal("not_matching", _("Experts are asked after the case is ready and the offer is settled."))
        )
    if agreed is None:
        agreed = case.consents.live().filter(purpose=Purpose.RECIPIENT_COUNTRY, country=country).exists()
    if not agreed:
        reasons.append(
            Refusal("no_consent_country", _("The patient has not agreed to an expert in this country."), "consents")
        )
    return tuple(reasons)


def against_answering_invitation(seat: Assignment, at: datetime) -> Reasons:
    if seat.state != Seat.INVITED:
        return (Refusal("not_invited", _("This invitation has been answered already.")),)
    if seat.answer_due and at > seat.answer_due:
        return (Refusal("invitation_over", _("The time to answer is over; another expert is being asked.")),)
    taken = Assignment.objects.filter(case_id=seat.case_id, seat=seat.seat, state__in=[Seat.ACCEPTED, Seat.FINISHED])
    if taken.exists():
        return (Refusal("seat_taken", _("Another expert was faster; this seat is taken. Thank you all the same.")),)
    return ()


def against_accepting(seat: Assignment, at: datetime) -> Reasons:
    """No conflict of interest is declared blind: she has seen who treats the patient."""
    reasons = against_answering_invitation(seat, at)
    if reasons or seat.treating_shown_at:
        return reasons
    return (Refusal("treating_not_seen", _("Look first who treats the patient: a conflict cannot be declared blind.")),)


def against_asking(seat: Assignment) -> Reasons:
    if seat.state != Seat.ACCEPTED:
        return (Refusal("not_accepted", _("Only the expert who accepted asks.")),)
    if ExpertQuestion.objects.filter(assignment=seat, answered_at=None).count() >= 5:
        return (Refusal("five_open", _("Five questions are open; wait for the answers.")),)
    return ()


def against_withdrawing(case: Case) -> Reasons:
    if State(case.state) in ENDS:
        return (Refusal("ended", _("This case has ended already.")),)
    return ()


def against_erasing(case: Case) -> Reasons:
    """Legal hold beats erasure (trust 13)."""
    if case.legal_hold or case.patient.legal_hold:
        return (
            Refusal(
                "legal_hold", _("The law or a dispute obliges us to keep this case for now. We tell you when it ends.")
            ),
        )
    if State(case.state) not in ENDS | {State.DRAFT, State.COLLECTING, State.DELIVERED}:
        return (Refusal("running", _("Withdraw the case first; then you can erase it."), "patient:case-withdraw"),)
    return ()
