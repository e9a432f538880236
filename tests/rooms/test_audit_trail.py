"""The trail: every act at the next place of its chain, in the transaction of its effect, without words of people."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from consilia.audit import actions as audit
from consilia.audit import kinds, queries
from consilia.audit.kinds import Kind
from consilia.audit.models import Event, Head
from consilia.kernel.actor import Actor, system
from consilia.kernel.ids import new_id

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> UUID:
    return new_id()


def test_acts_on_a_case_stand_one_after_the_other_and_each_holds_the_one_before(case: UUID) -> None:
    events = [audit.record(Kind.RECORD_OPENED, case_id=case, actor=system(), at=NOON) for _ in range(3)]
    assert [event.sequence for event in events] == [1, 2, 3]
    assert [event.previous for event in events[1:]] == [event.hash for event in events[:2]]
    assert Head.objects.get(pk=str(case)).hash == events[2].hash


def test_what_belongs_to_no_case_stands_in_the_chain_of_the_service(case: UUID) -> None:
    audit.record(Kind.CASE_OPENED, case_id=case, actor=system(), at=NOON)
    assert audit.record(Kind.SIGNED_IN, actor=system("web"), at=NOON).chain == "service"
    assert [line.kind for line in queries.for_service(limit=1)] == [Kind.SIGNED_IN]


@pytest.mark.django_db(transaction=True)
def test_an_act_without_a_transaction_is_not_recorded(case: UUID) -> None:
    with pytest.raises(audit.NotRecorded):
        audit.record(Kind.CASE_OPENED, case_id=case, actor=system(), at=NOON)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_taken_back_leaves_no_event(case: UUID) -> None:
    with transaction.atomic():
        audit.record(Kind.CASE_OPENED, case_id=case, actor=system(), at=NOON)
        transaction.set_rollback(True)
    with transaction.atomic():
        assert audit.record(Kind.CASE_OPENED, case_id=case, actor=system(), at=NOON).sequence == 1
    assert audit.verify().ok


def test_words_of_people_do_not_enter_the_trail(case: UUID) -> None:
    for words in ({"code": "Elena Marchetto"}, {"code": "tumour, left"}, {"diagnosis": "C50"}, {"code": "x" * 200}):
        with pytest.raises(audit.NotRecorded):
            audit.record(Kind.CASE_OPENED, case_id=case, actor=system(), at=NOON, detail=words)
    for purpose in ("because I wanted to know", "x;y"):
        with pytest.raises(audit.NotRecorded):
            audit.record(Kind.CASE_OPENED, case_id=case, actor=system(), at=NOON, purpose=purpose)
    assert not Event.objects.filter(case_id=case).exists()


def test_the_lists_of_kinds_outcomes_and_roles_are_closed(case: UUID) -> None:
    with pytest.raises(TypeError):
        audit.record("case_opened", case_id=case, actor=system(), at=NOON)  # type: ignore[arg-type]
    with pytest.raises(audit.NotRecorded):
        audit.record(Kind.CASE_OPENED, case_id=case, actor=system(), at=NOON, outcome="perhaps")
    with pytest.raises(audit.NotRecorded):
        audit.record(Kind.CASE_OPENED, case_id=case, actor=system(), at=NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="role"):
        Actor(id=None, role="boss")
    with pytest.raises(ValueError, match="channel"):
        Actor(id=None, role="patient", via="telepathy")


def test_every_kind_has_a_plain_word_and_an_action_code() -> None:
    assert all(str(kinds.word(kind)) and kinds.action(kind) in "CRUDE" for kind in Kind)
    assert str(kinds.word(Kind.RECORD_DOWNLOADED)) == "downloaded"
    assert str(kinds.word(Kind.OPINION_SIGNED)) == "signed"


def test_the_moment_is_kept_in_utc_whatever_zone_it_came_in(case: UUID) -> None:
    zurich = NOON.astimezone(timezone(timedelta(hours=1)))
    audit.record(Kind.CASE_OPENED, case_id=case, actor=system(), at=zurich)
    (line,) = queries.for_case(case)
    assert line.at == NOON
    assert audit.verify().ok


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET role = 'patient'", "DELETE FROM audit_event"])
def test_the_database_itself_refuses_to_change_events(case: UUID, statement: str) -> None:
    audit.record(Kind.CASE_OPENED, case_id=case, actor=system(), at=NOON)
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert queries.for_case(case)[0].role == "system"


def test_an_event_cannot_be_written_over_by_one_with_the_same_place(case: UUID) -> None:
    event = audit.record(Kind.CASE_OPENED, case_id=case, actor=system(), at=NOON)
    names = [field.column for field in Event._meta.concrete_fields]
    copied = ", ".join("'patient'" if name == "role" else f'"{name}"' for name in names)
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    words = ", ".join(f'"{name}"' for name in names)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{verb} INTO audit_event ({words}) SELECT {copied} FROM audit_event")
    assert Event.objects.get(pk=event.pk).role == "system"


def test_ana_sees_who_looked_and_when_and_nothing_else(case: UUID) -> None:
    expert, record = Actor(id=new_id(), role="expert"), new_id()
    audit.record(Kind.RECORD_ADDED, case_id=case, actor=system(), at=NOON)
    audit.record(Kind.RECORD_OPENED, case_id=case, actor=expert, at=NOON, entity=("record", record))
    audit.record(Kind.RECORD_OPENED, case_id=case, actor=expert, at=NOON, outcome="refused")
    audit.record(Kind.RECORD_OPENED, case_id=new_id(), actor=expert, at=NOON)
    (line,) = queries.looked_at(case)
    assert (line.actor_id, line.role, line.entity_type, line.entity_id) == (expert.id, "expert", "record", str(record))
    assert str(line.word) == "opened"


def test_a_long_trail_is_read_page_by_page_newest_first(case: UUID) -> None:
    for _ in range(7):
        audit.record(Kind.CASE_OPENED, case_id=case, actor=system(), at=NOON)
    first = queries.for_case(case, limit=4)
    rest = queries.for_case(case, limit=4, before=first[-1].sequence)
    assert [line.sequence for line in (*first, *rest)] == [7, 6, 5, 4, 3, 2, 1]


# Six threads of one process, each recording ten acts; the database of the tests on SQLite lies in memory, where
# threads share one lock of the table, so there the race is run on a file, as in real use.
RACE = """
import os, sys, threading, uuid
os.environ["CONSILIA_HOME"] = sys.argv[1]
import django; django.setup()
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.kernel.actor import system
call_command("migrate", "audit", verbosity=0)
case, errors = uuid.uuid4(), []
def work():
    try:
        for _ in range(10):
            with transaction.atomic():
                audit.record(Kind.RECORD_OPENED, case_id=case, actor=system(), at=timezone.now())
    except Exception as error:
        errors.append(repr(error))
    connection.close()
threads = [threading.Thread(target=work) for _ in range(6)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
report = audit.verify()
print(errors, report.ok, Event.objects.filter(chain=str(case)).count())
"""


def test_many_people_at_once_get_each_their_own_next_place(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-c", RACE, str(tmp_path)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[] True 60", done.stderr
