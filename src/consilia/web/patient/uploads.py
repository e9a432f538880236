"""Ways in for the patient's files: resumable pieces, or a plain form."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from consilia.cases.access import Reader, Right
from consilia.web import access, receiving, tus


@access.case_right(Right.ADD_RECORDS)
@require_http_methods(["OPTIONS", "POST"])
def tus_collection(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Begins a resumable upload."""

    def address(upload_id: UUID) -> str:
        return reverse("patient:tus-upload", args=[reader.case_id, upload_id])

    return tus.collection(request, reader, address)


@access.case_right(Right.ADD_RECORDS)
@require_http_methods(["OPTIONS", "HEAD", "PATCH", "DELETE"])
def tus_single(request: HttpRequest, reader: Reader, upload_id: UUID) -> HttpResponse:
    """One resumable upload."""
    return tus.single(request, reader, upload_id)


@access.case_right(Right.ADD_RECORDS)
@csrf_exempt  # the body must not be read before the handler that keeps it out of plain files is in place
@require_POST
def upload(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Files of a form without JavaScript."""
    receiving.prepare(request, reader)
    return _upload(request, reader)


@csrf_protect
def _upload(request: HttpRequest, reader: Reader) -> HttpResponse:
    receiving.take(request, reader)
    return redirect("patient:records", reader.case_id)
