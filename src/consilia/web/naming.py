"""What is this paper? One screen for the desk and the patient: a key names a paper, and the next one stands there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consilia.cases.access import Reader
from consilia.intake import naming, words

ISO = ("%Y-%m-%d",)


class NameForm(forms.Form):
    """A kind by its key or by its name, and a day by its key or as typed; no day at all is an answer."""

    kind = forms.ChoiceField(label=gettext_lazy("What is this paper?"), choices=words.CHOICES.items, required=False)
    other = forms.CharField(label=gettext_lazy("Something else"), max_length=100, required=False)
    day = forms.DateField(label=gettext_lazy("Of which day is it?"), input_formats=ISO, required=False)
    other_day = forms.DateField(label=gettext_lazy("Another day"), input_formats=ISO, required=False)

    def clean(self) -> dict[str, Any]:
        """What was typed goes before what was chosen."""
        given = super().clean() or {}
        typed = given.get("other", "")
        given["kind"] = naming.kind_called(typed) if typed else given.get("kind", "")
        if not given["kind"]:
            said = _("There is no kind of that name; choose one of the list.") if typed else _("Choose one of them.")
            self.add_error("other" if typed else "kind", said)
        given["on"] = given.get("other_day") or given.get("day")
        return given


@dataclass(frozen=True, slots=True)
class Audience:
    """The names of one audience's addresses; how its looks are kept, and what stands around the screen."""

    begin: str
    paper: str
    undo: str
    picture: str
    record: str
    back: str
    look: Callable[[HttpRequest, Reader, UUID, datetime], None]
    page: Callable[[HttpRequest, Reader, Mapping[str, Any], int], HttpResponse]


def begin(request: HttpRequest, reader: Reader, audience: Audience) -> HttpResponse:
    """The first paper that waits for a name; behind the one that was named before, when the address says it."""
    named = _named(request)
    return _show(request, reader, audience, naming.next_sheet(reader=reader, after=named), named=named)


def paper(request: HttpRequest, reader: Reader, audience: Audience, original_id: UUID) -> HttpResponse:
    """One paper; or what a person says of it, and then the next one."""
    if request.method != "POST":
        return _show(request, reader, audience, naming.sheet(reader=reader, original_id=original_id))
    form = NameForm(request.POST)
    if not form.is_valid():
        return _show(request, reader, audience, naming.sheet(reader=reader, original_id=original_id), form=form)
    told = form.cleaned_data
    name = naming.name(reader, original_id, kind=told["kind"], on=told["on"], at=timezone.now())
    said = _("Saved: %s.") % name
    if request.headers.get("HX-Request"):
        following = naming.next_sheet(reader=reader, after=original_id)
        return _show(request, reader, audience, following, named=original_id, said=said)
    messages.success(request, said)
    return redirect(f"{reverse(audience.begin, args=[reader.case_id])}?named={original_id}")


def undo(request: HttpRequest, reader: Reader, audience: Audience, original_id: UUID) -> HttpResponse:
    """The paper waits for a name again, and is shown."""
    naming.take_back(reader, original_id, at=timezone.now())
    if request.headers.get("HX-Request"):
        sheet = naming.sheet(reader=reader, original_id=original_id)
        return _show(request, reader, audience, sheet, said=_("Taken back."))
    messages.success(request, _("Taken back."))
    return redirect(audience.paper, reader.case_id, original_id)


def _named(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("named", ""))
    except ValueError:
        return None


def _show(
    request: HttpRequest,
    reader: Reader,
    audience: Audience,
    sheet: naming.Sheet | None,
    *,
    form: NameForm | None = None,
    named: UUID | None = None,
    said: str = "",
) -> HttpResponse:
    """The screen of one paper, or of none when all have a name; a script gets what changes, and its address."""
    if sheet is not None:
        audience.look(request, reader, sheet.id, timezone.now())
    given = {
        "case_id": reader.case_id,
        "to": audience,
        "sheet": sheet,
        "form": form or NameForm(),
        "can_undo": sheet.id if sheet and sheet.called else named,
        "said": said,
    }
    status = 422 if form else 200
    if not request.headers.get("HX-Request"):
        return audience.page(request, reader, given, status)
    response = render(request, "naming/screen.html", given, status=status)
    here = [reader.case_id, sheet.id] if sheet else [reader.case_id]
    response.headers["HX-Replace-Url"] = reverse(audience.paper if sheet else audience.begin, args=here)
    return response
