"""The door of a link for records: its secret becomes a Reader, and a link that is over says so on a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from consilia.cases.access import Reader, Right
from consilia.intake import links
from consilia.web import access

View = Callable[..., HttpResponseBase]


def resolve(request: HttpRequest, secret: str) -> Reader:
    """The Reader of a live link for records. Raises NotFound, LinkOver."""
    return links.resolve(secret, at=timezone.now())


def records_link(view: View) -> View:
    """A page behind a link for records; over, it answers 404 in words that tell nothing of the case."""
    behind = access.link(Right.ADD_RECORDS, resolve)(view)

    @wraps(behind)
    def guarded(request: HttpRequest, **words: Any) -> HttpResponseBase:
        try:
            return behind(request, **words)
        except links.LinkOver:
            return render(request, "doctor/adding/over.html", status=404)

    return guarded
