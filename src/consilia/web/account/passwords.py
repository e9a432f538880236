"""Passwords, for those who want one: signing in with it, and choosing a new one without the old."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from consilia.accounts import session, step_up
from consilia.accounts.models import Person
from consilia.web import access
from consilia.web.account import forms
from consilia.web.account.sign_in import next_of


@access.public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Address and password; the second factor follows where one is set up."""
    if request.user.is_authenticated:
        return redirect(next_of(request) or "account:home")
    form = forms.PasswordSignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = _person(request, form)
        if person is not None:
            login = Login(user=person, email=form.cleaned_data["login"], redirect_url=next_of(request) or None)
            response: HttpResponse = perform_password_login(request, {}, login)
            return response
    return render(request, "account/password_sign_in.html", {"form": form, "next": next_of(request)})


def _person(request: HttpRequest, form: forms.PasswordSignInForm) -> Person | None:
    adapter = get_adapter(request)
    try:
        person: Person | None = adapter.authenticate(
            request, email=form.cleaned_data["login"], password=form.cleaned_data["password"]
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None
    if person is None:
        form.add_error(None, adapter.error_messages["email_password_mismatch"])
    return person


@access.person
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def set_password(request: HttpRequest, who: Person) -> HttpResponseBase:
    """A new password ends every other session of the person."""
    if step_up.against_changing_keys(request):
        answer: HttpResponseBase = suspend_request(request, reverse(step_up.PAGE))
        return answer
    form = forms.NewPasswordForm(request.POST or None, person=who)
    if request.method == "POST" and form.is_valid():
        session.end_sessions(who, but=request.session.session_key)
        key = request.session.session_key
        adapter = get_adapter(request)
        adapter.set_password(who, form.cleaned_data["password"])
        update_session_auth_hash(request, who)
        session.follow_new_key(request, key)
        adapter.send_notification_mail("account/email/password_changed", who)
        messages.success(request, _("Your new password counts from now on. Other browsers were signed out."))
        return redirect("account:settings")
    return render(request, "account/password.html", {"form": form, "has_password": who.has_usable_password()})
