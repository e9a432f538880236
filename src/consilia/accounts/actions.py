"""Writes about people: adding, roles, patients, mandates, leaving; each with its event in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consilia.accounts import actors, policy, queries, session
from consilia.accounts.models import Mandate, Patient, Person, Role, RoleGrant, Sex, SignIn
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.kernel import actor, country, language, zones
from consilia.kernel.actor import Actor
from consilia.kernel.refusal import Invalid, NotFound, Refused

NAME_LENGTH: Final = 100


@dataclass(frozen=True, slots=True)
class PatientWords:
    """What is known of a patient at the beginning; `sex` is a word of models.Sex, `residence_country` ISO 3166-1."""

    given_name: str
    family_name: str
    birth_date: date
    residence_country: str
    sex: str = Sex.UNKNOWN
    former_name: str = ""
    language: str = "en"


@transaction.atomic
def add_person(
    email: str, given_name: str, family_name: str, *, language: str, at: datetime, by: Person | None = None
) -> Person:
    """Adds somebody whose address the service vouches for. Raises Invalid for a bad or a taken address."""
    address = _checked_email(email)
    if queries.person_by_email(address):
        raise Invalid({"email": _("There is an account with this e-mail address already.")})
    person = _new_person(address, at=at, language=language)
    person.given_name, person.family_name = given_name.strip()[:NAME_LENGTH], family_name.strip()[:NAME_LENGTH]
    person.save(update_fields=["given_name", "family_name"])
    EmailAddress.objects.filter(user=person).update(verified=True)
    audit.record(Kind.ACCOUNT_CREATED, actor=_administrator(by), entity=_entity(person), at=at)
    return person


@transaction.atomic
def register(email: str, *, language: str, at: datetime) -> Person | None:
    """The active person of an address, made when there is none; None for somebody who was shut out.

    The caller shows the same page in all three cases, so nobody learns who has an account.
    """
    address = _checked_email(email)
    person = queries.person_by_email(address) or _register_new(address, language=language, at=at)
    return person if person.is_active else None


def _register_new(address: str, *, language: str, at: datetime) -> Person:
    """A new person; where another request was first, hers."""
    try:
        with transaction.atomic():
            person = _new_person(address, at=at, language=language)
    except IntegrityError:
        return Person.objects.get(email=address)
    who = Actor(person.pk, actor.PATIENT)
    audit.record(Kind.ACCOUNT_CREATED, actor=who, entity=_entity(person), at=at)
    return person


@transaction.atomic
def change_details(
    person: Person, *, given_name: str, family_name: str, language: str, time_zone: str, at: datetime
) -> Person:
    """Changes how the service calls and addresses somebody. Raises Invalid with a sentence a field."""
    wrong = _wrong_details(given_name, family_name, language, time_zone)
    if wrong:
        raise Invalid(wrong)
    person.given_name, person.family_name = given_name.strip(), family_name.strip()
    person.language, person.time_zone = language, time_zone
    person.save(update_fields=["given_name", "family_name", "language", "time_zone"])
    audit.record(Kind.ACCOUNT_CHANGED, actor=actors.of(person), entity=_entity(person), at=at)
    return person


@transaction.atomic
def grant_role(person: Person, role: Role, *, by: Person | None, at: datetime) -> RoleGrant:
    """Gives a role; a role that the person holds already is returned as it is (a double click grants once)."""
    Person.objects.select_for_update().get(pk=person.pk)
    held = RoleGrant.objects.filter(person=person, role=role, revoked_at=None).first()
    if held is not None:
        return held
    grant = RoleGrant.objects.create(person=person, role=role, granted_at=at, granted_by=by)
    audit.record(Kind.ROLE_GRANTED, actor=_administrator(by), entity=_entity(person), at=at, detail={"role": str(role)})
    return grant


@transaction.atomic
def revoke_role(person: Person, role: Role, *, by: Person | None, at: datetime) -> None:
    """Takes a role back and ends the person's sessions; raises Refused for the last administrator."""
    Person.objects.select_for_update().get(pk=person.pk)
    if refusal := policy.against_losing(person, role):
        raise Refused(refusal)
    if RoleGrant.objects.filter(person=person, role=role, revoked_at=None).update(revoked_at=at):
        session.end_sessions(person)
        detail = {"role": str(role)}
        audit.record(Kind.ROLE_REVOKED, actor=_administrator(by), entity=_entity(person), at=at, detail=detail)


