"""What comes next for a patient: one step, computed from the state of a case and what is there; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consilia.cases.states import TABLE, State, Turn
from consilia.kernel.refusal import Refusal

EDITABLE = frozenset({State.DRAFT, State.COLLECTING, State.RETURNED})
ANSWERS_HOLD = timedelta(hours=24)
STOPPING = frozenset({"emergency", "not_suitable", "see_doctor_first"})


@dataclass(frozen=True, slots=True)
class Afterwards:
    """What became of a delivered opinion: read by her side, questions that wait for these experts, doctors' answers.

    `news`: an opinion or an addendum that nobody of her side has opened.
    """

    news: bool = True
    waits_for: tuple[str, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()  # doctor, the answer in words
    added: bool = False  # the news are addenda alone


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the steps depend on. Counts are of live things; `countries_open` are names of countries without consent.

    self_check: the outcome of the adopted self-check, "" for none; old: answered more than a day ago.
    offer: "", open, over, unpaid or settled.
    question_id: the oldest open question of an expert to the patient.
    held: files, and studies as one each, that she decides about; held_asked: those that she called hers, so the desk.
    """

    state: State
    self_check: str = ""
    self_check_old: bool = False
    described: bool = False
    questions: int = 0
    basic_consents_missing: int = 2
    countries: int = 0
    countries_open: tuple[str, ...] = ()
    records: int = 0
    held: int = 0
    held_asked: int = 0
    items_here: int = 0
    items_total: int = 0
    essentials_missing: int = 0
    question_id: str = ""
    unread: int = 0
    offer: str = ""
    afterwards: Afterwards = Afterwards()

    @property
    def editable(self) -> bool:
        return self.state in EDITABLE


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing that comes next: whose turn, in a heading and a sentence; `action` is "" when nothing is to do."""

    key: str
    turn: Turn
    title: str
    text: str
    action: str = ""
    page: str = ""
    item_id: str = ""


def next_step(facts: CaseFacts) -> NextStep:
    """The one next step; exactly one for every state."""
    if facts.question_id:
        return _answer_expert(facts)
    if facts.editable:
        return _before_handing_in(facts)
    if facts.held and facts.state in {State.ORGANISING, State.READY}:
        return _decide_held(facts)
    if facts.state is State.OFFERED:
        return _offer(facts)
    if facts.state is State.MATCHING and facts.countries_open:
        return _consent_countries(facts)
    if facts.state is State.DELIVERED:
        return _delivered(facts)
    return _waiting(facts)


def _delivered(facts: CaseFacts) -> NextStep:
    """Unread: read it. Afterwards an open question to the expert is the expert's; then it is hers."""
    later = facts.afterwards
    read, page = _("Read my opinion"), "patient:report"
    if later.news:
        text = _("Read the plain page first. You may ask three questions about it, and take it to your doctor.")
        title = _("Your opinion is here")
        if later.added:
            title, text = _("Something was added to your opinion"), _("The expert wrote an addendum. It stands on top.")
        return NextStep("report", Turn.PATIENT, title, text, read, page)
    if later.waits_for:
        title = _("Your question waits for %s") % ", ".join(later.waits_for)
        text = _("We tell you by e-mail when the answer is here. You have nothing to do.")
        return NextStep("follow_up", Turn.EXPERT, title, text, read, page)
    title = _("You have read your opinion")
    text = _("You may ask three questions about it, and take it to your doctor.")
    return NextStep("share", Turn.PATIENT, title, text, _("Give it to my doctor"), "patient:share")


def _answer_expert(facts: CaseFacts) -> NextStep:
    return NextStep(
        "expert_question",
        Turn.PATIENT,
        _("An expert asks you something"),
        _("The expert's clock stands still until you answer, or say that you do not know."),
        _("Answer the expert"),
        "patient:expert-question",
        facts.question_id,
    )


