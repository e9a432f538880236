"""Leaving: everything can be taken along, a case withdrawn or erased by naming it, and a goodbye says what stays."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import cast, make
from tests.pure.reports_sample import needs_fonts
from tests.rooms import reports_room as room

from consilia.accounts import signin
from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.cases import actions as cases
from consilia.cases.models import Case
from consilia.cases.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    def signed(who: cast.Character = cast.ANA) -> Client:
        client = Client()
        client.get(signin.demo_link(make.person(who)))
        return client

    return signed


def some_time_later(browser: Client) -> Client:
    """The sign-in was longer ago than a proof counts."""
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    return browser


def proved(browser: Client) -> Client:
    """Shows once more that it is she, as people of the demo cast do."""
    browser.post("/account/step-up/demo/")
    return browser


def address(name: str, case: Case) -> str:
    return reverse(f"patient:{name}", args=[case.pk])


def text(response) -> str:
    return response.content.decode()


def unpacked(browser: Client, case: Case) -> zipfile.ZipFile:
    answer = browser.post(address("export", case))
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


@needs_fonts
def test_everything_is_in_the_file_and_every_hash_is_right(sign_in):
    case = room.delivered(at=timezone.now())
    cases.write(make.reader(cast.ANA, case), text="May I travel?", at=timezone.now())
    cases.keep_note(make.reader(cast.EVA, case), text="never for patients", at=timezone.now())
    taken = unpacked(sign_in(), case)
    manifest = json.loads(taken.read("manifest.json"))
    for line in manifest["files"]:
        content = taken.read(line["path"])
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (line["sha256"], line["size"])
    (number,) = [seal.number for seal in room.seals(case)]
    names = set(taken.namelist())
    assert {f"case/{name}.json" for name in ("case", "consents", "messages", "access_log")} <= names
    assert {"index.html", "fhir/ips.json", "SHA256SUMS", "records/2026-10-05 Tissue report.txt"} <= names
    assert {f"opinions/{number}.json", f"opinions/{number}.pdf", f"opinions/{number}.fhir.json"} <= names
    assert taken.read("records/2026-10-05 Tissue report.txt").startswith(b"Pathology report")
    assert "May I travel?" in taken.read("case/messages.json").decode()
    assert b"never for patients" not in b"".join(taken.read(name) for name in names)
    assert "case_exported" in taken.read("case/access_log.json").decode()


def test_the_trail_knows_the_export_before_the_first_byte(sign_in):
    case = make.case_with_records(at=timezone.now())
    answer = sign_in().post(address("export", case))
    assert Event.objects.filter(case_id=case.pk, kind=Kind.CASE_EXPORTED.value).count() == 1
    assert b"".join(answer)  # read to its end: closing it in the middle would close the test's connection
    assert sign_in(cast.MALLORY).post(address("export", case)).status_code == 404


def test_she_sees_before_what_is_in_it_and_how_large_it_is(sign_in):
    case = make.case_with_records(at=timezone.now())
    make.paper(case, b"x" * 3_000_000, path="large.txt")
    page = text(sign_in().get(address("leave", case)))
    assert "2 files" in page
    assert "2.9\xa0MB" in page
    assert "less than a minute" in page


def test_a_case_is_withdrawn_by_typing_its_number_and_by_nothing_else(sign_in):
    case = make.case_handed_in(at=timezone.now())
    browser = sign_in()
    place = address("case-withdraw", case)
    assert "Type the number as it stands above" in text(browser.post(place, {"reference": "C-2026-XXXXXX"}))
    assert Case.objects.get(pk=case.pk).state == State.ORGANISING
    assert browser.post(place, {"reference": f" {case.reference.lower()} "}).status_code == 302
    assert Case.objects.get(pk=case.pk).state == State.WITHDRAWN
    assert "This case has ended already" in text(browser.get(place))


def test_a_running_case_is_withdrawn_before_it_is_erased(sign_in):
    case = make.case_handed_in(at=timezone.now())
    assert "Withdraw the case first" in text(sign_in().get(address("erase", case)))


def test_erasing_asks_who_is_there_and_for_the_number_and_says_goodbye(sign_in):
    case = make.case_with_records(at=timezone.now())
    browser = some_time_later(sign_in())
    place = address("erase", case)
    first = browser.post(place, {"reference": case.reference})
    assert "Show that it is me" in text(first)
    assert Case.objects.get(pk=case.pk).tombstone_at is None
    proved(browser)
    assert "What stays" in text(browser.get(place))
    assert "Type the number as it stands above" in text(browser.post(place, {"reference": ""}))
    gone = browser.post(place, {"reference": case.reference}, follow=True)
    assert "Your case is erased" in text(gone)
    assert case.reference not in text(gone)
    assert Case.objects.get(pk=case.pk).tombstone_at is not None
    assert Event.objects.filter(case_id=case.pk, kind=Kind.CASE_ERASED.value).count() == 1
    assert browser.get(address("leave", case)).status_code == 404


def test_a_case_on_hold_is_not_erased_and_says_why(sign_in):
    case = make.case_with_records(at=timezone.now())
    Case.objects.filter(pk=case.pk).update(legal_hold=True)
    browser = proved(sign_in())
    assert "The law or a dispute obliges us" in text(browser.get(address("erase", case)))
    assert browser.post(address("erase", case), {"reference": case.reference}).status_code == 409
    assert Case.objects.get(pk=case.pk).tombstone_at is None
