"""The records page, the pages of a record and who looked: what a patient sees, and what nobody else can reach."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from tests import cast, make, samples_formats
from tests.pages import desk_room

from consilia.audit.models import Event
from consilia.cases.models import Message
from consilia.intake import deciding, queries
from consilia.intake.models import Upload
from consilia.jobs import runner
from consilia.records import actions as records
from consilia.records.models import Original, Standing, Study
from consilia.records.queries import of_case
from consilia.vault import queries as vault

pytestmark = pytest.mark.django_db
HERS = (
    "Hospital da Luz Clara",
    "Patient: Ana Costa  Date of birth: 09/05/1971",
    "PATHOLOGY REPORT",
    "Date: 05/10/2026",
)
ANOTHERS = ("Hospital da Luz Clara", "Patient: Ana Costo  Date of birth: 24/11/1969", "LABORATORY REPORT")


@pytest.fixture
def case():
    return make.case_collecting(at=timezone.now())


@pytest.fixture
def ana(case) -> Client:
    return signed_in(cast.ANA)


def signed_in(who: cast.Character) -> Client:
    client = Client()
    client.force_login(make.person(who))
    return client


def said(response) -> str:
    return response.content.decode()


def at(name: str, *ids: object) -> str:
    return reverse(f"patient:{name}", args=ids)


def send(client: Client, case, **files: bytes) -> None:
    """Sends files by the plain form and lets the worker read them."""
    given = [SimpleUploadedFile(name.replace("__", "."), content) for name, content in files.items()]
    assert client.post(at("upload", case.pk), {"files": given}).status_code == 302
    runner.drain(timezone.now())


def pictures(**changes: object) -> bytes:
    hers = {"PatientName": "COSTA^ANA", "PatientBirthDate": "19710509", "PatientID": "77"}
    return samples_formats.dicom(**{**hers, **changes})


@pytest.mark.parametrize("name", ["records", "readiness", "doctor-before", "trail"])
def test_every_page_stands_before_anything_has_come(ana, case, name):
    assert ana.get(at(name, case.pk)).status_code == 200


@pytest.mark.parametrize("name", ["records", "readiness", "doctor-before", "trail"])
def test_a_stranger_cannot_tell_whether_the_case_exists(case, name):
    mallory = signed_in(cast.MALLORY)
    foreign = mallory.get(at(name, case.pk))
    absent = mallory.get(at(name, make.unknown_id()))
    assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content)
    assert foreign.status_code == 404


def test_files_of_a_plain_form_are_taken_read_and_shown_by_what_they_are(ana, case):
    send(ana, case, report__pdf=samples_formats.pdf(HERS), photo__png=samples_formats.picture())
    page = said(ana.get(at("records", case.pk)))
    assert "Tissue report" in page
    assert "photo.png" in page
    assert Original.objects.filter(case_id=case.pk, standing=Standing.TAKEN).count() == 2


def test_a_form_that_is_sent_again_because_its_answer_was_lost_is_one_file(ana, case):
    hers = samples_formats.pdf(HERS)
    send(ana, case, letter__pdf=hers)
    send(ana, case, letter__pdf=hers)
    assert Upload.objects.filter(case=case).count() == 1
    send(ana, case, copy__pdf=hers)
    kept = Original.objects.filter(case_id=case.pk).values_list("path", "standing")
    assert sorted(kept) == [("copy.pdf", Standing.DUPLICATE), ("letter.pdf", Standing.TAKEN)]


def test_a_form_without_a_file_says_so_and_loses_nothing(ana, case):
    page = ana.post(at("upload", case.pk), {}, follow=True)
    assert "No file came" in said(page)


def test_a_form_from_elsewhere_is_refused_and_leaves_no_upload(case):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make.person(cast.ANA))
    answer = browser.post(at("upload", case.pk), {"files": SimpleUploadedFile("a.txt", b"words")})
    assert answer.status_code == 403
    assert not case.uploads.exists()


def test_the_bytes_of_a_plain_form_are_the_bytes_in_the_vault_and_lie_nowhere_in_the_clear(ana, case, settings):
    canary = b"canary-4711-" * 600_000  # 7 MB: more than what a form keeps in memory
    send(ana, case, long__txt=canary)
    kept = Original.objects.get(case_id=case.pk)
    assert vault.open_object(case.pk, kept.sha256).whole() == canary
    clear = [
        path for path in settings.CONSILIA_HOME.rglob("*") if path.is_file() and b"canary-4711" in path.read_bytes()
    ]
    assert clear == []


def test_another_persons_file_is_held_and_compared_with_the_patient(ana, case):
    send(ana, case, blood__pdf=samples_formats.pdf(ANOTHERS))
    page = strip_tags(said(ana.get(at("records", case.pk))))
    assert "seems to be another person" in page
    assert "24 Nov 1969" in page
    assert "9 May 1971" in page


def test_a_held_file_is_removed_and_put_back_as_held(ana, case):
    send(ana, case, blood__pdf=samples_formats.pdf(ANOTHERS))
    held = Original.objects.get(case_id=case.pk)
    ana.post(at("record-remove", case.pk, held.pk))
    held.refresh_from_db()
    assert held.standing == Standing.REMOVED
    assert "put them back for 30 days" in said(ana.get(at("records", case.pk)))
    ana.post(at("record-put-back", case.pk, held.pk))
    held.refresh_from_db()
    assert held.standing == Standing.HELD


def test_a_removal_is_final_after_thirty_days(ana, case):
    held = make.paper(case, standing=Standing.HELD)
    past = timezone.now() - timedelta(days=31)
    records.remove(case.pk, held.pk, reason="x", actor=make.reader(cast.ANA, case).actor, at=past)
    assert ana.post(at("record-put-back", case.pk, held.pk)).status_code == 409


def test_a_patient_who_says_it_is_hers_asks_the_desk_once_and_it_stays_held(ana, case):
    send(ana, case, blood__pdf=samples_formats.pdf(ANOTHERS))
    held = Original.objects.get(case_id=case.pk)
    for _twice in range(2):
        ana.post(at("record-ask", case.pk, held.pk))
    held.refresh_from_db()
    assert held.standing == Standing.HELD
    assert Message.objects.filter(case=case).count() == 1
    assert "It is our turn" in said(ana.get(at("records", case.pk)))


def test_who_calls_held_pictures_hers_asks_the_desk_once_and_they_need_her_no_more(ana, case):
    send(ana, case, a=pictures(PatientName="ROSSI^MARIO", PatientBirthDate="19500101", PatientID="9"))
    (study,) = Study.objects.filter(case_id=case.pk)
    assert queries.records_page(reader=make.reader(cast.ANA, case), at=timezone.now()).needs_you == 1
    for _twice in range(2):
        ana.post(at("study-ask", case.pk, study.pk))
    assert Message.objects.filter(case=case).count() == 1
    page = said(ana.get(at("records", case.pk)))
    assert "It is our turn" in page
    assert at("study-ask", case.pk, study.pk) not in page
    assert queries.records_page(reader=make.reader(cast.ANA, case), at=timezone.now()).needs_you == 0


def test_a_held_study_is_one_held_record_of_her_case_however_many_pictures_it_has(ana, case):
    anothers = {"PatientName": "ROSSI^MARIO", "PatientBirthDate": "19500101", "PatientID": "9"}
    send(ana, case, a=pictures(**anothers), b=pictures(SOPInstanceUID="1.2.826.0.1.3680043.8.498.77", **anothers))
    (study,) = Study.objects.filter(case_id=case.pk)
    assert Original.objects.filter(case_id=case.pk, standing=Standing.HELD).count() == 2
    page = reverse("patient:case", args=[case.pk])
    assert "One record seems to be another person" in said(ana.get(page))
    ana.post(at("study-ask", case.pk, study.pk))
    assert "One record that you called yours" in said(ana.get(page))


def test_she_reads_why_a_paper_was_set_aside_and_objects_once(ana, case):
    cake, desk = make.paper(case, path="torta.txt"), make.reader(cast.EVA, case)
    deciding.set_aside(desk, cake.pk, reason="a recipe for a cake", at=timezone.now())
    assert "a recipe for a cake" in said(ana.get(at("records", case.pk)))
    for _twice in range(2):
        ana.post(at("record-object", case.pk, cake.pk))
    assert Message.objects.get(case=case).text.startswith("You set “torta.txt” aside")
    assert "We look at it again" in said(ana.get(at("records", case.pk)))
    event = Event.objects.filter(case_id=case.pk, kind="record_changed").latest("sequence")
    assert (event.role, event.detail) == ("patient", {"code": "objected"})
    assert "the patient objects" in said(desk_room.at_work(cast.EVA).get(reverse("desk:case", args=[case.pk])))
    deciding.take_again(desk, cake.pk, at=timezone.now())
    cake.refresh_from_db()
    assert (cake.standing, cake.objected_at) == (Standing.TAKEN, None)


def test_she_reads_that_a_recipe_was_set_aside_and_takes_it_back_with_one_click(ana, case):
    send(
        ana, case, torta__txt=b"Apple cake\nFlour, sugar, butter, three eggs\nBake in the oven, one teaspoon of salt\n"
    )
    cake = Original.objects.get(case_id=case.pk)
    assert "By its words this file is no medical record" in said(ana.get(at("records", case.pk)))
    desk = desk_room.at_work(cast.EVA).get(reverse("desk:record", args=[case.pk, cake.pk]))
    assert "By its words this file is no medical record" in said(desk)
    assert "It counts among your records again" in said(ana.post(at("record-object", case.pk, cake.pk), follow=True))
    assert not Message.objects.filter(case=case).exists()
    assert at("naming", case.pk) in said(ana.get(at("records", case.pk)))


def test_a_study_that_is_no_record_is_set_aside_by_the_desk_and_she_objects(ana, case):
    send(ana, case, a=pictures())
    (study,) = Study.objects.filter(case_id=case.pk)
    eva, image = desk_room.at_work(cast.EVA), Original.objects.get(case_id=case.pk)
    assert eva.post(reverse("desk:study-set-aside", args=[case.pk, study.pk]), {"reason": ""}).status_code == 422
    eva.post(reverse("desk:study-set-aside", args=[case.pk, study.pk]), {"reason": "a picture of a dog"})
    image.refresh_from_db()
    assert (image.standing, image.reason) == (Standing.IGNORED, "not_medical")
    assert "a picture of a dog" in said(ana.get(at("records", case.pk)))
    assert ana.get(at("study", case.pk, study.pk)).status_code == 200
    ana.post(at("study-object", case.pk, study.pk))
    assert "the patient objects" in said(eva.get(reverse("desk:case", args=[case.pk])))
    assert "take it again" in said(eva.get(reverse("desk:study", args=[case.pk, study.pk])))
    eva.post(reverse("desk:study-take-again", args=[case.pk, study.pk]))
    image.refresh_from_db()
    assert image.standing == Standing.TAKEN


def test_what_was_removed_can_be_sent_again(ana, case):
    for content in (samples_formats.pdf(HERS), pictures()):
        send(ana, case, first=content)
        first = Original.objects.get(case_id=case.pk, standing=Standing.TAKEN)
        ana.post(at("record-remove", case.pk, first.pk))
        send(ana, case, again=content)
        again = Original.objects.get(case_id=case.pk, standing=Standing.TAKEN)
        ana.post(at("record-put-back", case.pk, first.pk))
        first.refresh_from_db()
        assert first.standing == Standing.DUPLICATE
        ana.post(at("record-remove", case.pk, again.pk))


def test_an_unreadable_file_says_why_and_what_to_do(ana, case):
    send(ana, case, mri__pdf=samples_formats.pdf(HERS)[:400])
    page = said(ana.get(at("records", case.pk)))
    assert "Cannot be read" in page
    assert "Send it again" in page


def test_a_page_of_a_record_is_a_picture_of_ours_that_runs_nothing(ana, case):
    send(ana, case, report__pdf=samples_formats.pdf(HERS))
    record = Original.objects.get(case_id=case.pk)
    assert "PATHOLOGY REPORT" in said(ana.get(at("record", case.pk, record.pk)))
    answer = ana.get(at("record-page", case.pk, record.pk, 1))
    assert answer.content.startswith(b"\x89PNG")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"].startswith("private")
    assert ana.get(at("record-page", case.pk, record.pk, 2)).status_code == 404


def test_the_original_is_saved_byte_for_byte_and_never_shown(ana, case):
    content = samples_formats.pdf(HERS)
    send(ana, case, report__pdf=content)
    record = Original.objects.get(case_id=case.pk)
    answer = ana.get(at("record-original", case.pk, record.pk))
    assert b"".join(answer.streaming_content) == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_the_preamble_of_an_outgoing_picture_is_zero(ana, case):
    content = pictures()
    send(ana, case, picture__dcm=b"#!/bin/sh\nexit\n".ljust(128, b"\n") + content[128:])
    for record in Original.objects.filter(case_id=case.pk).exclude(sha256=""):
        answer = ana.get(at("record-original", case.pk, record.pk))
        if record.media_type.startswith("application/dicom"):
            assert b"".join(answer.streaming_content) == bytes(128) + content[128:]


def test_a_study_is_seen_frame_by_frame_in_the_window_asked_for(ana, case):
    send(ana, case, picture__dcm=pictures())
    study = Study.objects.get(case_id=case.pk)
    page = said(ana.get(at("study", case.pk, study.pk)))
    assert 'data-count="1"' in page
    series = study.series.get()
    own = ana.get(at("record-frame", case.pk, series.pk, 0))
    other = ana.get(at("record-frame", case.pk, series.pk, 0) + "?wc=10&ww=4")
    assert own.content.startswith(b"\x89PNG")
    assert own.content != other.content
    assert ana.get(at("record-frame", case.pk, series.pk, 1)).status_code == 404
    assert ana.get(at("record-frame", case.pk, series.pk, 0) + "?wc=nan&ww=inf").status_code == 200


def test_another_patients_record_does_not_open_under_ones_own_case(ana, case):
    hers = make.case_collecting(cast.MALLORY)
    foreign = make.paper(hers)
    for name in ("record", "record-original"):
        assert ana.get(at(name, case.pk, foreign.pk)).status_code == 404
    assert ana.post(at("record-remove", case.pk, foreign.pk)).status_code == 404


def test_each_opening_is_written_down_before_it_is_answered_and_pages_turned_are_one_look(ana, case):
    send(ana, case, report__pdf=samples_formats.bound(HERS, ("Page 2 of 2", "Signed")))
    record = Original.objects.get(case_id=case.pk)
    for number in (1, 2, 1):
        ana.get(at("record-page", case.pk, record.pk, number))
    assert Event.objects.filter(kind="record_opened", entity_id=str(record.pk)).count() == 1
    ana.get(at("record-original", case.pk, record.pk))
    trail = said(ana.get(at("trail", case.pk)))
    assert "You" in trail
    assert "downloaded: report.pdf" in trail


def test_the_trail_names_the_desk_and_an_expert_only_once_she_has_accepted(django_assert_max_num_queries):
    case = make.case_invited(asked=(cast.WEBER,))
    ana = signed_in(cast.ANA)
    assert "Weber" not in said(ana.get(at("trail", case.pk) + "?all=1"))
    assert "Eva Lindner" in said(ana.get(at("trail", case.pk) + "?all=1"))
    from_now_on = make.reader(cast.WEBER, case)
    make.accept(from_now_on, at=make.NOON)
    with django_assert_max_num_queries(12):
        assert "Anna Weber" in said(ana.get(at("trail", case.pk) + "?all=1"))


@pytest.mark.parametrize("count", [10, 1000])
def test_the_page_asks_the_database_twelve_times_whatever_the_number_of_records(
    ana, case, count, django_assert_max_num_queries
):
    person = make.reader(cast.ANA, case).actor
    for number in range(count):
        standing = (Standing.TAKEN, Standing.HELD, Standing.UNREADABLE, Standing.IGNORED)[number % 4]
        came = records.Came(f"{number}.pdf", "0" * 64, 1, "application/pdf", standing, "damaged" if number % 4 else "")
        picture = records.Picture("1.2", "1.2.3", f"1.2.3.{number}", "1", "CT")
        paper = records.Paper(kind="lab_report")
        what = None if number % 4 > 1 else (picture if number % 3 else paper)
        records.keep(case.pk, came, what, actor=person, at=timezone.now())
    with django_assert_max_num_queries(12):
        assert ana.get(at("records", case.pk)).status_code == 200
    assert len(of_case(case.pk).studies) == 2


def test_a_study_with_a_left_out_image_says_so_to_her_and_to_the_desk(ana, case):
    slices = {
        f"i{number}": pictures(SOPInstanceUID=f"1.2.826.0.1.3680043.8.498.7{number}", InstanceNumber=number)
        for number in (1, 2, 4)
    }
    send(ana, case, **slices)
    study = Study.objects.get(case_id=case.pk)
    assert "missing images: 3" in said(ana.get(at("study", case.pk, study.pk)))
    desk = desk_room.at_work(cast.EVA).get(reverse("desk:study", args=[case.pk, study.pk]))
    assert "missing images: 3" in said(desk)