def _waiting(facts: CaseFacts) -> NextStep:
    """Somebody else's turn, or the end: the sentence of the table of states; only ends have something to open."""
    row = TABLE[facts.state]
    title = {
        State.ORGANISING: _("We put your records in order"),
        State.READY: _("Your case is ready for experts"),
        State.MATCHING: _("We are asking the experts"),
        State.IN_REVIEW: _("The experts are reading"),
        State.WAITING_FOR_PATIENT: _("We answer a question of an expert"),
        State.EDITORIAL: _("Your opinion is written and being checked"),
        State.SIGNED: _("Your opinion is signed"),
        State.CLOSED: _("This case is closed"),
        State.WITHDRAWN: _("You withdrew this case"),
        State.DECLINED: _("We could not take this case"),
        State.EXPIRED: _("This case waited too long"),
    }[facts.state]
    # The only question left open is one to the desk: it is not the patient who is waited for.
    turn = Turn.OURS if facts.state is State.WAITING_FOR_PATIENT else row.turn
    text = _("The expert goes on as soon as we have answered. You have nothing to do.")
    if facts.state is not State.WAITING_FOR_PATIENT:
        text = str(row.patient_sees)
    action, page = _at_the_end(facts.state)
    return NextStep("waiting" if turn is not Turn.NOBODY else "ended", turn, title, text, action, page)


def _at_the_end(state: State) -> tuple[str, str]:
    return {
        State.CLOSED: (_("Read my opinion"), "patient:report"),
        State.WITHDRAWN: (_("Take my records with me"), "patient:leave"),
        State.DECLINED: (_("Read our letter"), "patient:messages"),
        State.EXPIRED: (_("Start a new case"), "patient:case-start"),
    }.get(state, ("", ""))


def _offer(facts: CaseFacts) -> NextStep:
    if facts.offer == "unpaid":
        title, text = _("We wait for your payment"), _("The experts are asked as soon as it has arrived.")
        return NextStep("payment", Turn.PATIENT, title, text, _("See the invoice"), "patient:case-offer")
    if facts.offer == "over":
        title, text = _("The offer is over"), _("Nothing is owed. Write to us and we make you a new one.")
        return NextStep("offer_over", Turn.PATIENT, title, text, _("Write to the desk"), "patient:messages")
    title, text = _("Please look at the price"), str(TABLE[State.OFFERED].patient_sees)
    return NextStep("offer", Turn.PATIENT, title, text, _("See the price"), "patient:case-offer")


def _consent_countries(facts: CaseFacts) -> NextStep:
    return NextStep(
        "country_consents",
        Turn.PATIENT,
        _("May an expert there see your records? %s") % ", ".join(facts.countries_open),
        _("We ask you for each country. Without your yes, nobody there is asked."),
        _("Read and decide"),
        "patient:case-consents",
    )


def seems_anothers(n: int) -> str:
    """Files and studies that are held: how many, and why."""
    return ngettext("One record seems to be another person's", "%(n)d records seem to be another person's", n) % {
        "n": n
    }


def _decide_held(facts: CaseFacts) -> NextStep:
    title = seems_anothers(facts.held)
    text = _("It is held back until somebody has looked: no expert sees it.")
    return NextStep("held", Turn.PATIENT, title, text, _("Look at it"), "patient:records")


def _before_handing_in(facts: CaseFacts) -> NextStep:
    """The first of the patient's own steps that is open, in the order in which they help most."""
    is_sent_back_for_records = facts.state is State.RETURNED and facts.essentials_missing > 0
    steps: tuple[tuple[bool, Callable[[CaseFacts], NextStep]], ...] = (
        (facts.self_check in STOPPING, _self_check_stops),
        (not facts.self_check, _self_check),
        (not facts.described, _describe),
        (not facts.questions, _questions),
        # Countries first, so that the page of consents asks for everything at once.
        (not facts.countries and not is_sent_back_for_records, _countries),
        (bool(facts.basic_consents_missing), _consents),
        (bool(facts.countries_open), _consent_countries),
        (facts.held > 0, _decide_held),
        (not facts.records, _records),
        (facts.essentials_missing > 0, _missing),
        (facts.self_check_old, _self_check_again),
    )
    for is_open, step in steps:
        if is_open:
            return step(facts)
    return _hand_in(facts)


