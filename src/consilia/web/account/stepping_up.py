"""The step-up page: one place that asks once more who is there, by app, passkey, recovery code or a code by mail."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.reauthentication import resume_request
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn_auth
from allauth.mfa.webauthn.internal import flows as webauthn_flows
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consilia.accounts import queries, second_factor, session, step_up
from consilia.accounts.models import Person
from consilia.accounts.session import Way
from consilia.kernel.refusal import Invalid
from consilia.web import access
from consilia.web.account import forms
from consilia.web.account.sign_in import next_of, with_next


@access.person
@never_cache
@require_http_methods(["GET", "POST"])
def show_again(request: HttpRequest, who: Person) -> HttpResponse:
    """Asks for a code; who showed it just now goes on at once (also after a double click)."""
    if step_up.shown_just_now(request):
        return _go_on(request)
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _take(request, who, form.cleaned_data["code"])
        except Invalid as refusal:
            forms.add_refusal(form, refusal)
        else:
            return _shown(request, who)
    return _show(request, who, form)


@access.person
@require_POST
def send_code(request: HttpRequest, who: Person) -> HttpResponse:
    """Mails a code to a person without a second factor."""
    if queries.has_second_factor(who):
        return redirect(with_next(request, reverse(step_up.PAGE)))
    try:
        second_factor.send_mail_code(request, who)
    except Invalid as refusal:
        return _show(request, who, _form_with(refusal))
    return redirect(with_next(request, reverse(step_up.PAGE)))


@access.person
@require_POST
def passkey(request: HttpRequest, who: Person) -> HttpResponse:
    """Takes the answer of a passkey."""
    answer = ReauthenticateWebAuthnForm(request.POST, user=who)
    if answer.is_valid():
        webauthn_flows.reauthenticate(request, answer.cleaned_data["credential"])
        return _shown(request, who)
    sentence = _("The passkey could not be read. Try again, or type a code.")
    return _show(request, who, _form_with(Invalid({"passkey": sentence})))


@access.person
@require_POST
def demo(request: HttpRequest, who: Person) -> HttpResponse:
    """People of the demo cast have no app: one press stands for it, in demo mode and after a demo sign-in only."""
    if not _is_demo(request):
        return redirect(with_next(request, reverse(step_up.PAGE)))
    session.note_way(request, who, Way.DEMO, again=True)
    return _shown(request, who)


def again(request: HttpRequest) -> HttpResponse:
    """allauth's address for the same question."""
    return redirect(with_next(request, reverse(step_up.PAGE)))


def _take(request: HttpRequest, who: Person, code: str) -> None:
    if queries.has_second_factor(who):
        second_factor.take_code(request, who, code, at=timezone.now())
    else:
        second_factor.take_mail_code(request, who, code)


def _form_with(refusal: Invalid) -> forms.CodeForm:
    """An empty form that says what went wrong elsewhere on the page."""
    form = forms.CodeForm({"code": ""})
    form.errors.clear()
    forms.add_refusal(form, refusal)
    return form


def _shown(request: HttpRequest, who: Person) -> HttpResponse:
    session.note_stepped_up(who)
    return _go_on(request)


def _go_on(request: HttpRequest) -> HttpResponse:
    """Back to where the person was, with what she had typed there; else home."""
    response: HttpResponse | None = resume_request(request)
    return response or redirect("account:home")


def _is_demo(request: HttpRequest) -> bool:
    return settings.CONSILIA_DEMO and any(given.way == Way.DEMO for given in session.ways_given(request))


def _show(request: HttpRequest, who: Person, form: forms.CodeForm) -> HttpResponse:
    kinds = set(Authenticator.objects.filter(user=who).values_list("type", flat=True))
    page: dict[str, Any] = {
        "form": form,
        "next": next_of(request),
        "has_app": Authenticator.Type.TOTP in kinds,
        "has_recovery": Authenticator.Type.RECOVERY_CODES in kinds,
        "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
        "by_mail": not kinds,
        "code_waits": second_factor.mail_code_waits(request, who),
        "email": who.email,
        "is_demo": _is_demo(request),
    }
    if page["has_passkey"]:
        page["js_data"] = {"request_options": webauthn_auth.begin_authentication(who)}
    return render(request, "account/step_up.html", page)
