"""Nobody waits for the database: pages that hold much ask it at most twelve times, however much they hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import cast, make
from tests import expert_opinion as write
from tests.cast import ExpertCharacter
from tests.expert_pages import signed_in
from tests.matrix import records as samples
from tests.pages.desk_room import at_work
from tests.rooms import reports_room as room

from consilia.audit.models import Event
from consilia.cases.models import Case
from consilia.cases.queries import expert_records
from consilia.intake import concluding
from consilia.opinions.models import Opening
from consilia.records.models import Document, Instance, Original, Series, Standing, Study
from consilia.reports import issuing

pytestmark = pytest.mark.django_db

MOST = 12
WORDS = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")  # of transactions, no questions


def asked(client: Client, path: str) -> int:
    """How often the page asks the database."""
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return sum(not row["sql"].startswith(WORDS) for row in caught.captured_queries)


def fill(case: Case, count: int) -> None:
    """So many papers, and so many studies of one image each."""
    came = {"case_id": case.pk, "sha256": "", "size": 1, "standing": Standing.TAKEN, "received_at": write.now()}
    papers = Original.objects.bulk_create(Original(path=f"{n}.txt", **came) for n in range(count))
    Document.objects.bulk_create(Document(original=one, title=f"Letter {one.path}", language="de") for one in papers)
    pictures = Original.objects.bulk_create(Original(path=f"{n}.dcm", **came) for n in range(count))
    studies = Study.objects.bulk_create(Study(case_id=case.pk, uid=f"2.{n}") for n in range(count))
    series = Series.objects.bulk_create(Series(study=one, uid="1", modality="CT") for one in studies)
    pairs = zip(pictures, series, strict=True)
    Instance.objects.bulk_create(Instance(original=one, series=row, uid="1", sop_class="1") for one, row in pairs)


@pytest.fixture
def case() -> Case:
    """In review, with a paper and a study; Weber has accepted and begun to write, citing the paper."""
    found = write.in_review()
    samples.fill(make.reader(cast.EVA, found, at=write.now()), found.patient, write.now())
    return found


def places(case: Case) -> dict[str, str]:
    paper = Document.objects.filter(original__case_id=case.pk, original__standing=Standing.TAKEN).first()
    study = Study.objects.filter(case_id=case.pk).first()
    assert paper is not None
    assert study is not None
    return {
        "table": reverse("expert:table", args=[case.pk]),
        "record": reverse("expert:record", args=[case.pk, paper.original_id]),
        "study": reverse("expert:study", args=[case.pk, study.pk]),
    }


@pytest.mark.parametrize("stage", ["nothing", "saved", "submitted", "signed"])
def test_the_table_of_an_expert_asks_seldom_at_every_stage_of_her_opinion(case, stage):
    if stage != "nothing":
        getattr(write, stage)(case)
    client = signed_in()
    counts = {name: asked(client, path) for name, path in places(case).items()}
    assert counts.pop("study") <= MOST + 1, counts  # and once for the stacks that can stand beside it
    assert max(counts.values()) <= MOST, counts


@pytest.mark.parametrize("name", ["table", "record", "study"])
def test_the_table_of_an_expert_asks_as_often_with_ten_records_as_with_a_thousand(case, name):
    write.saved(case)
    client, path = signed_in(), places(case)[name]
    client.get(path)
    few = asked(client, path)
    fill(case, 500)
    concluding.of_case(case.pk, at=write.now())  # as the worker does when an upload was read
    assert asked(client, path) == few


def test_an_opened_record_is_opened_once_and_each_look_is_an_event(case):
    path, client = places(case)["record"], signed_in()
    record = path.rstrip("/").rpartition("/")[2]
    for _look in (1, 2):
        client.get(path)
    first = Opening.objects.get(record_id=record).first_at
    client.get(path)
    assert Opening.objects.get(record_id=record).first_at == first
    assert Event.objects.filter(kind="record_opened", entity_id=record).count() == 3


def test_an_invitation_asks_as_often_with_many_records_as_with_few():
    case = make.case_invited(at=write.now())
    path, client = reverse("expert:invitation", args=[case.pk]), signed_in()
    few = asked(client, path)
    fill(case, 200)
    page = client.get(path).content.decode()
    assert asked(client, path) == few <= MOST
    assert "German" in page


@pytest.mark.parametrize("page", ["desk:case", "desk:seats"])
def test_an_administrator_with_a_reason_waits_no_longer_than_the_desk(case, page):
    marta = at_work(cast.MARTA)
    marta.post("/desk/glass/", {"reference": case.reference, "reason": "The desk is ill and the patient calls."})
    assert asked(marta, reverse(page, args=[case.pk])) <= MOST


def test_the_case_page_asks_as_often_with_one_opinion_as_with_two():
    def counted(*who: ExpertCharacter) -> int:
        case = room.delivered(asked=who, at=timezone.now() - timedelta(minutes=5))
        for seal in room.seals(case):
            issuing.issue(seal.pk, at=timezone.now())
        client = signed_in(cast.ANA)
        client.get(path := reverse("patient:case", args=[case.pk]))
        return asked(client, path)

    one = counted(cast.WEBER)
    assert counted(cast.WEBER, cast.LEVI) == one <= MOST


def test_the_shelf_says_of_every_record_where_it_stands(case):
    held = make.paper(case, standing=Standing.HELD)
    found = expert_records.shelf(case.pk)
    assert found.standings[str(held.pk)] is Standing.HELD
    assert found.standings[str(Study.objects.get(case_id=case.pk).pk)] is Standing.TAKEN
    Original.objects.filter(instance__series__study__case_id=case.pk).update(standing=Standing.REMOVED)
    assert expert_records.shelf(case.pk).standings[str(Study.objects.get(case_id=case.pk).pk)] is Standing.REMOVED