@transaction.atomic
def add_patient(person: Person | None, words: PatientWords, *, by: Person, at: datetime) -> Patient:
    """Adds a patient: `person` herself, or None for somebody without an account. Raises Invalid."""
    if wrong := _wrong_patient(words, at.date()):
        raise Invalid(wrong)
    patient = Patient.objects.create(
        person=person,
        given_name=words.given_name.strip(),
        family_name=words.family_name.strip(),
        former_name=words.former_name.strip(),
        birth_date=words.birth_date,
        sex=words.sex,
        residence_country=words.residence_country,
        language=words.language,
        created_at=at,
    )
    who = Actor(by.pk, actor.PATIENT if person == by else actor.PROXY)
    audit.record(Kind.ACCOUNT_CREATED, actor=who, patient_id=patient.pk, entity=("patient", patient.pk), at=at)
    return patient


@transaction.atomic
def declare_mandate(
    proxy: Person, patient: Patient, kind: Mandate.Kind, *, at: datetime, valid_until: datetime | None = None
) -> Mandate:
    """The proxy declares to act lawfully for a patient whom she added; a parent's mandate ends with childhood.

    Raises Refused when the ground does not hold, Invalid when the end lies in the past, and NotFound for a patient
    whom somebody else added or who has an account of her own: nobody becomes the proxy of a stranger by a form.
    """
    if patient.person_id is not None or Mandate.objects.filter(patient=patient).exclude(proxy=proxy).exists():
        raise NotFound
    if refusal := policy.against_declaring(kind, patient.birth_date, at.date()):
        raise Refused(refusal)
    if kind == Mandate.Kind.PARENT:
        of_age = datetime.combine(policy.birthday(patient.birth_date, policy.MAJORITY), time(), tzinfo=UTC)
        valid_until = min(valid_until or of_age, of_age)
    if valid_until is not None and valid_until <= at:
        raise Invalid({"valid_until": _("This day is over. Give a day to come, or leave it empty.")})
    mandate = Mandate.objects.create(
        proxy=proxy, patient=patient, kind=kind, valid_from=at, valid_until=valid_until, declared_at=at
    )
    audit.record(
        Kind.PROXY_NAMED,
        actor=Actor(proxy.pk, actor.PROXY),
        patient_id=patient.pk,
        entity=("mandate", mandate.pk),
        at=at,
        detail={"code": str(kind)},
    )
    return mandate


@transaction.atomic
def act_for(
    proxy: Person, words: PatientWords, kind: Mandate.Kind, *, at: datetime, valid_until: datetime | None = None
) -> Mandate:
    """Adds a patient without an account and the mandate for her, or neither. Raises as the two do.

    Said twice (a double click) it is one: the live mandate for the same patient is returned.
    """
    Person.objects.select_for_update().get(pk=proxy.pk)
    if refusal := policy.against_declaring(kind, words.birth_date, at.date()):
        raise Refused(refusal)
    if held := _same_mandate(proxy, words, at):
        return held
    patient = add_patient(None, words, by=proxy, at=at)
    return declare_mandate(proxy, patient, kind, at=at, valid_until=valid_until)


@transaction.atomic
def revoke_mandate(mandate_id: UUID, *, by: Person, at: datetime) -> None:
    """Ends a mandate: the proxy herself or the patient. Raises NotFound for everybody else; twice is once."""
    mandate = Mandate.objects.select_for_update().select_related("patient").filter(pk=mandate_id).first()
    if mandate is None or by.pk not in {mandate.proxy_id, mandate.patient.person_id}:
        raise NotFound
    if Mandate.objects.filter(pk=mandate_id, revoked_at=None).update(revoked_at=at):
        who = Actor(by.pk, actor.PROXY if by.pk == mandate.proxy_id else actor.PATIENT)
        entity = ("mandate", mandate_id)
        audit.record(Kind.PROXY_REVOKED, actor=who, patient_id=mandate.patient_id, entity=entity, at=at)


