"""A hospital or the doctor at home adds records through a link: no account, no name, no other record."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from consilia.cases.access import Reader
from consilia.intake import actions, links
from consilia.web.doctor.doors import records_link
from consilia.web.patient.letter_forms import CommentForm


@records_link
@never_cache
@require_GET
def page(request: HttpRequest, reader: Reader, secret: str) -> HttpResponse:
    """For whom, what to do, and what has come so far."""
    links.opened(reader, at=timezone.now())
    return _page(request, reader, secret, CommentForm())


def _page(request: HttpRequest, reader: Reader, secret: str, form: CommentForm) -> HttpResponse:
    context = {
        "page": links.page(reader=reader),
        "secret": secret,
        "archive": _archive(secret),
        "dimse": _dimse(secret),
        "form": form,
        "against": actions.reasons_against(reader),
    }
    template = "doctor/adding/list.html" if request.headers.get("HX-Request") else "doctor/adding/page.html"
    return render(request, template, context)


def _archive(secret: str) -> str:
    """The root of the link's DICOMweb, as people reach this service."""
    path = reverse("doctor:add-stow", args=[secret]).removesuffix("/studies")
    return f"{settings.CONSILIA_PUBLIC_URL.rstrip('/')}{path}"


def _dimse(secret: str) -> dict[str, object] | None:
    """Where an archive sends by C-STORE, when this service listens for it."""
    if not settings.CONSILIA_DICOM_PORT:
        return None
    return {
        "ae_title": links.ae_title(secret),
        "host": settings.CONSILIA_DICOM_NAME,
        "port": settings.CONSILIA_DICOM_PORT,
        "is_encrypted": bool(settings.CONSILIA_DICOM_CERTIFICATE),
    }


@records_link
@require_POST
def finish(request: HttpRequest, reader: Reader, secret: str) -> HttpResponse:
    """Closes the link; the words of a too long comment are kept."""
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _page(request, reader, secret, form)
    links.finish(reader, comment=form.cleaned_data["comment"], at=timezone.now())
    return render(request, "doctor/adding/thanks.html", {"count": len(links.page(reader=reader).files)})
