"""Setting aside what is no medical record, undoing that, and the patient's word that it is one.

A person of the desk does it, or the worker for a paper whose words leave no doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.kernel.actor import Actor
from consilia.kernel.refusal import Invalid, Refusal, Refused
from consilia.records import actions
from consilia.records.models import NOT_MEDICAL, SEEMS_NOT_MEDICAL, Document, Original, Standing


@transaction.atomic
def set_aside(case_id: UUID, original_id: UUID, *, reason: str, actor: Actor, at: datetime) -> Original:
    """A person of the desk decides that a taken paper is no medical record; `reason` says what it is."""
    original = actions.locked(case_id, original_id)
    if original.standing != Standing.TAKEN or not hasattr(original, "document"):
        raise Refused(Refusal("not_taken", _("Only a paper that was taken can be set aside.")))
    return _aside(original, reason, actor, at)


@transaction.atomic
def set_aside_study(case_id: UUID, study_id: UUID, *, reason: str, actor: Actor, at: datetime) -> int:
    """The same for the taken pictures of a study; returns how many. Raises NotFound, Refused when none is taken."""
    ids = actions.of_study(case_id, study_id, standing=Standing.TAKEN)
    if not ids:
        raise Refused(Refusal("not_taken", _("Only pictures that were taken can be set aside.")))
    for original_id in ids:
        _aside(actions.locked(case_id, original_id), reason, actor, at)
    return len(ids)


def _aside(original: Original, reason: str, actor: Actor, at: datetime) -> Original:
    if len(reason.strip()) < 3:
        raise Invalid({"reason": _("Write in a few words what this file is.")})
    original.reason = NOT_MEDICAL
    original.save(update_fields=["reason"])
    actions.decide(original, "set_aside", Standing.IGNORED, reason, actor, at)
    audit.record(Kind.RECORD_CHANGED, case_id=original.case_id, actor=actor, entity=("record", original.pk), at=at)
    return original


@transaction.atomic
def take_again(case_id: UUID, original_id: UUID, *, actor: Actor, at: datetime) -> Original:
    """Undoes `set_aside`; what seemed another person's is held again, never taken.

    Of a paper that the worker set aside a person is asked then what it is.
    """
    original = _set_aside(case_id, original_id)
    if original.reason == SEEMS_NOT_MEDICAL:
        Document.objects.filter(original=original).update(kind="unknown", kind_confidence=0.0)
    original.reason, original.objected_at = "", None
    original.save(update_fields=["reason", "objected_at"])
    return actions.undecided(original, actor, at)


def is_by_a_person(case_id: UUID, original_id: UUID) -> bool:
    """Whether a person of the desk set it aside, not the worker. Raises NotFound, Refused for what is not aside."""
    return _set_aside(case_id, original_id).reason == NOT_MEDICAL


def _set_aside(case_id: UUID, original_id: UUID) -> Original:
    original = actions.locked(case_id, original_id)
    if not original.is_no_record:
        raise Refused(Refusal("not_set_aside", _("This record was not set aside.")))
    return original


@transaction.atomic
def take_study_again(case_id: UUID, study_id: UUID, *, actor: Actor, at: datetime) -> int:
    """Undoes `set_aside_study`; returns how many pictures count again. Raises NotFound, Refused when none was."""
    ids = actions.of_study(case_id, study_id, standing=Standing.IGNORED, reason=NOT_MEDICAL)
    if not ids:
        raise Refused(Refusal("not_set_aside", _("These pictures were not set aside.")))
    for original_id in ids:
        take_again(case_id, original_id, actor=actor, at=at)
    return len(ids)


@transaction.atomic
def object_to_aside(case_id: UUID, ids: Sequence[UUID], *, actor: Actor, at: datetime) -> Original | None:
    """The patient says that what was set aside is a record of hers; the desk looks. None when she said so before."""
    rows = [actions.locked(case_id, original_id) for original_id in ids]
    if not rows or any(row.standing != Standing.IGNORED or row.reason != NOT_MEDICAL for row in rows):
        raise Refused(Refusal("not_set_aside", _("This record was not set aside.")))
    fresh = [row for row in rows if row.objected_at is None]
    for row in fresh:
        row.objected_at = at
        row.save(update_fields=["objected_at"])
        entity, detail = ("record", row.pk), {"code": "objected"}
        audit.record(Kind.RECORD_CHANGED, case_id=case_id, actor=actor, entity=entity, at=at, detail=detail)
    return fresh[0] if fresh else None


def aside_of_study(case_id: UUID, study_id: UUID) -> list[UUID]:
    """The set aside pictures of a study. Raises NotFound for another case's."""
    return actions.of_study(case_id, study_id, standing=Standing.IGNORED, reason=NOT_MEDICAL)
