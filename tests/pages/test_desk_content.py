"""Reviewers read content, comment on it and approve it; what is not exactly what they read stays a draft."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests import cast, make
from tests.cast import Character
from tests.pages.desk_room import at_work

from consilia.accounts.models import Role
from consilia.accounts.queries import roles
from consilia.audit.models import Event
from consilia.cases import content
from consilia.clinical import library as libraries
from consilia.clinical.entries import ReviewState
from consilia.review.models import Comment

pytestmark = pytest.mark.django_db

LYDIA = Character("lydia", "lydia@example.org", "Lydia", "Recht", roles=("lawyer",))
RUTH = Character("ruth", "ruth@example.org", "Ruth", "Lind", roles=("physician", "translator"))
US = "/desk/content/of/jurisdictions/US/"
LETTER = "/desk/content/of/letters/missing_record/"


@pytest.fixture(autouse=True)
def _no_content_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    shutil.rmtree(content.place(), ignore_errors=True)
    monkeypatch.setattr(content, "_kept", None)


def approve(client: Client, path: str, seat: str, **more: str) -> int:
    kind, identifier = path.split("/")[4:6]
    layers = content.library().layers
    assert layers is not None
    sha256 = layers.read[kind, identifier][-1].sha256
    sent = {"seat": seat, "read": "on", "sha256": sha256} | more
    return client.post(f"{path}approve/", sent).status_code


def state() -> ReviewState:
    return content.library().jurisdiction("US").review.state


def test_a_lawyer_finds_what_waits_for_her_and_reads_it_with_sources_and_examples():
    lydia = at_work(LYDIA)
    kinds = lydia.get("/desk/content/").content.decode()
    assert "Law of countries" in kinds
    assert "40 countries" in kinds
    assert "United States" in lydia.get("/desk/content/of/jurisdictions/").content.decode()
    page = lydia.get(US).content.decode()
    assert "This content is a draft" in page
    assert "via_local_doctor" in page
    assert "come out as they are written" in page
    assert "Reviewing lawyer" in page
    assert content.library().jurisdiction("US").review.sources[0] in page.replace("&#x27;", "'").replace("&amp;", "&")


def test_an_approval_is_an_event_and_a_file_and_counts_at_once():
    lydia = at_work(LYDIA)
    assert state() is ReviewState.DRAFT
    assert approve(lydia, US, "lawyer") == 302
    assert state() is ReviewState.APPROVED
    assert content.library().jurisdiction("US").review.by == "Lydia Recht"
    (event,) = Event.objects.filter(kind="content_approved")
    assert event.detail["content_id"] == "jurisdictions/US"
    assert event.detail["role"] == "lawyer"
    file = (content.approvals_folder() / "jurisdictions" / "US.v1.lawyer.toml").read_text()
    assert f'sha256 = "{event.detail["hash"]}"' in file
    downloaded = lydia.get(f"{US}approvals/lawyer/")
    assert downloaded.content.decode() == file
    assert "attachment" in downloaded["Content-Disposition"]
    assert "This content is a draft" not in lydia.get(US).content.decode()


def test_an_approval_taken_back_makes_a_draft_again_and_the_file_says_so():
    lydia, tom = at_work(LYDIA), at_work(cast.TOM)
    approve(lydia, US, "lawyer")
    assert tom.post(f"{US}approvals/lawyer/withdraw/").status_code == 302
    assert state() is ReviewState.DRAFT
    assert b'state = "withdrawn"' in lydia.get(f"{US}approvals/lawyer/").content
    assert Event.objects.filter(kind="content_approval_withdrawn").count() == 1
    assert approve(lydia, US, "lawyer") == 302  # she may think again
    assert state() is ReviewState.APPROVED


def test_nobody_approves_what_has_changed_since_she_read_it():
    lydia = at_work(LYDIA)
    sent = {"seat": "lawyer", "read": "on", "sha256": "0" * 64}
    page = lydia.post(f"{US}approve/", sent)
    assert page.status_code == 422
    assert "has changed since you read it" in page.content.decode()
    assert state() is ReviewState.DRAFT
    assert not Event.objects.filter(kind="content_approved").exists()


def test_only_the_role_that_a_kind_needs_approves_it():
    ruth, lydia = at_work(RUTH), at_work(LYDIA)
    assert approve(ruth, US, "physician") == 422
    assert approve(ruth, US, "lawyer") == 422
    assert approve(lydia, "/desk/content/of/red_flags/adult/", "lawyer") == 422
    assert not (content.approvals_folder() / "jurisdictions").exists()
    assert "An administrator must first give you this role." in ruth.get(US).content.decode()


def test_an_administrator_names_reviewers_and_approves_nothing_herself():
    tom = at_work(cast.TOM)
    assert tom.post(f"{US}approve/", {}).status_code == 404
    make.person(cast.EVA)
    sent = {"email": cast.EVA.email, "role": "lawyer"}
    assert tom.post("/desk/content/reviewers/", sent).status_code == 302
    assert Role.LAWYER in roles(make.person(cast.EVA), timezone.now())
    assert cast.EVA.email in tom.get("/desk/content/reviewers/").content.decode()
    assert tom.post("/desk/content/reviewers/end/", sent).status_code == 302
    assert Role.LAWYER not in roles(make.person(cast.EVA), timezone.now())


def test_an_address_without_an_account_gets_no_role():
    page = at_work(cast.TOM).post("/desk/content/reviewers/", {"email": "nobody@example.org", "role": "lawyer"})
    assert page.status_code == 422
    assert "There is no account with this address." in page.content.decode()


def test_approving_needs_a_second_factor_shown_just_now(settings):
    lydia = at_work(LYDIA)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    assert "Show that it is you" in lydia.get(US).content.decode()
    assert approve(lydia, US, "lawyer") == 422
    assert state() is ReviewState.DRAFT
    assert not Event.objects.filter(kind="content_approved").exists()


def test_who_reviews_nothing_finds_no_pages_of_content():
    for who in (cast.EVA, cast.PRIYA, cast.INES, cast.ANA):
        assert at_work(who).get("/desk/content/").status_code == 404
        assert at_work(who).get(US).status_code == 404


def test_a_comment_keeps_its_author_and_what_it_was_about():
    lydia = at_work(LYDIA)
    assert lydia.post(f"{US}comment/", {"text": "The source is of 2019 <b>."}).status_code == 302
    page = lydia.get(US).content.decode()
    assert "The source is of 2019 &lt;b&gt;." in page
    assert "Lydia Recht" in page
    row = Comment.objects.get()
    assert row.sha256 == content.library().stamp("jurisdictions", "US").sha256
    assert Event.objects.filter(kind="content_comment_written").count() == 1
    assert lydia.post(f"{US}comment/", {"text": " "}).status_code == 422


def test_a_letter_waits_for_its_translators_too():
    lydia, ruth = at_work(LYDIA), at_work(RUTH)
    assert approve(lydia, LETTER, "lawyer") == 302
    assert content.library().letter("missing_record", "de", "DE").draft
    for tag in ("de", "es", "fr", "it"):
        assert approve(ruth, LETTER, f"translator-{tag}") == 302
    assert not content.library().letter("missing_record", "de", "DE").draft
    assert "Bitte um eine Kopie" in ruth.get(f"{LETTER}?language=de").content.decode()


@pytest.mark.parametrize("path", ["/desk/content/of/poems/", f"{US[:-3]}ZZ/", f"{US}approvals/king/"])
def test_content_that_is_not_there_is_not_found(path):
    assert at_work(LYDIA).get(path).status_code == 404


def test_pages_of_content_take_the_same_queries_however_many_comments(django_assert_max_num_queries):
    lydia = at_work(LYDIA)
    for number in range(30):
        lydia.post(f"{US}comment/", {"text": f"Comment {number}"})
    for path in ("/desk/content/", "/desk/content/of/jurisdictions/", US):
        with django_assert_max_num_queries(12):
            lydia.get(path)


# --- the folders of the operator ---------------------------------------------------------------------------------


def folder_with(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "jurisdictions" / "US.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return tmp_path


def milder() -> str:
    text = (libraries.SHIPPED / "jurisdictions" / "US.toml").read_text()
    return text.replace('route = "via_local_doctor"', 'route = "direct"').replace('"per_state"', '"permitted"')


def test_faulty_folders_leave_the_last_good_content_and_the_desk_says_so(settings, tmp_path, monkeypatch):
    settings.CONSILIA_CONTENT_FOLDERS = (folder_with(tmp_path, milder() + "# good\n"),)
    monkeypatch.setattr(content, "_kept", None)
    assert content.standing().is_whole
    good = content.library().stamp("jurisdictions", "US").sha256
    folder_with(tmp_path, milder() + "colour = 1\n")
    monkeypatch.setattr(content, "_kept", None)
    assert content.library().stamp("jurisdictions", "US").sha256 == good
    seen = at_work(cast.TOM).get("/desk/experts/").content.decode()
    assert "The folders of content of this service are faulty." in seen
    assert "last good content" in seen
    assert "jurisdictions/US.toml: line" in seen
    told = at_work(cast.EVA).get("/desk/").content.decode()
    assert "The folders of content of this service are faulty." in told
    assert "colour" not in told


def test_a_draft_of_the_operator_loosens_nothing_until_it_is_approved_as_it_is(settings, tmp_path, monkeypatch):
    settings.CONSILIA_CONTENT_FOLDERS = (folder_with(tmp_path, milder()),)
    monkeypatch.setattr(content, "_kept", None)
    lydia = at_work(LYDIA)
    assert content.library().jurisdiction("US").route == "via_local_doctor"
    assert "As a draft it only adds caution" in lydia.get(US).content.decode()
    assert approve(lydia, US, "lawyer") == 302
    assert content.library().jurisdiction("US").route == "direct"
    folder_with(tmp_path, milder() + "# one byte more\n")
    content.changed()
    assert content.library().jurisdiction("US").route == "via_local_doctor"
