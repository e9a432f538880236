"""Messages leave by SMTP when a server is named: once, under their own Message-ID, and their words go with them."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from consilia.jobs import runner
from consilia.notify import actions, jobs, post, queries
from consilia.notify.kinds import Kind
from consilia.notify.models import Message

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


class Talk(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a mail needs."""

    server: Server

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                self.say("354 go on")
                self.server.mails.append(self.read_mail())
                self.say("250 taken")
            elif verb == "RCPT" and self.server.refuses:
                self.say("451 not now, Elena Marchetto")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def read_mail(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        return "\n".join(lines)


class Server(socketserver.ThreadingTCPServer):
    """A mail server on this machine that keeps what it takes."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.mails: list[str] = []
        self.refuses = False


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    with Server() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        settings.CONSILIA_MAIL_URL = f"smtp://127.0.0.1:{made.server_address[1]}"
        yield made
        made.shutdown()


def test_a_message_leaves_once_and_its_words_do_not_stay(server: Server) -> None:
    actions.tell_address("doctor@example.org", Kind.DOCTOR_SHARED, link="/d/a-secret", at=NOON)
    runner.drain(NOON)
    runner.drain(NOON + timedelta(days=1))
    assert len(server.mails) == 1
    assert "To: doctor@example.org" in server.mails[0]
    assert "/d/a-secret" in server.mails[0]
    message = Message.objects.get()
    assert f"Message-ID: <{message.pk}@localhost>" in server.mails[0]
    assert (message.sent_at, message.body) == (NOON, "")


def test_what_was_written_before_there_was_a_mail_server_is_sent_when_one_is_named(
    server: Server, settings: Settings
) -> None:
    address, settings.CONSILIA_MAIL_URL = settings.CONSILIA_MAIL_URL, ""
    for kind in (Kind.DOCTOR_SHARED, Kind.CODE):
        Message.objects.create(address="doctor@example.org", kind=kind, subject="s", body="b", created_at=NOON)
    actions.tell_address("late@example.org", Kind.DELIVERED, at=NOON - timedelta(days=8))
    runner.drain(NOON)
    jobs.send_waiting({}, at=NOON + timedelta(hours=2))
    assert not Message.objects.exclude(sent_at=None).exists()
    settings.CONSILIA_MAIL_URL = address
    for hours in (2, 3):
        jobs.send_waiting({}, at=NOON + timedelta(hours=hours))
        runner.drain(NOON + timedelta(hours=hours))
    assert len(server.mails) == 1, "no code, nothing older than a week, nothing twice"
    assert "To: doctor@example.org" in server.mails[0]


def test_a_server_that_refuses_is_asked_again_later_and_its_words_are_kept_nowhere(server: Server) -> None:
    server.refuses = True
    actions.tell_address("doctor@example.org", Kind.DOCTOR_SHARED, at=NOON)
    runner.drain(NOON, quiet=True)
    assert queries.counts() == queries.Counts(kept=1, failed=1)
    assert Message.objects.get().failure == "SMTPRecipientsRefused"
    server.refuses = False
    runner.drain(NOON + timedelta(minutes=1))
    assert len(server.mails) == 1
    assert queries.counts() == queries.Counts(kept=0, failed=0)


def test_a_server_elsewhere_is_spoken_to_with_tls_only() -> None:
    door = post.open_door("smtp://service:p%40ss@mail.example")
    assert (door.host, door.port, door.username, door.password) == ("mail.example", 587, "service", "p@ss")
    assert (door.use_tls, door.use_ssl) == (True, False)
    assert post.open_door("smtps://mail.example").use_ssl is True
    assert post.open_door("smtp://mail.example?tls=off").use_tls is False
    assert post.open_door("smtp://localhost:1025").use_tls is False


def test_an_address_that_is_no_mail_server_is_said_so() -> None:
    with pytest.raises(ValueError, match="must look like"):
        post.open_door("mail.example")
