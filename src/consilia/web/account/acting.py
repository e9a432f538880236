"""Acting for somebody: a parent, a guardian, or a person with a mandate declares it, sees it and ends it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consilia.accounts import actions, queries
from consilia.accounts.models import Mandate, Person
from consilia.kernel.refusal import Invalid, Refused
from consilia.web import access
from consilia.web.account import forms


@access.person
@never_cache
@require_GET
def acting(request: HttpRequest, who: Person) -> HttpResponse:
    """For whom the person acts."""
    page = queries.account_page(who, at=timezone.now(), session_key=None)
    return render(request, "account/acting.html", {"page": page})


@access.person
@never_cache
@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest, who: Person) -> HttpResponse:
    """Declares to act for a patient; the words stay when something is missing."""
    form = forms.MandateForm(request.POST or None, tongue=get_language() or "en")
    if request.method == "POST" and form.is_valid() and _declare(who, form):
        messages.success(request, _("You can now act for this person."))
        return redirect("account:acting")
    return render(request, "account/acting_declare.html", {"form": form})


def _declare(who: Person, form: forms.MandateForm) -> bool:
    kind = Mandate.Kind(form.cleaned_data["kind"])
    until = _end_of_day(form.cleaned_data["valid_until"])
    try:
        actions.act_for(who, form.words(), kind, at=timezone.now(), valid_until=until)
    except Invalid as refusal:
        forms.add_refusal(form, refusal)
    except Refused as refused:
        for refusal_of_room in refused.refusals:
            form.add_error(refusal_of_room.mend or None, refusal_of_room.reason)
    else:
        return True
    return False


def _end_of_day(day: date | None) -> datetime | None:
    """A mandate "until" a day holds on that day, too."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC) if day else None


@access.person
@require_POST
def end(request: HttpRequest, who: Person, mandate_id: UUID) -> HttpResponse:
    """Ends a mandate at once."""
    actions.revoke_mandate(mandate_id, by=who, at=timezone.now())
    messages.success(request, _("You do not act for this person any more."))
    return redirect("account:acting")
