"""Pages that say no: what happened, what was kept, what to do next. A foreign and an absent thing look the same."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consilia.kernel.refusal import ConsiliaError, Forbidden, Invalid, NotFound, Refused


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, byte-equal whatever was asked for: it names no address, no person and no case."""
    return render(None, "errors/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(None, "errors/403.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    return render(None, "errors/500.html", status=500)


def too_large(request: HttpRequest) -> HttpResponse:
    return render(None, "errors/too_large.html", status=413)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(None, "errors/csrf.html", status=403)


def answer(request: HttpRequest, error: ConsiliaError) -> HttpResponse:
    """The page of a refusal."""
    match error:
        case NotFound():
            return not_found(request)
        case Forbidden():
            return forbidden(request)
        case Refused():
            return render(request, "errors/refused.html", {"refusals": error.refusals}, status=409)
        case Invalid():
            return render(request, "errors/invalid.html", {"fields": error.fields}, status=422)
        case _:
            return broken(request)
