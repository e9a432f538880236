"""From the self-check to the handed-in case: the steps that are the patient's."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.accounts.models import Patient, Person
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import policy
from consilia.cases.access import Reader, Right, reader_for
from consilia.cases.actions.moving import lock, move, refuse, touch
from consilia.cases.models import Case, Question, SelfCheck, Step
from consilia.cases.states import State
from consilia.kernel.actor import Actor
from consilia.kernel.country import is_country
from consilia.kernel.refusal import Invalid, NotFound

SELF_CHECK_HOLDS = timedelta(hours=24)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letters that are mixed up when read aloud


def new_reference(at: datetime) -> str:
    """C-2026-7KQ4M2: the year and six random letters; it can be said on the phone and tells nothing."""
    return f"C-{at.year}-{''.join(secrets.choice(ALPHABET) for letter in range(6))}"


@transaction.atomic
def keep_self_check(
    facts: Mapping[str, Any], outcome: str, assessment: Mapping[str, Any], location_country: str, *, at: datetime
) -> SelfCheck:
    """Keeps the answers without any identity; an alarm leaves an audit event that names nobody."""
    check = SelfCheck.objects.create(
        answered_at=at,
        location_country=location_country,
        facts=dict(facts),
        outcome=outcome,
        assessment=dict(assessment),
    )
    audit.record(
        Kind.SELF_CHECK_ANSWERED,
        actor=Actor(None, "anonymous"),
        entity=("self_check", check.pk),
        at=at,
        detail={"code": outcome},
    )
    return check


@transaction.atomic
def open_case(patient: Patient, *, by: Person, at: datetime, self_check: SelfCheck | None = None) -> Case:
    """A new case in draft. Raises NotFound when the person neither is the patient nor acts for her."""
    lawful = patient.person_id == by.pk or patient.mandates.live(at).filter(proxy=by).exists()
    if not lawful:
        raise NotFound
    case = Case.objects.create(
        reference=new_reference(at),
        patient=patient,
        opened_by=by,
        opened_at=at,
        state_since=at,
        location_country=self_check.location_country if self_check else "",
        report_language=patient.language or "en",
        reading_language=patient.language or "en",
    )
    Step.objects.create(case=case, old="", new=State.DRAFT, at=at, by_id=by.pk)
    reader = reader_for(by, case.pk, at=at)
    audit.record(Kind.CASE_STARTED, case_id=case.pk, actor=reader.actor, entity=("case", case.pk), at=at)
    if self_check and self_check.answered_at > at - SELF_CHECK_HOLDS:
        adopt_self_check(reader, self_check, at=at)
    return case


@transaction.atomic
def adopt_self_check(by: Reader, check: SelfCheck, *, at: datetime) -> None:
    """The case takes over the answers given before there was an account; only from now on they have an identity."""
    by.require(Right.CHANGE_CASE)
    case = lock(by.case_id)
    if Case.objects.filter(self_check=check).exclude(pk=case.pk).exists():
        raise NotFound
    case.self_check = check
    case.location_country = check.location_country or case.location_country
    touch(case, "self_check", "location_country")
    audit.record(Kind.CASE_CHANGED, case_id=case.pk, actor=by.actor, entity=("self_check", check.pk), at=at)


@dataclass(frozen=True, slots=True)
class Description:
    """What the case is about, in the patient's words."""

    stated_diagnosis: str
    proposed_therapy: str = ""
    treating_doctor: str = ""
    hospital: str = ""
    hospital_country: str = ""
    case_type: str = "general"
    decision_due: date | None = None
    matters: str = ""
    reading_language: str = "en"
    talking_language: str = ""
    report_language: str = "en"
    location_country: str = ""


@transaction.atomic
def describe(by: Reader, words: Description, *, at: datetime) -> Case:
    """Keeps the description. Raises Invalid for an empty diagnosis or a country that does not exist."""
    by.require(Right.CHANGE_CASE)
    case = lock(by.case_id)
    refuse(policy.against_describing(case))
    wrong = {
        field: _("Choose a country from the list.")
        for field in ("hospital_country", "location_country")
        if getattr(words, field) and not is_country(getattr(words, field))
    }
    if not words.stated_diagnosis.strip():
        wrong["stated_diagnosis"] = _("Write the diagnosis or the plan that you were told, in your own words.")
    if wrong:
        raise Invalid(wrong)
    fields = asdict(words)
    for name, value in fields.items():
        setattr(case, name, value)
    touch(case, *fields)
    audit.record(Kind.CASE_CHANGED, case_id=case.pk, actor=by.actor, entity=("case", case.pk), at=at)
    collect_when_possible(case, by, at)
    return case


@transaction.atomic
def set_questions(by: Reader, texts: Sequence[str], *, at: datetime) -> Case:
    """One to ten questions, numbered as given. Raises Invalid otherwise."""
    by.require(Right.CHANGE_CASE)
    case = lock(by.case_id)
    refuse(policy.against_describing(case))
    asked = [text.strip() for text in texts if text.strip()]
    if not 1 <= len(asked) <= 10:
        raise Invalid({"questions": _("Write between one and ten questions.")})
    case.questions.all().delete()
    Question.objects.bulk_create(Question(case=case, number=number, text=text) for number, text in enumerate(asked, 1))
    touch(case)
    audit.record(Kind.CASE_CHANGED, case_id=case.pk, actor=by.actor, entity=("questions", case.pk), at=at)
    collect_when_possible(case, by, at)
    return case


@transaction.atomic
def choose_countries(by: Reader, countries: Sequence[str], *, at: datetime) -> Case:
    """The countries whose schools of medicine she wants to hear. The consent for each is a step of its own."""
    by.require(Right.CHANGE_CASE)
    case = lock(by.case_id)
    chosen = list(dict.fromkeys(countries))
    if any(not is_country(code) for code in chosen):
        raise Invalid({"countries": _("Choose countries from the list.")})
    case.wanted_countries = chosen
    touch(case, "wanted_countries")
    audit.record(Kind.CASE_CHANGED, case_id=case.pk, actor=by.actor, entity=("countries", case.pk), at=at)
    return case


def collect_when_possible(case: Case, by: Reader, at: datetime) -> None:
    """A draft becomes collecting by itself once nothing speaks against it: nobody needs a button for that."""
    if State(case.state) is State.DRAFT and not policy.against_collecting(case):
        move(case, State.COLLECTING, actor=by.actor, at=at)


@transaction.atomic
def hand_in(by: Reader, assessment: Mapping[str, Any], *, at: datetime) -> Case:
    """The patient hands the case in; the assessment computed on the page is frozen with its content versions."""
    by.require(Right.CHANGE_CASE)
    case = lock(by.case_id)
    refuse(policy.against_handing_in(case))
    case.assessment = dict(assessment)
    touch(case, "assessment")
    move(case, State.ORGANISING, actor=by.actor, at=at)
    return case
