"""Telling people: the message is written with what caused it, in one transaction, and sent after the commit."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from consilia.jobs import actions as jobs
from consilia.notify import wording
from consilia.notify.kinds import Kind
from consilia.notify.models import Message


class Addressee(Protocol):
    """Somebody with an account: consilia.accounts.models.Person."""

    @property
    def pk(self) -> UUID: ...
    @property
    def email(self) -> str: ...
    @property
    def given_name(self) -> str: ...
    @property
    def language(self) -> str: ...


def tell(
    person: Addressee, kind: Kind | str, *, at: datetime, case_id: UUID | None = None, link: str = "", once: str = ""
) -> None:
    """A message to a person with an account, in her language. `link`: path or address of a page of the service.

    `once`: said again with the same kind, person and `once`, nothing more is written (for jobs, which may run twice).
    Raises ValueError for a link that leads elsewhere, and for an unknown kind.
    """
    words = wording.words(Kind(kind), language=person.language, name=person.given_name, link=link)
    write(
        Message(
            person_id=person.pk,
            address=person.email,
            kind=Kind(kind),
            language=person.language,
            subject=words.subject,
            body=words.body,
            case_id=case_id,
            once=once,
            created_at=at,
        )
    )


def tell_address(
    address: str,
    kind: Kind | str,
    *,
    at: datetime,
    language: str = "en",
    name: str = "",
    case_id: UUID | None = None,
    link: str = "",
    once: str = "",
) -> None:
    """A message to somebody without an account (treating doctor, hospital); otherwise as `tell`."""
    words = wording.words(Kind(kind), language=language, name=name, link=link)
    write(
        Message(
            address=address,
            kind=Kind(kind),
            language=language,
            subject=words.subject,
            body=words.body,
            case_id=case_id,
            once=once,
            created_at=at,
        )
    )


@transaction.atomic
def write(message: Message) -> None:
    """Puts a message into the outbox and asks for its sending; a message said `once` before is left out."""
    Message.objects.bulk_create([message], ignore_conflicts=bool(message.once))
    if message.once and not Message.objects.filter(pk=message.pk).exists():
        return
    jobs.queue("notify.send", key=message.pk, ids={"message": message.pk}, at=message.created_at)


def erase_case(case_id: UUID) -> int:
    """Takes every message of a case out of the outbox, sent or not; returns how many."""
    return _deleted(Message.objects.of_case(case_id))


def erase_person(person_id: UUID) -> int:
    """Takes every message to a person out of the outbox; returns how many."""
    return _deleted(Message.objects.filter(person_id=person_id))


def _deleted(messages: QuerySet[Message]) -> int:
    return messages.delete()[0]