@transaction.atomic
def deactivate(person: Person, *, by: Person | None = None, at: datetime) -> None:
    """Shuts somebody out at once: every session ends, every later request is a stranger's."""
    for role in queries.roles(person, at):
        if refusal := policy.against_losing(person, role):
            raise Refused(refusal)
    if Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        session.end_sessions(person)
        audit.record(Kind.ACCOUNT_CLOSED, actor=_administrator(by), entity=_entity(person), at=at)


@transaction.atomic
def end_browser(sign_in_id: UUID, *, by: Person, at: datetime) -> None:
    """Signs one of the person's browsers out. Raises NotFound for another person's."""
    row = SignIn.objects.filter(pk=sign_in_id, person=by).first()
    if row is None:
        raise NotFound
    audit.record(Kind.SIGNED_OUT, actor=actors.of(by), entity=_entity(by), at=at)
    session.end(row)


@transaction.atomic
def end_other_browsers(person: Person, *, session_key: str | None, at: datetime) -> int:
    """Signs out every browser of the person but this one; returns how many there were."""
    audit.record(Kind.SIGNED_OUT, actor=actors.of(person), entity=_entity(person), at=at)
    return session.end_sessions(person, but=session_key)


def _same_mandate(proxy: Person, words: PatientWords, at: datetime) -> Mandate | None:
    same = {
        "patient__given_name": words.given_name.strip(),
        "patient__family_name": words.family_name.strip(),
        "patient__birth_date": words.birth_date,
    }
    return Mandate.objects.live(at).filter(proxy=proxy, patient__tombstone_at=None, **same).first()


def _new_person(address: str, *, at: datetime, language: str) -> Person:
    person = Person(email=address, language=language, created_at=at)
    person.set_unusable_password()
    person.save(force_insert=True)
    EmailAddress.objects.create(user=person, email=address, primary=True, verified=False)
    return person


def _checked_email(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid({"email": _("Write the address like this: name@example.org")}) from error
    return address


def _wrong_details(given_name: str, family_name: str, tongue: str, time_zone: str) -> dict[str, str]:
    wrong = {}
    if len(given_name.strip()) > NAME_LENGTH:
        wrong["given_name"] = _("At most 100 characters.")
    if len(family_name.strip()) > NAME_LENGTH:
        wrong["family_name"] = _("At most 100 characters.")
    if not language.is_language(tongue):
        wrong["language"] = _("Choose one of the languages.")
    if time_zone and time_zone not in zones.places():
        wrong["time_zone"] = _("Choose one of the time zones, for example Europe/Rome.")
    return wrong


def _wrong_patient(words: PatientWords, on: date) -> dict[str, str]:
    wrong = {}
    for field in ("given_name", "family_name"):
        if not 1 <= len(getattr(words, field).strip()) <= NAME_LENGTH:
            wrong[field] = _("Write the name as it stands in the records, at most 100 characters.")
    if not on - timedelta(days=130 * 366) < words.birth_date <= on:
        wrong["birth_date"] = _("Give a date of birth that is not in the future, for example 27 3 1968.")
    if words.sex not in Sex.values:
        wrong["sex"] = _("Choose one of the answers.")
    if not country.is_country(words.residence_country):
        wrong["residence_country"] = _("Choose the country.")
    if not language.is_language(words.language):
        wrong["language"] = _("Choose one of the languages.")
    return wrong


def _entity(person: Person) -> tuple[str, UUID]:
    return ("person", person.pk)


def _administrator(by: Person | None) -> Actor:
    return Actor(by.pk, actor.ADMINISTRATOR) if by else actor.system("cli")
