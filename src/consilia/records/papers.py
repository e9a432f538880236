"""A person's word about what a paper is and of which day; what it replaced is kept until she takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.clinical.papers import ASK_BELOW
from consilia.kernel.actor import Actor
from consilia.kernel.refusal import NotFound, Refusal, Refused
from consilia.records.models import Document, Standing

DOUBTFUL = Q(kind_confidence__lt=ASK_BELOW) | Q(date_confidence__lt=ASK_BELOW)


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper of which a person is or was asked what it is."""

    original_id: UUID
    is_answered: bool


def asked(case_id: UUID) -> tuple[Asked, ...]:
    """The doubtful papers of a case in the order in which they came, answered or not."""
    rows = _taken(case_id).filter(DOUBTFUL).order_by("original__received_at", "original__path")
    return tuple(Asked(pk, at is not None) for pk, at in rows.values_list("original_id", "decided_at"))


def paper(case_id: UUID, original_id: UUID) -> Document:
    """A taken paper of the case with its original. Raises NotFound."""
    found = _taken(case_id).select_related("original").filter(original_id=original_id).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def name(case_id: UUID, original_id: UUID, *, kind: str, on: date | None, actor: Actor, at: datetime) -> Document:
    """Writes down what a person says a paper is, beside what was recognised. Raises NotFound."""
    document = _locked(case_id, original_id)
    if document.decided_at is None:
        document.recognised_kind, document.recognised_date = document.kind, document.document_date
    document.kind, document.document_date = kind, on
    _decided(document, actor.id, at)
    audit.record(Kind.RECORD_NAMED, case_id=case_id, actor=actor, entity=("record", original_id), at=at)
    return document


@transaction.atomic
def take_name_back(case_id: UUID, original_id: UUID, *, actor: Actor, at: datetime) -> Document:
    """What was recognised counts again, and a person is asked again. Raises NotFound, Refused."""
    document = _locked(case_id, original_id)
    if document.decided_at is None:
        raise Refused(Refusal("not_named", _("Nobody has said yet what this paper is.")))
    document.kind, document.document_date = document.recognised_kind, document.recognised_date
    document.recognised_kind, document.recognised_date = "", None
    _decided(document, None, None)
    audit.record(Kind.RECORD_CHANGED, case_id=case_id, actor=actor, entity=("record", original_id), at=at)
    return document


def _taken(case_id: UUID) -> QuerySet[Document]:
    return Document.objects.filter(
        original__case_id=case_id, original__standing=Standing.TAKEN, original__tombstone_at=None
    )


def _locked(case_id: UUID, original_id: UUID) -> Document:
    document = _taken(case_id).select_for_update(of=("self",)).filter(original_id=original_id).first()
    if document is None:
        raise NotFound
    return document


def _decided(document: Document, by: UUID | None, at: datetime | None) -> None:
    document.decided_by_id, document.decided_at = by, at
    document.save(
        update_fields=[
            "kind",
            "document_date",
            "recognised_kind",
            "recognised_date",
            "decided_by_id",
            "decided_at",
        ]
    )
