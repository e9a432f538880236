"""What a patient sees before she leaves: what is here, and what stands against withdrawing and erasing."""

from __future__ import annotations

from dataclasses import dataclass

from consilia.cases import policy as cases_policy
from consilia.cases.access import Reader, Right
from consilia.kernel.refusal import Refusal
from consilia.opinions.models import Seal
from consilia.reports.package import contents
from consilia.reports.package.contents import Extent
from consilia.reports.queries.report import CaseOfReport, of_case, row_of


@dataclass(frozen=True, slots=True)
class LeavingPage:
    """What stands against withdrawing and erasing, and whether it is hers to erase."""

    case: CaseOfReport
    extent: Extent
    opinions: int
    may_erase: bool
    against_withdrawing: tuple[Refusal, ...]
    against_erasing: tuple[Refusal, ...]


def leaving(*, reader: Reader) -> LeavingPage:
    reader.require(Right.READ_CASE)
    case = row_of(reader)
    return LeavingPage(
        case=of_case(case),
        extent=contents.extent(case.pk),
        opinions=Seal.objects.filter(opinion__case=case, sequence=0).count(),
        may_erase=reader.may(Right.ERASE_CASE),
        against_withdrawing=cases_policy.against_withdrawing(case),
        against_erasing=cases_policy.against_erasing(case),
    )
