"""The list of tasks of a patient's case: what is done, what needs her, what opens later; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consilia.cases.next_steps import EDITABLE, STOPPING, CaseFacts, NextStep, next_step, seems_anothers
from consilia.cases.states import State, Turn

AFTER_OFFER = frozenset(
    {State.MATCHING, State.IN_REVIEW, State.WAITING_FOR_PATIENT, State.EDITORIAL, State.SIGNED, State.DELIVERED}
)
WITH_REPORT = frozenset({State.DELIVERED, State.CLOSED})


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One line. state: done, needs_you, started, todo, waiting, expert, later; `page` is a URL name, "" is locked.

    `item_id` goes into the address where the page is about one thing of the case.
    """

    key: str
    title: str
    hint: str
    state: str
    page: str = ""
    item_id: str = ""


def tasks(facts: CaseFacts) -> tuple[TaskLine, ...]:
    """The list of the case page, in order; the next step is the line that needs the patient."""
    first = next_step(facts)
    lines = [line for make in _LINES if (line := make(facts)) is not None]
    return tuple(_marked(line, first) for line in lines)


def _marked(line: TaskLine, first: NextStep) -> TaskLine:
    """The line of the next step is amber, and no other; it never says that it is done."""
    if line.key == first.key and first.action and line.state in {"todo", "started"} and first.turn is Turn.PATIENT:
        return TaskLine(line.key, line.title, line.hint, "needs_you", line.page, line.item_id)
    return line


def _line_self_check(facts: CaseFacts) -> TaskLine | None:
    if not facts.editable or (facts.self_check and not facts.self_check_old and facts.self_check not in STOPPING):
        return None
    if facts.self_check_old and facts.self_check not in STOPPING:
        hint = _("The emergency questions are asked again before you hand in")
        return TaskLine("self_check", _("The self-check"), hint, "todo", "public:self-check")
    hint = _("It says that another way comes first.") if facts.self_check else _("Is it urgent? Is it the right way?")
    return TaskLine("self_check", _("The self-check"), hint, "todo", "public:self-check")


def _line_describe(facts: CaseFacts) -> TaskLine:
    hint = _("What you were told, who treats you, what matters to you")
    state = "done" if facts.described else "todo"
    return TaskLine("describe", _("What it is about"), hint, state, "patient:case-describe")


def _line_questions(facts: CaseFacts) -> TaskLine:
    n = facts.questions
    hint = ngettext("One question", "%(n)d questions", n) % {"n": n} if n else _("One to ten, in your own words")
    return TaskLine("questions", _("Your questions"), hint, "done" if n else "todo", "patient:case-questions")


def _line_consents(facts: CaseFacts) -> TaskLine:
    state = "todo" if facts.basic_consents_missing else "done"
    hint = _("You can take each back at any time")
    return TaskLine("consents", _("Your consent"), hint, state, "patient:case-consents")


def _line_records(facts: CaseFacts) -> TaskLine:
    n = facts.records
    title = _("Your records")
    if facts.state is State.DRAFT:
        return TaskLine("records", title, _("Opens when the steps above are done"), "later")
    if not n:
        return TaskLine("records", title, _("None yet"), "todo", "patient:upload")
    hint = ngettext("One record is here", "%(n)d records are here", n) % {"n": n}
    return TaskLine("records", title, hint, "done", "patient:records")


def _line_held(facts: CaseFacts) -> TaskLine | None:
    if not facts.held or facts.state not in EDITABLE | {State.ORGANISING, State.READY}:
        return None
    return TaskLine("held", seems_anothers(facts.held), _("Held back until you decide"), "todo", "patient:records")


def _line_held_asked(facts: CaseFacts) -> TaskLine | None:
    n = facts.held_asked
    if not n or facts.state not in EDITABLE | {State.ORGANISING, State.READY}:
        return None
    title = ngettext("One record that you called yours", "%(n)d records that you called yours", n) % {"n": n}
    hint = _("We look at it. Until then no expert sees it.")
    return TaskLine("held_asked", title, hint, "waiting", "patient:records")


