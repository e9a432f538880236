"""Ways in for files behind a link: resumable pieces, or a plain form."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from consilia.cases.access import Reader
from consilia.web import receiving, tus
from consilia.web.dicomweb import storing
from consilia.web.doctor.doors import records_link


@records_link
@require_http_methods(["OPTIONS", "POST"])
def tus_collection(request: HttpRequest, reader: Reader, secret: str) -> HttpResponse:
    """Begins a resumable upload."""

    def address(upload_id: UUID) -> str:
        return reverse("doctor:add-tus-upload", args=[secret, upload_id])

    return tus.collection(request, reader, address)


@records_link
@require_http_methods(["OPTIONS", "HEAD", "PATCH", "DELETE"])
def tus_single(request: HttpRequest, reader: Reader, secret: str, upload_id: UUID) -> HttpResponse:
    """One resumable upload that came through this link."""
    return tus.single(request, reader, upload_id)


@records_link
@csrf_exempt  # no cookie gives the right: the secret in the address does
@require_POST
def store(request: HttpRequest, reader: Reader, secret: str) -> HttpResponse:
    """Objects that a hospital's archive sends by DICOMweb (STOW-RS)."""
    return storing.store(request, reader)


@records_link
@csrf_exempt  # the body must not be read before the handler that keeps it out of plain files is in place
@require_POST
def upload(request: HttpRequest, reader: Reader, secret: str) -> HttpResponse:
    """Files of a form without JavaScript."""
    receiving.prepare(request, reader)
    return _upload(request, reader, secret)


@csrf_protect
def _upload(request: HttpRequest, reader: Reader, secret: str) -> HttpResponse:
    receiving.take(request, reader)
    return redirect("doctor:add", secret)
