"""Several documents in one file: each stands for itself; another person's pages reach nobody but her and the desk."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests import cast, make, samples_formats
from tests import expert_opinion as write
from tests.expert_pages import signed_in
from tests.pages.desk_room import at_work

from consilia.cases.models import Case
from consilia.intake import actions, jobs
from consilia.intake.models import Upload, UploadState
from consilia.jobs import runner
from consilia.kernel.refusal import NotFound
from consilia.records import actions as records
from consilia.records import erasing, nursery, pictures, readings
from consilia.records.models import Original, Standing
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries

pytestmark = pytest.mark.django_db

HERS = (
    "Hospital da Luz Clara",
    "Patient: Ana Costa   Date of birth: 09/05/1971",
    "Pathology report",
    "Date: 25/10/2026",
    "Invasive carcinoma of the left breast",
)
MORE = ("Page 2 of 2", "The margins are free of tumour")
BLOOD = (
    "Laboratorio Central",
    "Patient: Ana Costa   Date of birth: 09/05/1971",
    "Laboratory report",
    "Date: 26/10/2026",
    "Haemoglobin 12.1 g/dL 12.0-16.0",
    "Leucocytes 6.4 10^9/L 4.0-10.0",
    "Platelets 251 10^9/L 150-400",
    "Creatinine 0.71 mg/dL 0.50-1.00",
    "Sodium 139 mmol/L 135-145",
    "C-reactive protein 3.2 mg/L 0.0-5.0",
)
CANARY = "Quetzalcoatl"
ANOTHERS = (
    "Laboratorio Central",
    f"Patient: Bruno {CANARY}   Date of birth: 24/11/1949",
    "Laboratory report",
    "Date: 26/10/2026",
    f"Potassium 4.4 mmol/l {CANARY}",
)
NOBODYS = ("Page 1 of 1", "Follow-up note", "Date: 13/10/2026", "The wound heals well")


@pytest.fixture
def case() -> Case:
    return make.case_in_review(at=write.now())


def send(case: Case, *papers: tuple[str, ...], path: str = "scan.pdf") -> Upload:
    content = samples_formats.bound(*papers)
    her = make.reader(cast.ANA, case, at=write.now())
    upload = actions.put_whole(her, path=path, chunks=[content], size=len(content), key=path, at=write.now())
    runner.drain(write.now())
    return Upload.objects.get(pk=upload.pk)


def stands(case: Case) -> dict[str, str]:
    return dict(Original.objects.filter(case_id=case.pk, upload_id__isnull=False).values_list("path", "standing"))


def part(case: Case, path: str) -> Original:
    return Original.objects.select_related("document").get(case_id=case.pk, path=path)


def words(record: Original) -> str:
    return "\n".join(line.text for page in pictures.text(record) for line in page.lines)


def ana() -> Client:
    client = Client()
    client.force_login(make.person(cast.ANA))
    return client


def test_two_documents_of_one_patient_stand_each_for_itself(case):
    send(case, HERS, MORE, BLOOD)
    assert stands(case) == {
        "scan.pdf": Standing.IGNORED,
        "scan.pdf (1-2)": Standing.TAKEN,
        "scan.pdf (3)": Standing.TAKEN,
    }
    letter, blood = part(case, "scan.pdf (1-2)"), part(case, "scan.pdf (3)")
    assert (letter.document.kind, letter.document.document_date, letter.document.pages) == (
        "pathology_report", date(2026, 10, 25), 2,
    )  # fmt: skip
    assert (blood.document.kind, blood.document.document_date, blood.document.pages) == (
        "lab_report", date(2026, 10, 26), 1,
    )  # fmt: skip
    assert "margins" in words(letter)
    assert "Haemoglobin" not in words(letter)
    assert [page.number for page in pictures.text(blood)] == [1]


def test_the_file_stays_one_and_as_it_came(case):
    upload = send(case, HERS, BLOOD)
    assert {row.sha256 for row in Original.objects.filter(upload_id=upload.pk)} == {
        hashlib.sha256(samples_formats.bound(HERS, BLOOD)).hexdigest()
    }


def test_the_pages_of_another_person_are_held_and_hers_are_used(case):
    send(case, HERS, ANOTHERS, BLOOD)
    assert stands(case) == {
        "scan.pdf": Standing.IGNORED,
        "scan.pdf (1)": Standing.TAKEN,
        "scan.pdf (2)": Standing.HELD,
        "scan.pdf (3)": Standing.TAKEN,
    }
    assert part(case, "scan.pdf (2)").identity == "mismatch"
    whole = Original.objects.get(case_id=case.pk, path="scan.pdf")
    assert (whole.claims, whole.identity_reasons, hasattr(whole, "document")) == ([], [], False)
    for path in ("scan.pdf (1)", "scan.pdf (3)"):
        assert CANARY not in readings.READING.dump_json(readings.of(part(case, path))).decode()


def test_a_page_that_names_only_another_person_begins_a_part_of_its_own(case):
    send(case, HERS, (f"Patient: Bruno {CANARY}", "page two of some letter"))
    assert stands(case)["scan.pdf (2)"] == Standing.HELD


def test_pages_that_name_nobody_beside_another_persons_are_held(case):
    send(case, HERS, ANOTHERS, NOBODYS)
    held = part(case, "scan.pdf (3)")
    assert (held.standing, held.reason, held.identity) == (Standing.HELD, "beside_another", "suspect")
    send(case, BLOOD, NOBODYS, path="clean.pdf")
    assert stands(case)["clean.pdf (2)"] == Standing.TAKEN


def addresses(case: Case, record: Original, pages: range) -> list[str]:
    found = [reverse("expert:record", args=[case.pk, record.pk])]
    found += [f"{found[0]}?page={number}" for number in pages]
    return found + [reverse("expert:page", args=[case.pk, record.pk, number]) for number in pages]


def test_an_expert_meets_another_persons_page_under_no_address(case):
    send(case, HERS, ANOTHERS, BLOOD)
    weber = signed_in(cast.WEBER)
    whole, hers, other = (part(case, f"scan.pdf{end}") for end in ("", " (1)", " (2)"))
    for address in (*addresses(case, other, range(4)), *addresses(case, whole, range(4))):
        assert weber.get(address).status_code == 404, address
    for number in (0, 2, 3):
        assert weber.get(reverse("expert:page", args=[case.pk, hers.pk, number])).status_code == 404
    uncover = reverse("expert:uncover", args=[case.pk, other.pk, 1])
    assert weber.post(uncover, {"reason": "to compare the names"}).status_code == 404
    uncover = reverse("expert:uncover", args=[case.pk, hers.pk, 2])
    assert weber.post(uncover, {"reason": "to compare the names"}).status_code == 404
    assert weber.get(reverse("expert:page", args=[case.pk, hers.pk, 1])).status_code == 200
    table = weber.get(reverse("expert:table", args=[case.pk])).content.decode()
    assert str(hers.pk) in table
    assert not any(hidden in table for hidden in (str(other.pk), str(whole.pk), CANARY))
    for record, number in ((hers, 1), (hers, 3)):
        shown = weber.get(reverse("expert:record", args=[case.pk, record.pk]), {"page": number})
        assert CANARY not in shown.content.decode()
    for name in ("record", "record-page", "record-original"):
        for record in (whole, hers, other):
            ids = [case.pk, record.pk, *([1] if name == "record-page" else [])]
            assert weber.get(reverse(f"patient:{name}", args=ids)).status_code == 404


def test_no_page_beyond_a_part_is_drawn_whoever_asks(case, tmp_path):
    send(case, HERS, ANOTHERS, BLOOD)
    hers = part(case, "scan.pdf (1)")
    for number in (0, 2, 3):
        with pytest.raises(NotFound):
            pictures.page(hers, number)
    alone = tmp_path / "alone.pdf"
    alone.write_bytes(samples_formats.bound(HERS))
    with alone.open("rb") as file:
        assert pictures.page(hers, 1) == nursery.shared().render_page(file.fileno(), "application/pdf", 1)


def test_words_and_pictures_that_were_swept_are_made_again_from_its_own_pages(case):
    send(case, HERS, ANOTHERS, BLOOD)
    blood = part(case, "scan.pdf (3)")
    before = words(blood), pictures.page(blood, 1)
    vault.drop_derived(case.pk)
    assert (words(blood), pictures.page(blood, 1)) == before
    assert CANARY not in words(blood)


def test_the_patient_and_the_desk_see_the_held_pages_and_decide(case):
    send(case, HERS, ANOTHERS)
    other = part(case, "scan.pdf (2)")
    shown = ana().get(reverse("patient:record", args=[case.pk, other.pk])).content.decode()
    assert CANARY in shown
    assert "Page 2 of scan.pdf" in shown
    saved = ana().get(reverse("patient:record-original", args=[case.pk, other.pk]))
    assert saved.headers["Content-Disposition"] == 'attachment; filename="scan.pdf"'
    assert ana().get(reverse("patient:record-page", args=[case.pk, other.pk, 1])).status_code == 200
    assert ana().get(reverse("patient:record-page", args=[case.pk, other.pk, 2])).status_code == 404
    assert CANARY in ana().get(reverse("patient:records", args=[case.pk])).content.decode()
    desk = at_work(cast.PRIYA)
    assert desk.get(reverse("desk:page", args=[case.pk, other.pk, 1])).status_code == 200
    assert desk.get(reverse("desk:page", args=[case.pk, other.pk, 2])).status_code == 404
    ana().post(reverse("patient:record-remove", args=[case.pk, other.pk]))
    assert stands(case) == {
        "scan.pdf": Standing.IGNORED, "scan.pdf (1)": Standing.TAKEN, "scan.pdf (2)": Standing.REMOVED,
    }  # fmt: skip
    ana().post(reverse("patient:record-put-back", args=[case.pk, other.pk]))
    assert stands(case)["scan.pdf (2)"] == Standing.HELD


def test_the_file_itself_is_named_among_what_was_set_aside_with_the_reason(case):
    send(case, HERS, BLOOD)
    shown = ana().get(reverse("patient:records", args=[case.pk])).content.decode()
    assert "This file holds several documents" in shown
    assert "of a CD or a computer" not in shown


def test_the_same_file_again_is_folded_document_by_document(case):
    send(case, HERS, ANOTHERS)
    send(case, HERS, ANOTHERS, path="again.pdf")
    assert (stands(case)["again.pdf (1)"], stands(case)["again.pdf (2)"]) == (Standing.DUPLICATE, Standing.DUPLICATE)
    assert part(case, "again.pdf (2)").duplicate_of == part(case, "scan.pdf (2)")


def test_a_document_that_came_alone_before_is_folded(case):
    send(case, BLOOD, path="blood.pdf")
    send(case, HERS, BLOOD)
    assert stands(case)["scan.pdf (2)"] == Standing.DUPLICATE


def test_sorting_again_changes_nothing(case):
    upload = send(case, HERS, ANOTHERS)
    before = list(Original.objects.filter(case_id=case.pk).values_list("pk", "path", "standing"))
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.QUARANTINED)
    jobs.sort({"upload": str(upload.pk)}, at=write.now())
    assert list(Original.objects.filter(case_id=case.pk).values_list("pk", "path", "standing")) == before


def test_a_file_whose_documents_were_all_removed_can_be_sent_again(case):
    first = send(case, HERS, BLOOD)
    for end in (" (1)", " (2)"):
        ana().post(reverse("patient:record-remove", args=[case.pk, part(case, f"scan.pdf{end}").pk]))
    again = send(case, HERS, BLOOD)
    assert again.pk != first.pk
    fresh = Original.objects.filter(upload_id=again.pk, first_page__isnull=False)
    assert [row.standing for row in fresh] == [Standing.TAKEN, Standing.TAKEN]
    removed = Original.objects.filter(upload_id=first.pk, first_page=1).get()
    ana().post(reverse("patient:record-put-back", args=[case.pk, removed.pk]))
    removed.refresh_from_db()
    assert removed.duplicate_of == fresh.get(first_page=1)


def erase(case: Case, path: str) -> None:
    actor = make.reader(cast.ANA, case, at=write.now()).actor
    records.remove(case.pk, part(case, path).pk, reason="by_patient", actor=actor, at=write.now())
    later = write.now() + timedelta(days=31)
    assert erasing.erase(case.pk, part(case, path).pk, actor=actor, at=later)


def test_erased_pages_leave_no_word_and_the_file_goes_with_its_last_document(case):
    upload = send(case, HERS, ANOTHERS)
    sha256, other = part(case, "scan.pdf").sha256, part(case, "scan.pdf (2)")
    pictures.page(other, 1)
    erase(case, "scan.pdf (2)")
    assert vault_queries.get_derived(case.pk, f"reading:{other.pk}") is None
    assert vault_queries.get_derived(case.pk, f"page:{other.pk}:1") is None
    assert vault_queries.exists(case.pk, sha256)
    assert CANARY not in str(list(Original.objects.filter(upload_id=upload.pk).values()))
    erase(case, "scan.pdf (1)")
    assert not vault_queries.exists(case.pk, sha256)
    assert part(case, "scan.pdf").sha256 == ""