def _line_readiness(facts: CaseFacts) -> TaskLine | None:
    if facts.state not in {State.COLLECTING, State.RETURNED}:
        return None
    if not facts.items_total:
        return None
    counts = {"here": facts.items_here, "total": facts.items_total}
    hint = _("%(here)d of %(total)d are ready. There is a letter for each missing one.") % counts
    state = "done" if facts.items_here == facts.items_total else ("started" if facts.items_here else "todo")
    return TaskLine("readiness", _("What is still missing"), hint, state, "patient:readiness")


def _line_countries(facts: CaseFacts) -> TaskLine:
    n = facts.countries
    hint = (
        ngettext("One country", "%(n)d countries", n) % {"n": n}
        if n
        else _("What is possible where, before you choose")
    )
    return TaskLine(
        "countries", _("Countries of your experts"), hint, "done" if n else "todo", "patient:case-countries"
    )


def _line_country_consents(facts: CaseFacts) -> TaskLine | None:
    if not facts.countries:
        return None
    if facts.countries_open:
        title, state = _("Consent for %s") % ", ".join(facts.countries_open), "todo"
    else:
        title, state = _("Consent for each country"), "done"
    return TaskLine("country_consents", title, _("You can take it back at any time"), state, "patient:case-consents")


def _line_hand_in(facts: CaseFacts) -> TaskLine:
    title = _("Check your answers and hand in")
    if facts.state is State.DRAFT:
        return TaskLine("hand_in", title, _("Opens when records can come"), "later")
    if facts.editable:
        return TaskLine(
            "hand_in", title, _("You see what speaks against it, if anything does"), "todo", "patient:case-hand-in"
        )
    return TaskLine("hand_in", _("Handed in"), _("The answers as they were handed in"), "done", "patient:case-hand-in")


def _line_offer(facts: CaseFacts) -> TaskLine | None:
    title = _("Price and payment")
    if facts.state is State.OFFERED:
        key = {"unpaid": "payment", "over": "offer_over"}.get(facts.offer, "offer")
        return TaskLine(key, title, _("Nothing is owed before you say yes"), "todo", "patient:case-offer")
    if facts.state in AFTER_OFFER | WITH_REPORT:
        return TaskLine("offer", title, _("Settled"), "done", "patient:case-offer")
    if facts.state in {State.WITHDRAWN, State.DECLINED, State.EXPIRED}:
        return None
    return TaskLine("offer", title, _("Opens when our editor has passed the case. Nothing to pay before."), "later")


def _line_question(facts: CaseFacts) -> TaskLine | None:
    if not facts.question_id:
        return None
    hint = _("The expert waits for your answer")
    return TaskLine(
        "expert_question", _("A question of an expert"), hint, "todo", "patient:expert-question", facts.question_id
    )


def _line_report(facts: CaseFacts) -> TaskLine | None:
    if facts.state in WITH_REPORT:
        state = "todo" if facts.state is State.DELIVERED and facts.afterwards.news else "done"
        return TaskLine("report", _("Your opinion"), _("Signed and delivered"), state, "patient:report")
    return None


def _line_follow_up(facts: CaseFacts) -> TaskLine | None:
    n = len(facts.afterwards.waits_for)
    if facts.state not in WITH_REPORT or not n:
        return None
    title = ngettext("One question to the expert", "%(n)d questions to the expert", n) % {"n": n}
    hint = _("Waits for %s") % ", ".join(dict.fromkeys(facts.afterwards.waits_for))
    return TaskLine("follow_up", title, hint, "expert", "patient:report")


def _line_doctor(facts: CaseFacts) -> TaskLine | None:
    if facts.state not in WITH_REPORT:
        return None
    if answers := facts.afterwards.answers:
        title = _("%s answered: read it") % ", ".join(doctor for doctor, _words in answers)
        hint = " · ".join(words for _doctor, words in answers)
        return TaskLine("doctor", title, hint, "done", "patient:share")
    if facts.state is State.CLOSED or facts.afterwards.news:
        return None
    return TaskLine("doctor", _("Give it to my doctor"), _("Your doctor needs no account"), "todo", "patient:share")


_LINES: tuple[Callable[[CaseFacts], TaskLine | None], ...] = (
    _line_question,
    _line_report,
    _line_follow_up,
    _line_doctor,
    _line_self_check,
    _line_describe,
    _line_questions,
    _line_countries,
    _line_consents,
    _line_country_consents,
    _line_records,
    _line_held,
    _line_held_asked,
    _line_readiness,
    _line_hand_in,
    _line_offer,
)
