"""What is this paper? The desk and the patient name papers that the intake is not sure of, and take it back."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import cast, make
from tests.pages.desk_room import at_work

from consilia.audit.models import Event
from consilia.cases import content
from consilia.cases.models import Case
from consilia.cases.states import State
from consilia.cli import content_examples
from consilia.intake import examples
from consilia.intake.models import Example
from consilia.records.models import Document, Original

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
LETTER = "Befundbericht Ana Costa Kardiologie\nSehr geehrte Frau Kollegin\nLissabon, 12.03.2026\nTermin 05/04/2026\n"


@pytest.fixture
def case() -> Case:
    return make.case_handed_in(at=timezone.now())


@pytest.fixture
def letter(case) -> Original:
    return make.paper(case, LETTER.encode(), path="scan 1.txt", kind="lab_report", sure=0.3)


@pytest.fixture
def slip(case) -> Original:
    return make.paper(case, b"Termin am 3.5.2026 um 9 Uhr\n", path="scan 2.txt", kind="unknown", sure=0.0)


def at(name: str, case: Case, *ids: object, space: str = "desk") -> str:
    return reverse(f"{space}:{name}", args=[case.pk, *ids])


def paper(original: Original) -> Document:
    return Document.objects.get(original=original)


def kinds(case: Case) -> list[str]:
    return list(Event.objects.filter(chain=str(case.pk)).order_by("sequence").values_list("kind", flat=True))


def test_the_desk_sees_the_paper_its_likely_kinds_with_the_words_that_speak_for_them_and_its_days(case, letter, slip):
    page = at_work(cast.EVA).get(at("naming", case)).content.decode()
    assert "Paper 1 of 2" in page
    assert "Lissabon, 12.03.2026" in page
    assert 'value="lab_report" checked' in page
    assert 'value="2026-03-12"' in page
    assert 5 <= page.count('name="kind"') <= 8
    assert kinds(case)[-1] == "record_opened"


def test_naming_a_paper_saves_it_with_who_and_when_and_the_next_one_comes(case, letter, slip):
    eva = at_work(cast.EVA)
    said = {"kind": "consultation_note", "day": "2026-03-12"}
    screen = eva.post(at("name-paper", case, letter.pk), said, **HTMX)
    assert "Paper 2 of 2" in screen.content.decode()
    assert "<html" not in screen.content.decode()
    assert screen.headers["HX-Replace-Url"] == at("name-paper", case, slip.pk)
    named = paper(letter)
    assert (named.kind, named.document_date) == ("consultation_note", date(2026, 3, 12))
    assert named.decided_by_id == make.person(cast.EVA).pk
    assert kinds(case)[-2:] == ["record_named", "record_opened"]
    screen = eva.post(at("name-paper", case, slip.pk), {"kind": "appointment_letter", "day": ""}, **HTMX)
    assert "Every paper has a name" in screen.content.decode()
    assert paper(slip).document_date is None


def test_without_a_script_the_form_leads_to_the_next_paper_and_back(case, letter, slip):
    eva = at_work(cast.EVA)
    answer = eva.post(at("name-paper", case, letter.pk), {"kind": "ecg", "day": "2026-03-12"}, follow=True)
    page = answer.content.decode()
    assert "Paper 2 of 2" in page
    assert at("name-undo", case, letter.pk) in page
    answer = eva.post(at("name-undo", case, letter.pk), follow=True)
    assert "Paper 1 of 2" in answer.content.decode()
    again = paper(letter)
    assert (again.kind, again.document_date, again.decided_at) == ("lab_report", date(2026, 10, 5), None)
    assert not Example.objects.exists()
    assert eva.post(at("name-undo", case, letter.pk)).status_code == 409


def test_a_kind_without_a_key_is_found_by_its_name_and_an_unknown_name_is_asked_again(case, letter):
    eva = at_work(cast.EVA)
    answer = eva.post(at("name-paper", case, letter.pk), {"other": "something odd", "day": ""}, **HTMX)
    assert answer.status_code == 422
    assert "something odd" in answer.content.decode()
    assert paper(letter).decided_at is None
    eva.post(at("name-paper", case, letter.pk), {"other": "advance directive", "other_day": "2026-01-02"}, **HTMX)
    assert (paper(letter).kind, paper(letter).document_date) == ("advance_directive", date(2026, 1, 2))


def test_nothing_chosen_is_no_answer(case, slip):
    assert at_work(cast.EVA).post(at("name-paper", case, slip.pk), {"day": ""}).status_code == 422
    assert paper(slip).decided_at is None


def test_the_patient_names_her_own_papers_and_is_led_there_from_her_records(case, letter):
    ana = Client()
    ana.force_login(make.person(cast.ANA), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert at("naming", case, space="patient") in ana.get(at("records", case, space="patient")).content.decode()
    ana.post(at("name-paper", case, letter.pk, space="patient"), {"kind": "consultation_note", "day": "2026-03-12"})
    assert paper(letter).kind == "consultation_note"
    assert at("naming", case, space="patient") not in ana.get(at("records", case, space="patient")).content.decode()


def test_the_page_of_the_case_counts_the_papers_that_wait_for_a_name(case, letter, slip):
    page = at_work(cast.EVA).get(at("case", case)).content.decode()
    assert at("naming", case) in page
    assert "2 papers wait for a name" in page


def test_a_strangers_paper_cannot_be_named_from_here(case, letter):
    other = make.case_handed_in(cast.MALLORY, at=timezone.now())
    said = {"kind": "ecg", "day": ""}
    assert at_work(cast.EVA).post(at("name-paper", other, letter.pk), said).status_code == 404


def test_the_same_number_of_queries_however_many_papers_wait(case, letter):
    eva = at_work(cast.EVA)
    eva.get(at("naming", case))
    with CaptureQueriesContext(connection) as few:
        eva.get(at("naming", case))
    for number in range(12):
        make.paper(case, f"page {number}".encode(), path=f"{number}.txt", sure=0.1)
    with CaptureQueriesContext(connection) as many:
        eva.get(at("naming", case))
    assert len(many) <= len(few) <= 16  # 12, and the words of two transactions


def test_an_example_holds_words_of_content_and_none_of_the_papers_own(case, letter):
    at_work(cast.EVA).post(at("name-paper", case, letter.pk), {"kind": "cardiology_report", "day": "2026-03-12"})
    kept = Example.objects.get()
    assert (kept.recognised, kept.kind, kept.date_was_right) == ("lab_report", "cardiology_report", False)
    written = str([kept.headings, kept.phrases, kept.language]).casefold()
    for word in ("ana", "costa", "lissabon", "2026", "12", "03"):
        assert word not in written.replace("…", " ").split()
        assert f"'{word}" not in written
    assert "befundbericht" in written
    (told,) = examples.told(content.library())
    assert told.kind == "cardiology_report"
    assert told.now in content.library().kinds()


def test_a_name_that_is_also_a_word_of_the_lists_is_left_out(case):
    words = b"Laboratory Biopsy\nPatient: Laboratory Biopsy\nbiopsy of the left breast\n"
    odd = make.paper(case, words, path="odd.txt", kind="unknown", sure=0.0)
    at_work(cast.EVA).post(at("name-paper", case, odd.pk), {"kind": "pathology_report", "day": ""})
    kept = Example.objects.get()
    assert "biopsy" not in str([kept.headings, kept.phrases]).casefold()


def test_reviewers_get_the_examples_and_how_many_todays_words_know(case, letter, capsys):
    at_work(cast.EVA).post(at("name-paper", case, letter.pk), {"kind": "ecg", "day": ""})
    assert content_examples.run(Namespace(wrong=True)) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["kind"] == "ecg"
    assert "1 examples; right when the paper came: 0" in printed.err


def test_what_an_opinion_rests_on_is_not_named_again(case, letter):
    Case.objects.filter(pk=case.pk).update(state=State.SIGNED)
    eva = at_work(cast.EVA)
    page = eva.get(at("name-paper", case, letter.pk)).content.decode()
    assert "The opinion rests on these records" in page
    assert eva.post(at("name-paper", case, letter.pk), {"kind": "ecg", "day": ""}).status_code == 409
    assert paper(letter).decided_at is None


def test_an_example_outlives_its_paper_and_points_at_nobody(case, letter):
    at_work(cast.EVA).post(at("name-paper", case, letter.pk), {"kind": "ecg", "day": ""})
    paper(letter).delete()
    assert Example.objects.get().document_id is None
