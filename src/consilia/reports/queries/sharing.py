"""The links that a patient has given to her doctors, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consilia.cases.access import Reader, Right
from consilia.kernel.refusal import Refusal
from consilia.reports import policy
from consilia.reports.models import Share
from consilia.reports.queries.report import CaseOfReport, of_case, row_of


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One link given to a doctor: `state` is open, read, answered, over, locked or revoked."""

    id: UUID
    doctor: str
    address: str
    made_at: datetime
    valid_until: datetime
    state: str
    first_opened_at: datetime | None
    last_opened_at: datetime | None
    answer: str
    comment: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class SharesPage:
    case: CaseOfReport
    shares: tuple[ShareLine, ...]
    against: tuple[Refusal, ...]


def shares(*, reader: Reader, at: datetime) -> SharesPage:
    """The links that the patient has given, newest first, with what became of each."""
    reader.require(Right.SHARE_REPORT)
    case = row_of(reader)
    rows = Share.objects.filter(case_id=reader.case_id).select_related("answer").order_by("-made_at")
    return SharesPage(of_case(case), tuple(_share(row, at) for row in rows), policy.against_sharing(case))


def _share(row: Share, at: datetime) -> ShareLine:
    given = getattr(row, "answer", None)
    return ShareLine(
        id=row.pk,
        doctor=row.doctor,
        address=row.address,
        made_at=row.made_at,
        valid_until=row.valid_until,
        state=_state(row, answered=given is not None, at=at),
        first_opened_at=row.first_opened_at,
        last_opened_at=row.last_opened_at,
        answer=str(given.get_answer_display()) if given else "",
        comment=given.comment if given else "",
        answered_at=given.at if given else None,
    )


def _state(row: Share, *, answered: bool, at: datetime) -> str:
    if row.revoked_at:
        return "revoked"
    if answered:
        return "answered"
    if at > row.valid_until:
        return "over"
    if row.wrong_codes >= policy.WRONG_CODES:
        return "locked"
    return "read" if row.first_opened_at else "open"
