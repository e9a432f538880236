"""Cases of the matrix, brought to their states through the actions; each word of a patient holds a canary."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from tests import cast, make
from tests.cast import ExpertCharacter
from tests.matrix import people, records
from tests.matrix.people import MARK, NOTE
from tests.matrix.records import Ids

from consilia.billing import actions as billing
from consilia.billing.models import Settlement
from consilia.cases import access
from consilia.cases import actions as cases
from consilia.cases.access import Reader
from consilia.cases.actions import Description
from consilia.cases.models import Assignment, Purpose
from consilia.cases.states import DeclineCode
from consilia.cli.demo import opinion as demo_opinion
from consilia.opinions import actions as opinions
from consilia.opinions import sealing
from consilia.opinions.models import Opinion, Seal
from consilia.reports import actions as reports
from consilia.reports import erasure, issuing, shares

WORDS = Description(
    stated_diagnosis=f"{MARK} diagnosis: a lump in the left breast",
    proposed_therapy=f"{MARK} therapy: an operation",
    treating_doctor=f"Dr {MARK}",
    hospital=f"{MARK} hospital",
    hospital_country="PT",
    case_type="breast_cancer",
    location_country="PT",
    matters=f"{MARK} matters to me",
)


class Tale:
    """One case on its way: readers of the patient's side and of the desk, and the ids that came to be."""

    def __init__(self, patient: str, at: datetime) -> None:
        self.patient = people.patient(patient, at)
        self.teller_person = people.teller(patient, at)
        self.case = cases.open_case(self.patient, by=self.teller_person, at=at)
        self.at = at
        self.ids: Ids = {"case_id": self.case.pk}

    @property
    def teller(self) -> Reader:
        return access.reader_for(self.teller_person, self.case.pk, at=self.at)

    def staff(self, who: cast.Character = cast.EVA) -> Reader:
        return make.reader(who, self.case, at=self.at)

    def expert(self, who: ExpertCharacter) -> Reader:
        return make.reader(who, self.case, at=self.at)

    def consent(self, purpose: Purpose, country: str = "") -> None:
        cases.give_consent(self.teller, purpose, make.text_read(purpose), country=country, at=self.at)


def collecting(patient: str, at: datetime) -> Tale:
    """Described, consented, with every kind of record, an upload on its way and a link for the hospital."""
    tale = Tale(patient, at)
    cases.describe(tale.teller, WORDS, at=at)
    cases.set_questions(tale.teller, [f"{MARK} question: is it certain?", f"{MARK} question: now?"], at=at)
    for purpose in (Purpose.TERMS, Purpose.PROCESSING):
        tale.consent(purpose)
    tale.ids |= records.fill(tale.teller, tale.patient, at)
    tale.ids["upload_id"] = records.begin_upload(tale.teller, at)
    made = records.link(tale.teller, at)
    tale.ids |= {"link_id": made.link.pk, "secret": made.secret}
    return tale


def matching(patient: str, at: datetime) -> Tale:
    """Handed in, passed, offered and accepted; experts of three countries may be asked."""
    tale = collecting(patient, at)
    countries = ("DE", "IL", "FR")
    cases.choose_countries(tale.teller, countries, at=at)
    for country in countries:
        tale.consent(Purpose.RECIPIENT_COUNTRY, country)
    cases.hand_in(tale.teller, {"outcome": "hold_incomplete"}, at=at)
    cases.take_case(tale.staff(), at=at)
    cases.pass_gate(
        tale.staff(cast.PRIYA),
        summary=f"{MARK} summary",
        key_texts={},
        not_answerable=f"{MARK} not answerable",
        essential_missing=("Mammography",),
        bypass_reason=f"{MARK} bypass",
        at=at,
    )
    billing.offer(tale.staff(), Settlement.FREE, at=at)
    billing.accept(tale.teller, at=at)
    return tale


def ask(tale: Tale, who: ExpertCharacter, at: datetime | None = None) -> Assignment:
    """A seat of its own for the expert, and the invitation."""
    moment = at or tale.at
    desk = access.reader_for(make.person(cast.EVA), tale.case.pk, at=moment)
    expert = people.expert(who, tale.at)
    words = {"country": who.country, "speciality": who.specialities[0]}
    seat = cases.plan_seat(desk, via_doctor=False, reasons=[], at=moment, **words)
    return cases.invite(desk, expert, seat=seat.seat, reasons=[], at=moment)


def seat(tale: Tale, who: ExpertCharacter) -> None:
    """Asked and accepted."""
    ask(tale, who)
    make.accept(tale.expert(who), at=tale.at)


