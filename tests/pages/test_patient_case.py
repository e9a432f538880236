"""The patient goes from the first word to the opinion: each page says whose turn it is and what comes next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests import cast, make

from consilia.accounts.models import Person
from consilia.billing import actions as billing
from consilia.billing.models import Offer, Settlement
from consilia.cases import actions, content
from consilia.cases.models import Case, ExpertQuestion, Message, Purpose, SelfCheck
from consilia.cases.queries import patient as queries
from consilia.intake import links
from consilia.intake.models import UploadLink
from consilia.web.patient import consents

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(client) -> Person:
    person = make.person(cast.ANA)
    client.force_login(person)
    return person


def url(name: str, case: Case, *more: object) -> str:
    return reverse(f"patient:{name}", args=[case.pk, *more])


def good_self_check(case: Case) -> None:
    check = SelfCheck.objects.create(
        answered_at=timezone.now(), location_country="PT", facts={}, outcome="suitable", assessment={}
    )
    actions.adopt_self_check(make.reader(cast.ANA, case), check, at=timezone.now())


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


# --- what it is about -------------------------------------------------------------------------------------------


def test_one_to_ten_questions_with_one_more_place_on_demand(client, ana):
    case = make.case_draft()
    more = client.post(url("case-questions", case), {"places": "3", "question_1": "Is it certain?", "more": "1"})
    assert "question_4" in more.context["form"].fields
    assert "Is it certain?" in more.content.decode()
    assert not case.questions.exists()
    client.post(url("case-questions", case), {"places": "4", "question_1": "Is it certain?", "question_3": "And now?"})
    assert [q.text for q in case.questions.all()] == ["Is it certain?", "And now?"]


def test_no_question_at_all_is_said(client, ana):
    page = client.post(url("case-questions", make.case_draft()), {"places": "3"}).content.decode()
    assert "between one and ten questions" in page


# --- consents ----------------------------------------------------------------------------------------------------


def agree(client, case: Case, purpose: Purpose, country: str = "", sha256: str = ""):
    known = content.library().consent_text(purpose.value).sha256
    return client.post(
        url("case-consents", case), {"purpose": purpose.value, "country": country, "sha256": sha256 or known}
    )


def test_each_consent_is_given_on_its_own_with_the_text_that_was_read(client, ana):
    case = make.case_draft()
    agree(client, case, Purpose.TERMS)
    given = case.consents.get()
    assert (given.purpose, given.text_sha256) == (
        "service_terms",
        content.library().consent_text("service_terms").sha256,
    )
    assert "You agreed" in client.get(url("case-consents", case)).content.decode()


def test_after_a_yes_the_page_opens_at_the_next_question_that_has_no_answer(client, ana):
    case = make.case_draft()
    answer = agree(client, case, Purpose.TERMS)
    assert answer.headers["Location"].endswith(f"#{Purpose.PROCESSING.value}")


def test_a_text_that_changed_meanwhile_is_read_again_before_it_counts(client, ana):
    case = make.case_draft()
    agree(client, case, Purpose.TERMS, sha256="0" * 64)
    assert not case.consents.exists()


def test_a_consent_names_its_country_and_can_be_taken_back(client, ana):
    case = make.case_collecting()
    actions.choose_countries(make.reader(cast.ANA, case), ["IL"], at=make.NOON)
    assert "Israel" in client.get(url("case-consents", case)).content.decode()
    agree(client, case, Purpose.RECIPIENT_COUNTRY, "IL")
    assert case.consents.live().filter(country="IL").exists()
    client.post(url("case-consent-withdraw", case), {"purpose": "transfer", "country": "IL"})
    assert not case.consents.live().filter(country="IL").exists()


def test_the_case_ends_when_the_terms_are_taken_back_as_the_text_says(client, ana):
    case = make.case_in_review()
    client.post(url("case-consent-withdraw", case), {"purpose": "service_terms", "country": ""})
    assert fresh(case).state == "withdrawn"
    assert "You withdrew this case" in home(client, case)


def test_a_purpose_or_a_country_that_was_not_asked_for_is_not_there(client, ana):
    case = make.case_collecting()
    assert agree(client, case, Purpose.RECIPIENT_COUNTRY, "US").status_code == 404
    assert client.post(url("case-consent-withdraw", case), {"purpose": "everything"}).status_code == 404


# --- countries ---------------------------------------------------------------------------------------------------


def test_a_country_says_what_is_possible_before_it_is_chosen(client, ana):
    make.expert(cast.WEBER)
    case = make.case_collecting()
    page = client.get(url("case-countries", case), {"look": "US"})
    cards = {card.code: card for card in page.context["cards"]}
    assert set(cards) == {"DE", "US"}
    assert cards["US"].law.reasons[0].message in page.content.decode()
    client.post(url("case-countries", case), {"countries": ["DE", "US"]})
    assert fresh(case).wanted_countries == ["DE", "US"]


def test_while_she_is_abroad_the_stricter_law_is_shown_and_said_why(client, ana):
    case = make.case_collecting()
    words = actions.Description(stated_diagnosis="A lump", location_country="US")
    actions.describe(make.reader(cast.ANA, case), words, at=make.NOON)
    page = client.get(url("case-countries", case), {"look": ["DE", "TR"]})
    shown = page.content.decode()
    cards = {card.code: card for card in page.context["cards"]}
    assert "Now in United States: the rules of both countries hold" in shown
    assert str(cards["DE"].verdict) == "Through your doctor"
    assert "United States: the opinion goes to the treating doctor" in shown
    assert not cards["TR"].possible
    assert 'id="country-TR"' not in shown
    client.post(url("case-countries", case), {"countries": ["TR"]})
    assert fresh(case).wanted_countries == []


def test_where_her_records_may_not_leave_no_country_can_be_chosen(client, ana):
    case = make.case_collecting()
    words = actions.Description(stated_diagnosis="A lump", location_country="AE")
    actions.describe(make.reader(cast.ANA, case), words, at=make.NOON)
    page = client.get(url("case-countries", case), {"look": "DE"}).content.decode()
    assert "Not possible now" in page
    assert "United Arab Emirates: health records may not leave" in page
    assert 'name="countries"' not in page
    assert "health records may not leave" in client.get(url("records", case)).content.decode()


def test_no_country_chosen_is_said(client, ana):
    make.expert(cast.WEBER)
    assert "Choose at least one country." in client.post(url("case-countries", make.case_draft()), {}).content.decode()


# --- handing in --------------------------------------------------------------------------------------------------


def test_what_speaks_against_handing_in_stands_beside_the_button_and_leads_to_its_place(client, ana):
    case = make.case_collecting()
    page = client.get(url("case-hand-in", case)).content.decode()
    assert "There is no record yet" in page
    assert f'href="{url("case-countries", case)}"' in page
    assert client.post(url("case-hand-in", case)).status_code == 409
    assert fresh(case).state == "collecting"


def test_handing_in_freezes_what_the_rules_said(client, ana):
    case = make.case_with_records()
    good_self_check(case)
    actions.choose_countries(make.reader(cast.ANA, case), ["DE"], at=make.NOON)
    page = client.get(url("case-hand-in", case)).content.decode()
    assert "Hand in my case" in page
    assert "Mammography" in page
    assert client.post(url("case-hand-in", case))["Location"] == url("case", case)
    frozen = fresh(case).assessment
    assert fresh(case).state == "organising"
    assert frozen["outcome"] == "hold_incomplete"
    assert {stamp["id"] for stamp in frozen["stamps"]} >= {"safety", "PT", "breast_cancer"}


def test_emergency_questions_of_the_day_before_yesterday_are_asked_again(client, ana):
    case = make.case_with_records()
    good_self_check(case)
    SelfCheck.objects.update(answered_at=timezone.now() - timedelta(hours=25))
    actions.choose_countries(make.reader(cast.ANA, case), ["DE"], at=make.NOON)
    assert "more than a day ago" in client.get(url("case-hand-in", case)).content.decode()
    assert client.post(url("case-hand-in", case)).status_code == 409


def test_a_self_check_done_later_is_taken_over_by_the_case_that_is_open(client, ana):
    case = make.case_collecting()
    check = SelfCheck.objects.create(answered_at=timezone.now(), location_country="PT", outcome="suitable")
    session = client.session
    session["self_check_id"] = str(check.pk)
    session.save()
    client.post(url("case-self-check", case))
    assert fresh(case).self_check == check
    assert client.post(url("case-self-check", case)).status_code == 404


# --- the case page -----------------------------------------------------------------------------------------------


def home(client, case: Case) -> str:
    return str(client.get(url("case", case)).content.decode())


def test_the_case_page_names_the_one_next_step(client, ana):
    case = make.case_draft()
    assert "Answer the self-check" in home(client, case)
    good_self_check(case)
    assert "Describe my case" in home(client, case)


@pytest.mark.parametrize(
    ("make_case", "words"),
    [
        (make.case_handed_in, "We put your records in order"),
        (make.case_ready, "Your case is ready for experts"),
        (make.case_offered, "See the price"),
        (make.case_matching, "We are asking the experts"),
        (make.case_in_review, "The experts are reading"),
    ],
)
def test_every_wait_says_whose_turn_it_is(client, ana, make_case, words):
    assert words in home(client, make_case())


@pytest.mark.parametrize("make_case", [make.case_draft, make.case_with_records, make.case_offered, make.case_in_review])
def test_the_case_page_asks_the_database_at_most_twelve_times(client, ana, make_case, django_assert_max_num_queries):
    case = make_case()
    client.get(url("case", case))
    for number in range(30):
        make.paper(case, f"Report {number}".encode(), path=f"report-{number}.txt")
    with django_assert_max_num_queries(12):
        client.get(url("case", case))


PAGES = (
    "case-hand-in",
    "case-describe",
    "case-questions",
    "case-consents",
    "case-countries",
    "case-offer",
    "messages",
    "urgent",
)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_a_long_case_asks_the_database_seldom(client, ana, name, django_assert_max_num_queries):
    make.expert(cast.WEBER)
    case = make.case_with_records()
    good_self_check(case)
    actions.choose_countries(make.reader(cast.ANA, case), ["DE", "IL", "US"], at=make.NOON)
    for number in range(40):
        actions.write(make.reader(cast.EVA, case), text=f"Word {number}", at=make.NOON)
        make.paper(case, f"Report {number}".encode(), path=f"report-{number}.txt")
    client.get(url(name, case))
    with django_assert_max_num_queries(12):
        assert client.get(url(name, case)).status_code == 200


# --- offer -------------------------------------------------------------------------------------------------------


def now_offered(case: Case) -> None:
    """The cast lives in a past November; an offer holds three working days from now."""
    Offer.objects.filter(case=case).update(valid_until=timezone.now() + timedelta(days=3))


def test_a_free_offer_is_accepted_with_one_button(client, ana):
    case = make.case_offered()
    now_offered(case)
    assert "Free of charge" in client.get(url("case-offer", case)).content.decode()
    client.post(url("case-offer", case))
    assert fresh(case).state == "matching"


def test_an_invoice_waits_for_the_money_and_shows_its_number(client, ana):
    case = make.case_offered(settlement=Settlement.INVOICE)
    now_offered(case)
    client.post(url("case-offer", case))
    number = Offer.objects.get(case=case).invoice_number
    assert number in client.get(url("case-offer", case)).content.decode()
    assert fresh(case).state == "offered"
    assert "We wait for your payment" in home(client, case)


def test_a_wrong_code_opens_nothing_and_a_right_one_does(client, ana):
    case = make.case_offered(settlement=Settlement.SPONSORED)
    now_offered(case)
    assert "does not open a place" in client.post(url("case-offer", case), {"voucher": "WRONG"}).content.decode()
    until = timezone.now() + timedelta(days=9)
    code = billing.make_voucher(make.person(cast.MARTA), "A fund", uses=1, valid_until=until, at=timezone.now())
    client.post(url("case-offer", case), {"voucher": code})
    assert fresh(case).state == "matching"


def test_before_the_offer_the_page_says_when_it_comes(client, ana):
    assert "There is no offer yet" in client.get(url("case-offer", make.case_handed_in())).content.decode()


def test_an_offer_that_is_over_cannot_be_accepted(client, ana):
    case = make.case_offered()
    Offer.objects.filter(case=case).update(valid_until=timezone.now() - timedelta(days=1))
    assert "This offer is over" in client.get(url("case-offer", case)).content.decode()
    assert client.post(url("case-offer", case)).status_code == 409


# --- words -------------------------------------------------------------------------------------------------------


def test_words_go_to_the_desk_and_the_answer_comes_back(client, ana):
    case = make.case_handed_in()
    client.post(url("messages", case), {"text": "May I eat before the scan?"})
    actions.write(make.reader(cast.EVA, case), text="Please ask your hospital.", at=timezone.now())
    actions.keep_note(make.reader(cast.EVA, case), text="She is worried.", at=timezone.now())
    assert "1 new message" in home(client, case)
    page = client.get(url("messages", case)).content.decode()
    assert "May I eat" in page
    assert "Please ask your hospital." in page
    assert "She is worried." not in page
    client.post(url("messages-read", case))
    assert not Message.objects.filter(case=case, read_at=None, author_role="coordinator", audience="patient").exists()


def test_looking_at_messages_changes_nothing(client, ana):
    case = make.case_handed_in()
    actions.write(make.reader(cast.EVA, case), text="Hello", at=timezone.now())
    client.get(url("messages", case))
    assert Message.objects.filter(case=case, read_at=None, author_role="coordinator").exists()


def test_an_empty_message_is_not_sent(client, ana):
    case = make.case_handed_in()
    assert "Write your message first." in client.post(url("messages", case), {"text": " "}).content.decode()


def test_she_answers_the_experts_question_and_the_clock_runs_again(client, ana):
    case = make.case_in_review()
    actions.ask(make.reader(cast.WEBER, case), text="Which medicines do you take?", to_patient=True, at=make.NOON)
    asked = ExpertQuestion.objects.get()
    assert url("expert-question", case, asked.pk) in home(client, case)
    page = client.get(url("expert-question", case, asked.pk)).content.decode()
    assert "Which medicines do you take?" in page
    assert cast.WEBER.family_name not in page
    client.post(url("expert-question", case, asked.pk), {"answer": "None."})
    assert fresh(case).state == "in_review"
    assert "None." in client.get(url("expert-question", case, asked.pk)).content.decode()


def test_a_question_to_the_desk_is_not_the_patients(client, ana):
    case = make.case_in_review()
    actions.ask(make.reader(cast.WEBER, case), text="Is this page 2?", to_patient=False, at=make.NOON)
    assert client.get(url("expert-question", case, ExpertQuestion.objects.get().pk)).status_code == 404
    assert "We answer a question of an expert" in home(client, case)


def test_when_something_got_worse_the_number_comes_first_and_the_desk_is_told(client, ana):
    case = make.case_in_review()
    page = client.get(url("urgent", case)).content.decode()
    assert page.index('href="tel:112"') < page.index("Tell the desk now")
    client.post(url("urgent", case), {"note": "It bleeds"})
    assert fresh(case).urgent_at is not None
    assert "The desk is on it" in home(client, case)


def test_the_kind_of_case_is_chosen_from_her_words_until_she_chooses(client, ana):
    case = make.case_draft()
    page = client.get(url("case-describe", case), follow=True).content.decode()
    assert '<option value="" selected>' in page


def test_who_takes_the_consent_for_her_doctor_back_takes_back_every_link_of_the_doctor(ana):
    case = make.case_collecting()
    her, purpose = make.reader(cast.ANA, case), Purpose.TREATING_DOCTOR
    actions.give_consent(her, purpose, make.text_read(purpose), at=timezone.now())
    links.make(her, kind=UploadLink.Kind.TREATING_DOCTOR, label="Dr Santos", at=timezone.now())
    links.make(her, kind=UploadLink.Kind.HOSPITAL, label="Hospital", at=timezone.now())
    card = next(one for one in consents.cards_of(queries.consents(reader=her), ()) if one.purpose == purpose)
    consents.take_back(her, card, at=timezone.now())
    states = {link.kind: link.revoked_at is not None for link in UploadLink.objects.filter(case=case)}
    assert states == {"treating_doctor": True, "hospital": False}
