"""Asking: what only the patient can answer about the files that came, each with the record that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from consilia.cases.access import Reader, Right
from consilia.clinical.papers import ASK_BELOW
from consilia.formats.verdicts import Reason
from consilia.intake.judging.asking import QUESTIONS
from consilia.records.models import Original, Standing

NEEDS_HER = (Standing.HELD, Standing.UNREADABLE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in her language; `code` as in judging.outcome.Question."""

    code: str
    words: str
    record_id: UUID


def of_case(*, reader: Reader) -> tuple[Asked, ...]:
    """The questions of a case, whose file it is first; pictures of a study are asked about as a study elsewhere."""
    reader.require(Right.READ_RECORDS)
    unnamed = Q(document__kind_confidence__lt=ASK_BELOW) | Q(document__date_confidence__lt=ASK_BELOW)
    taken = Q(standing=Standing.TAKEN, document__decided_at=None) & unnamed
    rows = Original.objects.filter(Q(standing__in=NEEDS_HER) | taken, case_id=reader.case_id, tombstone_at=None)
    found = rows.filter(instance=None).select_related("document")
    asked = [Asked(code, _(QUESTIONS[code]) % {"about": row.path}, row.pk) for row in found if (code := _code(row))]
    return tuple(sorted(asked, key=lambda one: list(QUESTIONS).index(one.code)))


def _code(row: Original) -> str:
    if row.standing == Standing.HELD:
        return "" if row.decision else "whose_is_this"
    if row.standing == Standing.UNREADABLE:
        return "password" if row.reason == Reason.PASSWORD else "send_again"
    return "what_is_this" if row.document.kind_confidence < ASK_BELOW else "which_date"
