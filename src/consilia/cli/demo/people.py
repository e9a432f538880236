"""Makes the people of the demo through the actions: accounts, roles, patients, experts whom two people vouch for."""

from __future__ import annotations

from datetime import datetime, timedelta

from consilia.accounts import actions as accounts
from consilia.accounts.actions import PatientWords
from consilia.accounts.models import Mandate, Patient, Person, Role
from consilia.cli.demo import cast
from consilia.cli.demo.cast import Character, ExpertCharacter, PatientCharacter
from consilia.experts import actions as experts
from consilia.experts.models import Expert, ExpertState

LICENCE_SINCE, LICENCE_UNTIL = timedelta(days=800), timedelta(days=700)


def make_all(at: datetime) -> None:
    """Everybody of the cast; who is there already stays as she is."""
    for who in cast.EVERYBODY:
        person(who, at)
    for patient_of_cast in cast.PATIENTS:
        patient(patient_of_cast, at)
    mandate(cast.BRUNO, cast.ROSA, at)
    for one in cast.EXPERTS:
        expert(one, at)


def person(who: Character, at: datetime) -> Person:
    found = Person.objects.filter(email=who.email).first()
    made = found or accounts.add_person(who.email, who.given_name, who.family_name, language=who.language, at=at)
    for role in who.roles:
        accounts.grant_role(made, Role(role), by=None, at=at)
    return made


def patient(who: PatientCharacter, at: datetime) -> Patient:
    owner = person(who, at)
    return Patient.objects.filter(person=owner).first() or accounts.add_patient(owner, words(who), by=owner, at=at)


def mandate(proxy: Character, who: PatientCharacter, at: datetime) -> Patient:
    """Somebody without an account, and who acts for her; made twice it is one."""
    return accounts.act_for(person(proxy, at), words(who), Mandate.Kind.WRITTEN, at=at).patient


def words(who: PatientCharacter) -> PatientWords:
    return PatientWords(who.given_name, who.family_name, who.birth_date, who.country, who.sex)


def expert(who: ExpertCharacter, at: datetime) -> Expert:
    """Created by Marta, verified by Tom: never both by one person."""
    found = Expert.objects.filter(person__email=who.email).first()
    portrait = experts.Portrait(who.title, who.country, who.specialities, who.languages, who.institutions, capacity=3)
    first, last = (at - LICENCE_SINCE).date(), (at + LICENCE_UNTIL).date()
    licence = experts.Paper(who.authority, who.number, who.country, who.specialities[0], first, last)
    made = found or experts.create(person(who, at), portrait, licence, by=person(cast.MARTA, at), at=at)
    if made.state == ExpertState.PROPOSED:
        made = experts.verify(made.pk, by=person(cast.TOM, at), at=at)
    return made
