"""Letters to hospitals and the invitation of the doctor at home; each carries a link that works once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consilia.cases.access import Reader, Right
from consilia.intake import links, queries, requests
from consilia.kernel.refusal import Invalid
from consilia.web import access
from consilia.web.patient.letter_forms import DoctorForm, letter_form, tongues


def address_of(request: HttpRequest) -> str:
    """The full address of a link's page, with "{secret}" in it."""
    return request.build_absolute_uri(reverse("doctor:add", args=["SECRET"])).replace("SECRET", "{secret}")


@access.case_right(Right.CHANGE_CASE)
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, reader: Reader, item: str) -> HttpResponse:
    """The letter for one missing record; made, it is shown once with its link."""
    language = request.POST.get("language") or request.GET.get("language", "")
    draft = requests.draft(reader=reader, item=item, language=language, at=timezone.now())
    form = letter_form(draft, request.POST or None)
    context = {"case": queries.case_line(reader=reader), "draft": draft, "form": form, "tongues": tongues(draft)}
    if request.method == "POST" and form.is_valid():
        try:
            words = _words(item, form, send="send" in request.POST)
            made = requests.make(reader, words, address_of=address_of(request), at=timezone.now())
        except Invalid as invalid:
            _into(form, invalid)
        else:
            return render(request, "patient/letters/ready.html", context | {"letter": made})
    return render(request, "patient/letters/letter.html", context)


def _words(item: str, form: Form, *, send: bool) -> requests.Words:
    said = form.cleaned_data
    return requests.Words(item, said["hospital"], said["language"], said["text"], said["address"], send)


def _into(form: Form, invalid: Invalid) -> None:
    for field, sentence in invalid.fields.items():
        form.add_error(field if field in form.fields else None, sentence)


@access.case_right(Right.CHANGE_CASE)
@require_http_methods(["GET", "POST"])
def doctor_before(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Invites the doctor at home to add records and one comment."""
    at, case = timezone.now(), queries.case_line(reader=reader)
    form = DoctorForm(request.POST or None, first_name=case.treating_doctor)
    made = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made = requests.invite_doctor(
            reader, name=said["name"], address=said["address"], address_of=address_of(request), at=at
        )
    context = {"case": case, "form": form, "made": made}
    if made:
        context["address"] = address_of(request).replace("{secret}", made.secret)
    context["links"] = [one for one in links.of_case(reader=reader, at=at) if one.kind == "treating_doctor"]
    return render(request, "patient/letters/doctor_before.html", context)


@access.case_right(Right.CHANGE_CASE)
@require_POST
def revoke_link(request: HttpRequest, reader: Reader, link_id: UUID) -> HttpResponse:
    """Takes a link back."""
    links.revoke(reader, link_id, at=timezone.now())
    messages.success(request, _("The link is taken back. It leads nowhere now."))
    return redirect("patient:readiness", reader.case_id)
