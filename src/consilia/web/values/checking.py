"""Saying what stands on the paper: one step for the three audiences, back to the page of values it came from."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consilia.cases.access import Reader
from consilia.intake import checking
from consilia.intake.checking import Which
from consilia.kernel.refusal import Invalid, Refusal, Refused
from consilia.web.values.forms import CheckForm


def said(
    request: HttpRequest,
    reader: Reader,
    record_id: UUID,
    *,
    home: str,
    page: Callable[[HttpRequest, Reader, CheckForm], HttpResponse],
) -> HttpResponse:
    """Keeps a person's word; `home` names the page of values, `page` draws it with a word that was not taken."""
    form = CheckForm.sent(request.POST.dict())
    try:
        _act(reader, record_id, form)
    except Invalid as invalid:
        for field, sentence in invalid.fields.items():
            form.add_error(field, sentence)
    if form.errors:
        return page(request, reader, form)
    messages.success(request, _("Saved. What was read stays beside what you said."))
    back = request.GET.copy()
    back.pop("look", None)  # it was said
    return redirect(f"{reverse(home, args=[reader.case_id])}?{back.urlencode()}#value")


def _act(reader: Reader, record_id: UUID, form: CheckForm) -> None:
    if not form.is_valid():
        if set(form.errors) - {"value", "unit"}:  # nobody typed that
            raise Refused(Refusal("no_such_word", _("Please go back and say it once more.")))
        return
    given, at = form.cleaned_data, timezone.now()
    which = Which(record_id, given["key"])
    match given["does"]:
        case "confirm":
            checking.confirm(reader, which, at=at)
        case "correct":
            checking.correct(reader, which, value=given["value"], unit=given["unit"], at=at)
        case "leave_out":
            checking.leave_out(reader, which, at=at)
        case "take_back":
            checking.take_back(reader, which, at=at)
