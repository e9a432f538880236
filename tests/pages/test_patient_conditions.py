"""Places of the checklist that count only for some patients: she says that one does not concern her."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from tests import cast, expert_pages, make
from tests.make import NOON
from tests.pages import desk_room

from consilia.audit.models import Event
from consilia.cases import actions as cases
from consilia.cases.models import Case
from consilia.cases.queries import readiness
from consilia.kernel.refusal import Invalid, NotFound, Refused

pytestmark = pytest.mark.django_db
OPERATED = "operated"  # of the list of breast cancer: an operation report, essential


def open_essentials(case: Case) -> tuple[str, ...]:
    return readiness.for_case(Case.objects.get(pk=case.pk), NOON.date()).essential_labels()


def ana() -> Client:
    client = Client()
    client.force_login(make.person(cast.ANA), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def said(response) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def test_who_was_not_operated_says_so_once_and_the_report_is_not_missing_any_more() -> None:
    case, browser = make.case_with_records(), ana()
    page = reverse("patient:readiness", args=[case.pk])
    assert "Operation report" in open_essentials(case)
    assert "This does not apply to me" in said(browser.get(page))
    answer = browser.post(reverse("patient:condition", args=[case.pk, OPERATED]), {"applies": "no"})
    assert answer.url == page
    assert "Operation report" not in open_essentials(case)
    assert "Does not apply: you said so" in said(browser.get(page))
    event = Event.objects.filter(case_id=case.pk, kind="case_changed").latest("sequence")
    assert (event.entity_type, event.detail) == ("condition", {"code": "operated:no"})


def test_what_does_not_apply_can_be_asked_for_again() -> None:
    case, browser = make.case_with_records(), ana()
    address = reverse("patient:condition", args=[case.pk, OPERATED])
    browser.post(address, {"applies": "no"})
    browser.post(address, {"applies": "open"})
    assert "Operation report" in open_essentials(case)
    assert Case.objects.get(pk=case.pk).conditions == {}


def test_a_condition_that_no_place_of_the_list_has_is_refused() -> None:
    her = make.reader(cast.ANA, make.case_with_records())
    with pytest.raises(Invalid):
        cases.say_condition(her, "left_handed", applies=False, at=NOON)


def test_a_place_that_everybody_needs_cannot_be_said_away() -> None:
    case = make.case_with_records()
    with pytest.raises(Invalid):
        cases.say_condition(make.reader(cast.ANA, case), "doctor_report", applies=False, at=NOON)


def test_nobody_else_says_it_for_her_and_she_not_after_the_gate() -> None:
    case = make.case_handed_in()
    with pytest.raises(NotFound):
        cases.say_condition(make.reader(cast.EVA, case), OPERATED, applies=False, at=NOON)
    cases.say_condition(make.reader(cast.ANA, case), OPERATED, applies=False, at=NOON)
    ready = make.case_ready(cast.MALLORY)
    with pytest.raises(Refused):
        cases.say_condition(make.reader(cast.MALLORY, ready), OPERATED, applies=False, at=NOON)


def test_the_desk_and_the_expert_read_what_she_said() -> None:
    case = make.case_handed_in()
    cases.say_condition(make.reader(cast.ANA, case), OPERATED, applies=False, at=NOON)
    desk = desk_room.at_work(cast.PRIYA)
    for name in ("desk:case", "desk:gate"):
        page = said(desk.get(reverse(name, args=[case.pk])))
        assert "Operation report only if: operated" in page, page[page.find("Operation report") - 100 :][:400]
        assert "does not apply, the patient said so" in page
    accepted = make.case_in_review(cast.MALLORY)
    Case.objects.filter(pk=accepted.pk).update(conditions={OPERATED: False})
    table = said(expert_pages.signed_in().get(reverse("expert:table", args=[accepted.pk])))
    assert "does not apply, the patient said so" in table
