"""The people of the matrix: each name, address and number of a patient holds a canary that no stranger may read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from tests import cast, make
from tests.cast import Character, ExpertCharacter, PatientCharacter

from consilia.accounts import actions as accounts
from consilia.accounts.actions import PatientWords
from consilia.accounts.models import Mandate, Patient, Person, Role
from consilia.experts import actions as experts
from consilia.experts.models import Expert

MARK = "qzkzqkx"  # stands in every word of a case; so long that no random token spells it, whatever the case
NAME = f"{MARK}name"  # in names of patients; with the birth date it must not reach an expert
NOTE = f"{MARK}note"  # in internal notes; must reach neither a patient nor an expert

ANA = PatientCharacter("ana", "ana@example.org", "Qzknameana", "Qzknamecosta", birth_date=date(1971, 5, 9))
MALLORY = PatientCharacter(
    "mallory", "mallory@example.org", "Qzknamemallory", "Qzknamestone", birth_date=date(1980, 1, 2), country="IE"
)
ROSA = PatientCharacter("rosa", "", "Qzknamerosa", "Qzknamesilva", birth_date=date(1944, 9, 30))
OTTO = PatientCharacter("otto", "", "Qzknameotto", "Qzknamebrandt", birth_date=date(1938, 3, 3))
PATIENTS = {one.key: one for one in (ANA, MALLORY, ROSA, OTTO)}
BRUNO = Character("bruno", "bruno@example.org", "Bruno", "Costa")
CARL = Character("carl", "carl@example.org", "Carl", "Brandt")

HALF = Character("half", "half@example.org", "Hanna", "Fischer", roles=("coordinator",))
CLOSED_ACCOUNT = Character("gone", "gone@example.org", "Gustav", "Fischer", roles=("coordinator",))
LAWYER = Character("lawyer", "lawyer@example.org", "Lydia", "Recht", roles=("lawyer",))
PHYSICIAN = Character("physician", "physician@example.org", "Ruth", "Lind", roles=("physician",))
STAFF = (
    *(cast.EVA, cast.PRIYA, cast.MARTA, cast.TOM, cast.INES, cast.LENA, HALF, CLOSED_ACCOUNT),
    *(LAWYER, PHYSICIAN),
)


def _expert(key: str, country: str = "DE") -> ExpertCharacter:
    return replace(
        cast.WEBER,
        key=key,
        email=f"{key}@example.org",
        given_name=key.title(),
        family_name="Vogel",
        number=f"N-{key}",
        country=country,
        institutions=("Klinik Nord",),
    )


ACCEPTED, INVITED, DECLINED = _expert("accepted"), _expert("invited", "IL"), _expert("declined")
UNCONSENTED = _expert("unconsented", "FR")
LICENCE_OVER, LICENCE_UNCHECKED = _expert("licenceover"), _expert("licenceunchecked")
SUSPENDED, ROLELESS = _expert("suspended"), _expert("roleless")
AFTERWARDS = _expert("afterwards")  # her case has been closed
UNPROCESSED = _expert("unprocessed")  # has signed; then the patient took back the use of her records
NEVER = _expert("never", "IL")  # an expert who was never asked
ELSEWHERE = _expert("elsewhere")  # works on the cases of the other patients
EXPERTS = (
    *(ACCEPTED, INVITED, DECLINED, UNCONSENTED, LICENCE_OVER, LICENCE_UNCHECKED, SUSPENDED, ROLELESS, AFTERWARDS),
    *(NEVER, ELSEWHERE, UNPROCESSED),
)


def staff(at: datetime) -> None:
    for one in STAFF:
        make.person(one, at=at)


def patient(key: str, at: datetime) -> Patient:
    """The patient; Rosa and Otto have no account: who acts for them has added them."""
    who = PATIENTS[key]
    if who.email:
        return make.patient(who, at=at)
    proxy = teller(key, at)
    words = PatientWords(who.given_name, who.family_name, who.birth_date, who.country, who.sex)
    until = at + timedelta(days=1) if who is OTTO else None
    return accounts.act_for(proxy, words, Mandate.Kind.WRITTEN, at=at, valid_until=until).patient


def teller(key: str, at: datetime) -> Person:
    """Who speaks in the cases of this patient: she herself or her proxy."""
    return make.person({"rosa": BRUNO, "otto": CARL}.get(key) or PATIENTS[key], at=at)


def expert(who: ExpertCharacter, at: datetime) -> Expert:
    """A verified expert; the licences of two of them end on the day of the beginning."""
    ends = at.date() if who in {LICENCE_OVER, LICENCE_UNCHECKED} else None
    return make.expert(who, at=at, valid_until=ends)


def licence_elsewhere(who: ExpertCharacter, at: datetime) -> None:
    """A checked licence of another country than that of the seat."""
    licence_nobody_checked(who, at, country="FR")
    experts.verify(expert(who, at).pk, by=make.person(cast.TOM, at=at), at=at)


def licence_nobody_checked(who: ExpertCharacter, at: datetime, country: str = "") -> None:
    """A new licence that one administrator has added and no second person has looked up."""
    days = timedelta(days=300)
    paper = experts.Paper(
        "Register", "new", country or who.country, who.specialities[0], (at - days).date(), (at + days).date()
    )
    experts.add_licence(expert(who, at).pk, paper, by=make.person(cast.MARTA, at=at), at=at)


def without_role(who: ExpertCharacter, at: datetime) -> None:
    accounts.revoke_role(make.person(who, at=at), Role.EXPERT, by=make.person(cast.TOM, at=at), at=at)
