"""A PDF with a password: she types it once, the file is read, and nobody keeps the password."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from tests import cast, make, samples_formats
from tests import expert_opinion as write
from tests.cast import Character
from tests.expert_pages import signed_in
from tests.pages.desk_room import at_work

from consilia.cases.models import Case
from consilia.clinical.library import load
from consilia.intake import actions, folder
from consilia.intake.judging import case_file
from consilia.intake.judging.record import Request
from consilia.jobs import runner
from consilia.records import actions as records
from consilia.records import erasing, pictures
from consilia.records.models import Original, Standing
from consilia.vault import queries as vault

pytestmark = pytest.mark.django_db

ANA = Request("Ana", "Costa", date(1971, 5, 9), "f", "PT", "en")
SECRET = "Xylophon-7391 größe"
HERS = (
    "Hospital da Luz Clara",
    "Patient: Ana Costa   Date of birth: 09/05/1971",
    "Pathology report",
    "Date: 25/10/2026",
    "Invasive carcinoma of the left breast",
)
ANOTHERS = ("Laboratorio Central", "Patient: Bruno Quetzalcoatl   Date of birth: 24/11/1949", "Laboratory report")


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    cache.clear()


@pytest.fixture
def case() -> Case:
    return make.case_in_review(at=write.now())


def send(case: Case, content: bytes, path: str = "letter.pdf") -> Original:
    her = make.reader(cast.ANA, case, at=write.now())
    actions.put_whole(her, path=path, chunks=[content], size=len(content), key=path, at=write.now())
    runner.drain(write.now())
    return Original.objects.get(case_id=case.pk, path=path)


def browser(who: Character) -> Client:
    client = Client()
    client.force_login(make.person(who))
    return client


def unlock(client: Client, record: Original, password: str = SECRET):
    address = reverse("patient:record-unlock", args=[record.case_id, record.pk])
    answer = client.post(address, {"password": password})
    runner.drain(write.now())
    return answer


def test_the_desks_list_leads_to_the_page_where_the_password_is_typed_and_that_page_back(case):
    record = send(case, samples_formats.locked_pdf(samples_formats.bound(HERS), SECRET))
    eva, page, home = (
        at_work(cast.EVA),
        reverse("patient:record", args=[case.pk, record.pk]),
        reverse("desk:case", args=[case.pk]),
    )
    said = eva.get(home).content.decode()
    assert f'href="{page}"' in said
    assert "waits for its password" in said
    typed = eva.get(page).content.decode()
    assert 'name="password"' in typed
    assert f'href="{home}"' in typed
    unlock(eva, record)
    assert "waits for its password" not in eva.get(home).content.decode()


def copy_of(record: Original) -> Original:
    return Original.objects.select_related("document").get(came_out_of=record)


def test_she_is_asked_where_the_file_is_listed_and_on_its_page(case):
    record = send(case, samples_formats.locked_pdf(samples_formats.bound(HERS), SECRET))
    assert (record.standing, record.reason) == (Standing.UNREADABLE, "password")
    address = reverse("patient:record-unlock", args=[case.pk, record.pk])
    for page in (reverse("patient:records", args=[case.pk]), reverse("patient:record", args=[case.pk, record.pk])):
        shown = browser(cast.ANA).get(page).content.decode()
        assert f'action="{address}"' in shown
        assert 'type="password"' in shown
        assert "add a copy without a password" not in shown


@pytest.mark.parametrize("revision", [4, 6])
def test_the_right_password_opens_the_file_and_the_expert_reads_it(case, revision):
    password = SECRET if revision == 6 else "Xylophon-7391"
    content = samples_formats.locked_pdf(samples_formats.bound(HERS), password, revision)
    record = send(case, content)
    assert unlock(browser(cast.ANA), record, password).status_code == 302
    record.refresh_from_db()
    copy = copy_of(record)
    assert (record.standing, record.reason) == (Standing.IGNORED, "unlocked")
    assert (copy.standing, copy.path, copy.document.kind) == (Standing.TAKEN, "letter.pdf", "pathology_report")
    assert "Invasive carcinoma" in "".join(line.text for line in pictures.text(copy)[0].lines)
    with vault.open_object(case.pk, record.sha256) as stored:
        assert stored.whole() == content
    weber = signed_in(cast.WEBER)
    assert weber.get(reverse("expert:page", args=[case.pk, copy.pk, 1])).status_code == 200
    assert weber.get(reverse("expert:record", args=[case.pk, record.pk])).status_code == 404


def test_another_persons_pages_behind_a_password_are_held(case):
    record = send(case, samples_formats.locked_pdf(samples_formats.bound(HERS, ANOTHERS), SECRET))
    unlock(browser(cast.ANA), record)
    parts = Original.objects.filter(came_out_of=copy_whole(record)).order_by("first_page")
    assert [part.standing for part in parts] == [Standing.TAKEN, Standing.HELD]


def copy_whole(record: Original) -> Original:
    return Original.objects.get(came_out_of=record)


def test_the_password_stands_nowhere_afterwards(case, caplog):
    record = send(case, samples_formats.locked_pdf(samples_formats.bound(HERS), SECRET))
    client = browser(cast.ANA)
    with caplog.at_level(logging.DEBUG):
        wrong = unlock(client, record, "Wrong-" + SECRET)
        unlock(client, record)
    assert SECRET not in wrong.content.decode()
    assert SECRET not in caplog.text
    assert SECRET not in str(dict(client.session))
    for model in apps.get_models():
        assert SECRET not in str(list(model._default_manager.values())), model


def test_a_wrong_password_says_so_and_may_be_typed_again(case):
    record = send(case, samples_formats.locked_pdf(samples_formats.bound(HERS), SECRET))
    client = browser(cast.ANA)
    answer = unlock(client, record, "wrong")
    assert answer.status_code == 422
    assert "This password does not open the file." in answer.content.decode()
    assert unlock(client, record, "").status_code == 422
    assert unlock(client, record).status_code == 302


def test_what_was_typed_wrongly_is_not_called_kept(case):
    record = send(case, samples_formats.locked_pdf(samples_formats.bound(HERS), SECRET))
    answer = unlock(browser(cast.ANA), record, "wrong").content.decode()
    assert "What you typed is kept" not in answer
    assert "autofocus" in answer


def test_without_a_server_the_file_is_listed_with_its_reason(tmp_path):
    (tmp_path / "letter.pdf").write_bytes(samples_formats.locked_pdf(samples_formats.bound(HERS), SECRET))
    found = case_file.judge(folder.read(tmp_path), ANA, load(), date(2026, 11, 1))
    assert [(one.path, one.verdict, one.reason) for one in found.unread] == [("letter.pdf", "encrypted", "password")]


def test_after_five_attempts_even_the_right_one_waits(case):
    record = send(case, samples_formats.locked_pdf(samples_formats.bound(HERS), SECRET))
    client = browser(cast.ANA)
    for _attempt in range(5):
        unlock(client, record, "wrong")
    answer = unlock(client, record)
    assert answer.status_code == 422
    assert "tried too often" in answer.content.decode()
    record.refresh_from_db()
    assert record.standing == Standing.UNREADABLE


def test_a_file_is_opened_once_and_one_without_a_password_never(case):
    record = send(case, samples_formats.locked_pdf(samples_formats.bound(HERS), SECRET))
    unlock(browser(cast.ANA), record)
    assert unlock(browser(cast.ANA), record).status_code == 409
    assert unlock(browser(cast.ANA), send(case, samples_formats.bound(ANOTHERS), "open.pdf")).status_code == 409


def test_only_those_who_may_add_records_open_one(case):
    record = send(case, samples_formats.locked_pdf(samples_formats.bound(HERS), SECRET))
    for stranger in (browser(cast.MALLORY), signed_in(cast.WEBER)):
        assert unlock(stranger, record).status_code == 404
    assert unlock(at_work(cast.PRIYA), record).status_code == 404
    answer = unlock(at_work(cast.EVA), record)
    assert answer.url == reverse("desk:case", args=[case.pk])


def test_the_locked_file_goes_when_its_copy_is_erased(case):
    record = send(case, samples_formats.locked_pdf(samples_formats.bound(HERS), SECRET))
    unlock(browser(cast.ANA), record)
    copy, actor = copy_of(record), make.reader(cast.ANA, case, at=write.now()).actor
    records.remove(case.pk, copy.pk, reason="by_patient", actor=actor, at=write.now())
    assert erasing.erase(case.pk, copy.pk, actor=actor, at=write.now() + timedelta(days=31))
    assert not vault.exists(case.pk, copy.sha256)
    assert not vault.exists(case.pk, record.sha256)
