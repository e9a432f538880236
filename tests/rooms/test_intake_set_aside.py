"""A paper that is surely no medical record is set aside as it comes; nothing is lost, and she or the desk takes it."""

from __future__ import annotations

import pytest
from tests import cast, make
from tests.make import NOON

from consilia.intake import actions, concluding, deciding, words
from consilia.jobs import runner
from consilia.kernel.refusal import Refused
from consilia.records import actions as records
from consilia.records.models import Original, Standing
from consilia.vault import queries as vault_queries

pytestmark = pytest.mark.django_db
CAKE = b"Apple cake\nFlour 300 g, sugar 150 g, butter 200 g, three eggs\nBake in the oven, one teaspoon of salt\n"
BILL = b"Invoice 4711\nSubtotal 30.00, VAT 6.00, shipping 4.99\nOrder number 77, payment by 01.03.2026\n"
DOUBTFUL = {
    "of a hospital, with a birth date": BILL + b"Patient: Ana Costa\nDate of birth: 09.05.1971\n",
    "with few words": b"Dear all,\nthe total amount of sugar was high.\nThank you.\n",
    "a report that speaks of food": b"Discharge summary\nPatient: Ana Costa\nNo sugar, no eggs, no butter.\n",
}


@pytest.fixture
def case():
    return make.case_collecting()


@pytest.fixture
def ana(case):
    return make.reader(cast.ANA, case)


def send(ana, content: bytes, path: str = "paper.txt") -> Original:
    actions.put_whole(ana, path=path, chunks=[content], size=len(content), key=path, at=NOON)
    runner.drain(NOON)
    return Original.objects.get(case_id=ana.case_id, path=path)


@pytest.mark.parametrize("content", [CAKE, BILL])
def test_a_recipe_or_a_bill_is_kept_and_set_aside_with_the_reason(case, ana, content):
    paper = send(ana, content)
    assert (paper.standing, paper.reason) == (Standing.IGNORED, "seems_not_medical")
    assert "kept" in words.reason(paper.reason)
    assert vault_queries.exists(case.pk, paper.sha256)
    assert not concluding.of_case(case.pk, at=NOON).course


@pytest.mark.parametrize("content", DOUBTFUL.values(), ids=DOUBTFUL)
def test_a_doubtful_paper_stays_among_her_records(ana, content):
    assert send(ana, content).standing == Standing.TAKEN


def test_one_click_of_hers_makes_it_a_record_again_of_which_a_person_is_asked_what_it_is(ana):
    paper = send(ana, CAKE)
    assert deciding.object_to_aside(ana, paper.pk, at=NOON)
    paper.refresh_from_db()
    assert (paper.standing, paper.reason, paper.objected_at) == (Standing.TAKEN, "", None)
    assert (paper.document.kind, paper.document.asks) == ("unknown", True)


def test_the_desk_takes_it_again_too(case, ana):
    paper = send(ana, CAKE)
    deciding.take_again(make.reader(cast.EVA, case), paper.pk, at=NOON)
    paper.refresh_from_db()
    assert paper.standing == Standing.TAKEN


def test_what_a_person_of_the_desk_set_aside_she_cannot_take_by_herself(case, ana):
    paper, desk = send(ana, CAKE), make.reader(cast.EVA, case)
    deciding.take_again(desk, paper.pk, at=NOON)
    deciding.set_aside(desk, paper.pk, reason="a recipe for a cake", at=NOON)
    assert not deciding.object_to_aside(ana, paper.pk, at=NOON)
    deciding.remove(ana, paper.pk, at=NOON)
    deciding.put_back(ana, paper.pk, at=NOON)
    paper.refresh_from_db()
    assert paper.standing == Standing.IGNORED
    with pytest.raises(Refused):
        records.release(case.pk, paper.pk, reason="it is hers", actor=ana.actor, at=NOON)
    assert not deciding.object_to_aside(ana, paper.pk, at=NOON)


def test_removed_and_put_back_it_is_set_aside_again(ana):
    paper = send(ana, CAKE)
    deciding.remove(ana, paper.pk, at=NOON)
    deciding.put_back(ana, paper.pk, at=NOON)
    paper.refresh_from_db()
    assert (paper.standing, paper.reason) == (Standing.IGNORED, "seems_not_medical")
