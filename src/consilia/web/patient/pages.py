"""Looking at a record: pages and frames are pictures made by us; each look is written down before its first byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Right
from consilia.formats import preamble
from consilia.formats.values import Window
from consilia.intake import queries as intake
from consilia.intake import unlocking, words
from consilia.kernel.refusal import Invalid, NotFound
from consilia.records import looks, pictures
from consilia.records import queries as records
from consilia.records.models import Instance, Original, Standing
from consilia.records.pictures import FrameOf
from consilia.vault import queries as vault
from consilia.web import access, viewing
from consilia.web.patient import record_lines
from consilia.web.patient.record_forms import PasswordForm

# A patient may look at a held file to say whose it is, and at one that was set aside to say what it is.
SEEN = (Standing.TAKEN, Standing.HELD, Standing.IGNORED)


def guarded(response: HttpResponseBase) -> HttpResponseBase:
    """What came from strangers' bytes runs nothing, is what it says, and stays with this browser."""
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@access.case_right(Right.READ_RECORDS)
@require_GET
def record(request: HttpRequest, reader: Reader, record_id: UUID) -> HttpResponse:
    """One paper: the picture of a page with its text beside, or its lines where it has no picture."""
    return _record(request, reader, record_id, PasswordForm())


@access.case_right(Right.ADD_RECORDS)
@sensitive_post_parameters("password")
@require_POST
def unlock(request: HttpRequest, reader: Reader, record_id: UUID) -> HttpResponse:
    """Opens a PDF with its password, which stays in this request."""
    form = PasswordForm(request.POST)
    if form.is_valid():
        if not ratelimit.consume(request, action="unlock", key=str(record_id)):
            form.add_error("password", _("That was tried too often. Wait five minutes, then type it once more."))
        else:
            try:
                unlocking.unlock(reader, record_id, form.cleaned_data["password"], at=timezone.now())
            except Invalid as invalid:
                form.add_error("password", invalid.fields["password"])
            else:
                messages.success(request, _("The file is open and is being read. We have not kept the password."))
                return redirect("patient:records" if reader.may(Right.READ_CASE) else "desk:case", reader.case_id)
    form.type_again()
    return _record(request, reader, record_id, form)


def _record(request: HttpRequest, reader: Reader, record_id: UUID, unlock: PasswordForm) -> HttpResponse:
    original = records.original(reader.case_id, record_id)
    entity = ("record", original.pk)
    looks.opened(reader.case_id, Kind.RECORD_OPENED, entity, actor=reader.actor, at=timezone.now())
    paper = getattr(original, "document", None)
    number = _page_number(request, paper.pages if paper else 0)
    text = pictures.text_of_page(original, number) if paper else None
    context = {
        "case": intake.case_line(reader=reader),
        "is_patient": reader.may(Right.READ_CASE),
        "record": original,
        "paper": paper,
        "title": words.kind(paper.kind) or paper.title if paper else original.path.rpartition("/")[2],
        "name": original.path.rpartition("/")[2],
        "issuer": paper.issuer if paper and record_lines.is_name(paper.issuer) else "",
        "reason": words.reason(original.reason),
        "number": number,
        "has_picture": bool(paper and paper.has_page_images),
        "lines": [line.text for line in text.lines] if text else [],
        "can_be_downloaded": bool(original.sha256),
        "unlock": unlock if original.asks_password and reader.may(Right.ADD_RECORDS) else None,
    }
    return render(request, "patient/records/record.html", context, status=422 if unlock.is_bound else 200)


def _page_number(request: HttpRequest, pages: int) -> int:
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    return min(max(number, 1), max(pages, 1))


@access.case_right(Right.READ_RECORDS)
@require_GET
def record_page(request: HttpRequest, reader: Reader, record_id: UUID, number: int) -> HttpResponseBase:
    """PNG of one page (from 1)."""
    return _picture(reader, record_id, partial(pictures.page, number=number))


@access.case_right(Right.READ_RECORDS)
@require_GET
def record_row(request: HttpRequest, reader: Reader, record_id: UUID, number: int, row: int) -> HttpResponseBase:
    """PNG of one row of its text (from 0), cut out of that page."""
    return _picture(reader, record_id, partial(pictures.row, number=number, line=row))