def talk(tale: Tale, expert: ExpertCharacter) -> None:
    """Words on every side: patient and desk, desk and expert, an internal note, a flag that was up."""
    at, desk = tale.at, tale.staff()
    cases.write(tale.teller, text=f"{MARK} message of the patient", at=at)
    cases.write(desk, text=f"{MARK} message of the desk", at=at)
    to_expert = Assignment.objects.get(case=tale.case, expert__person__email=expert.email)
    cases.write(desk, text=f"{MARK} message to the expert", at=at, assignment=to_expert)
    cases.keep_note(desk, text=f"{NOTE} internal", at=at)
    cases.mark_urgent(desk, note=f"{MARK} urgent", at=at)
    cases.clear_urgent(desk, note=f"{NOTE} agreed on the phone", at=at)


def draft(tale: Tale, who: ExpertCharacter) -> Opinion:
    """A draft with all its words, and every paper opened."""
    writer = tale.expert(who)
    begun = opinions.begin(writer, at=tale.at)
    cited = demo_opinion.citable(tale.case.pk)
    for record in cited:
        opinions.note_opening(writer, record.record_id, at=tale.at)
    words = demo_opinion.written(begun.content, cited)
    words["summary"]["words"] = f"{MARK} opinion"
    return opinions.save(writer, words, version=begun.version, at=tale.at)


def in_review(patient: str, at: datetime, expert: ExpertCharacter) -> Tale:
    """One expert has accepted and writes; a held record waits."""
    tale = matching(patient, at)
    seat(tale, expert)
    talk(tale, expert)
    tale.ids |= records.hold(tale.teller, tale.patient, at)
    tale.ids["opinion_id"] = draft(tale, expert).pk
    return tale


def question(tale: Tale, who: ExpertCharacter) -> None:
    """The expert asks the patient; the clock stands still."""
    asked = cases.ask(tale.expert(who), text=f"{MARK} question of the expert", to_patient=True, at=tale.at)
    tale.ids["question_id"] = asked.pk


def signed(patient: str, at: datetime, *experts: ExpertCharacter) -> Tale:
    """Every expert has written, the editor passed, every opinion is signed."""
    tale = matching(patient, at)
    for who in experts:
        ask(tale, who)
    for who in experts:
        make.accept(tale.expert(who), at=at)
    talk(tale, experts[0])
    written = [draft(tale, who) for who in experts]
    for who, one in zip(experts, written, strict=True):
        opinions.submit(tale.expert(who), version=one.version, at=at)
    for one in written:
        opinions.pass_on(tale.staff(cast.PRIYA), one.pk, points=dict.fromkeys(opinions.CHECK_POINTS, True), at=at)
    for who in experts:
        sealing.sign(tale.expert(who), method="totp", at=at)
    first = Seal.objects.filter(opinion__case=tale.case).order_by("opinion__assignment__seat").first()
    assert first is not None
    tale.ids |= {"opinion_id": first.opinion_id, "seal_id": first.pk, "number_of_seal": first.number}
    return tale


def delivered(patient: str, at: datetime, *experts: ExpertCharacter) -> Tale:
    """Reports are there; one follow-up question, one answered link for the doctor."""
    tale = signed(patient, at, *experts)
    for one in Seal.objects.filter(opinion__case=tale.case):
        issuing.issue(one.pk, at=at)
    asked = reports.ask(tale.teller, UUID(str(tale.ids["opinion_id"])), text=f"{MARK} follow-up", at=at)
    made = share(tale, at)
    tale.ids |= {"follow_up_id": asked.pk, "share_id": made.share_id, "share_secret": made.secret, "code": made.code}
    return tale


def share(tale: Tale, at: datetime) -> shares.Made:
    return shares.make(tale.teller, doctor=f"Dr {MARK}", at=at)


def closed(patient: str, at: datetime, expert: ExpertCharacter) -> Tale:
    """Delivered and closed: the expert's sight has ended."""
    tale = signed(patient, at, expert)
    cases.deliver(tale.case.pk, actor=tale.teller.actor, at=at)
    cases.close(tale.teller, at=at)
    return tale


def erased(patient: str, at: datetime) -> Tale:
    """Collected, then erased: a tombstone is left."""
    tale = collecting(patient, at)
    erasure.erase(tale.teller, at=at)
    return tale


def declined_by(tale: Tale, who: ExpertCharacter) -> None:
    ask(tale, who)
    cases.decline(tale.expert(who), code=DeclineCode.NO_TIME, note=MARK, at=tale.at)


def take_consent_back(tale: Tale, country: str, at: datetime) -> None:
    """The consent for a country; "" takes back the use of the records."""
    purpose = Purpose.RECIPIENT_COUNTRY if country else Purpose.PROCESSING
    cases.withdraw_consent(tale.teller, purpose, country=country, at=at)


def glass(tale: Tale, at: datetime, who: cast.Character = cast.TOM) -> None:
    cases.break_glass(make.person(who), tale.case.pk, reason=f"{MARK} reason of an administrator", at=at)


HOUR = timedelta(hours=1)
