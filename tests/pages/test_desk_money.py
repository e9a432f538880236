"""Offers, invoices and vouchers at the desk: never money before the case is ready, each code shown once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from tests import cast, make
from tests.pages.desk_room import at_work

from consilia.billing import actions as billing
from consilia.billing.models import Offer, Settlement, Voucher
from consilia.cases import actions as cases
from consilia.cases.models import Case
from consilia.cases.states import State
from consilia.kernel.ids import hash_secret

pytestmark = pytest.mark.django_db


def state(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def test_no_offer_before_the_case_is_ready_and_the_button_says_why():
    case = make.case_handed_in(at=timezone.now())
    eva = at_work(cast.EVA)
    page = eva.get(f"/desk/cases/{case.pk}/offer/").content.decode()
    assert "An offer follows the quality gate, never before." in page
    assert eva.post(f"/desk/cases/{case.pk}/offer/", {"settlement": "invoice"}).status_code == 422
    assert not Offer.objects.exists()


@pytest.mark.parametrize("settlement", ["free", "sponsored", "invoice"])
def test_an_offer_is_made_once(settlement):
    case = make.case_ready(at=timezone.now())
    eva = at_work(cast.EVA)
    for _again in range(2):
        eva.post(f"/desk/cases/{case.pk}/offer/", {"settlement": settlement})
    assert Offer.objects.get().settlement == settlement
    assert state(case) == State.OFFERED


def test_a_paid_invoice_sends_the_case_to_the_experts():
    case = make.case_offered(settlement=Settlement.INVOICE, at=timezone.now())
    eva = at_work(cast.EVA)
    assert "Only an accepted offer" in eva.get(f"/desk/cases/{case.pk}/offer/").content.decode()
    assert eva.post(f"/desk/cases/{case.pk}/offer/paid/").status_code == 409
    billing.accept(make.reader(cast.ANA, case, at=timezone.now()), at=timezone.now())
    assert "Mark the invoice as paid" in eva.get(f"/desk/cases/{case.pk}/offer/").content.decode()
    eva.post(f"/desk/cases/{case.pk}/offer/paid/")
    assert state(case) == State.MATCHING


def test_an_offer_that_is_over_can_be_made_to_hold_again():
    case = make.case_offered(settlement=Settlement.INVOICE, at=timezone.now() - timedelta(days=9))
    eva = at_work(cast.EVA)
    assert "three more working days" in eva.get(f"/desk/cases/{case.pk}/offer/").content.decode()
    eva.post(f"/desk/cases/{case.pk}/offer/renew/")
    assert Offer.objects.get().valid_until > timezone.now()
    assert eva.post(f"/desk/cases/{case.pk}/offer/renew/").status_code == 409


def test_a_case_that_went_back_can_be_offered_anew():
    case = make.case_offered(settlement=Settlement.INVOICE, at=make.NOON)
    eva, ana, priya = (make.reader(who, case) for who in (cast.EVA, cast.ANA, cast.PRIYA))
    cases.send_back(eva, words="One page is missing.", at=make.NOON)
    cases.hand_in(ana, {}, at=make.NOON)
    words = {"summary": "s", "key_texts": {}, "not_answerable": "", "essential_missing": (), "at": make.NOON}
    cases.pass_gate(priya, **words)
    billing.offer(eva, Settlement.FREE, at=make.NOON)
    assert Offer.objects.get(refunded_at=None).settlement == Settlement.FREE


def voucher(**more: str) -> dict[str, str]:
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    return {"sponsor": "Insurer", "uses": "2", "valid_until": until} | more


def test_the_code_of_a_voucher_is_shown_once_and_never_kept():
    marta = at_work(cast.MARTA)
    page = marta.post("/desk/vouchers/", voucher()).content.decode()
    code = re.search(r"<code>([^<]+)</code>", page).group(1)
    assert Voucher.objects.get().code_hash == hash_secret(code)
    assert code not in marta.get("/desk/vouchers/").content.decode()
    assert "Insurer" in marta.get("/desk/vouchers/").content.decode()


def test_a_voucher_of_the_past_is_refused_with_the_words_kept():
    answer = at_work(cast.EVA).post("/desk/vouchers/", voucher(valid_until="2020-01-01"))
    assert answer.status_code == 422
    assert "lies ahead" in answer.content.decode()
    assert 'value="Insurer"' in answer.content.decode()
    assert not Voucher.objects.exists()


def test_editors_and_patients_make_no_vouchers():
    assert at_work(cast.PRIYA).get("/desk/vouchers/").status_code == 404
    assert at_work(cast.ANA).post("/desk/vouchers/", voucher()).status_code == 404
