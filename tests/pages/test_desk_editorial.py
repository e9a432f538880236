"""The editorial check: the words stay the expert's; six points, or back with reasons."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests import cast, make
from tests.pages.desk_room import at_work

from consilia.audit.models import Event
from consilia.cases.models import Case
from consilia.cases.states import State
from consilia.cli.demo import opinion as demo
from consilia.opinions import actions as opinions
from consilia.opinions.models import Opinion
from consilia.opinions.states import OpinionState

pytestmark = pytest.mark.django_db
POINTS = list(opinions.CHECK_POINTS)


@pytest.fixture
def case() -> Case:
    """A case whose only expert has handed the opinion to the editor."""
    now = timezone.now()
    case = make.case_in_review(at=now)
    weber = make.reader(cast.WEBER, case, at=now)
    draft = opinions.begin(weber, at=now)
    cited = demo.citable(case.pk)
    for record in cited:
        opinions.note_opening(weber, record.record_id, at=now)
    draft = opinions.save(weber, demo.written(draft.content, cited), version=draft.version, at=now)
    opinions.submit(weber, version=draft.version, at=now)
    return Case.objects.get(pk=case.pk)


def page_of(case: Case) -> str:
    return f"/desk/cases/{case.pk}/editorial/"


def judged(**more: object) -> dict[str, object]:
    return {"opinion": str(Opinion.objects.get().pk), "ticked": POINTS, "reasons": ""} | more


def test_the_editor_reads_the_opinion_with_its_sources_and_the_look_is_kept(case):
    page = at_work(cast.PRIYA).get(page_of(case)).content.decode()
    for words in (
        "The plain page",
        "Is the diagnosis certain?",
        demo.CANNOT,
        "Pathology report, p. 1",
        "The six points",
    ):
        assert words in page
    assert f"/desk/cases/{case.pk}/records/" in page
    last = Event.objects.filter(chain=str(case.pk)).order_by("-sequence").first()
    assert last.kind == "opinion_opened"


def test_all_six_points_and_the_expert_can_sign(case):
    at_work(cast.PRIYA).post(page_of(case), judged(verdict="pass"))
    assert Opinion.objects.get().state == OpinionState.PASSED


def test_one_point_short_and_the_reasons_typed_stay_on_the_page(case):
    answer = at_work(cast.PRIYA).post(page_of(case), judged(verdict="pass", ticked=POINTS[1:], reasons="Not sure"))
    assert answer.status_code == 422
    assert "Tick every point" in answer.content.decode()
    assert "Not sure</textarea>" in answer.content.decode()
    assert Opinion.objects.get().state == OpinionState.SUBMITTED


def test_sent_back_with_reasons_and_never_without(case):
    priya = at_work(cast.PRIYA)
    assert priya.post(page_of(case), judged(verdict="back", ticked=[])).status_code == 422
    priya.post(page_of(case), judged(verdict="back", ticked=[], reasons="Answer 2 names no source."))
    assert Opinion.objects.get().state == OpinionState.RETURNED
    assert Case.objects.get(pk=case.pk).state == State.IN_REVIEW
    page = priya.get(page_of(case)).content.decode()
    assert "Answer 2 names no source." in page
    assert "This opinion is not with the editor." in page


def test_a_coordinator_has_no_editorial_check(case):
    assert at_work(cast.EVA).get(page_of(case)).status_code == 404
    assert at_work(cast.EVA).post(page_of(case), judged(verdict="pass")).status_code == 404


def test_an_opinion_of_another_case_cannot_be_passed_from_here(case):
    other = make.case_handed_in(cast.MALLORY, at=timezone.now())
    assert at_work(cast.PRIYA).post(page_of(other), judged(verdict="pass")).status_code == 404
    assert Opinion.objects.get().state == OpinionState.SUBMITTED
