"""The records of a case: what is on its way, what needs the patient, what was taken and what was set aside."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from consilia.cases.access import Reader, Right
from consilia.intake import deciding, queries
from consilia.web import access
from consilia.web.patient import record_lines


@access.case_right(Right.READ_CASE)
@require_GET
def page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The whole page, or for a script the lists alone."""
    found = queries.records_page(reader=reader, at=timezone.now())
    context = {
        "case": queries.case_line(reader=reader),
        "page": found,
        "held": record_lines.held(found),
        "unreadable": record_lines.unreadable(found),
        "taken": record_lines.taken(found),
        "aside": record_lines.aside(found),
        "of_a_computer": record_lines.of_a_computer(found),
        "no_record": record_lines.no_record(found),
        "needs_you": found.needs_you,
        "removed": record_lines.removed(found),
    }
    if request.headers.get("HX-Request"):
        part = "counts" if request.GET.get("part") == "counts" else "lists"
        return render(request, f"patient/records/{part}.html", context | {"is_part": True})
    return render(request, "patient/records/page.html", context)


@access.case_right(Right.DECIDE_OWN_RECORDS)
@require_POST
def remove(request: HttpRequest, reader: Reader, record_id: UUID) -> HttpResponse:
    """It is not hers, or she does not want it here."""
    deciding.remove(reader, record_id, at=timezone.now())
    return _removed(request, reader)


@access.case_right(Right.DECIDE_OWN_RECORDS)
@require_POST
def remove_study(request: HttpRequest, reader: Reader, study_id: UUID) -> HttpResponse:
    """All pictures of a study."""
    deciding.remove_study(reader, study_id, at=timezone.now())
    return _removed(request, reader)


def _removed(request: HttpRequest, reader: Reader) -> HttpResponse:
    return _back(request, reader, _("Removed. Nobody sees it any more, and you can undo this for 30 days."))


def _back(request: HttpRequest, reader: Reader, said: str) -> HttpResponse:
    """To the list, which says what has become of the file."""
    messages.success(request, said)
    return redirect("patient:records", reader.case_id)


@access.case_right(Right.DECIDE_OWN_RECORDS)
@require_POST
def put_back(request: HttpRequest, reader: Reader, record_id: UUID) -> HttpResponse:
    """Undoes a removal."""
    deciding.put_back(reader, record_id, at=timezone.now())
    return _back(request, reader, _("The file is back where it was."))


@access.case_right(Right.DECIDE_OWN_RECORDS)
@require_POST
def put_back_study(request: HttpRequest, reader: Reader, study_id: UUID) -> HttpResponse:
    """Undoes the removal of a study."""
    deciding.put_back_study(reader, study_id, at=timezone.now())
    return _back(request, reader, _("The pictures are back where they were."))


@access.case_right(Right.DECIDE_OWN_RECORDS)
@require_POST
def ask(request: HttpRequest, reader: Reader, record_id: UUID) -> HttpResponse:
    """It is hers: a person of the desk looks; until then it stays held."""
    deciding.ask_desk(reader, record_id, at=timezone.now())
    return _back(request, reader, _("We look at it and write to you. Until then nobody else sees the file."))


@access.case_right(Right.DECIDE_OWN_RECORDS)
@require_POST
def ask_study(request: HttpRequest, reader: Reader, study_id: UUID) -> HttpResponse:
    """The same for the held pictures of a study."""
    deciding.ask_desk_about_study(reader, study_id, at=timezone.now())
    return _back(request, reader, _("We look at them and write to you. Until then nobody else sees the pictures."))


@access.case_right(Right.DECIDE_OWN_RECORDS)
@require_POST
def object_to_aside(request: HttpRequest, reader: Reader, record_id: UUID) -> HttpResponse:
    """What was set aside is a record of hers: it counts again, or a person looks who had set it aside."""
    if deciding.object_to_aside(reader, record_id, at=timezone.now()):
        return _back(request, reader, _("It counts among your records again."))
    return _objected(request, reader)


@access.case_right(Right.DECIDE_OWN_RECORDS)
@require_POST
def object_to_aside_study(request: HttpRequest, reader: Reader, study_id: UUID) -> HttpResponse:
    """The same for the pictures of a study."""
    deciding.object_to_aside_study(reader, study_id, at=timezone.now())
    return _objected(request, reader)


def _objected(request: HttpRequest, reader: Reader) -> HttpResponse:
    return _back(request, reader, _("We look at it again and write to you."))
