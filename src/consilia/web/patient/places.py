"""What all pages of a case need: what was sent, and the addresses of the next step, of tasks, of places to mend."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse

from consilia.kernel.refusal import Refusal


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when it is nothing; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def place(page: str, case_id: UUID, item_id: str = "") -> str:
    """The address of a page by URL name, with the case (and one thing of it) where the page wants them; "" for none."""
    for words in ([case_id, item_id] if item_id else [case_id], []):
        try:
            return reverse(page, args=words)
        except NoReverseMatch:
            continue
    return ""


def mendable(reasons: Iterable[Refusal], case_id: UUID) -> tuple[Refusal, ...]:
    """The reasons with addresses instead of URL names, so that each leads to where it can be mended."""
    return tuple(
        Refusal(one.code, one.reason, place(one.mend, case_id) if ":" in one.mend else one.mend) for one in reasons
    )
