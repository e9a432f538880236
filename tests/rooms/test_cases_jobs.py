"""What happens by the clock alone: everything once, whoever runs it how often; nothing after life went on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from tests import cast, make
from tests.make import HOUR, NOON

from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.billing import actions as billing
from consilia.billing import jobs as billing_jobs
from consilia.billing.models import Settlement
from consilia.cases import actions as cases
from consilia.cases import jobs as clockwork
from consilia.cases.models import Assignment, Case, SelfCheck
from consilia.cases.states import Seat, State
from consilia.jobs import registry
from consilia.jobs.models import Job
from consilia.notify.models import Message
from consilia.vault import queries as vault

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def pass_time(look: Callable[..., object], at: datetime, *, times: int = 2) -> None:
    """The periodic function looks, and every job that it asked for runs, each of them more than once."""
    for _again in range(times):
        look({}, at=at)
        for job in Job.objects.exclude(name="notify.send"):
            entry = registry.find(job.name)
            assert entry is not None
            entry.work(job.ids, at=at)


def events(case: Case, kind: Kind) -> int:
    return Event.objects.filter(chain=str(case.pk), kind=kind).count()


def told(who: cast.Character, kind: str) -> int:
    return Message.objects.filter(address=who.email, kind=kind).count()


def state(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def test_every_periodic_function_is_known_to_the_worker():
    registry.discover()
    names = {entry.name for entry in registry.periodic_entries()}
    wanted = {"audit.checkpoint", "vault.scrub", "cases.end_invitations", "cases.watch_clocks", "billing.end_offers"}
    assert wanted <= names


def test_an_invitation_without_an_answer_ends_and_the_seat_waits_for_the_next_expert():
    case = make.case_invited()
    make.person(cast.EVA)
    pass_time(clockwork.end_invitations, NOON + 11 * HOUR)
    assert make.seat_of(cast.WEBER, case).state == Seat.INVITED
    pass_time(clockwork.end_invitations, NOON + 13 * HOUR)
    assert make.seat_of(cast.WEBER, case).state == Seat.WITHDRAWN
    assert Assignment.objects.filter(case=case, state=Seat.PLANNED, country="DE").count() == 1
    assert events(case, Kind.INVITATION_EXPIRED) == 1
    assert told(cast.EVA, "expert_reminder") == 1


def test_an_answer_in_the_last_minute_is_not_undone():
    case = make.case_invited()
    clockwork.end_invitations({}, at=NOON + 13 * HOUR)
    make.accept(make.reader(cast.WEBER, case), at=NOON + 11 * HOUR)
    pass_time(clockwork.end_invitations, NOON + 13 * HOUR)
    assert make.seat_of(cast.WEBER, case).state == Seat.ACCEPTED


def test_a_seat_that_another_expert_took_is_not_planned_again():
    second = cast.ExpertCharacter("klein", "klein@example.org", "Jan", "Klein", country="DE", authority="A", number="2")
    case = make.case_invited(asked=(cast.WEBER, second))
    make.accept(make.reader(second, case), at=NOON)
    pass_time(clockwork.end_invitations, NOON + 13 * HOUR)
    assert not Assignment.objects.filter(case=case, state=Seat.PLANNED).exists()


def test_the_patient_is_reminded_once_after_a_week():
    make.case_collecting()
    pass_time(clockwork.watch_clocks, NOON + 6 * DAY)
    assert told(cast.ANA, "records_missing") == 0
    pass_time(clockwork.watch_clocks, NOON + 8 * DAY)
    pass_time(clockwork.watch_clocks, NOON + 9 * DAY)
    assert told(cast.ANA, "records_missing") == 1


def test_a_late_promise_of_ours_is_told_to_the_desk_and_stands_in_the_trail_once():
    case = make.case_handed_in()  # on Monday noon: due on Tuesday at 18:00
    make.person(cast.EVA)
    pass_time(clockwork.watch_clocks, NOON + 20 * HOUR)
    assert events(case, Kind.DEADLINE_MISSED) == 0
    pass_time(clockwork.watch_clocks, NOON + 2 * DAY)
    assert events(case, Kind.DEADLINE_MISSED) == 1
    assert told(cast.EVA, "promise_late") == 1


def test_an_old_draft_expires_after_ninety_days():
    draft = make.case_draft()
    pass_time(clockwork.watch_clocks, NOON + 89 * DAY)
    assert state(draft) == State.DRAFT
    pass_time(clockwork.watch_clocks, NOON + 91 * DAY)
    assert state(draft) == State.EXPIRED


def test_a_job_asked_for_does_nothing_when_life_went_on():
    case = make.case_draft()
    clockwork.watch_clocks({}, at=NOON + 91 * DAY)
    cases.withdraw_case(make.reader(cast.ANA, case), at=NOON)
    pass_time(clockwork.watch_clocks, NOON + 91 * DAY)
    assert state(case) == State.WITHDRAWN


def test_the_expert_goes_on_without_the_answer_and_gets_the_time_back():
    case = make.case_in_review()
    due = make.seat_of(cast.WEBER, case).opinion_due
    cases.ask(make.reader(cast.WEBER, case), text="A second sample?", to_patient=True, at=NOON)
    pass_time(clockwork.watch_clocks, NOON + 3 * DAY)
    assert state(case) == State.WAITING_FOR_PATIENT
    assert told(cast.ANA, "question_from_expert") == 2  # when it was asked, and one reminder
    pass_time(clockwork.watch_clocks, NOON + 4 * DAY)
    assert state(case) == State.IN_REVIEW
    assert make.seat_of(cast.WEBER, case).opinion_due == due + 4 * DAY


def test_an_expert_is_reminded_before_the_opinion_is_due_and_the_desk_is_told_when_it_is_late():
    case = make.case_in_review()
    make.person(cast.EVA)
    pass_time(clockwork.watch_clocks, NOON + 40 * HOUR)
    assert told(cast.WEBER, "expert_reminder") == 1
    assert told(cast.EVA, "expert_reminder") == 0
    pass_time(clockwork.watch_clocks, NOON + 49 * HOUR)
    assert told(cast.WEBER, "expert_reminder") == 1
    assert told(cast.EVA, "promise_late") == 1
    assert events(case, Kind.DEADLINE_MISSED) == 1


def test_an_offer_that_is_over_is_said_once_and_can_be_renewed():
    case = make.case_offered(settlement=Settlement.INVOICE)  # Monday: open until Thursday 18:00
    pass_time(billing_jobs.end_offers, NOON + 2 * DAY)
    assert events(case, Kind.OFFER_EXPIRED) == 0
    pass_time(billing_jobs.end_offers, NOON + 4 * DAY)
    assert events(case, Kind.OFFER_EXPIRED) == 1
    billing.renew(make.reader(cast.EVA, case), at=NOON + 4 * DAY)
    pass_time(billing_jobs.end_offers, NOON + 4 * DAY)
    assert events(case, Kind.OFFER_EXPIRED) == 1


def test_a_damaged_record_becomes_an_event_and_one_message_to_each_administrator(monkeypatch):
    case = make.case_with_records()
    make.person(cast.MARTA)
    make.person(cast.TOM)
    found = vault.Finding(f"{case.pk}/{'a' * 64}", "the hash is another")
    monkeypatch.setattr(vault, "scrub", lambda: (found,))
    pass_time(clockwork.scrub, NOON)
    pass_time(clockwork.scrub, NOON + DAY)
    assert told(cast.MARTA, "damage_found") == told(cast.TOM, "damage_found") == 1
    assert events(case, Kind.DAMAGE_FOUND) == 2  # one a night


def test_a_healthy_vault_leaves_a_line_in_the_trail_of_the_service_and_nobody_is_told():
    make.case_with_records()
    clockwork.scrub({}, at=NOON)
    assert Event.objects.filter(chain="service", kind=Kind.SCRUBBED).count() == 1
    assert not Message.objects.filter(kind="damage_found").exists()


def test_a_checkpoint_is_written_only_when_something_happened():
    make.case_draft()
    clockwork.checkpoint({}, at=NOON)
    assert clockwork.audit.checkpoint(NOON + HOUR) is None


def test_answers_of_a_self_check_that_no_case_took_over_are_forgotten_after_a_month():
    alone = cases.keep_self_check({}, "suitable", {}, "PT", at=NOON)
    case = make.case_draft()
    adopted = cases.keep_self_check({}, "suitable", {}, "PT", at=NOON)
    cases.adopt_self_check(make.reader(cast.ANA, case), adopted, at=NOON)
    clockwork.forget_self_checks({}, at=NOON + 29 * DAY)
    assert SelfCheck.objects.filter(pk=alone.pk).exists()
    clockwork.forget_self_checks({}, at=NOON + 31 * DAY)
    assert list(SelfCheck.objects.values_list("pk", flat=True)) == [adopted.pk]
