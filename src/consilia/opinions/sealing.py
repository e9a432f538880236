"""Signing: the document is built from the draft and the moment, sealed, put into the vault, and never changed again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import actions as cases
from consilia.cases.access import Reader, Right
from consilia.cases.actions.desk import tell_owner
from consilia.cases.actions.moving import lock, refuse
from consilia.jobs import actions as jobs
from consilia.kernel.refusal import Invalid, NotFound
from consilia.notify import actions as notify
from consilia.opinions import actions, documents, policy, seal, signing_keys
from consilia.opinions.content import DraftContent, OpinionContent
from consilia.opinions.models import FollowUp, Opinion, Seal
from consilia.opinions.states import OpinionState
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries

VALID_FOR: Final = timedelta(days=92)  # three months, or until new results


@transaction.atomic
def sign(by: Reader, *, method: str, at: datetime, version: int | None = None) -> Seal:
    """Signs the passed opinion of this seat: policy again under the lock, canonical bytes, hash, signature, state.

    `method`: how the expert confirmed just now (accounts.step_up.StepUpProof.method); `version`: what she has read.
    Pressed twice, or at once in two places, it is signed once.
    Raises Refused with every reason against.
    """
    by.require(Right.WRITE_OPINION)
    case = lock(by.case_id)
    opinion = _own(by)
    refuse(policy.against_signing(opinion, at, version))
    content = OpinionContent.model_validate(DraftContent.model_validate(opinion.content).model_dump())
    document = documents.opinion(case, opinion, content, method=method, at=at, valid_for=VALID_FOR)
    made = _seal(opinion, document, Seal.Kind.OPINION, 0, method, at)
    opinion.state = OpinionState.SIGNED
    opinion.save(update_fields=["state"])
    audit.record(
        Kind.OPINION_SIGNED,
        case_id=case.pk,
        actor=by.actor,
        entity=("opinion", opinion.pk),
        at=at,
        detail={"hash": made.sha256},
    )
    cases.finish_seat(by, at=at)
    actions.catch_up(case, actor=by.actor, at=at)
    return made


@transaction.atomic
def add(
    by: Reader,
    opinion_id: UUID,
    *,
    reason: str,
    words: str,
    method: str,
    at: datetime,
    follow_ups: Sequence[UUID] = (),
    withdraw: bool = False,
) -> Seal:
    """An addendum, or the withdrawal of an opinion: a new signed document that names the one before it in the chain."""
    by.require(Right.READ_AS_EXPERT)
    case = lock(by.case_id)
    opinion = _own(by)
    if opinion.pk != opinion_id:
        raise NotFound
    refuse(policy.against_adding(opinion, at))
    _require_words(reason, words)
    chain = list(opinion.seals.select_for_update())
    kind = Seal.Kind.WITHDRAWAL if withdraw else Seal.Kind.ADDENDUM
    document = documents.addendum(
        case,
        opinion,
        first(opinion),
        chain,
        kind=kind.value,
        reason=reason.strip(),
        words=words.strip(),
        method=method,
        at=at,
    )
    made = _seal(opinion, document, kind, len(chain), method, at)
    _answer(by, opinion, made, follow_ups, at)
    if withdraw:
        opinion.seals.update(withdrawn_at=at)
    event = Kind.OPINION_WITHDRAWN if withdraw else Kind.ADDENDUM_SIGNED
    audit.record(
        event, case_id=case.pk, actor=by.actor, entity=("opinion", opinion.pk), at=at, detail={"hash": made.sha256}
    )
    return made


def _require_words(reason: str, words: str) -> None:
    missing = {}
    if not reason.strip():
        missing["reason"] = _("Write why you add this.")
    if not words.strip():
        missing["words"] = _("Write what you add.")
    if missing:
        raise Invalid(missing)


def _answer(by: Reader, opinion: Opinion, made: Seal, follow_ups: Sequence[UUID], at: datetime) -> None:
    """The open questions that this addendum answers, and a word to the patient that there is an answer."""
    open_ones = FollowUp.objects.filter(opinion=opinion, pk__in=list(follow_ups), answered_at=None)
    if open_ones.update(answered_by_seal=made, answered_at=at):
        audit.record(Kind.FOLLOW_UP_ANSWERED, case_id=by.case_id, actor=by.actor, entity=("opinion", opinion.pk), at=at)
        tell_owner(opinion.case, "followup_answered", at)


@transaction.atomic
def ask_follow_up(by: Reader, opinion_id: UUID, *, text: str, at: datetime) -> FollowUp:
    """One of the patient's three questions after delivery."""
    by.require(Right.CHANGE_CASE)
    lock(by.case_id)
    opinion = (
        Opinion.objects.select_related("assignment__expert__person").filter(pk=opinion_id, case_id=by.case_id).first()
    )
    if opinion is None:
        raise NotFound
    refuse(policy.against_follow_up(opinion))
    if not text.strip():
        raise Invalid({"text": _("Write your question.")})
    number = FollowUp.objects.filter(opinion=opinion).count() + 1
    asked = FollowUp.objects.create(opinion=opinion, number=number, text=text.strip(), asked_at=at)
    audit.record(Kind.FOLLOW_UP_ASKED, case_id=by.case_id, actor=by.actor, entity=("opinion", opinion.pk), at=at)
    if expert := opinion.assignment.expert:
        notify.tell(expert.person, "message_new", case_id=by.case_id, link=f"/expert/cases/{by.case_id}/", at=at)
    return asked


def first(opinion: Opinion) -> seal.SealedDocument:
    """The sealed document of an opinion, read and checked from the vault."""
    row = opinion.seals.get(sequence=0)
    document = seal.read(canonical_bytes(row))
    if not isinstance(document, seal.SealedDocument):
        raise NotFound
    return document


def canonical_bytes(row: Seal) -> bytes:
    """The signed bytes; the vault refuses them when one bit has changed."""
    with vault_queries.open_object(row.opinion.case_id, row.sha256) as stored:
        return stored.whole()


def _seal(opinion: Opinion, document: seal.Document, kind: Seal.Kind, sequence: int, method: str, at: datetime) -> Seal:
    expert = opinion.assignment.expert
    if expert is None:
        raise NotFound
    data = seal.canonical(document)
    made = seal.seal(data, signing_keys.private_key(expert, at))
    vault.put(opinion.case_id, [data])  # the vault first, then the row
    row = Seal.objects.create(
        opinion=opinion,
        kind=kind,
        number=document.header.number,
        sequence=sequence,
        sha256=made.sha256,
        signature=made.signature,
        public_key=made.public_key,
        check_code=made.check_code,
        signed_at=at,
        signed_by=expert,
        proof=method,
        law=[clause.model_dump(mode="json") for clause in document.law],
        template_version=document.template_version,
    )
    # The reports are made after the commit by the room above; a job's name is no import.
    jobs.queue("reports.issue", key=row.pk, ids={"seal": row.pk}, at=at)
    return row


def _own(by: Reader) -> Opinion:
    opinion = (
        Opinion.objects.select_for_update(of=("self",))
        .select_related("assignment__expert__person", "case")
        .filter(assignment_id=by.seat_id, case_id=by.case_id)
        .first()
    )
    if opinion is None:
        raise NotFound
    return opinion
