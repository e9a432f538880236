"""A job is there when the transaction is, once, in order, and it is given up when it fails too often."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from consilia.jobs import actions, leases, queries, registry, runner
from consilia.jobs.models import Job, State
from consilia.kernel.ids import new_id
from consilia.kernel.refusal import NotFound, Refused

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.django_db


class Broken(Exception):
    pass


@pytest.fixture
def ran() -> Iterator[list[str]]:
    """The ids that the jobs of these tests were called with; the jobs are known for one test only."""
    called: list[str] = []
    registry.discover()
    before = dict(registry._entries)
    registry._entries.clear()

    @registry.job("testing.note")
    def note(ids: Mapping[str, str], *, at: datetime) -> None:
        called.append(ids["case"])

    @registry.job("testing.break", attempts=3)
    def break_down(ids: Mapping[str, str], *, at: datetime) -> None:
        called.append(ids["case"])
        raise Broken("Elena Marchetto, born 1961")

    yield called
    registry._entries.clear()
    registry._entries.update(before)


def ask(name: str, key: str, *, case: str = "", at: datetime = NOON, run_after: datetime | None = None) -> None:
    actions.queue(name, key=key, ids={"case": case or key}, at=at, run_after=run_after)


def test_a_job_asked_for_twice_runs_once(ran: list[str]) -> None:
    ask("testing.note", "same")
    ask("testing.note", "same")
    assert runner.drain(NOON) == 1
    ask("testing.note", "same", at=NOON + SECOND)
    assert runner.drain(NOON + SECOND) == 0
    assert ran == ["same"]


def test_the_same_key_under_another_name_is_another_job(ran: list[str]) -> None:
    ask("testing.note", "same")
    ask("testing.break", "same")
    assert runner.drain(NOON, quiet=True) == 2


def test_a_transaction_that_is_rolled_back_leaves_no_job(ran: list[str]) -> None:
    with transaction.atomic():
        ask("testing.note", "never")
        transaction.set_rollback(True)
    assert queries.waiting() == ()
    assert runner.drain(NOON) == 0


def test_jobs_run_in_the_order_in_which_they_are_due(ran: list[str]) -> None:
    ask("testing.note", "third", run_after=NOON + 2 * SECOND)
    ask("testing.note", "first")
    ask("testing.note", "second")
    assert runner.drain(NOON) == 2
    assert runner.drain(NOON + 2 * SECOND) == 1
    assert ran == ["first", "second", "third"]


def test_a_job_does_not_run_before_its_time(ran: list[str]) -> None:
    ask("testing.note", "later", run_after=NOON + timedelta(hours=12))
    assert runner.drain(NOON + timedelta(hours=11)) == 0
    assert [line.due_at for line in queries.waiting()] == [NOON + timedelta(hours=12)]


def test_what_is_no_id_cannot_travel_in_a_job(ran: list[str]) -> None:
    for words in ("Elena Marchetto", "ana@example.org", "", "a" * 81):
        with pytest.raises(ValueError, match="ids only"):
            actions.queue("testing.note", key="k", ids={"case": words}, at=NOON)
    with pytest.raises(ValueError, match="ids only"):
        actions.queue("testing.note", key="ana@example.org", ids={}, at=NOON)


def test_a_name_that_no_room_registers_is_a_bug_at_once() -> None:
    with pytest.raises(LookupError):
        actions.queue("testing.mistyped", key="k", ids={}, at=NOON)


def test_two_functions_cannot_share_a_name(ran: list[str]) -> None:
    with pytest.raises(RuntimeError, match="two functions"):

        @registry.job("testing.note")
        def other(ids: Mapping[str, str], *, at: datetime) -> None: ...


def test_a_failing_job_comes_back_later_and_later_and_is_then_given_up(ran: list[str]) -> None:
    ask("testing.break", "bad")
    at, waits = NOON, []
    for _ in range(2):
        runner.drain(at, quiet=True)
        line = queries.waiting()[0]
        waits.append((line.due_at - at).total_seconds())
        assert runner.drain(line.due_at - SECOND / 2) == 0
        at = line.due_at
    assert waits == [1.0, 4.0]
    runner.drain(at, quiet=True)
    assert queries.waiting() == ()
    assert [(line.name, line.attempts) for line in queries.dead()] == [("testing.break", 3)]
    assert runner.drain(at + timedelta(days=1)) == 0


def test_the_words_of_an_error_are_kept_nowhere(ran: list[str], caplog: pytest.LogCaptureFixture) -> None:
    ask("testing.break", "bad")
    with caplog.at_level(logging.DEBUG):
        runner.drain(NOON, quiet=True)
    line = queries.waiting()[0]
    assert line.error.startswith("Broken at rooms/test_jobs_queue.py:")
    assert "Marchetto" not in caplog.text + line.error


def test_in_tests_an_error_of_a_job_rises(ran: list[str]) -> None:
    ask("testing.break", "bad")
    with pytest.raises(Broken):
        runner.drain(NOON)


def test_the_backoff_grows_from_a_second_to_five_minutes_with_chance_in_it() -> None:
    lowest = [leases.backoff(attempt, lambda: 0.0).total_seconds() for attempt in (1, 2, 3, 4, 5, 6, 500)]
    assert lowest == [1, 4, 16, 64, 256, 300, 300]
    assert leases.backoff(2, lambda: 0.5) == timedelta(seconds=5)


def test_a_dead_job_can_be_tried_again(ran: list[str]) -> None:
    ask("testing.break", "bad")
    Job.objects.update(attempts=2)
    runner.drain(NOON, quiet=True)
    dead = queries.dead()[0]
    actions.retry(dead.id, at=NOON)
    with pytest.raises(Refused):
        actions.retry(dead.id, at=NOON)
    with pytest.raises(NotFound):
        actions.retry(new_id(), at=NOON)
    assert runner.drain(NOON, quiet=True) == 1


def test_work_that_kills_its_worker_each_time_is_given_up_too(ran: list[str]) -> None:
    ask("testing.break", "deadly")
    at = NOON
    for _ in range(leases.MOST_LOSSES):
        assert leases.claim("here.killed", at=at) is not None
        at += leases.LEASE
    assert runner.drain(at) == 1
    assert ran == []
    assert [line.error for line in queries.dead()] == ["WorkerLost"]


def test_the_deaths_of_workers_do_not_use_up_the_attempts(ran: list[str]) -> None:
    ask("testing.break", "unlucky")
    at = NOON
    for _ in range(5):
        assert leases.claim("here.killed", at=at) is not None
        at += leases.LEASE
    runner.drain(at, quiet=True)
    assert [(line.state, line.due_at - at) for line in queries.waiting()] == [(State.WAITING, SECOND)]


def test_a_worker_whose_lease_went_to_another_cannot_write_the_end(ran: list[str]) -> None:
    ask("testing.note", "job")
    slow = leases.claim("here.slow", at=NOON)
    assert slow is not None
    assert leases.claim("here.quick", at=NOON + leases.LEASE - SECOND) is None
    quick = leases.claim("here.quick", at=NOON + leases.LEASE)
    assert quick is not None
    assert leases.finish(slow, at=NOON + leases.LEASE) is False
    assert leases.finish(quick, at=NOON + leases.LEASE) is True


def test_a_heartbeat_keeps_the_lease_of_the_jobs_in_hand(ran: list[str]) -> None:
    ask("testing.note", "job")
    job = leases.claim("here.slow", at=NOON)
    assert job is not None
    leases.extend("here.slow", {job.pk}, at=NOON + leases.LEASE / 2)
    assert leases.claim("here.other", at=NOON + leases.LEASE) is None


def test_a_periodic_job_runs_once_a_period_whatever_the_number_of_workers(ran: list[str]) -> None:
    @registry.periodic(every=timedelta(hours=1), name="testing.hourly")
    def hourly(ids: Mapping[str, str], *, at: datetime) -> None:
        ran.append(f"{at:%H:%M}")

    for minutes in (0, 20, 59, 60, 61, 250):
        at = NOON + timedelta(minutes=minutes)
        runner.queue_periodic(at)  # one worker
        runner.queue_periodic(at)  # and another
        runner.drain(at)
    assert ran == ["12:00", "13:00", "16:10"]
    assert Job.objects.filter(name="testing.hourly").count() <= 2


def test_the_counts_say_how_much_waits_and_how_long(ran: list[str]) -> None:
    ask("testing.note", "one")
    ask("testing.note", "two", run_after=NOON + timedelta(hours=1))
    leases.claim("here.worker", at=NOON)
    counts = queries.counts(at=NOON + timedelta(hours=1, seconds=30))
    assert (counts.waiting, counts.running, counts.dead, counts.oldest_wait) == (1, 1, 0, 30.0)


def test_the_database_refuses_a_job_that_is_over_and_not_over(ran: list[str]) -> None:
    ask("testing.note", "one")
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.update(state=State.DONE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.update(state=State.RUNNING)


def test_looking_for_work_is_one_question_answered_by_an_index(ran: list[str]) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert not Job.objects.due(NOON).exists()
    assert len(asked) == 1
    if connection.vendor == "sqlite":
        assert "job_open_by_due" in Job.objects.due(NOON).explain()


def test_ids_reach_the_work_as_text(ran: list[str]) -> None:
    case: UUID = new_id()
    actions.queue("testing.note", key=case, ids={"case": case}, at=NOON)
    runner.drain(NOON)
    assert ran == [str(case)]


def test_a_web_process_that_queues_a_job_loads_only_the_room_of_the_job():
    code = (
        "import django, sys; django.setup(); from consilia.jobs import registry;"
        "assert registry.find('intake.sort') is not None;"
        "assert registry.find('nobody.knows') is None and registry.find('intake.nothing') is None;"
        "print(*sorted(name for name in sys.modules if name.endswith('.jobs')))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.split() == ["consilia.intake.jobs", "consilia.jobs"]


def test_jobs_that_another_takes_along_are_put_off_and_over_when_it_is_done(ran: list[str]) -> None:
    for key in ("one", "two", "three"):
        ask("testing.note", key)
    ask("testing.note", "later", run_after=NOON + SECOND)
    assert actions.take_along("testing.note", ["one", "two", "later", "none"], at=NOON) == {"one", "two"}
    assert actions.take_along("testing.note", ["one", "two"], at=NOON) == set()  # another worker gets none of them
    actions.settle("testing.note", ["one"], at=NOON)
    assert (runner.drain(NOON), ran) == (1, ["three"])
    assert runner.drain(NOON + actions.ALONG) == 2  # what was not settled comes back by itself
    assert ran == ["three", "later", "two"]


def test_a_job_that_runs_is_not_settled_by_another(ran: list[str]) -> None:
    ask("testing.note", "one")
    running = leases.claim("worker", at=NOON)
    assert running is not None
    assert actions.take_along("testing.note", ["one"], at=NOON) == set()
    actions.settle("testing.note", ["one"], at=NOON)
    assert leases.finish(running, at=NOON)
