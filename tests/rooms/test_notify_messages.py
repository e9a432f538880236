"""A message says what happened in neutral words, whose turn it is and where to look; it dies with its transaction."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core import mail
from django.db import transaction
from pytest_django import Settings

from consilia import notify
from consilia.jobs import runner
from consilia.jobs.models import Job
from consilia.kernel.ids import new_id
from consilia.notify import actions, jobs, queries, wording
from consilia.notify.kinds import Kind
from consilia.notify.models import Message

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEMPLATES = Path(notify.__file__).parent / "templates" / "notify"
WRITTEN = [kind for kind in Kind if kind != Kind.CODE]
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Somebody:
    email: str = "ana@example.org"
    given_name: str = "Ana"
    language: str = "en"
    pk: UUID = field(default_factory=new_id)


@pytest.mark.parametrize("kind", WRITTEN)
def test_every_message_greets_says_whose_turn_it_is_and_leads_to_the_service(kind: Kind) -> None:
    words = wording.words(kind, language="en", name="Ana", link="/patient/cases/")
    lines = words.body.splitlines()
    assert words.subject
    assert "\n" not in words.subject
    assert lines[0] == "Hello Ana,"
    assert "http://localhost:8321/patient/cases/" in lines
    assert re.search(r"\b(your turn|our turn|nothing you must do|[Pp]lease|[Ii]f you wish)\b", words.body)
    assert "{" not in words.subject + words.body


def test_every_kind_has_a_template_and_every_template_a_kind() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.txt")} == {kind.value for kind in WRITTEN} | {"frame"}


def test_templates_know_nothing_but_greeting_service_and_link() -> None:
    for path in TEMPLATES.glob("*.txt"):
        used = set(re.findall(r"{{\s*(\w+)", path.read_text()))
        assert used <= {"name", "service", "link"}, path.name
        assert path.name == "frame.txt" or not used, path.name


def test_a_message_to_a_person_is_kept_in_her_language_and_belongs_to_her_case() -> None:
    ana, case = Somebody(), new_id()
    actions.tell(ana, "delivered", case_id=case, link="/patient/", at=NOON)
    message = Message.objects.get()
    assert (message.person_id, message.address, message.case_id) == (ana.pk, "ana@example.org", case)
    assert (message.kind, message.language, message.created_at) == (Kind.DELIVERED, "en", NOON)


def test_a_hospital_without_an_account_is_told_at_its_address() -> None:
    actions.tell_address("records@hospital.example", Kind.HOSPITAL_REQUEST, link="/r/abc", at=NOON)
    letter = queries.newest()[0]
    assert letter.address == "records@hospital.example"
    assert letter.body.startswith("Hello,\n")


def test_a_transaction_that_is_rolled_back_leaves_no_mail_and_no_job() -> None:
    with transaction.atomic():
        actions.tell(Somebody(), Kind.DELIVERED, at=NOON)
        transaction.set_rollback(True)
    assert queries.newest() == ()
    assert Job.objects.count() == 0


def test_a_message_said_once_is_not_said_again_when_its_job_runs_twice() -> None:
    ana = Somebody()
    for _ in range(2):
        actions.tell(ana, Kind.EXPERT_REMINDER, once="assignment-1", at=NOON)
    actions.tell(ana, Kind.EXPERT_REMINDER, once="assignment-2", at=NOON)
    assert Message.objects.count() == 2
    assert Job.objects.filter(name="notify.send").count() == 2


def test_a_link_that_leads_out_of_the_service_is_refused() -> None:
    for link in ("https://evil.example/", "//evil.example/x", "http://localhost:8321@evil.example/", "/a b"):
        with pytest.raises(ValueError, match="service only"):
            actions.tell(Somebody(), Kind.DELIVERED, link=link, at=NOON)
    assert wording.absolute("http://localhost:8321/patient/") == "http://localhost:8321/patient/"


def test_a_name_that_is_an_advertisement_is_not_greeted() -> None:
    for name in ("Visit evil.example/win", "Ana\nBcc: all", "www.evil.example", "A" * 61, "Ana 4 you"):
        assert wording.greeted(name) == ""
    for name in ("Ana", "José María", "O'Neill", "Анна", "Jean-Luc", "J. R.", "ليلى", "प्रिया"):
        assert wording.greeted(name) == name


def test_an_unknown_kind_is_a_bug_at_once() -> None:
    with pytest.raises(ValueError, match="not a valid"):
        actions.tell(Somebody(), "your_cancer", at=NOON)


def test_erasing_a_case_takes_its_messages_and_no_others() -> None:
    ana, gone, kept = Somebody(), new_id(), new_id()
    for case in (gone, gone, kept, None):
        actions.tell(ana, Kind.MESSAGE_NEW, case_id=case, at=NOON)
    assert actions.erase_case(gone) == 2
    assert Message.objects.count() == 2
    assert runner.drain(NOON) == 4  # the jobs of erased messages find nothing to send
    assert actions.erase_person(ana.pk) == 2


def test_a_sign_in_code_that_a_library_mails_goes_into_the_same_outbox(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "consilia.notify.outbox.OutboxBackend"
    mail.send_mail("Your code", "ABC-123", None, ["ana@example.org"])
    letter = queries.newest(address="ANA@example.org")[0]
    assert (letter.kind, letter.subject, letter.body) == (Kind.CODE, "Your code", "ABC-123")


def test_without_a_mail_server_messages_are_kept_here_newest_first() -> None:
    for hour, kind in enumerate((Kind.CASE_READY, Kind.OFFER_MADE)):
        actions.tell(Somebody(), kind, at=NOON + timedelta(hours=hour))
    runner.drain(NOON + timedelta(hours=2))
    letters = queries.newest()
    assert [letter.kind for letter in letters] == [Kind.OFFER_MADE, Kind.CASE_READY]
    assert all(letter.sent_at is None and letter.body for letter in letters)
    assert queries.counts() == queries.Counts(kept=2, failed=0)


def test_codes_are_forgotten_after_a_day_and_messages_after_three_months(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "consilia.notify.outbox.OutboxBackend"
    mail.send_mail("Your code", "ABC-123", None, ["ana@example.org"])
    Message.objects.update(created_at=NOON)
    actions.tell(Somebody(), Kind.DELIVERED, at=NOON)
    jobs.forget_old({}, at=NOON + timedelta(hours=25))
    assert [letter.kind for letter in queries.newest()] == [Kind.DELIVERED]
    jobs.forget_old({}, at=NOON + timedelta(days=91))
    assert queries.newest() == ()
