"""Ways in of our own: an account from nothing but an address, the one-time link, the demo link."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Final

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from consilia.accounts import actions, signin
from consilia.accounts.session import Way
from consilia.kernel.refusal import Invalid
from consilia.web import access
from consilia.web.account import forms

TYPED: Final = "consilia_typed_address"


def login(request: HttpRequest) -> HttpResponse:
    """allauth's page for one address, known or new; after a code that ran out the address still stands there."""
    if request.method == "POST":
        request.session[TYPED] = request.POST.get("login", "")[:254]
        _make_known(request)
    typed = {"login": request.session.get(TYPED, "")}
    view = allauth_views.LoginView.as_view(form_class=forms.AddressForm, initial=typed)
    response: HttpResponse = view(request)
    return response


def _make_known(request: HttpRequest) -> None:
    """Whoever is new gets an account before allauth looks for one; beyond the limit allauth's neutral mail answers."""
    form = forms.EmailForm({"email": request.POST.get("login", "")})
    if not form.is_valid() or not ratelimit.consume(request, action="signup"):
        return
    with suppress(Invalid):  # allauth then says what is wrong with the address
        actions.register(form.cleaned_data["email"], language=get_language() or "en", at=timezone.now())


def saying_what_was_lost(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """allauth sends back to the first page without a word when a code ran out: the sentence is ours."""

    @wraps(view)
    def explained(request: HttpRequest) -> HttpResponse:
        response = view(request)
        back = {reverse("account_login"), reverse("account_request_login_code")}
        lost = response.headers.get("Location", "").partition("?")[0] in back and request.user.is_anonymous
        if lost and not getattr(messages.get_messages(request), "added_new", False):
            messages.warning(request, _("The code is too old or was used already. Ask for a new one; nothing is lost."))
        return response

    return explained


confirm_login_code = saying_what_was_lost(allauth_views.ConfirmLoginCodeView.as_view(form_class=forms.MailedCodeForm))


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """allauth's second page for one address: the first one does the same."""
    return redirect(with_next(request, reverse("account_login")))


@access.public
@never_cache
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """An address gets a code, known or not: the page and the next one look the same for everybody."""
    if request.user.is_authenticated:
        return redirect("account:home")
    form = forms.EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _send_code(request, form):
        return redirect(with_next(request, reverse("account_confirm_login_code")))
    return render(request, "account/signup.html", {"form": form, "next": next_of(request)})


def _send_code(request: HttpRequest, form: forms.EmailForm) -> bool:
    address = form.cleaned_data["email"].strip().lower()
    if not _within_limits(request, address):
        form.add_error("email", _("That was tried too often. Wait some minutes, then ask for a new code."))
        return False
    try:
        person = actions.register(address, language=get_language() or "en", at=timezone.now())
    except Invalid as refusal:
        forms.add_refusal(form, refusal)
        return False
    LoginCodeVerificationProcess.initiate(request=request, user=person, email=address)
    return True


def _within_limits(request: HttpRequest, address: str) -> bool:
    if not ratelimit.consume(request, action="signup"):
        return False
    return bool(ratelimit.consume(request, action="request_login_code", key=address))


@access.public
@never_cache
@require_http_methods(["GET", "POST"])
def by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """The one-time link: opening it uses nothing up (mail programs open links), pressing the button does."""
    now = timezone.now()
    if request.method == "POST":
        return signin.sign_in(request, signin.use_link(secret, at=now), Way.LINK)
    person = signin.person_of_link(secret, at=now)
    return render(request, "account/link.html", {"email": person.email})


@access.public
@never_cache
@require_GET
def demo(request: HttpRequest, token: str) -> HttpResponse:
    """Signs in as a person of the demo cast; absent when the demo is off."""
    return signin.sign_in(request, signin.person_of_demo_link(token), Way.DEMO)


def next_of(request: HttpRequest) -> str:
    """Where the person was going: an address of this site, or ""."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if wanted and get_adapter(request).is_safe_url(wanted) else ""


def with_next(request: HttpRequest, address: str) -> str:
    """The address, with the place where the person was going."""
    wanted = next_of(request)
    return f"{address}?{urlencode({'next': wanted})}" if wanted else address
