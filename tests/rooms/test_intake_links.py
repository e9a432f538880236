"""Letters and links: a hospital sends once, sees nothing, and the patient sees what came of her letter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast, make
from tests.make import NOON

from consilia.cases.access import Right
from consilia.cases.queries import readiness
from consilia.intake import actions, links, requests
from consilia.intake.links import LinkOver
from consilia.intake.models import RecordRequest, Upload, UploadLink
from consilia.jobs import runner
from consilia.kernel.refusal import Invalid, NotFound
from consilia.notify.models import Message
from consilia.records.models import Original

pytestmark = pytest.mark.django_db
PAGE = "http://localhost:8321/doctor/add/{secret}/"


@pytest.fixture
def case():
    return make.case_collecting()


@pytest.fixture
def ana(case):
    return make.reader(cast.ANA, case)


def hospital(ana, kind=UploadLink.Kind.HOSPITAL):
    return links.make(ana, kind=kind, label="Hospital da Luz Clara", at=NOON)


def letter(ana, **changes):
    draft = requests.draft(reader=ana, item=first_item(ana), at=NOON)
    words = {"item": draft.item, "hospital": draft.hospital, "language": draft.language, "text": draft.text, **changes}
    return requests.make(ana, requests.Words(**words), address_of=PAGE, at=NOON)


def first_item(ana) -> str:
    return readiness.of_case(reader=ana, today=NOON.date()).essential_open[0].item.id


def test_a_link_adds_records_and_reads_nothing(ana):
    through = links.resolve(hospital(ana).secret, at=NOON)
    assert through.may(Right.ADD_RECORDS)
    assert [right for right in Right if through.may(right)] == [Right.ADD_RECORDS]
    page = links.page(reader=through)
    assert (page.initials, page.birth_year) == ("A.\N{NO-BREAK SPACE}C.", 1971)


def test_the_secret_is_nowhere_in_the_database(ana):
    made = letter(ana)
    assert made.secret in made.text
    assert made.secret not in RecordRequest.objects.get(pk=made.id).text
    assert not UploadLink.objects.filter(secret_hash=made.secret).exists()


def test_what_comes_through_a_link_is_a_record_with_its_source(case, ana):
    through = links.resolve(hospital(ana, UploadLink.Kind.TREATING_DOCTOR).secret, at=NOON)
    actions.put_whole(through, path="report.txt", chunks=[b"Pathology report"], size=16, key="k", at=NOON)
    runner.drain(NOON)
    assert Original.objects.get(case_id=case.pk).source == "treating_doctor"


def test_after_it_was_finished_the_link_is_over_and_the_patient_is_told(case, ana):
    made = hospital(ana)
    through = links.resolve(made.secret, at=NOON)
    actions.open_upload(through, path="broken off", size=99, key="k", at=NOON)
    links.finish(through, comment="a hospital says nothing", at=NOON)
    with pytest.raises(LinkOver):
        links.resolve(made.secret, at=NOON)
    assert Message.objects.filter(kind="records_sorted").count() == 1
    assert Upload.objects.get(case=case).state == "discarded"
    assert links.of_case(reader=ana, at=NOON)[0].state == "finished"


def test_a_doctor_leaves_one_comment(ana):
    made = hospital(ana, UploadLink.Kind.TREATING_DOCTOR)
    links.finish(links.resolve(made.secret, at=NOON), comment="She should not wait long.", at=NOON)
    assert links.of_case(reader=ana, at=NOON)[0].comment == "She should not wait long."


@pytest.mark.parametrize("how", ["revoked", "late"])
def test_a_link_that_was_taken_back_or_is_too_old_leads_nowhere(ana, how):
    made = hospital(ana)
    if how == "revoked":
        links.revoke(ana, made.link.pk, at=NOON)
    with pytest.raises(LinkOver):
        links.resolve(made.secret, at=NOON + timedelta(days=31 if how == "late" else 0))


def test_a_guessed_secret_and_another_patients_link_are_nothing(ana):
    with pytest.raises(NotFound) as nothing:
        links.resolve("guessed", at=NOON)
    assert not isinstance(nothing.value, LinkOver)
    made = hospital(ana)
    other = make.reader(cast.MALLORY, make.case_collecting(cast.MALLORY))
    with pytest.raises(NotFound):
        links.revoke(other, made.link.pk, at=NOON)


def test_the_letter_speaks_the_language_of_the_hospital_and_the_mail_says_nothing_of_health(ana):
    draft = requests.draft(reader=ana, item=first_item(ana), language="it", at=NOON)
    assert draft.language == "it"
    assert "Gentili" in draft.text
    made = letter(ana, send=True, address="archive@example.org")
    mail = Message.objects.get(kind="hospital_request")
    assert made.secret in mail.body
    assert "Costa" not in mail.body + mail.subject


@pytest.mark.parametrize(("language", "record"), [("it", "Mammografia"), ("de", "Mammographie"), ("en", "Mammography")])
def test_a_letter_names_the_record_in_its_own_language(ana, language, record):
    draft = requests.draft(reader=ana, item="mammography", language=language, at=NOON)
    assert draft.subject.endswith(f": {record}")
    assert record in draft.text
    assert draft.record == "Mammography", "the page that shows the letter speaks the language of its reader"


@pytest.mark.parametrize(("place", "said"), [("DE", "article 15"), ("JP", "names no law")])
def test_a_letter_says_on_which_right_it_rests_and_where_none_is_known(ana, case, place, said):
    type(case).objects.filter(pk=case.pk).update(hospital_country=place)
    draft = requests.draft(reader=ana, item="mammography", language="en", at=NOON)
    assert said in draft.right
    assert draft.right.startswith(("Germany", "Japan"))
    assert ("Article 15" in draft.text) == (place == "DE")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hospital": " "}, "hospital"),
        ({"text": "no place for a link"}, "text"),
        ({"send": True}, "address"),
    ],
)
def test_a_letter_that_cannot_work_is_not_made(ana, changes, field):
    with pytest.raises(Invalid) as invalid:
        letter(ana, **changes)
    assert field in invalid.value.fields
    assert not UploadLink.objects.exists()


def test_the_doctor_at_home_is_invited_by_a_mail_that_names_nobody(ana):
    made = requests.invite_doctor(ana, name="Dr Santos", address="s@example.org", address_of=PAGE, at=NOON)
    mail = Message.objects.get(kind="doctor_invited")
    assert made.secret in mail.body
    assert "Costa" not in mail.body + mail.subject
