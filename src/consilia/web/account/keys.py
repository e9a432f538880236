"""Second factors and passkeys of one's own: allauth's pages behind our step-up; setting one up counts as giving it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from consilia.accounts import policy, queries, session, step_up
from consilia.accounts.models import Person
from consilia.accounts.session import Way
from consilia.kernel.refusal import Refused
from consilia.web import access
from consilia.web.account import forms
from consilia.web.account.sign_in import saying_what_was_lost

OwnView = Callable[..., HttpResponseBase]

# Sign-in stages of allauth: they hold nobody's page before both factors are there.
authenticate = saying_what_was_lost(mfa.AuthenticateView.as_view(form_class=forms.OnceForm))
sign_in_by_passkey = webauthn.login_webauthn


def own_key(view: OwnView) -> OwnView:
    """A page that changes how a person signs in: she is there, and has just shown it once more.

    allauth's views answer a PUT like a POST; here it is no method.
    """

    @wraps(view)
    def guarded(request: HttpRequest, **words: Any) -> HttpResponseBase:
        who = access.signed_in(request)
        if who is None:
            return redirect_to_login(request.get_full_path())
        if step_up.against_changing_keys(request):
            answer: HttpResponseBase = suspend_request(request, reverse(step_up.PAGE))
            return answer
        return require_http_methods(["GET", "HEAD", "POST"])(view)(request, who, **words)

    return guarded


@access.person
def secure(request: HttpRequest, who: Person) -> HttpResponse:
    """Who works for the service sets up a second factor here before anything else."""
    if queries.has_second_factor(who):
        return redirect("account:home" if session.second_factor_given(request) else step_up.PAGE)
    return render(request, "account/secure.html", {})


def to_settings(request: HttpRequest) -> HttpResponse:
    """allauth's lists of keys: they stand on the settings page."""
    return redirect(reverse("account:settings") + "#keys")


@own_key
def add_app(request: HttpRequest, who: Person) -> HttpResponseBase:
    if _count(who, Authenticator.Type.TOTP):
        return redirect("mfa_view_recovery_codes")  # a double click: the app is there already
    response: HttpResponseBase = totp.ActivateTOTPView.as_view(form_class=forms.ActivateOnceForm)(request)
    if _count(who, Authenticator.Type.TOTP):
        session.note_key_added(request, who, Way.TOTP)
    return response


@own_key
def add_passkey(request: HttpRequest, who: Person) -> HttpResponseBase:
    before = _count(who, Authenticator.Type.WEBAUTHN)
    view = webauthn.AddWebAuthnView.as_view(initial={"passwordless": True})
    response: HttpResponseBase = view(request)
    if _count(who, Authenticator.Type.WEBAUTHN) > before:
        session.note_key_added(request, who, Way.PASSKEY)
    return response


@own_key
def remove_app(request: HttpRequest, who: Person) -> HttpResponseBase:
    return _remove(request, who, Way.TOTP, totp.deactivate_totp)


@own_key
def remove_passkey(request: HttpRequest, who: Person, pk: int) -> HttpResponseBase:
    return _remove(request, who, Way.PASSKEY, webauthn.remove_webauthn, pk=pk)


def _remove(request: HttpRequest, who: Person, way: Way, view: OwnView, **words: Any) -> HttpResponseBase:
    if refusal := policy.against_removing_key(who):
        raise Refused(refusal)
    before = _count(who, Authenticator.Type(way))
    response = view(request, **words)
    if _count(who, Authenticator.Type(way)) < before:
        session.note_key_removed(who)
    return response


@own_key
def rename_passkey(request: HttpRequest, who: Person, pk: int) -> HttpResponseBase:
    response: HttpResponseBase = webauthn.edit_webauthn(request, pk=pk)
    return response


@own_key
def recovery_codes(request: HttpRequest, who: Person) -> HttpResponseBase:
    response: HttpResponseBase = recovery.view_recovery_codes(request)
    return response


@own_key
def new_recovery_codes(request: HttpRequest, who: Person) -> HttpResponseBase:
    response: HttpResponseBase = recovery.generate_recovery_codes(request)
    return response


@own_key
def download_recovery_codes(request: HttpRequest, who: Person) -> HttpResponseBase:
    response: HttpResponseBase = recovery.download_recovery_codes(request)
    return response


def _count(who: Person, kind: Authenticator.Type) -> int:
    return int(Authenticator.objects.filter(user=who, type=kind).count())