def _mine(key: str, title: str, text: str, action: str, page: str) -> NextStep:
    return NextStep(key, Turn.PATIENT, title, text, action, page)


def _self_check_stops(_facts: CaseFacts) -> NextStep:
    title, text = (
        _("The self-check says: not this way, now"),
        _("Your draft is kept. When things have changed, answer it again."),
    )
    return _mine("self_check", title, text, _("Answer the self-check again"), "public:self-check")


def _self_check(_facts: CaseFacts) -> NextStep:
    title, text = (
        _("First: three minutes of questions"),
        _("They make sure that nothing is urgent and that this is the right way."),
    )
    return _mine("self_check", title, text, _("Answer the self-check"), "public:self-check")


def _self_check_again(_facts: CaseFacts) -> NextStep:
    title, text = (
        _("Is everything as it was?"),
        _("The emergency questions are asked again after a day. Then you can hand in."),
    )
    return _mine("self_check", title, text, _("Answer the self-check again"), "public:self-check")


def against_old_answers(answered_at: datetime | None, at: datetime) -> tuple[Refusal, ...]:
    """Handing in wants emergency questions that were answered within a day (workflow: adopted, and asked again)."""
    if answered_at is None:
        reason = _("The self-check with the emergency questions is missing.")
        return (Refusal("no_self_check", reason, "public:self-check"),)
    if is_old(answered_at, at):
        reason = _("The emergency questions were answered more than a day ago. Please answer them again.")
        return (Refusal("self_check_old", reason, "public:self-check"),)
    return ()


def is_old(answered_at: datetime, at: datetime) -> bool:
    return at - answered_at > ANSWERS_HOLD


def _describe(_facts: CaseFacts) -> NextStep:
    title, text = _("Tell us what it is about"), _("In your own words: what you were told, and what is planned.")
    return _mine("describe", title, text, _("Describe my case"), "patient:case-describe")


def _questions(_facts: CaseFacts) -> NextStep:
    title, text = _("Write your questions"), _("One to ten. The experts answer each of them.")
    return _mine("questions", title, text, _("Write my questions"), "patient:case-questions")


def _consents(_facts: CaseFacts) -> NextStep:
    title, text = (
        _("We need your consent"),
        _("You say yes to each purpose on its own, and can take it back at any time."),
    )
    return _mine("consents", title, text, _("Read and decide"), "patient:case-consents")


def _records(_facts: CaseFacts) -> NextStep:
    title, text = (
        _("Send the records that you have"),
        _("Photos, PDFs, CDs, whole folders. You see at once what is still missing."),
    )
    return _mine("records", title, text, _("Send records"), "patient:upload")


def _missing(facts: CaseFacts) -> NextStep:
    title = ngettext(
        "One important record is still to come", "%(n)d important records are still to come", facts.essentials_missing
    ) % {"n": facts.essentials_missing}
    text = _("There is a letter for each of them. You can also hand in without: our editor then decides with you.")
    return _mine("readiness", title, text, _("See what is missing"), "patient:readiness")


def _countries(_facts: CaseFacts) -> NextStep:
    title, text = _("Choose the countries of your experts"), _("You see for each what is possible, before you choose.")
    return _mine("countries", title, text, _("Choose countries"), "patient:case-countries")


def _hand_in(_facts: CaseFacts) -> NextStep:
    title, text = _("You can hand in your case"), _("Check your answers once more. Nothing is owed by handing in.")
    return _mine("hand_in", title, text, _("Check and hand in"), "patient:case-hand-in")
