"""What became of a delivered opinion, for the page of the case: read or not, who is waited for, who answered."""

from __future__ import annotations

from datetime import datetime

from consilia.cases.access import Reader, Right
from consilia.cases.next_steps import Afterwards
from consilia.kernel.refusal import NotFound
from consilia.reports import queries


def afterwards(reader: Reader, at: datetime) -> Afterwards:
    """For a case with a report; before the report is made there is nothing but news to come."""
    try:
        found = queries.delivered(reader=reader)
    except NotFound:
        return Afterwards()
    waits = tuple(one.opinion.expert for one in found for _question in range(one.waiting))
    unread = [one.opinion for one in found if not one.opinion.is_read]
    added = bool(unread) and all(one.added for one in unread)
    return Afterwards(bool(unread), waits, _answers(reader, at), added)


def _answers(reader: Reader, at: datetime) -> tuple[tuple[str, str], ...]:
    if not reader.may(Right.SHARE_REPORT):
        return ()
    found = queries.shares(reader=reader, at=at).shares
    return tuple((one.doctor or one.address, one.answer) for one in found if one.answer)
