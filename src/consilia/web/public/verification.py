"""Is this opinion genuine? For whoever holds the paper or its code; no account, nothing about anybody's health."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consilia.kernel import country
from consilia.kernel.days import day_of
from consilia.reports import checking
from consilia.reports.checking import Answer, Checked
from consilia.web import access
from consilia.web.patient.case_forms import WordsForm

TONES = {
    Answer.GENUINE: "green",
    Answer.KNOWN_CODE: "green",
    Answer.SUPERSEDED: "amber",
    Answer.FORGOTTEN: "amber",
    Answer.UNKNOWN: "amber",
    Answer.UNREADABLE: "amber",
    Answer.TOO_LARGE: "amber",
    Answer.BUSY: "amber",
    Answer.WITHDRAWN: "red",
    Answer.CHANGED: "red",
}


class CheckForm(WordsForm):
    """A file or a code; the file wins."""

    paper = forms.FileField(
        label=gettext_lazy("The PDF you were given"),
        required=False,
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
        help_text=gettext_lazy("At most 20 MB. It is compared and then forgotten."),
    )
    code = forms.CharField(
        label=gettext_lazy("Or the code from the foot of a page"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "7KQ4-M2XR-90TD", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or {}
        if not given.get("paper") and not str(given.get("code", "")).strip() and not self.errors:
            self.add_error("code", _("Choose the file, or type the code."))
        return given


@access.public
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and the answer above it."""
    sent = request.method == "POST"
    form = CheckForm(request.POST, request.FILES) if sent else CheckForm()
    found = checked(form) if sent and form.is_valid() else None
    return shown(request, form, found)


@access.public
@require_safe
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """What the square code on the paper opens."""
    return shown(request, CheckForm(initial={"code": code}), checking.code(code))


def checked(form: CheckForm) -> Checked:
    paper = form.cleaned_data.get("paper")
    if paper:
        return checking.paper(paper.file, paper.size or 0)
    return checking.code(form.cleaned_data["code"])


def shown(request: HttpRequest, form: CheckForm, found: Checked | None) -> HttpResponse:
    """The page; where somebody holds the paper, the name and licence that stand on it."""
    page: dict[str, Any] = {"form": form, "found": found}
    if found is not None:
        page |= {"tone": TONES[found.answer], "says": found.answer.value}
    if found is not None and found.document is not None:
        credentials = found.document.credentials
        page["valid_until"] = day_of(found.document.header.valid_until)
        page["place"] = country.country_name(credentials.country)
        page["fingerprint"] = [found.sha256[start : start + 4] for start in range(0, 64, 4)]
    return render(request, "public/verify/verify.html", page)
