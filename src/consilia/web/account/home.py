"""Home of an account: the way to one's own work, and the settings page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consilia.accounts import actions, queries
from consilia.accounts.models import Person, Role
from consilia.kernel.refusal import Invalid
from consilia.web import access
from consilia.web.account import forms


@access.person
@never_cache
@require_GET
def home(request: HttpRequest, who: Person) -> HttpResponse:
    """Experts go to the table, staff to the desk, everybody else to her cases."""
    held = access.roles_of(request, who)
    if held - {Role.EXPERT}:
        return redirect("desk:worklist")
    return redirect("expert:home" if held else "patient:home")


@access.person
@never_cache
@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest, who: Person) -> HttpResponse:
    """Name, language and time zone; ways to sign in; browsers."""
    page = queries.account_page(who, at=timezone.now(), session_key=request.session.session_key)
    known = {field: getattr(page, field) for field in ("given_name", "family_name", "language", "time_zone")}
    form = forms.DetailsForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_details(who, **form.cleaned_data, at=timezone.now())
        except Invalid as refusal:
            forms.add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("account:settings")
    return render(request, "account/settings.html", {"page": page, "form": form})


@access.person
@require_POST
def end_browser(request: HttpRequest, who: Person, sign_in_id: UUID) -> HttpResponse:
    """Signs one browser out."""
    actions.end_browser(sign_in_id, by=who, at=timezone.now())
    messages.success(request, _("That browser is signed out."))
    return redirect("account:settings")


@access.person
@require_POST
def end_other_browsers(request: HttpRequest, who: Person) -> HttpResponse:
    """Signs out every browser but this one."""
    count = actions.end_other_browsers(who, session_key=request.session.session_key, at=timezone.now())
    said = ngettext("%(count)d other browser is signed out.", "%(count)d other browsers are signed out.", count)
    messages.success(request, said % {"count": count})
    return redirect("account:settings")
