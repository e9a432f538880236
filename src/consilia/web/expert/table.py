"""The table: records, one page or image of them, the opinion beside it; nothing held, nothing uncovered by accident."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Right
from consilia.cases.models import Assignment
from consilia.cases.queries import expert as queries
from consilia.cases.queries import expert_names
from consilia.cases.queries.expert import Paper
from consilia.cases.queries.expert_records import RecordLine
from consilia.formats.values import PageText, Window
from consilia.kernel.refusal import Invalid, NotFound
from consilia.opinions import actions as opinion_actions
from consilia.opinions import queries as opinions
from consilia.records import pictures
from consilia.records import queries as records
from consilia.web import access, viewing
from consilia.web.expert import opinion_edits, opinion_view, record_names, summary
from consilia.web.expert.forms import UncoverForm
from consilia.web.expert.home import declared_sentences
from consilia.web.expert.showing import note_opened, note_picture, png, show, tongue
from consilia.web.opinion import reading as opinion_reading

WIDEST = 100_000.0  # no window of an image is wider than this


@dataclass(frozen=True, slots=True)
class Written:
    """What the opinion pane shows instead of the saved draft: words that were typed and not (all) kept."""

    typed: Mapping[str, Sequence[str]]
    draft: Any
    version: int
    faults: Mapping[str, str]
    differences: tuple[opinion_view.Difference, ...] = ()
    refused: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Month:
    """Records of one month; `on` None for those without a date."""

    on: date | None
    lines: tuple[tuple[RecordLine, bool, int, str], ...]  # line, opened, cited, address


@access.case_right(Right.READ_AS_EXPERT)
@require_safe
def table(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What the case is about, its records, the opinion."""
    return draw(request, reader, at=timezone.now())


@access.case_right(Right.READ_AS_EXPERT)
@require_safe
def record(request: HttpRequest, reader: Reader, record_id: UUID) -> HttpResponse:
    """One page of a document, with the names covered."""
    at = timezone.now()
    seat = opinions.seat(reader=reader)
    paper = queries.paper(reader=reader, record_id=record_id, seat=seat)
    note_opened(reader, Kind.RECORD_OPENED, ("record", record_id), at=at)
    return draw(request, reader, at=at, seat=seat, middle=_paper(request, paper, _number(request, paper.pages)))


@access.case_right(Right.READ_AS_EXPERT)
@require_POST
def uncover(request: HttpRequest, reader: Reader, record_id: UUID, number: int) -> HttpResponse:
    """The same page with nothing covered, in this one answer, for a reason that is kept."""
    at = timezone.now()
    paper = queries.paper(reader=reader, record_id=record_id)
    if not 1 <= number <= paper.pages:
        raise NotFound
    form = UncoverForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                note_opened(reader, Kind.RECORD_OPENED, ("record", record_id), at=at)
                opinion_actions.uncover(reader, record_id, page=number, reason=form.cleaned_data["reason"], at=at)
        except Invalid as refusal:
            form.take_up(refusal)
        else:
            return draw(request, reader, at=at, middle=_paper(request, paper, number, bare=True))
    middle = _paper(request, paper, number) | {"uncover": form}
    return draw(request, reader, at=at, middle=middle, status=422)


@access.case_right(Right.READ_AS_EXPERT)
@require_safe
def page(request: HttpRequest, reader: Reader, record_id: UUID, number: int) -> HttpResponse:
    """PNG of one page with dark bars over the names; no picture where we cannot know where they stand."""
    paper = queries.paper(reader=reader, record_id=record_id)
    text = pictures.text_of_page(paper.original, number)
    if not paper.has_pictures or not 1 <= number <= paper.pages or not expert_names.can_be_covered(text, paper.names):
        raise NotFound
    note_picture(reader, Kind.RECORD_OPENED, ("record", record_id), at=timezone.now())
    return png(pictures.covered_page(paper.original, number, paper.names))


