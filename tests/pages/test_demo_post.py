"""The demo's post shows what would have been mailed; in real use the page does not exist."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from consilia.notify import actions
from consilia.notify.kinds import Kind
from consilia.notify.models import Message

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: Settings) -> None:
    settings.CONSILIA_DEMO = True


def send(address: str, kind: Kind, hour: int = 0) -> None:
    actions.tell_address(address, kind, link="/d/secret", at=NOON + timedelta(hours=hour))


def page(client: Client, query: str = "", **headers: str) -> str:
    answer = client.get(f"/demo/post{query}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_post_shows_to_whom_what_and_a_link_to_click_newest_first(client: Client) -> None:
    send("ana@example.org", Kind.CASE_READY)
    send("doctor@example.org", Kind.DOCTOR_SHARED, hour=1)
    shown = page(client)
    assert shown.index("doctor@example.org") < shown.index("ana@example.org")
    assert '<a href="http://localhost:8321/d/secret"' in shown
    assert "Your case is complete" in shown


def test_the_post_of_one_address_can_be_asked_for(client: Client) -> None:
    send("ana@example.org", Kind.CASE_READY)
    send("doctor@example.org", Kind.DOCTOR_SHARED)
    shown = page(client, "?to=ANA@example.org")
    assert "Your case is complete" in shown
    assert "doctor@example.org" not in shown


def test_without_messages_the_page_says_what_will_stand_here(client: Client) -> None:
    assert "No messages yet" in page(client)


def test_the_poll_gets_the_list_alone_and_nothing_when_nothing_is_new(client: Client) -> None:
    send("ana@example.org", Kind.CASE_READY)
    part = page(client, **{"HX-Request": "true"})
    assert "<html" not in part
    assert "Your case is complete" in part
    seen = Message.objects.get().pk
    assert client.get(f"/demo/post?seen={seen}", headers={"HX-Request": "true"}).status_code == 204


def test_words_in_a_message_are_never_markup(client: Client) -> None:
    actions.write(Message(address="ana@example.org", kind=Kind.CODE, subject="<b>x", body="<script>", created_at=NOON))
    shown = page(client)
    assert "&lt;script&gt;" in shown
    assert "<b>x" not in shown


def test_in_real_use_there_is_no_such_page(client: Client, settings: Settings) -> None:
    settings.CONSILIA_DEMO = False
    assert client.get("/demo/post").status_code == 404
    assert client.get("/demo/post", headers={"HX-Request": "true"}).status_code == 404


def test_the_post_can_only_be_read(client: Client) -> None:
    assert client.post("/demo/post").status_code == 405
