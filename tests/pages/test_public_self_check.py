"""The self-check without an account: an alarm shows the number at once, six outcomes, no identity anywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import cast, make

from consilia.audit.models import Event
from consilia.cases.models import Case, SelfCheck

pytestmark = pytest.mark.django_db

PERSON = {"asks_as": "self", "age_group": "adult", "pregnant": "no"}
GOOD = {
    "doctor": {"seen_in_person": "yes", "named_diagnosis": "yes"},
    "records": {"tests_recommended": "all_done", "results_available": "all", "doctor_report": "yes"},
    "question": {"question": "diagnosis", "wants_prescription": "no", "wants_certificate": "no"},
    "date": {"when": "none"},
}


def begin(client: Client, country: str = "IT", **person: str) -> None:
    client.post(reverse("public:self-check"), {"located_in": country})
    client.post(reverse("public:self-check-person"), PERSON | person)


def parts(client: Client) -> list[list[str]]:
    """The ids of the emergency questions, page by page."""
    first = client.get(reverse("public:self-check-alarms", args=[1]))
    return [
        list(client.get(reverse("public:self-check-alarms", args=[n])).context["form"].fields)
        for n in range(1, first.context["parts"] + 1)
    ]


def no_alarm(client: Client, **answers: str):
    last = None
    for number, flags in enumerate(parts(client), 1):
        said = {flag: answers.get(flag, "no") for flag in flags}
        last = client.post(reverse("public:self-check-alarms", args=[number]), said)
    return last


def criteria(client: Client, **other: dict[str, str]):
    last = None
    for page, answers in (GOOD | other).items():
        last = client.post(reverse(f"public:self-check-{page}"), answers)
    return last


def outcome_of(client: Client) -> str:
    return SelfCheck.objects.get(pk=client.session["self_check_id"]).outcome


def test_all_good_answers_lead_to_suitable_and_to_the_one_next_step(client):
    begin(client)
    assert no_alarm(client)["Location"] == reverse("public:self-check-doctor")
    assert criteria(client)["Location"] == reverse("public:self-check-result")
    page = client.get(reverse("public:self-check-result")).content.decode()
    assert "A second opinion suits you" in page
    assert reverse("patient:case-start") in page
    assert outcome_of(client) == "suitable"


@pytest.mark.parametrize(
    ("page", "answer", "outcome", "words"),
    [
        ("doctor", {"seen_in_person": "no", "named_diagnosis": "no"}, "see_doctor_first", "Please see a doctor first"),
        ("records", {"tests_recommended": "some_open"}, "hold_incomplete", "once something more is there"),
        ("question", {"question": "operation"}, "suitable_with_conditions", "with something to mind"),
        ("question", {"wants_certificate": "yes"}, "not_suitable", "not the right way here"),
    ],
)
def test_every_other_outcome_says_why_and_what_to_do(client, page, answer, outcome, words):
    begin(client)
    no_alarm(client)
    criteria(client, **{page: GOOD[page] | answer})
    shown = client.get(reverse("public:self-check-result"))
    assert outcome_of(client) == outcome
    assert words in shown.content.decode()
    assert shown.context["reasons"][0].what_to_do


@pytest.mark.parametrize("answer", ["yes", "not_sure"])
def test_one_alarm_shows_the_number_of_the_place_at_once(client, answer):
    begin(client, "DE")
    flag = parts(client)[0][1]
    answered = client.post(reverse("public:self-check-alarms", args=[1]), {flag: answer})
    assert answered["Location"] == reverse("public:self-check-emergency")
    page = client.get(reverse("public:self-check-emergency")).content.decode()
    assert 'href="tel:112"' in page
    assert "Start my case" not in page


def test_an_alarm_is_logged_without_identity(client):
    begin(client, "DE")
    flag = parts(client)[0][0]
    client.post(reverse("public:self-check-alarms", args=[1]), {flag: "yes"})
    check = SelfCheck.objects.get()
    assert check.outcome == "emergency"
    event = Event.objects.get(kind="emergency_shown")
    assert event.actor_id is None
    assert event.case_id is None


def test_after_an_alarm_the_remote_path_is_closed(client):
    begin(client)
    client.post(reverse("public:self-check-alarms", args=[1]), {parts(client)[0][0]: "yes"})
    for page in ("doctor", "records", "question", "date", "result"):
        assert client.get(reverse(f"public:self-check-{page}")).status_code == 302


def test_a_number_for_a_place_without_one_is_advice_and_no_number(client, settings):
    begin(client, "AQ")
    client.post(reverse("public:self-check-alarms", args=[1]), {parts(client)[0][0]: "yes"})
    page = client.get(reverse("public:self-check-emergency"))
    if not page.context["numbers"].known:
        assert page.context["numbers"].advice in page.content.decode()
        assert "sos__call" not in page.content.decode()


def test_who_ticked_by_mistake_goes_back_and_on(client):
    begin(client)
    client.post(reverse("public:self-check-alarms", args=[1]), {parts(client)[0][0]: "yes"})
    no_alarm(client)
    criteria(client)
    assert outcome_of(client) == "suitable"


def test_something_for_today_sends_to_a_doctor_and_not_into_a_case(client):
    begin(client)
    flag = parts(client)[-1][0]
    assert no_alarm(client, **{flag: "yes"})["Location"] == reverse("public:self-check-result")
    page = client.get(reverse("public:self-check-result")).content.decode()
    assert "Please see a doctor first" in page
    assert reverse("patient:case-start") not in page
    assert outcome_of(client) == "see_doctor_first"


def test_nobody_skips_the_emergency_questions(client):
    begin(client)
    for page in ("doctor", "date", "result"):
        assert client.get(reverse(f"public:self-check-{page}"))["Location"] == reverse(
            "public:self-check-alarms", args=[1]
        )


def test_a_child_and_a_pregnancy_are_asked_their_own_questions(client):
    begin(client, age_group="child", pregnant="not_sure")
    asked = {flag for flags in parts(client) for flag in flags}
    begin(client)
    assert {flag[:2] for flag in asked} > {flag[:2] for flags in parts(client) for flag in flags}


def test_an_unanswered_emergency_question_is_asked_again_and_the_others_are_kept(client):
    begin(client)
    flags = parts(client)[0]
    page = client.post(reverse("public:self-check-alarms", args=[1]), {flags[0]: "no"})
    assert page.status_code == 200
    assert "Choose one of the answers." in page.content.decode()
    assert page.context["form"][flags[0]].value() == "no"


def test_the_answers_hold_no_identity(client):
    client.force_login(make.person(cast.ANA))
    begin(client)
    no_alarm(client)
    criteria(client)
    check = SelfCheck.objects.get()
    assert cast.ANA.email not in str(check.facts) + str(check.assessment)
    assert not Event.objects.filter(kind="self_check_answered").exclude(actor_id=None).exists()
    assert check.assessment["stamps"]


def test_a_new_case_takes_the_self_check_over(client):
    begin(client, "PT")
    no_alarm(client)
    criteria(client)
    ana = make.patient()
    client.force_login(ana.person)
    client.post(reverse("patient:case-start"), {"patient": ana.pk})
    case = Case.objects.get()
    assert case.self_check is not None
    assert case.location_country == "PT"
    assert "self_check_id" not in client.session


def test_a_self_check_of_yesterday_is_not_taken_over(client):
    begin(client, "PT")
    no_alarm(client)
    criteria(client)
    SelfCheck.objects.update(answered_at=timezone.now() - timedelta(hours=25))
    ana = make.patient()
    client.force_login(ana.person)
    client.post(reverse("patient:case-start"), {"patient": ana.pk})
    assert Case.objects.get().self_check is None


def test_a_flood_of_self_checks_is_answered_and_not_kept_and_the_number_is_shown_all_the_same(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"self_check": "1/h/ip"}
    cache.clear()
    for _again in range(2):
        begin(client, "DE")
        flag = parts(client)[0][0]
        stopped = client.post(reverse("public:self-check-alarms", args=[1]), {flag: "yes"}, follow=True)
        assert "112" in stopped.content.decode()
    assert SelfCheck.objects.count() == 1
    assert "self_check_id" not in client.session, "an older result is not taken over in place of the new one"
    cache.clear()