@access.case_right(Right.READ_AS_EXPERT)
@require_safe
def study(request: HttpRequest, reader: Reader, study_id: UUID) -> HttpResponse:
    """A study, one series at a time, in the viewer; with ?source= a key image as it was cited."""
    at = timezone.now()
    seat = opinions.seat(reader=reader)
    names = queries.names(seat)
    found = records.study(reader.case_id, study_id)
    note_opened(reader, Kind.STUDY_OPENED, ("study", study_id), at=at)
    cited = _cited(request, reader, seat, study_id)
    wanted = str(cited.series_id) if cited else request.GET.get("series", "")
    stack = next((one for one in found.stacks if str(one.id) == wanted), found.stacks[0])
    number = cited.number if cited else _number(request, stack.frames, "image")
    middle = {
        "kind": "study",
        "study": found,
        "title": expert_names.covered_words(found.description, names),
        "stack": stack,
        "stacks": [(one, expert_names.covered_words(one.description, names)) for one in found.stacks],
        "room": viewing.room(
            reader.case_id,
            stack.id,
            root="seats",
            frame=lambda series_id, place: reverse("expert:frame", args=[reader.case_id, series_id, place]),
            index=number - 1,
            count=stack.frames,
            window=stack.window,
            said=lambda words: expert_names.covered_words(words, names),
            kept=cited.view if cited else None,
        ),
        "current": str(study_id),
    }
    return draw(request, reader, at=at, seat=seat, middle=middle)


@dataclass(frozen=True, slots=True)
class _Cited:
    """A key image that the opinion cites: where it stands, and how it was seen."""

    series_id: UUID
    number: int
    view: Mapping[str, Any] | None


def _cited(request: HttpRequest, reader: Reader, seat: Assignment, study_id: UUID) -> _Cited | None:
    """The source of the opinion that is asked for, if it is a picture of this study."""
    source = opinions.source(seat, request.GET.get("source", ""))
    if source is None or source.record_id != str(study_id) or not source.image:
        return None
    instance, index = records.place_of(reader.case_id, source.image, source.frame or 1)
    return _Cited(instance.series_id, index + 1, source.view.model_dump(mode="json") if source.view else None)


@access.case_right(Right.READ_AS_EXPERT)
@require_safe
def frame(request: HttpRequest, reader: Reader, series_id: UUID, index: int) -> HttpResponse:
    """PNG of one frame, in the window of the file or in the one asked for (wc, ww)."""
    instance, number = records.frame_at(reader.case_id, series_id, index)
    note_picture(reader, Kind.STUDY_OPENED, ("study", instance.series.study_id), at=timezone.now())
    return png(pictures.frame(pictures.FrameOf(instance, number, _window(request))))


def draw(
    request: HttpRequest,
    reader: Reader,
    *,
    at: datetime,
    seat: Assignment | None = None,
    middle: Mapping[str, Any] | None = None,
    written: Written | None = None,
    status: int = 200,
) -> HttpResponse:
    """The three panes. `middle` is what stands between records and opinion; nothing is the overview of the case.

    `seat`: what `opinions.seat` has read for this very request.
    """
    whole = opinions.table(seat or opinions.seat(reader=reader), reader=reader, at=at, language=tongue())
    found, draft = whole.table, whole.draft
    middle = middle or {"kind": "overview"}
    content = written.draft if written else draft.content
    page = {
        "head": found.head,
        "overview": found.overview,
        "told": summary.told(reader, found, at=at) if middle["kind"] == "overview" else None,
        "months": _months(record_names.listed(found.records), whole.opened, opinions.cited(content), reader.case_id),
        "count": len(found.records),
        "middle": middle,
        "draft": draft,
        "against": opinion_view.told(draft.against, found.head.names),
        "version": written.version if written else draft.version,
        "differences": written.differences if written else (),
        "refused": written.refused if written else (),
        "faulty": bool(written and written.faults),
        "statements": _statements(content, found.head.names),
        "back": request.get_full_path() if request.method in {"GET", "HEAD"} else request.POST.get("back", ""),
        "declared": declared_sentences(),
        "sections": _sections(draft, found.head.names, written),
        "reading": () if draft.editable else opinion_reading.parts(content, names=found.head.names),
        "signed": whole.signed,
    }
    return show(request, "expert/table/table.html", page, status=status)


