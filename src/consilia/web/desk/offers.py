"""Offers of a case, payments by invoice, and vouchers of sponsors."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consilia.accounts.models import Person, Role
from consilia.billing import actions, queries
from consilia.billing.models import Settlement
from consilia.cases.access import Reader, Right
from consilia.cases.queries import desk_case
from consilia.kernel.refusal import ConsiliaError
from consilia.web import access
from consilia.web.desk import forms
from consilia.web.desk.pages import done, note_case, show, take_back


@access.case_right(Right.WORK_AS_DESK)
@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Makes the offer once the case is ready, and shows where the one that was made stands."""
    now = timezone.now()
    form = forms.OfferForm(request.POST or None)
    if request.method == "POST" and done(
        form, lambda: actions.offer(reader, Settlement(form.cleaned_data["settlement"]), at=now)
    ):
        messages.success(request, _("The offer is with the patient."))
        return redirect("desk:case", reader.case_id)
    note_case(reader, "offer", at=now)
    page = {
        "head": desk_case.head(reader=reader, at=now),
        "offer": queries.offer(reader=reader, at=now),
        "against": queries.against_offering(reader=reader),
        "price": actions.price(),
        "form": form,
    }
    return show(request, "desk/cases/offer.html", page, status=422 if form.is_bound else 200)


@access.case_right(Right.WORK_AS_DESK)
@require_POST
def paid(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The money has come: the case goes on to matching."""
    actions.mark_paid(reader, at=timezone.now())
    messages.success(request, _("The invoice is marked as paid. Experts can be asked now."))
    return redirect("desk:seats", reader.case_id)


@access.case_right(Right.WORK_AS_DESK)
@require_POST
def renew(request: HttpRequest, reader: Reader) -> HttpResponse:
    """An offer that is over holds again."""
    actions.renew(reader, at=timezone.now())
    messages.success(request, _("The offer holds for three more working days."))
    return redirect("desk:offer", reader.case_id)


@access.role(Role.ADMINISTRATOR, Role.COORDINATOR)
@never_cache
@require_http_methods(["GET", "POST"])
def vouchers(request: HttpRequest, who: Person) -> HttpResponse:
    """Vouchers; a new one's code is on the page that follows its making, and never again."""
    now = timezone.now()
    form, code = forms.VoucherForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            code = _make(who, form, now)
        except ConsiliaError as error:
            take_back(form, error)
        else:
            form = forms.VoucherForm()
    page = {"form": form, "code": code, "lines": queries.vouchers(reader=who, at=now)}
    status = 422 if form.is_bound else 200
    return show(request, "desk/money/vouchers.html", page, here="vouchers", status=status)


def _make(who: Person, form: forms.VoucherForm, now: datetime) -> str:
    zone = ZoneInfo(settings.CONSILIA_TIME_ZONE)
    until = datetime.combine(form.cleaned_data["valid_until"], time(23, 59, 59), tzinfo=zone)
    sponsor, uses = form.cleaned_data["sponsor"], form.cleaned_data["uses"]
    return actions.make_voucher(who, sponsor, uses=uses, valid_until=until, at=now)
