"""The words of the self-check's pages: headings of questions and outcomes; clinical sentences come from the library."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consilia.clinical.entries import said as in_language
from consilia.clinical.rules import Outcome, RedFlag
from consilia.suitability.facts import Facts


@dataclass(frozen=True, slots=True)
class Ask:
    """Heading and sentence above the questions of one page; emergency questions take theirs from the library."""

    title: Promise
    lede: Promise | str = ""


PLACE = Ask(
    gettext_lazy("First: where are you now?"),
    gettext_lazy("About three minutes, no account, no name. Your answers stay in this browser."),
)
PERSON = Ask(
    gettext_lazy("Who is ill?"), gettext_lazy("The next questions fit the age. We ask for no name and no birthday.")
)
ALARMS = Ask(gettext_lazy("Is there something that cannot wait?"))
DOCTOR = Ask(
    gettext_lazy("The first opinion"), gettext_lazy("A second opinion looks at what a doctor has said before.")
)
RECORDS = Ask(
    gettext_lazy("Tests and papers"),
    gettext_lazy("The experts read what is already there. You need not have it at hand now."),
)
QUESTION = Ask(
    gettext_lazy("What do you want to know?"), gettext_lazy("You write your questions later, in your own words.")
)
DATE = Ask(
    gettext_lazy("Is there a date?"),
    gettext_lazy("An opinion takes about 10 days from the first record to the report."),
)


@dataclass(frozen=True, slots=True)
class Head:
    """The verdict of the result page."""

    title: Promise
    lede: Promise
    tone: str


HEADS: dict[Outcome, Head] = {
    Outcome.EMERGENCY: Head(
        gettext_lazy("You need help now, not a second opinion"), gettext_lazy("Your second opinion can wait."), "red"
    ),
    Outcome.NOT_SUITABLE: Head(
        gettext_lazy("A second opinion from a distance is not the right way here"),
        gettext_lazy("We say why, and what can help instead."),
        "amber",
    ),
    Outcome.SEE_DOCTOR_FIRST: Head(
        gettext_lazy("Please see a doctor first"),
        gettext_lazy("Come back when you have been seen. Nothing is lost."),
        "amber",
    ),
    Outcome.HOLD_INCOMPLETE: Head(
        gettext_lazy("A second opinion can suit you, once something more is there"),
        gettext_lazy("You can start today. We help you to get what is missing."),
        "amber",
    ),
    Outcome.SUITABLE_WITH_CONDITIONS: Head(
        gettext_lazy("A second opinion suits you, with something to mind"),
        gettext_lazy("You can start today. Please read what to mind first."),
        "green",
    ),
    Outcome.SUITABLE: Head(gettext_lazy("A second opinion suits you"), gettext_lazy("You can start today."), "green"),
}
MAY_START = frozenset({Outcome.SUITABLE, Outcome.SUITABLE_WITH_CONDITIONS, Outcome.HOLD_INCOMPLETE})


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of "What we looked at"."""

    title: str
    note: str
    word: str
    tone: str
    icon: str


def criteria(facts: Facts, number: str) -> tuple[Criterion, ...]:
    """The three criteria and the emergency questions, as they were answered."""
    return (
        _line(_("The recommended tests are done"), _tests(facts)),
        _line(_("Results and your doctor's report are there"), _papers(facts)),
        _line(_("There is something to make sure of"), _yes(facts.question not in ("unknown", "", "general_info"))),
        _urgent(facts, number),
    )


def _line(title: str, answer: tuple[str, str], note: str = "") -> Criterion:
    word, tone = answer
    return Criterion(title, note, word, tone, "circle-check" if tone == "green" else "half")


def _yes(good: bool) -> tuple[str, str]:
    return (_("Yes"), "green") if good else (_("Not yet"), "amber")


def _tests(facts: Facts) -> tuple[str, str]:
    return {
        "all_done": (_("Yes"), "green"),
        "none_recommended": (_("None advised"), "green"),
        "some_open": (_("Partly"), "amber"),
        "do_not_know": (_("Not known"), "amber"),
    }.get(facts.tests_recommended, (_("Not asked"), "amber"))


def _papers(facts: Facts) -> tuple[str, str]:
    if facts.results_available == "all" and facts.doctor_report == "yes":
        return _("Yes"), "green"
    if facts.results_available in ("all", "some") and facts.doctor_report in ("yes", "can_get"):
        return _("Partly"), "amber"
    return _("Not yet"), "amber"


def _urgent(facts: Facts, number: str) -> Criterion:
    title = _("No sign of an emergency")
    note = _("If that changes, call %s.") % number if number else ""
    if facts.alarm_now == "no" and facts.alarm_today == "no":
        return _line(title, (_("None"), "green"), note)
    return Criterion(_("Something should be looked at"), note, _("Today"), "amber", "circle-alert")


def said(flag: RedFlag, language: str) -> str:
    """The question of a flag in the language of the page."""
    return in_language(flag.question, language)