def _sections(draft: opinions.DraftPage, names: Any, written: Written | None) -> tuple[opinion_view.SectionView, ...]:
    if not draft.editable:
        return ()
    if written is None:
        return opinion_view.sections(draft.content, names=names, against=draft.against)
    return opinion_view.sections(
        written.draft, names=names, against=draft.against, faults=written.faults, typed=written.typed
    )


def _statements(content: Any, names: Any) -> list[tuple[str, str]]:
    return [
        (anchor, opinion_view.statement_words(part, key)) for anchor, part, key in opinion_edits.statements(content)
    ]


def _months(
    lines: Sequence[RecordLine], opened: frozenset[str], cited: Mapping[str, int], case_id: UUID
) -> tuple[Month, ...]:
    months: dict[date | None, list[tuple[RecordLine, bool, int, str]]] = {}
    for line in lines:
        name = "expert:record" if line.kind == "document" else "expert:study"
        address = reverse(name, args=[case_id, line.id])
        key = str(line.id)
        row = (line, key in opened, cited.get(key, 0), address)
        months.setdefault(line.on.replace(day=1) if line.on else None, []).append(row)
    return tuple(Month(on, tuple(rows)) for on, rows in months.items())


def _paper(request: HttpRequest, paper: Paper, number: int, *, bare: bool = False) -> dict[str, Any]:
    """The context of one page; `bare` shows it without covers, in this answer only."""
    text = pictures.text_of_page(paper.original, number)
    names = expert_names.NOBODY if bare else paper.names
    can_be_shown = expert_names.can_be_covered(text, names)
    as_text = not paper.has_pictures or request.GET.get("show") == "text"
    lines = expert_names.covered_lines(text, names) if text else ()
    return {
        "kind": "paper",
        "paper": record_names.shown(paper),
        "number": number,
        "before": number - 1,
        "after": number + 1 if number < paper.pages else 0,
        "lines": lines,
        "layer": _layer(text, lines) if text and can_be_shown else (),
        "width": text.width if text else 0,
        "height": text.height if text else 0,
        "as_text": as_text,
        "closed": paper.has_pictures and not as_text and not can_be_shown,
        "bare": bare,
        "picture": _inline(paper, number) if bare and paper.has_pictures else "",
        "hides": paper.names != expert_names.NOBODY and not bare,
        "uncover": UncoverForm(),
        "current": str(paper.original.pk),
    }


def _layer(text: PageText, lines: Sequence[str]) -> list[tuple[str, ...]]:
    """Text over the picture, to be selected: x, baseline, width, height, words; the same numbers in every language."""
    return [
        (*(f"{value:.1f}" for value in (box.x0, box.y1, box.x1 - box.x0, box.y1 - box.y0)), said)
        for box, said in zip(text.lines, lines, strict=True)
        if box.x1 > box.x0 and box.y1 > box.y0
    ]


def _inline(paper: Paper, number: int) -> str:
    """The uncovered picture within the page itself: there is no address under which it could be asked for again."""
    return "data:image/png;base64," + base64.b64encode(pictures.page(paper.original, number)).decode()


def _number(request: HttpRequest, most: int, name: str = "page") -> int:
    word = request.GET.get(name, "1")
    return min(max(int(word), 1), max(most, 1)) if word.isascii() and word.isdigit() and len(word) < 7 else 1


def _window(request: HttpRequest) -> Window | None:
    try:
        center, width = float(request.GET["wc"]), float(request.GET["ww"])
    except (KeyError, ValueError):
        return None
    if not (abs(center) <= WIDEST and 1 <= width <= WIDEST):
        raise NotFound
    return Window(center, width)
