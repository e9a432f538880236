"""The offer: what it costs, what it holds, when the money comes back; yes with one button, or with a sponsor's code."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consilia.billing import actions as billing
from consilia.billing import queries as billing_queries
from consilia.billing.models import Settlement
from consilia.cases.access import Reader, Right
from consilia.cases.queries import patient as queries
from consilia.kernel.refusal import Invalid, NotFound
from consilia.web import access
from consilia.web.patient.case_forms import VoucherForm
from consilia.web.patient.places import posted

ASK = require_http_methods(["GET", "HEAD", "POST"])


@access.case_right(Right.CHANGE_CASE)
@ASK
def offer(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The live offer; before there is one, the page says when it comes."""
    head = queries.head(reader=reader)
    made = billing_queries.offer(reader=reader)
    form = VoucherForm(posted(request))
    sponsored = made is not None and made.settlement == Settlement.SPONSORED
    if request.method == "POST":
        if made is None:
            raise NotFound
        if (not sponsored or form.is_valid()) and accepted(reader, form, sponsored=sponsored):
            messages.success(request, _("Thank you. You accepted the offer."))
            return redirect("patient:case-offer", reader.case_id)
    page = {
        "head": head,
        "offer": made,
        "form": form if sponsored else None,
        "is_over": bool(made and not made.accepted_at and timezone.now() > made.valid_until),
        "is_free": bool(made and made.settlement == Settlement.FREE),
        "is_invoice": bool(made and made.settlement == Settlement.INVOICE),
    }
    return render(request, "patient/offers/offer.html", page)


def accepted(reader: Reader, form: VoucherForm, *, sponsored: bool) -> bool:
    code = form.cleaned_data["voucher"] if sponsored else ""
    try:
        billing.accept(reader, at=timezone.now(), voucher_code=code)
    except Invalid as refusal:
        form.take_up(refusal)
        return False
    return True
