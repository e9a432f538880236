"""Brings people and cases into a state through the actions alone: there are no impossible states in tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from tests import cast
from tests.cast import Character, ExpertCharacter, PatientCharacter

from consilia.accounts import actions as accounts
from consilia.accounts.actions import PatientWords
from consilia.accounts.models import Patient, Person, Role
from consilia.billing import actions as billing
from consilia.billing.models import Settlement
from consilia.cases import access, content
from consilia.cases import actions as cases
from consilia.cases.access import Reader
from consilia.cases.actions import Description
from consilia.cases.actions.consents import TextRead
from consilia.cases.models import Assignment, Case, Purpose
from consilia.experts import actions as experts
from consilia.experts.actions import Portrait
from consilia.experts.models import Expert
from consilia.kernel.actor import system
from consilia.records import actions as records
from consilia.records.models import Original, Standing
from consilia.vault import actions as vault

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)


def person(who: Character, *, at: datetime = NOON) -> Person:
    """The person of the cast, with the roles; made once a test."""
    found = Person.objects.filter(email=who.email).first()
    if found is not None:
        return found
    made = accounts.add_person(who.email, who.given_name, who.family_name, language=who.language, at=at)
    for role in who.roles:
        accounts.grant_role(made, Role(role), by=None, at=at)
    return made


def patient(who: PatientCharacter = cast.ANA, *, at: datetime = NOON) -> Patient:
    owner = person(who, at=at)
    found = Patient.objects.filter(person=owner).first()
    words = PatientWords(who.given_name, who.family_name, who.birth_date, who.country, who.sex)
    return found or accounts.add_patient(owner, words, by=owner, at=at)


def expert(who: ExpertCharacter = cast.WEBER, *, at: datetime = NOON, valid_until: date | None = None) -> Expert:
    """A verified expert with a checked licence of her country."""
    found = Expert.objects.filter(person__email=who.email).first()
    if found is not None:
        return found
    portrait = Portrait(who.title, who.country, who.specialities, who.languages, who.institutions)
    licence = experts.Paper(
        who.authority,
        who.number,
        who.country,
        who.specialities[0],
        (at - timedelta(days=400)).date(),
        valid_until or (at + timedelta(days=400)).date(),
    )
    made = experts.create(person(who, at=at), portrait, licence, by=person(cast.MARTA, at=at), at=at)
    return experts.verify(made.pk, by=person(cast.TOM, at=at), at=at)


def reader(who: Character | Person, case: Case, *, at: datetime = NOON) -> Reader:
    return access.reader_for(who if isinstance(who, Person) else person(who, at=at), case.pk, at=at)


def text_read(purpose: Purpose) -> TextRead:
    text = content.library().consent_text(purpose.value)
    return TextRead(text.id, str(text.version), text.sha256)


def case_draft(who: PatientCharacter = cast.ANA, *, at: datetime = NOON) -> Case:
    return cases.open_case(patient(who, at=at), by=person(who, at=at), at=at)


def case_collecting(who: PatientCharacter = cast.ANA, *, at: datetime = NOON) -> Case:
    """Described, one question, the two basic consents: records may come."""
    case = case_draft(who, at=at)
    her = reader(who, case, at=at)
    words = Description(
        stated_diagnosis="A lump in the left breast, called suspicious",
        proposed_therapy="An operation is proposed",
        treating_doctor="Dr Santos",
        hospital="Hospital da Luz Clara",
        hospital_country="PT",
        case_type="breast_cancer",
        location_country="PT",
        matters="To be able to work with my hands",
    )
    cases.describe(her, words, at=at)
    cases.set_questions(her, ["Is the diagnosis certain?", "Is the operation needed now?"], at=at)
    for purpose in (Purpose.TERMS, Purpose.PROCESSING):
        cases.give_consent(her, purpose, text_read(purpose), at=at)
    return Case.objects.get(pk=case.pk)


def paper(
    case: Case,
    words: bytes = b"Pathology report\nPatient: Ana Costa\n",
    *,
    path: str = "pathology.txt",
    standing: Standing = Standing.TAKEN,
    kind: str = "pathology_report",
    sure: float = 0.9,
    sure_of_day: float = 0.9,
    at: datetime = NOON,
) -> Original:
    """A record of the case, stored in the vault like any other."""
    stored = vault.put(case.pk, [words])
    identity = "mismatch" if standing == Standing.HELD else "match"
    claims = [{"kind": "name", "value": "Ana Costa", "where": "page:1/line:1"}]
    came = records.Came(path, stored.sha256, stored.size, "text/plain", standing, claims=claims, identity=identity)
    what = records.Paper(
        kind=kind,
        kind_confidence=sure,
        title="Pathology report",
        document_date=date(2026, 10, 5),
        date_confidence=sure_of_day,
        language="en",
        has_page_images=False,
    )
    return records.keep(case.pk, came, what, actor=system(), at=at)


def case_with_records(who: PatientCharacter = cast.ANA, *, at: datetime = NOON) -> Case:
    case = case_collecting(who, at=at)
    paper(case, at=at)
    return case


def case_handed_in(
    who: PatientCharacter = cast.ANA, *, countries: tuple[str, ...] = ("DE", "IL"), at: datetime = NOON
) -> Case:
    case = case_with_records(who, at=at)
    her = reader(who, case, at=at)
    cases.choose_countries(her, countries, at=at)
    for country in countries:
        cases.give_consent(her, Purpose.RECIPIENT_COUNTRY, text_read(Purpose.RECIPIENT_COUNTRY), country=country, at=at)
    return cases.hand_in(her, {"outcome": "hold_incomplete"}, at=at)


def case_ready(who: PatientCharacter = cast.ANA, *, at: datetime = NOON) -> Case:
    case = case_handed_in(who, at=at)
    return cases.pass_gate(
        reader(cast.PRIYA, case, at=at),
        summary="A woman of 55 with a suspicious lump; two questions.",
        key_texts={},
        not_answerable="",
        essential_missing=("Mammography",),
        bypass_reason="The hospital cannot send it in time.",
        at=at,
    )


def case_offered(
    who: PatientCharacter = cast.ANA, *, settlement: Settlement = Settlement.FREE, at: datetime = NOON
) -> Case:
    case = case_ready(who, at=at)
    billing.offer(reader(cast.EVA, case, at=at), settlement, at=at)
    return Case.objects.get(pk=case.pk)


def case_matching(who: PatientCharacter = cast.ANA, *, at: datetime = NOON) -> Case:
    case = case_offered(who, at=at)
    billing.accept(reader(who, case, at=at), at=at)
    return Case.objects.get(pk=case.pk)


def case_invited(
    who: PatientCharacter = cast.ANA, *, asked: tuple[ExpertCharacter, ...] = (cast.WEBER,), at: datetime = NOON
) -> Case:
    """One seat for each country of the experts asked; two of one country compete for the same seat."""
    case = case_matching(who, at=at)
    desk = reader(cast.EVA, case, at=at)
    seats: dict[str, int] = {}
    for one in asked:
        if one.country not in seats:
            seat = cases.plan_seat(
                desk, country=one.country, speciality=one.specialities[0], via_doctor=False, reasons=[], at=at
            )
            seats[one.country] = seat.seat
    for one in asked:
        cases.invite(desk, expert(one, at=at), seat=seats[one.country], reasons=[], at=at)
    return Case.objects.get(pk=case.pk)


def case_in_review(
    who: PatientCharacter = cast.ANA, *, asked: tuple[ExpertCharacter, ...] = (cast.WEBER,), at: datetime = NOON
) -> Case:
    case = case_invited(who, asked=asked, at=at)
    for one in asked:
        accept(reader(one, case, at=at), at=at)
    return Case.objects.get(pk=case.pk)


def accept(by: Reader, *, at: datetime = NOON) -> Assignment:
    """She looks who treats the patient, declares that she has no conflict of interest, and takes the seat."""
    cases.show_treating(by, at=at)
    return cases.accept(by, no_conflict=True, at=at)


def seat_of(who: ExpertCharacter, case: Case) -> Assignment:
    return Assignment.objects.get(case=case, expert__person__email=who.email)


def unknown_id() -> UUID:
    """An id of the right shape that belongs to nothing."""
    return UUID("01890000-0000-7000-8000-000000000000")