def _picture(reader: Reader, record_id: UUID, drawn: Callable[[Original], bytes]) -> HttpResponseBase:
    original = records.original(reader.case_id, record_id)
    if not hasattr(original, "document") or not original.document.has_page_images:
        raise NotFound
    entity = ("record", original.pk)
    looks.went_on(reader.case_id, Kind.RECORD_OPENED, entity, actor=reader.actor, at=timezone.now())
    return guarded(HttpResponse(drawn(original), content_type="image/png"))


@access.case_right(Right.READ_RECORDS)
@require_GET
def original(request: HttpRequest, reader: Reader, record_id: UUID) -> HttpResponseBase:
    """The file as it came, to be saved and never shown by the browser."""
    found = records.original(reader.case_id, record_id)
    if not found.sha256:
        raise NotFound
    stored = vault.open_object(reader.case_id, found.sha256)
    entity = ("record", found.pk)
    looks.opened(reader.case_id, Kind.RECORD_DOWNLOADED, entity, actor=reader.actor, at=timezone.now())
    is_dicom = found.media_type.startswith("application/dicom")
    chunks = preamble.zeroed(stored.chunks()) if is_dicom else stored.chunks()
    response = StreamingHttpResponse(_closing(chunks, stored), content_type="application/octet-stream")
    response.headers["Content-Length"] = str(stored.size)
    response.headers["Content-Disposition"] = content_disposition_header(True, found.file_name) or "attachment"
    guarded(response).headers["Cache-Control"] = "private, no-store"
    return response


def _closing(chunks: Iterator[bytes], stored: vault.StoredBytes) -> Iterator[bytes]:
    try:
        yield from chunks
    finally:
        stored.close()


@access.case_right(Right.READ_RECORDS)
@require_GET
def study(request: HttpRequest, reader: Reader, study_id: UUID) -> HttpResponse:
    """A study in the viewer; without a script the frames are links."""
    found = records.study(reader.case_id, study_id, standings=SEEN)
    looks.opened(reader.case_id, Kind.STUDY_OPENED, ("study", found.id), actor=reader.actor, at=timezone.now())
    chosen = next((one for one in found.stacks if str(one.id) == request.GET.get("series")), None)
    stack = chosen or next((one for one in found.stacks if one.frames), found.stacks[0])
    index = min(max(_page_number(request, stack.frames) - 1, 0), max(stack.frames - 1, 0))
    context = {
        "case": intake.case_line(reader=reader),
        "is_patient": reader.may(Right.READ_CASE),
        "study": found,
        "stack": stack,
        "room": viewing.room(
            reader.case_id,
            stack.id,
            root="cases",
            frame=lambda series_id, place: reverse("patient:record-frame", args=[reader.case_id, series_id, place]),
            index=index,
            count=stack.frames,
            window=stack.window,
        ),
    }
    return render(request, "patient/records/study.html", context)


@access.case_right(Right.READ_RECORDS)
@require_GET
def frame(request: HttpRequest, reader: Reader, series_id: UUID, index: int) -> HttpResponseBase:
    """PNG of one frame of a stack (from 0), in the window asked for: ?wc=40&ww=400."""
    instance, number = records.frame_at(reader.case_id, series_id, index, standings=SEEN)
    entity = ("study", instance.series.study_id)
    looks.went_on(reader.case_id, Kind.STUDY_OPENED, entity, actor=reader.actor, at=timezone.now())
    picture = pictures.frame(FrameOf(instance, number, _window(request, instance)))
    return guarded(HttpResponse(picture, content_type="image/png"))


def _window(request: HttpRequest, instance: Instance) -> Window | None:
    """The window asked for; None for the file's own one, whose picture is kept."""
    try:
        center, width = float(request.GET["wc"]), float(request.GET["ww"])
    except (KeyError, ValueError):
        return None
    if not (abs(center) < 1e6 and 1 <= width < 1e6):
        return None
    own = (instance.window_center, instance.window_width)
    if None not in own and abs((own[0] or 0) - center) <= 0.5 and abs((own[1] or 0) - width) <= 0.5:
        return None
    return Window(center, width)
