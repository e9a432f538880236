"""Signing what was read, and later words: the reasons against stand beside the button, the person shows who she is."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import suspend_request
from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consilia.accounts import step_up
from consilia.cases.access import Reader, Right
from consilia.cases.queries import expert as cases
from consilia.kernel.language import language_name
from consilia.kernel.refusal import Invalid, NotFound, Refused
from consilia.opinions import queries, sealing
from consilia.opinions.queries import Signed
from consilia.opinions.seal import SealedDocument
from consilia.opinions.states import OpinionState
from consilia.records.covering import Names
from consilia.web import access
from consilia.web.expert import opinion_view, record_names
from consilia.web.expert.forms import AddendumForm, WithdrawalForm
from consilia.web.expert.showing import show, tongue
from consilia.web.opinion import reading as opinion_reading

ASK = require_http_methods(["GET", "HEAD", "POST"])


@access.case_right(Right.WRITE_OPINION)
@ASK
def sign(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    """The whole document as it will be signed; then the step-up, then the seal."""
    at = timezone.now()
    if request.method == "POST":
        if step_up.against_step_up(request):
            answer: HttpResponseBase = suspend_request(request, reverse(step_up.PAGE))
            return answer
        try:
            return _sign(request, reader, at)
        except Refused as refused:
            return _show_signing(request, reader, at, refused, 409)
    return _show_signing(request, reader, at)


def _sign(request: HttpRequest, reader: Reader, at: datetime) -> HttpResponse:
    proof = step_up.step_up_proof(request)
    word = request.POST.get("version", "")
    version = int(word) if word.isascii() and word.isdigit() and len(word) < 9 else -1
    made = sealing.sign(reader, method=proof.method, version=version, at=at)
    notices.success(request, _("Signed. The number of the opinion is %(number)s.") % {"number": made.number})
    return redirect("expert:addendum", reader.case_id)


def _show_signing(
    request: HttpRequest, reader: Reader, at: datetime, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    preview = queries.preview(reader=reader, at=at)
    if preview.state == OpinionState.SIGNED and refused is None:
        return redirect("expert:addendum", reader.case_id)
    head = cases.head(reader=reader, language=tongue())
    missing = step_up.against_step_up(request)
    page = {
        "head": head,
        "preview": preview,
        "against": opinion_view.told(preview.against, head.names),
        "document": preview.document,
        **_facts(preview.document),
        "document_records": _records(reader, preview, head.names),
        "parts": opinion_reading.parts(preview.content, names=head.names),
        "refused": refused.refusals if refused else (),
        "step_up": missing,
        **_shown(request),
    }
    return show(request, "expert/opinion/sign.html", page, status=status)


def _shown(request: HttpRequest) -> dict[str, datetime]:
    """When she last showed that it is her, and until when that counts; nothing where she must do it again."""
    if step_up.against_step_up(request):
        return {}
    at = step_up.step_up_proof(request).at
    return {"shown_at": at, "shown_until": at + step_up.lasts()}


def _facts(document: SealedDocument | None) -> dict[str, object]:
    """Codes and days of the document as people say them."""
    if document is None:
        return {}
    header = document.header
    return {
        "document_language": language_name(header.language, tongue()),
        "document_valid_until": _day(header.valid_until),
        "document_born": _day(header.patient.born),
        "licence_until": _day(document.credentials.valid_until),
    }


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None


def _records(reader: Reader, preview: queries.Preview, names: Names) -> list[tuple[str, date | None, bool]]:
    """Records reviewed, as the expert may read them: title, date, really opened."""
    if preview.document is None:
        return []
    titles = record_names.full(cases.records(reader=reader, names=names, language=tongue()))
    return [(titles.get(one.record_id, one.kind), _day(one.date), bool(one.opened)) for one in preview.document.records]


@access.case_right(Right.READ_AS_EXPERT)
@ASK
def addendum(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    """What was signed, the patient's later questions, and a further word to them."""
    at = timezone.now()
    signed = _signed(reader, at)
    questions = [(str(one.id), f"{one.number}. {one.text}") for one in signed.follow_ups if not one.answered_at]
    form = AddendumForm(request.POST or None, questions=questions)
    if request.method == "POST" and form.is_valid():
        return _add(request, reader, signed, form, at, withdraw=False)
    return _show_chain(request, reader, signed, form, None, 422 if request.method == "POST" else 200)


@access.case_right(Right.READ_AS_EXPERT)
@ASK
def withdraw(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    """Takes the opinion back by a signed document of its own; asked by typing the number of the opinion."""
    at = timezone.now()
    signed = _signed(reader, at)
    form = WithdrawalForm(request.POST or None, opinion=signed.chain[0].number)
    if request.method == "POST" and form.is_valid():
        return _add(request, reader, signed, form, at, withdraw=True)
    return _show_chain(request, reader, signed, None, form, 422 if request.method == "POST" else 200)


def _signed(reader: Reader, at: datetime) -> Signed:
    signed = queries.signed(reader=reader, at=at)
    if signed is None:
        raise NotFound
    return signed


def _add(
    request: HttpRequest,
    reader: Reader,
    signed: Signed,
    form: AddendumForm | WithdrawalForm,
    at: datetime,
    *,
    withdraw: bool,
) -> HttpResponse:
    """Seals the words. Without a fresh proof they stay on the page: words of a case are never put into a session."""
    said = form.cleaned_data
    try:
        proof = step_up.step_up_proof(request)
        made = sealing.add(
            reader,
            signed.opinion_id,
            reason=said["reason"],
            words=said["words"],
            follow_ups=[one.id for one in signed.follow_ups if str(one.id) in said.get("follow_ups", ())],
            method=proof.method,
            withdraw=withdraw,
            at=at,
        )
    except Invalid as refusal:
        form.take_up(refusal)
    except Refused as refused:
        return _show_chain(request, reader, signed, *_which(form), 409, refused)
    else:
        notices.success(request, _("Signed. Its number is %(number)s.") % {"number": made.number})
        return redirect("expert:addendum", reader.case_id)
    return _show_chain(request, reader, signed, *_which(form), 422)


def _which(form: AddendumForm | WithdrawalForm) -> tuple[AddendumForm | None, WithdrawalForm | None]:
    return (None, form) if isinstance(form, WithdrawalForm) else (form, None)


def _show_chain(
    request: HttpRequest,
    reader: Reader,
    signed: Signed,
    form: AddendumForm | None,
    withdrawal: WithdrawalForm | None,
    status: int = 200,
    refused: Refused | None = None,
) -> HttpResponse:
    back = reverse("expert:withdraw" if withdrawal else "expert:addendum", args=[reader.case_id])
    page = {
        "head": cases.head(reader=reader, language=tongue()),
        "signed": signed,
        "form": form,
        "withdrawal": withdrawal,
        "refused": refused.refusals if refused else (),
        "step_up": step_up.against_step_up(request),
        **_shown(request),
        "step_up_page": f"{reverse(step_up.PAGE)}?{urlencode({'next': back})}",
    }
    return show(request, "expert/opinion/signed.html", page, status=status)
