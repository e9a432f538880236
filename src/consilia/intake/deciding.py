"""What people decide about files: she removes, puts back or asks; the desk releases, keeps out and sets aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.cases import actions as cases
from consilia.cases import policy as cases_policy
from consilia.cases.access import Reader, Right
from consilia.cases.actions.moving import lock, refuse
from consilia.cases.models import Case
from consilia.cases.states import State
from consilia.jobs import actions as jobs
from consilia.kernel.ids import new_id
from consilia.kernel.refusal import Refusal
from consilia.records import actions as records
from consilia.records import asides


def against_removing(case: Case) -> tuple[Refusal, ...]:
    """An opinion rests on what was there when it was signed."""
    if State(case.state) in cases_policy.RECORDS_WELCOME:
        return ()
    return (Refusal("signed_already", _("The opinion rests on these records; they stay as they are now.")),)


@contextmanager
def _changing(by: Reader, right: Right, *, at: datetime) -> Iterator[Case]:
    """The case under its lock, while its records change; what they say together is drawn anew. Raises NotFound."""
    by.require(right)
    with transaction.atomic():
        yield lock(by.case_id)
        draw_anew(by.case_id, at=at)


@contextmanager
def _before_signing(by: Reader, right: Right, *, at: datetime) -> Iterator[None]:
    """The same for what no opinion may rest on yet. Raises NotFound, Refused."""
    with _changing(by, right, at=at) as case:
        refuse(against_removing(case))
        yield


def draw_anew(case_id: UUID, *, at: datetime) -> None:
    """The worker draws the conclusions once the caller's transaction stands, so that the next page finds them."""
    jobs.queue("intake.conclude", key=new_id(), ids={"case": case_id}, at=at)


def remove(by: Reader, record_id: UUID, *, at: datetime) -> None:
    """Takes a file out of the case; it can be undone for 30 days. Raises NotFound, Refused."""
    with _before_signing(by, Right.DECIDE_OWN_RECORDS, at=at):
        records.remove(by.case_id, record_id, reason="by_patient", actor=by.actor, at=at)


def remove_study(by: Reader, study_id: UUID, *, at: datetime) -> None:
    """The same for all pictures of a study."""
    with _before_signing(by, Right.DECIDE_OWN_RECORDS, at=at):
        records.remove_study(by.case_id, study_id, reason="by_patient", actor=by.actor, at=at)


def release(by: Reader, ids: Sequence[UUID], *, reason: str, at: datetime) -> None:
    """The desk decides that held records are the patient's. Raises NotFound, Invalid without a reason, Refused."""
    with _changing(by, Right.DECIDE_RECORDS, at=at):
        for record_id in ids:
            records.release(by.case_id, record_id, reason=reason, actor=by.actor, at=at)


def keep_out(by: Reader, ids: Sequence[UUID], *, reason: str, at: datetime) -> None:
    """The desk decides that held records are another person's; `let_back` undoes it. Raises NotFound."""
    with _changing(by, Right.DECIDE_RECORDS, at=at):
        for record_id in ids:
            records.remove(by.case_id, record_id, reason=reason, actor=by.actor, at=at)


def let_back(by: Reader, ids: Sequence[UUID], *, at: datetime) -> None:
    """Undoes that; what seemed another person's is held again. Raises NotFound, Refused after 30 days."""
    with _changing(by, Right.DECIDE_RECORDS, at=at):
        for record_id in ids:
            records.put_back(by.case_id, record_id, actor=by.actor, at=at)


def set_aside(by: Reader, record_id: UUID, *, reason: str, at: datetime) -> None:
    """The desk decides that a taken paper is no medical record. Raises NotFound, Invalid, Refused."""
    with _before_signing(by, Right.DECIDE_RECORDS, at=at):
        asides.set_aside(by.case_id, record_id, reason=reason, actor=by.actor, at=at)


def take_again(by: Reader, record_id: UUID, *, at: datetime) -> None:
    """Undoes that. Raises NotFound, Refused."""
    with _before_signing(by, Right.DECIDE_RECORDS, at=at):
        asides.take_again(by.case_id, record_id, actor=by.actor, at=at)


def set_aside_study(by: Reader, study_id: UUID, *, reason: str, at: datetime) -> None:
    """The same for the pictures of a study."""
    with _before_signing(by, Right.DECIDE_RECORDS, at=at):
        asides.set_aside_study(by.case_id, study_id, reason=reason, actor=by.actor, at=at)


def take_study_again(by: Reader, study_id: UUID, *, at: datetime) -> None:
    """Undoes that. Raises NotFound, Refused."""
    with _before_signing(by, Right.DECIDE_RECORDS, at=at):
        asides.take_study_again(by.case_id, study_id, actor=by.actor, at=at)


def object_to_aside(by: Reader, record_id: UUID, *, at: datetime) -> bool:
    """She says that a file that was set aside is a record of hers; True when it counts again at once.

    What a person of the desk set aside, a person looks at again; twice is once. Raises NotFound, Refused.
    """
    with _changing(by, Right.DECIDE_OWN_RECORDS, at=at) as case:
        if asides.is_by_a_person(by.case_id, record_id):
            _object(by, [record_id], at)
            return False
        refuse(against_removing(case))
        asides.take_again(by.case_id, record_id, actor=by.actor, at=at)
        return True


@transaction.atomic
def object_to_aside_study(by: Reader, study_id: UUID, *, at: datetime) -> None:
    """The same for the pictures of a study."""
    by.require(Right.DECIDE_OWN_RECORDS)
    lock(by.case_id)
    _object(by, asides.aside_of_study(by.case_id, study_id), at)


def _object(by: Reader, ids: Sequence[UUID], at: datetime) -> None:
    noted = asides.object_to_aside(by.case_id, ids, actor=by.actor, at=at)
    if noted is not None:
        words = _("You set “%s” aside. It belongs to my records. Please look at it again.")
        cases.write(by, text=words % noted.path.rpartition("/")[2], at=at)


def put_back(by: Reader, record_id: UUID, *, at: datetime) -> None:
    """Undoes a removal; what seemed another person's is held again. Raises NotFound, Refused after 30 days."""
    with _changing(by, Right.DECIDE_OWN_RECORDS, at=at):
        records.put_back(by.case_id, record_id, actor=by.actor, at=at)


def put_back_study(by: Reader, study_id: UUID, *, at: datetime) -> None:
    """The same for all pictures of a study."""
    with _changing(by, Right.DECIDE_OWN_RECORDS, at=at):
        records.put_back_study(by.case_id, study_id, actor=by.actor, at=at)


@transaction.atomic
def ask_desk(by: Reader, record_id: UUID, *, at: datetime) -> None:
    """Tells the desk that a held file is hers; nobody else sees it until a person has looked. Twice is once."""
    by.require(Right.DECIDE_OWN_RECORDS)
    lock(by.case_id)
    noted = records.note_asked(by.case_id, record_id)
    if noted is not None:
        words = _("The file “%s” is held back, and it is mine. Please look at it.") % noted.path.rpartition("/")[2]
        cases.write(by, text=words, at=at)


@transaction.atomic
def ask_desk_about_study(by: Reader, study_id: UUID, *, at: datetime) -> None:
    """The same for held pictures of a study."""
    by.require(Right.DECIDE_OWN_RECORDS)
    lock(by.case_id)
    noted = records.note_study_asked(by.case_id, study_id)
    if noted is not None:
        words = _("The pictures “%s” are held back, and they are mine. Please look at them.")
        cases.write(by, text=words % (noted.path.rpartition("/")[0] or noted.path), at=at)
