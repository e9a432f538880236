"""Links that the patient gives to her own doctor: made, opened with a second secret, answered, taken back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Relation, Right
from consilia.cases.actions.desk import tell_owner
from consilia.cases.actions.moving import lock, refuse
from consilia.kernel.ids import hash_secret, new_secret
from consilia.kernel.refusal import Invalid, NotFound, Refusal, Refused
from consilia.notify import actions as notify
from consilia.reports import policy
from consilia.reports.models import DoctorAnswer, Share

VALID_FOR: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Made:
    """The two secrets of a share, told once: the link, and the code that goes another way."""

    share_id: UUID
    secret: str
    code: str


@transaction.atomic
def make(by: Reader, *, doctor: str, address: str = "", at: datetime) -> Made:
    """A link for one doctor; mailed when an address is given, without a clinical word and without the code."""
    by.require(Right.SHARE_REPORT)
    case = lock(by.case_id)
    refuse(policy.against_sharing(case))
    if not doctor.strip():
        raise Invalid({"doctor": _("Write the name of your doctor.")})
    secret, code = new_secret(), f"{secrets.randbelow(10**6):06d}"
    share = Share.objects.create(
        case=case,
        secret_hash=hash_secret(secret),
        code_hash=hash_secret(f"{secret}:{code}"),  # six digits alone could be guessed from a stolen table
        doctor=doctor.strip()[:200],
        address=address.strip(),
        made_by_id=by.person_id,
        made_at=at,
        valid_until=at + VALID_FOR,
    )
    audit.record(Kind.SHARE_MADE, case_id=case.pk, actor=by.actor, entity=("share", share.pk), at=at)
    if share.address:
        notify.tell_address(share.address, "doctor_shared", case_id=case.pk, link=f"/doctor/report/{secret}/", at=at)
    return Made(share.pk, secret, code)


@transaction.atomic
def revoke(by: Reader, share_id: UUID, *, at: datetime) -> None:
    """The patient takes the link back; the next request through it finds nothing."""
    by.require(Right.SHARE_REPORT)
    share = Share.objects.select_for_update().filter(pk=share_id, case_id=by.case_id).first()
    if share is None:
        raise NotFound
    if share.revoked_at is None:
        share.revoked_at = at
        share.save(update_fields=["revoked_at"])
        audit.record(Kind.SHARE_REVOKED, case_id=by.case_id, actor=by.actor, entity=("share", share.pk), at=at)


def revoke_all(by: Reader, *, at: datetime) -> None:
    """Takes back every link to the report: the consent for the treating doctor was withdrawn."""
    for pk in Share.objects.filter(case_id=by.case_id, revoked_at=None).values_list("pk", flat=True):
        revoke(by, pk, at=at)


def alive(secret: str, at: datetime) -> Share:
    """The live share of a secret. Raises NotFound for one that never was, is over, taken back, or was guessed at."""
    share = Share.objects.select_related("case").filter(secret_hash=hash_secret(secret)).first()
    if share is None or share.revoked_at or at > share.valid_until or share.wrong_codes >= policy.WRONG_CODES:
        raise NotFound
    if share.case.tombstone_at is not None:
        raise NotFound
    return share


def unlock(secret: str, code: str, *, at: datetime) -> Share:
    """Takes the second secret; after five wrong ones the link is dead. Raises Invalid, NotFound.

    The count of wrong codes is committed before the refusal rises: no rollback gives a guess back.
    """
    digits = "".join(letter for letter in code if letter.isdigit())
    with transaction.atomic():
        share = Share.objects.select_for_update().get(pk=alive(secret, at).pk)
        if share.wrong_codes >= policy.WRONG_CODES:
            raise NotFound
        right = secrets.compare_digest(hash_secret(f"{secret}:{digits}"), share.code_hash)
        if not right:
            Share.objects.filter(pk=share.pk).update(wrong_codes=share.wrong_codes + 1)
    if not right:
        raise Invalid({"code": _("This is not the code that the patient told you. Check the six digits.")})
    return share


def reader_of(share: Share) -> Reader:
    """The capability of the treating doctor behind this link."""
    return Reader(share.case_id, None, frozenset({Relation.DOCTOR_LINK}), link_id=share.pk)


@transaction.atomic
def note_opening(by: Reader, *, at: datetime) -> None:
    """The read receipt: the first opening is told to the patient, every one stands in her trail."""
    by.require(Right.READ_SHARED_REPORT)
    share = Share.objects.select_for_update().get(pk=_link(by))
    first = share.first_opened_at is None
    share.first_opened_at, share.last_opened_at = share.first_opened_at or at, at
    share.save(update_fields=["first_opened_at", "last_opened_at"])
    audit.record(Kind.SHARE_OPENED, case_id=by.case_id, actor=by.actor, entity=("share", share.pk), at=at)
    if first:
        tell_owner(share.case, "message_new", at)


@transaction.atomic
def answer(by: Reader, *, choice: DoctorAnswer.Answer, comment: str, at: datetime) -> DoctorAnswer:
    """One tap and one comment; a second answer replaces nothing and is refused."""
    by.require(Right.ANSWER_SHARED_REPORT)
    case = lock(by.case_id)
    if DoctorAnswer.objects.filter(share_id=_link(by)).exists():
        raise Refused(Refusal("answered_already", _("You have answered already. Thank you.")))
    given = DoctorAnswer.objects.create(share_id=_link(by), answer=choice, comment=comment.strip()[:5000], at=at)
    audit.record(
        Kind.DOCTOR_ANSWERED,
        case_id=case.pk,
        actor=by.actor,
        entity=("share", given.share_id),
        at=at,
        detail={"code": choice.value},
    )
    tell_owner(case, "doctor_answered", at)
    return given


def _link(by: Reader) -> UUID:
    if by.link_id is None:
        raise NotFound
    return by.link_id


def given_answer(by: Reader) -> DoctorAnswer | None:
    """What the doctor behind this link has answered, None while nothing."""
    by.require(Right.READ_SHARED_REPORT)
    return DoctorAnswer.objects.filter(share_id=_link(by), share__case_id=by.case_id).first()
