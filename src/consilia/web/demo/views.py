"""The demo's post: every message that would have been mailed, newest first; outside demo mode it does not exist."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consilia.kernel.refusal import NotFound
from consilia.notify import queries
from consilia.web.access import public


@public
@never_cache
@require_safe
def post(request: HttpRequest) -> HttpResponse:
    """The newest fifty messages, or those to one address (`?to=`).

    HTMX asks every few seconds for the list alone and says what it has `seen`: when nothing is new it gets 204 and
    leaves the page alone, so that nobody loses the line that is being copied.
    """
    if not settings.CONSILIA_DEMO:
        raise NotFound
    address = request.GET.get("to", "").strip()[:254]
    letters = queries.newest(50, address=address)
    newest = str(letters[0].id) if letters else ""
    part = bool(request.headers.get("HX-Request"))
    if part and request.GET.get("seen") == newest:
        return HttpResponse(status=204)
    template = "demo/post.html#letters" if part else "demo/post.html"
    return render(request, template, {"letters": letters, "address": address, "newest": newest})
