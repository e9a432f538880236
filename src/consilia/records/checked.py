"""A person's word about a laboratory value: one a value, the last one counts; the trail keeps each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.kernel.actor import Actor
from consilia.kernel.refusal import Refusal, Refused
from consilia.records.actions import locked
from consilia.records.models import CheckedValue


@transaction.atomic
def say(
    case_id: UUID,
    original_id: UUID,
    key: str,
    *,
    value: str,
    unit: str,
    is_left_out: bool,
    actor: Actor,
    at: datetime,
) -> None:
    """Writes down what stands on the paper, or that the value does not count. Raises NotFound."""
    said = {"value": value, "unit": unit, "is_left_out": is_left_out}
    by = {"role": actor.role, "by_id": actor.id, "at": at}
    CheckedValue.objects.update_or_create(original=locked(case_id, original_id), key=key, defaults=said | by)
    audit.record(Kind.VALUE_CHECKED, case_id=case_id, actor=actor, entity=("record", original_id), at=at)


@transaction.atomic
def take_back(case_id: UUID, original_id: UUID, key: str, *, actor: Actor, at: datetime) -> None:
    """What was read counts again, and a person is asked again where it is doubted. Raises NotFound, Refused."""
    gone, _rows = CheckedValue.objects.filter(original=locked(case_id, original_id), key=key).delete()
    if not gone:
        raise Refused(Refusal("not_checked", _("Nobody has said anything about this value yet.")))
    audit.record(Kind.RECORD_CHANGED, case_id=case_id, actor=actor, entity=("record", original_id), at=at)
