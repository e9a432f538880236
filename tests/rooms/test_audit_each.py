"""Several looks at once: as many events as things, in one chain that verifies, in as many queries as for one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from consilia.audit import actions
from consilia.audit.kinds import Kind
from consilia.audit.models import Event, Head
from consilia.kernel.actor import system

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> None:
    """Checkpoints of other tests speak of chains that their rollback has taken away."""
    settings.CONSILIA_HOME = tmp_path


def look(case_id, entities) -> list[Event]:
    with transaction.atomic():
        return actions.record_each(Kind.OPINION_OPENED, entities, actor=system(), at=NOON, case_id=case_id)


def test_each_opinion_on_the_page_has_its_own_event_and_the_chain_holds(django_assert_max_num_queries):
    case_id = uuid4()
    look(case_id, [("opinion", uuid4())])
    with django_assert_max_num_queries(5):  # 3, and the two words of a savepoint
        look(case_id, [("opinion", uuid4()) for _ in range(7)])
    rows = list(Event.objects.filter(chain=str(case_id)).order_by("sequence"))
    assert [row.sequence for row in rows] == list(range(1, 9))
    assert [row.previous for row in rows[1:]] == [row.hash for row in rows[:-1]]
    assert Head.objects.get(pk=str(case_id)).hash == rows[-1].hash
    assert actions.verify().ok


def test_nothing_opened_leaves_nothing_in_the_trail():
    case_id = uuid4()
    assert look(case_id, []) == []
    assert not Event.objects.filter(chain=str(case_id)).exists()


def test_one_that_does_not_fit_keeps_all_out():
    case_id = uuid4()
    with pytest.raises(actions.NotRecorded):
        look(case_id, [("opinion", uuid4()), ("opinion", "words of a person")])
    assert not Event.objects.filter(chain=str(case_id)).exists()
