"""Handing out a file of a report: a name of ours, never shown inside our pages, never kept by a cache."""

from __future__ import annotations

from django.http import HttpResponse

from consilia.reports.actions import File


def attachment(file: File) -> HttpResponse:
    """The file as a download; the browser is told to run nothing in it."""
    response = HttpResponse(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["Content-Security-Policy"] = "sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
