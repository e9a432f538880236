"""Writing the opinion: saved continuously and by button, handed to the editor; two tabs never overwrite each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consilia.accounts.models import Person, Role
from consilia.cases.access import Reader, Right
from consilia.cases.queries import expert as cases
from consilia.kernel.refusal import NotFound, Refused
from consilia.opinions import actions, key_images, queries
from consilia.opinions.content import DraftContent
from consilia.opinions.models import Opinion
from consilia.records import queries as records
from consilia.web import access
from consilia.web.expert import opinion_edits, opinion_view, record_names
from consilia.web.expert.codes import matching
from consilia.web.expert.home import declared_sentences
from consilia.web.expert.showing import show, tongue
from consilia.web.expert.table import Written, draw
from consilia.web.opinion import form as opinion_form
from consilia.web.opinion import words as opinion_words
from consilia.web.templatetags.moments import day


@access.case_right(Right.WRITE_OPINION)
@require_POST
def save(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    """Keeps what is written; the buttons of the form (add, remove, cite) change it in the same step."""
    at = timezone.now()
    form = Posted(request, reader, at)
    try:
        saved = form.keep(at)
    except Refused as refused:
        return _not_saved(request, reader, form, refused, at)
    if form.wants_json:
        said = {place: str(_fault(code)) for place, code in form.taken.faults.items()}
        return JsonResponse({"version": saved.version, "saved_at": at.isoformat(), "faults": said})
    if form.taken.faults:
        written = Written(form.fields, form.draft, saved.version, form.taken.faults)
        return draw(request, reader, at=at, written=written, status=422)
    return redirect(form.back)


@access.case_right(Right.WRITE_OPINION)
@require_POST
def submit(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    """Saves what is written and hands it to the editor; what speaks against it is shown beside the button."""
    at = timezone.now()
    form = Posted(request, reader, at)
    try:
        saved = form.keep(at)
    except Refused as refused:
        return _not_saved(request, reader, form, refused, at)
    try:
        actions.submit(reader, version=saved.version, at=at)
    except Refused:
        notices.warning(request, _("It was saved, but not handed in. The reasons stand beside the button."))
        return redirect(reverse("expert:table", args=[reader.case_id]) + "#reasons")
    notices.success(request, _("Handed to the editor. You sign when the editor has passed it."))
    return redirect("expert:table", reader.case_id)


class Posted:
    """The opinion form as it was sent, on top of the draft as it is saved now."""

    def __init__(self, request: HttpRequest, reader: Reader, at: datetime) -> None:
        self.request, self.reader = request, reader
        self.fields: Mapping[str, Sequence[str]] = dict(request.POST.lists())
        version = request.POST.get("version", "")
        self.version = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else -1
        self.base = queries.draft(reader=reader, at=at, judged=False)
        self.taken = opinion_form.from_fields(self.fields, self.base.content, sentences=declared_sentences())
        self.reopens = ""  # the page that shows again what was cited, exactly so
        self.draft, self.anchor = self._done(request.POST.get("do", "save"))

    @property
    def wants_json(self) -> bool:
        return "application/json" in self.request.headers.get("Accept", "")

    @property
    def back(self) -> str:
        """The page of this case from which the form came, at the place that the button was about."""
        table = reverse("expert:table", args=[self.reader.case_id])
        back = self.reopens or self.request.POST.get("back", "")
        mine = back.startswith(table) and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return (back.partition("#")[0] if mine else table) + (f"#{self.anchor}" if self.anchor else "#p-op")

    def keep(self, at: datetime) -> Opinion | queries.DraftPage:
        """Raises Refused when somebody saved meanwhile, or when it is the editor's turn."""
        if self.version == self.base.version > 0 and self.draft == self.base.content and self.base.editable:
            return self.base
        return actions.save(self.reader, self.draft.model_dump(mode="json"), version=self.version, at=at)

    def _done(self, deed: str) -> tuple[DraftContent, str]:
        verb, _space, rest = deed.partition(" ")
        draft = self.taken.draft
        match verb:
            case "add" if rest in opinion_form.GROWING:
                return opinion_edits.add(draft, rest)
            case "remove":
                part, _space, key = rest.partition(" ")
                if part in (*opinion_form.GROWING, "sources"):
                    return opinion_edits.remove(draft, part, key), part
            case "cite":
                return self._cited(self._page(rest))
            case "cite-image":
                return self._cited(self._image())
            case "literature":
                return self._cited(self._literature())
        return draft, ""

    def _cited(self, source: dict[str, Any] | None) -> tuple[DraftContent, str]:
        if source is None:
            return self.taken.draft, "sources"
        anchor = self.request.POST.get("cite-for", "")
        draft, source_id = opinion_edits.cite(self.taken.draft, source, anchor)
        if source.get("view"):
            self.reopens = (
                reverse("expert:study", args=[self.reader.case_id, source["record_id"]]) + f"?source={source_id}"
            )
        return draft, anchor or f"sources-{source_id}"

    def _page(self, kind: str) -> dict[str, Any]:
        """The page that stands open; `kind` value cites a value on it."""
        paper = cases.paper(reader=self.reader, record_id=_id(self.request, "cite-record"))
        word = self.request.POST.get("cite-page", "")
        number = int(word) if word.isascii() and word.isdigit() and len(word) < 7 else 0
        if not 1 <= number <= paper.pages:
            raise NotFound
        quote = self.request.POST.get("cite-quote", "").strip()[:2000]
        lines = cases.records(reader=self.reader, names=paper.names, language=tongue())
        name = record_names.full(lines).get(str(paper.original.pk), paper.title)
        label = ", ".join(filter(None, (f"{name} {day(paper.on, 'year')}".strip(), _("p. %d") % number)))
        is_value = kind == "value" and quote
        return {
            "kind": "lab" if is_value else "record_page",
            "record_id": str(paper.original.pk),
            "page": number,
            "label": f"{label}: {quote}"[:1000] if is_value else label,
            "quote": quote,
        }

    def _image(self) -> dict[str, Any]:
        seen = key_images.posted(self.request.POST.get("cite-view", ""))
        if seen is not None:
            instance, index = records.place_of(self.reader.case_id, seen.instance, seen.frame)
            number = seen.frame
        else:  # the plain viewer, or no script
            word = self.request.POST.get("cite-index", "")
            index = int(word) if word.isascii() and word.isdigit() and len(word) < 7 else 0
            instance, number = records.frame_at(self.reader.case_id, _id(self.request, "cite-series"), index)
        study = instance.series.study
        said = _("%(modality)s %(day)s, image %(number)d") % {
            "modality": instance.series.modality,
            "day": day(study.study_date, "year"),
            "number": index + 1,
        }
        return {
            "kind": "record_image",
            "record_id": str(study.pk),
            "image": instance.uid,
            "frame": number,
            "label": _marked(" ".join(said.split()).replace(" ,", ","), seen),
            "view": seen.view.model_dump(mode="json") if seen else None,
        }

    def _literature(self) -> dict[str, Any] | None:
        label = self.request.POST.get("literature-label", "").strip()[:1000]
        reference = self.request.POST.get("literature-reference", "").strip()[:400]
        return {"kind": "literature", "label": label, "reference": reference} if label else None


