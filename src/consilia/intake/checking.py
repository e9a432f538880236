"""Checking values: patient, desk or expert looks at the paper and says what stands there, while it may still change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consilia.cases.access import Reader, Right
from consilia.cases.actions.moving import lock, refuse
from consilia.formats.results import LabValue
from consilia.intake import concluding, deciding
from consilia.intake.judging import amounts
from consilia.kernel.refusal import Invalid, NotFound, Refusal, Refused
from consilia.records import checked as words

RIGHTS = (Right.DECIDE_OWN_RECORDS, Right.DECIDE_RECORDS, Right.WRITE_OPINION)
ONE_NUMBER = gettext_lazy("Write one number, such as 13.4 or < 0.5, without a sign between thousands.")
LONGEST_VALUE, LONGEST_UNIT = 60, 30  # characters that a person may write


@dataclass(frozen=True, slots=True)
class Which:
    """One value of a record, by the key that its page shows."""

    record_id: UUID
    key: str


def may(reader: Reader) -> bool:
    """Whether the reader may say what stands on a paper."""
    return any(reader.may(right) for right in RIGHTS)


def confirm(by: Reader, which: Which, *, at: datetime) -> None:
    """The value stands on the paper as it was read. Raises NotFound, Refused."""
    read = _read(by, which, at)
    _say(by, which, read.value, read.unit, at)


def correct(by: Reader, which: Which, *, value: str, unit: str, at: datetime) -> None:
    """Another value stands on the paper. Raises NotFound, Refused, Invalid for words where a number was read."""
    read = _read(by, which, at)
    said, said_unit = " ".join(value.split()), " ".join(unit.split())
    is_number = amounts.amount(said) is not None
    if not said or len(said) > LONGEST_VALUE or (amounts.amount(read.value) and not is_number):
        raise Invalid({"value": str(ONE_NUMBER)})
    if len(said_unit) > LONGEST_UNIT:
        raise Invalid({"unit": _("Write the unit as it stands on the paper.")})
    _say(by, which, said, said_unit, at)


def leave_out(by: Reader, which: Which, *, at: datetime) -> None:
    """The value does not count: nobody can tell what stands there, or it is none. Raises NotFound, Refused."""
    read = _read(by, which, at)
    _say(by, which, read.value, read.unit, at, is_left_out=True)


@transaction.atomic
def take_back(by: Reader, which: Which, *, at: datetime) -> None:
    """What was read counts again. Raises NotFound, Refused."""
    _before_signing(by)
    words.take_back(by.case_id, which.record_id, which.key, actor=by.actor, at=at)


@transaction.atomic
def _say(by: Reader, which: Which, value: str, unit: str, at: datetime, *, is_left_out: bool = False) -> None:
    _before_signing(by)
    value_of = (by.case_id, which.record_id, which.key)
    words.say(*value_of, value=value, unit=unit, is_left_out=is_left_out, actor=by.actor, at=at)


def _before_signing(by: Reader) -> None:
    if not may(by):
        raise NotFound
    refuse(deciding.against_removing(lock(by.case_id)))


def _read(by: Reader, which: Which, at: datetime) -> LabValue:
    """What was read. Raises NotFound for a record without values here, Refused when the value is no more."""
    found = concluding.of_case(by.case_id, at=at)
    labs = [one for one in (*found.labs, *found.left_out) if concluding.record_id(one.path) == which.record_id]
    if not labs:
        raise NotFound
    known = {one.key: one.read for one in labs}
    if which.key not in known:
        raise Refused(Refusal("read_anew", _("This paper was read again since you saw it. Please look once more.")))
    return known[which.key]
