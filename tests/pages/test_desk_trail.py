"""The auditor reads events and no word of a case; an administrator sees one case for an hour, with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests import cast, make
from tests.pages.desk_room import at_work

from consilia.audit.models import Event
from consilia.cases.models import BreakGlass, Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return make.case_handed_in(at=timezone.now())


def test_the_auditor_reads_the_trail_by_reference_without_a_word_of_the_case(case):
    ines = at_work(cast.INES)
    where = ines.post("/desk/trail/", {"reference": case.reference.lower()}).headers["Location"]
    page = ines.get(where).content.decode()
    assert "case_handed_in" in page
    assert "A lump in the left breast" not in page
    assert "Is the diagnosis certain" not in page
    last = Event.objects.filter(chain=str(case.pk)).order_by("-sequence").first()
    assert last.kind == "audit_read"


def test_an_unknown_reference_is_said(case):
    answer = at_work(cast.INES).post("/desk/trail/", {"reference": "C-0000-NOTHING"})
    assert answer.status_code == 422
    assert "There is no case" in answer.content.decode()


@pytest.mark.parametrize("who", [cast.EVA, cast.PRIYA, cast.MARTA, cast.ANA])
def test_only_the_auditor_has_the_trail(case, who):
    client = at_work(who)
    assert client.get("/desk/trail/").status_code == 404
    assert client.get(f"/desk/trail/{case.pk}/").status_code == 404


def test_an_administrator_sees_no_case_until_the_glass_is_broken_with_a_reason(case):
    marta = at_work(cast.MARTA)
    assert marta.get(f"/desk/cases/{case.pk}/").status_code == 404
    assert marta.post("/desk/glass/", {"reference": case.reference, "reason": "short"}).status_code == 422
    marta.post("/desk/glass/", {"reference": case.reference, "reason": "The desk is ill and the patient calls."})
    page = marta.get(f"/desk/cases/{case.pk}/").content.decode()
    assert "read-only" in page
    assert "Keep note" not in page
    assert marta.post(f"/desk/cases/{case.pk}/note/", {"text": "x"}).status_code == 404
    assert "break_glass" in Event.objects.filter(chain=str(case.pk)).values_list("kind", flat=True)


def test_the_glass_is_whole_again_after_an_hour(case):
    marta = at_work(cast.MARTA)
    marta.post("/desk/glass/", {"reference": case.reference, "reason": "The desk is ill and the patient calls."})
    BreakGlass.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert marta.get(f"/desk/cases/{case.pk}/").status_code == 404


def test_the_glass_asks_once_more_who_is_there(case):
    marta = at_work(cast.MARTA)
    store = marta.session
    for record in store["account_authentication_methods"]:
        record["at"] -= 3600
    store.save()
    assert "Show that it is you" in marta.get("/desk/glass/").content.decode()
    words = {"reference": case.reference, "reason": "The desk is ill and the patient calls."}
    assert marta.post("/desk/glass/", words).status_code == 409
    assert not BreakGlass.objects.exists()


def test_the_desk_itself_has_no_glass(case):
    assert at_work(cast.EVA).get("/desk/glass/").status_code == 404
