"""Records as the desk reads them, with names and held ones: each opening stands in the trail before a byte goes out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Right
from consilia.cases.queries import desk_case, desk_record
from consilia.formats.values import Window
from consilia.intake import deciding, words
from consilia.kernel.refusal import NotFound
from consilia.records import pictures
from consilia.records.models import Original
from consilia.web import access, viewing
from consilia.web.desk import forms
from consilia.web.desk.pages import done, note_picture, note_record, show

WINDOW = 100_000.0  # no window of an image is wider than this


@access.case_right(Right.READ_AS_DESK)
@require_GET
def record(request: HttpRequest, reader: Reader, original_id: UUID) -> HttpResponse:
    """One page of a document: its picture, and its text beneath."""
    return _record(request, reader, original_id, forms.AsideForm())


def _record(request: HttpRequest, reader: Reader, original_id: UUID, aside: forms.AsideForm) -> HttpResponse:
    now = timezone.now()
    found = desk_record.record(reader=reader, original_id=original_id)
    number = _number(request, "page", found.pages)
    note_record(request, reader, Kind.RECORD_OPENED, ("record", original_id), at=now)
    text = pictures.text_of_page(found.original, number)
    page = {
        "head": desk_case.head(reader=reader, at=now),
        "record": found,
        "aside": aside,
        "why": words.reason(found.original.reason),
        "number": number,
        "before": number - 1,
        "after": number + 1 if number < found.pages else 0,
        "lines": [line.text for line in text.lines] if text else [],
    }
    return show(request, "desk/records/record.html", page, status=422 if aside.is_bound else 200)


@access.case_right(Right.DECIDE_RECORDS)
@require_POST
def set_aside(request: HttpRequest, reader: Reader, original_id: UUID) -> HttpResponse:
    """The paper is no medical record: experts do not see it, and it stays in the list of the desk."""
    return _set_aside(request, reader, original_id, deciding.set_aside, _record)


def _set_aside(
    request: HttpRequest, reader: Reader, one: UUID, act: Callable[..., object], page: Callable[..., HttpResponse]
) -> HttpResponse:
    """A paper or a study: back to the case, or to its page with what speaks against it."""
    form = forms.AsideForm(request.POST)
    if done(form, lambda: act(reader, one, reason=form.cleaned_data["reason"], at=timezone.now())):
        messages.success(request, _("Set aside. No expert sees it; you can take it again."))
        return redirect("desk:case", reader.case_id)
    return page(request, reader, one, form)


@access.case_right(Right.DECIDE_RECORDS)
@require_POST
def take_again(request: HttpRequest, reader: Reader, original_id: UUID) -> HttpResponse:
    """Undoes the setting aside."""
    deciding.take_again(reader, original_id, at=timezone.now())
    return _taken_again(request, reader)


def _taken_again(request: HttpRequest, reader: Reader) -> HttpResponse:
    messages.success(request, _("It counts as a record again."))
    return redirect("desk:case", reader.case_id)


@access.case_right(Right.DECIDE_RECORDS)
@require_POST
def set_aside_study(request: HttpRequest, reader: Reader, study_id: UUID) -> HttpResponse:
    """The pictures are no medical record of this case: experts do not see them."""
    return _set_aside(request, reader, study_id, deciding.set_aside_study, _study)


@access.case_right(Right.DECIDE_RECORDS)
@require_POST
def take_study_again(request: HttpRequest, reader: Reader, study_id: UUID) -> HttpResponse:
    """Undoes the setting aside of pictures."""
    deciding.take_study_again(reader, study_id, at=timezone.now())
    return _taken_again(request, reader)


def _number(request: HttpRequest, name: str, most: int) -> int:
    word = request.GET.get(name, "1")
    return min(max(int(word), 1), max(most, 1)) if word.isascii() and word.isdigit() and len(word) < 9 else 1


@access.case_right(Right.READ_AS_DESK)
@require_GET
def page(request: HttpRequest, reader: Reader, original_id: UUID, number: int) -> HttpResponse:
    """PNG of one page, made by us."""
    return _picture(request, reader, original_id, number, partial(pictures.page, number=number))


@access.case_right(Right.READ_AS_DESK)
@require_GET
def row(request: HttpRequest, reader: Reader, original_id: UUID, number: int, row: int) -> HttpResponse:
    """PNG of one row of its text (from 0), cut out of that page."""
    return _picture(request, reader, original_id, number, partial(pictures.row, number=number, line=row))


def _picture(
    request: HttpRequest, reader: Reader, original_id: UUID, number: int, drawn: Callable[[Original], bytes]
) -> HttpResponse:
    found = desk_record.record(reader=reader, original_id=original_id)
    if not found.has_pictures or not 1 <= number <= found.pages:
        raise NotFound
    note_picture(request, reader, Kind.RECORD_OPENED, ("record", original_id), at=timezone.now())
    return _png(drawn(found.original))


@access.case_right(Right.READ_AS_DESK)
@require_GET
def study(request: HttpRequest, reader: Reader, study_id: UUID) -> HttpResponse:
    """A study, one series at a time, in the viewer."""
    return _study(request, reader, study_id, forms.AsideForm())


def _study(request: HttpRequest, reader: Reader, study_id: UUID, aside: forms.AsideForm) -> HttpResponse:
    now = timezone.now()
    found = desk_record.study(reader=reader, study_id=study_id)
    note_record(request, reader, Kind.STUDY_OPENED, ("study", study_id), at=now)
    wanted = request.GET.get("series", "")
    series = next((one for one in found.series if str(one.id) == wanted), found.series[0] if found.series else None)
    index = _number(request, "image", series.count if series else 1) - 1
    room = (
        viewing.room(
            reader.case_id,
            series.id,
            root="cases",
            frame=lambda series_id, place: reverse("desk:frame", args=[reader.case_id, series_id, place]),
            index=index,
            count=series.count,
            window=series.window,
        )
        if series
        else None
    )
    given = {
        "head": desk_case.head(reader=reader, at=now),
        "study": found,
        "aside": aside,
        "series": series,
        "room": room,
    }
    return show(request, "desk/records/study.html", given, status=422 if aside.is_bound else 200)


@access.case_right(Right.READ_AS_DESK)
@require_GET
def frame(request: HttpRequest, reader: Reader, series_id: UUID, index: int) -> HttpResponse:
    """PNG of one frame, in the window of the file or in the one asked for (wc, ww)."""
    instance, number = desk_record.frame(reader=reader, series_id=series_id, index=index)
    entity = ("study", instance.series.study_id)
    note_picture(request, reader, Kind.STUDY_OPENED, entity, at=timezone.now())
    return _png(pictures.frame(pictures.FrameOf(instance, number, _window(request))))


def _window(request: HttpRequest) -> Window | None:
    try:
        center, width = float(request.GET["wc"]), float(request.GET["ww"])
    except (KeyError, ValueError):
        return None
    if not (abs(center) <= WINDOW and 1 <= width <= WINDOW):
        raise NotFound
    return Window(center, width)


def _png(picture: bytes) -> HttpResponse:
    return HttpResponse(picture, content_type="image/png")