def _marked(label: str, seen: key_images.KeyImage | None) -> str:
    marks = key_images.said(seen) if seen else ""
    return f"{label}: {marks}"[:1000] if marks else label


def _id(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise NotFound from None


def _not_saved(request: HttpRequest, reader: Reader, form: Posted, refused: Refused, at: datetime) -> HttpResponseBase:
    """Nothing was overwritten: the words typed stay on the page, beside those that were saved elsewhere."""
    message = " ".join(refusal.reason for refusal in refused.refusals)
    if form.wants_json:
        return JsonResponse({"message": message, "version": form.base.version}, status=409)
    if not form.base.editable:
        raise refused
    names = cases.head(reader=reader).names
    found = opinion_view.differences(form.base.content, form.draft, names)
    written = Written(form.fields, form.draft, form.base.version, form.taken.faults, found, refused.refusals)
    return draw(request, reader, at=at, written=written, status=409)


def _fault(code: str) -> Any:
    return opinion_words.FAULTS.get(code, opinion_words.FAULT)


@access.case_right(Right.WRITE_OPINION)
@require_safe
def reasons(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The part of the page beside the button: what speaks against handing in, as it is saved now."""
    draft = queries.draft(reader=reader, at=timezone.now())
    head = cases.head(reader=reader, language=tongue())
    page = {"draft": draft, "head": head, "against": opinion_view.told(draft.against, head.names)}
    return show(request, "expert/opinion/reasons.html", page)


@access.role(Role.EXPERT)
@require_safe
def icd10(request: HttpRequest, _who: Person) -> HttpResponse:
    """Codes for what was typed, as choices of a list; the field's own name is the name of the words."""
    typed = next((str(value) for value in request.GET.values() if value), "")
    return show(request, "expert/opinion/codes.html", {"codes": matching(typed)})
