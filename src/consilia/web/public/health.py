"""For supervisors: is the process alive, is the service ready."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse

from consilia.cases import content
from consilia.web.access import public


@public
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


@public
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and the content library is loaded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    content.library()
    return HttpResponse("ready\n", content_type="text/plain")
