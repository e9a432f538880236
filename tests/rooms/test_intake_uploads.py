"""What becomes of what is sent: nothing is lost, nothing is taken twice, nothing of another person is taken."""

from __future__ import annotations

import pytest
from tests import cast, make, samples_formats
from tests.make import HOUR, NOON

from consilia.cases.models import Case
from consilia.intake import actions, arriving, deciding, identity, jobs, sorting
from consilia.intake.actions import clean_path
from consilia.intake.identity import Claimed, Identity, Whose
from consilia.intake.models import Upload, UploadState
from consilia.jobs import runner
from consilia.kernel.refusal import NotFound, Refused
from consilia.notify.models import Message
from consilia.records import imaging
from consilia.records.models import Instance, Original, Standing
from consilia.vault import actions as vault
from consilia.vault.errors import WrongOffset

pytestmark = pytest.mark.django_db
ANAS = {"PatientName": "COSTA^ANA", "PatientBirthDate": "19710509", "PatientID": "77"}


@pytest.fixture
def case():
    return make.case_collecting()


@pytest.fixture
def ana(case):
    return make.reader(cast.ANA, case)


def send(ana, path: str, content: bytes) -> Upload:
    upload = actions.put_whole(ana, path=path, chunks=[content], size=len(content), key=path, at=NOON)
    runner.drain(NOON)
    upload.refresh_from_db()
    return upload


def standings(case) -> dict[str, str]:
    return dict(Original.objects.filter(case_id=case.pk).values_list("path", "standing"))


def test_a_file_that_broke_off_is_never_taken_for_a_whole_one(ana):
    with pytest.raises(Refused) as refused:
        actions.put_whole(ana, path="a.txt", chunks=[b"half"], size=8, key="a", at=NOON)
    assert [reason.code for reason in refused.value.refusals] == ["incomplete"]
    upload = actions.put_whole(ana, path="a.txt", chunks=[b"half", b"more"], size=8, key="a", at=NOON)
    assert (upload.state, upload.size) == (UploadState.QUARANTINED, 8)


def test_a_finished_upload_takes_nothing_more(ana):
    upload = send(ana, "a.txt", b"words")
    with pytest.raises(WrongOffset):
        actions.append(ana, upload.pk, 0, [b"other"], at=NOON)


def test_an_upload_that_was_given_up_is_gone(ana):
    upload = actions.open_upload(ana, path="a", size=5, key="a", at=NOON)
    actions.discard(ana, upload.pk, at=NOON)
    with pytest.raises(NotFound):
        actions.progress(ana, upload.pk, at=NOON)
    assert actions.open_upload(ana, path="a", size=5, key="a", at=NOON).pk != upload.pk


def test_every_entry_of_an_archive_stands_somewhere_even_two_of_one_name(case, ana):
    entries = {"a.txt": b"Pathology report one", "folder/../../b.txt": b"out", "link@": b"a.txt"}
    archive = samples_formats.zipped(entries)
    twice = archive.replace(b"a.txt", b"z.txt")  # the same length: only the names differ
    send(ana, "CD.zip", archive)
    send(ana, "two.zip", samples_formats.zipped({"x.zip": archive, "y.zip": twice}))
    found = standings(case)
    assert found["CD.zip"] == Standing.IGNORED
    assert found["CD/a.txt"] == Standing.TAKEN
    assert found["CD/folder/b.txt"] == Standing.UNREADABLE
    assert found["CD/link"] == Standing.UNREADABLE
    assert found["two/x.zip/a.txt"] == Standing.DUPLICATE


def test_two_entries_of_one_path_get_a_number():
    names = arriving.Names("CD.ZIP")
    assert [names.of("a"), names.of("a"), names.of("../a"), names.of("\x00")] == [
        "CD/a", "CD/a (2)", "CD/a (3)", "CD/file without a name",
    ]  # fmt: skip


def test_sorting_again_changes_nothing(case, ana):
    upload = send(
        ana, "CD.zip", samples_formats.zipped({"a.txt": b"Pathology report", "b.dcm": samples_formats.dicom(**ANAS)})
    )
    before = list(Original.objects.filter(case_id=case.pk).values_list("pk", "path", "standing"))
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.QUARANTINED)
    jobs.sort({"upload": str(upload.pk)}, at=NOON + HOUR)
    assert list(Original.objects.filter(case_id=case.pk).values_list("pk", "path", "standing")) == before
    assert Instance.objects.count() == 1


def test_unpacked_files_do_not_stay_on_the_disk(ana, settings):
    send(ana, "CD.zip", samples_formats.zipped({"a.txt": b"Pathology report"}))
    assert list((settings.CONSILIA_HOME / "tmp").glob("sort-*")) == []


def test_the_sweep_forgets_unpacked_files_of_a_killed_worker(settings):
    left = settings.CONSILIA_HOME / "tmp" / "sort-left"
    left.mkdir(parents=True)
    (left / "000001").write_bytes(b"words")
    jobs.sweep({}, at=NOON.replace(year=NOON.year + 1))
    assert not left.exists()


def test_a_picture_that_names_itself_in_two_ways_waits_for_a_person(case, ana):
    name = samples_formats.INSTANCE.encode()
    send(ana, "a.dcm", samples_formats.dicom(**ANAS).replace(name, name[:-1] + b"9", 1))
    original = Original.objects.get(case_id=case.pk)
    assert (original.standing, original.reason) == (Standing.HELD, "meta_differs")


def test_the_same_picture_under_two_names_is_taken_once(case, ana):
    send(ana, "a.dcm", samples_formats.dicom(**ANAS))
    send(ana, "b.dcm", samples_formats.dicom(**ANAS, StudyDescription="Other"))
    assert sorted(standings(case).values()) == [Standing.DUPLICATE, Standing.TAKEN]


def test_a_folder_of_held_files_is_one_message_a_day(case, ana):
    for number in range(3):
        send(ana, f"{number}.pdf", samples_formats.pdf((f"Patient: Rosa Lima  Date of birth: 01/02/196{number}",)))
    assert set(standings(case).values()) == {Standing.HELD}
    assert Message.objects.filter(kind="record_held").count() == 1


def test_an_upload_whose_sorting_was_given_up_says_so(case, ana, monkeypatch):
    def broken(*_words: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(jobs, "whose_case", broken)
    upload = actions.put_whole(ana, path="a.txt", chunks=[b"words"], size=5, key="a", at=NOON)
    at = NOON
    for _attempt in range(6):
        runner.drain(at, quiet=True)
        at += 24 * HOUR
    jobs.note_failed({}, at=at)
    upload.refresh_from_db()
    assert upload.state == UploadState.FAILED


def test_nothing_is_kept_of_a_case_that_was_erased_meanwhile(case, ana):
    upload = actions.put_whole(ana, path="a.txt", chunks=[b"words"], size=5, key="a", at=NOON)
    vault.erase_case(case.pk, at=NOON)
    runner.drain(NOON)
    assert not Original.objects.filter(upload_id=upload.pk).exists()


def test_words_of_strangers_lose_what_a_database_refuses():
    assert sorting.told("Ana\x00 Co\ud800sta\u202e") == "Ana Costa"
    assert sorting.whole(2**40) is None
    assert clean_path("/../C:\\x\\\x07y.pdf") == "C:/x/y.pdf"


def test_a_birth_date_that_nobody_can_read_is_no_other_birth_date():
    whose = Whose("Ana", "Costa", make.person(cast.ANA) and cast.ANA.birth_date)
    name, birth = Claimed("name", "COSTA ANA"), Claimed("birth_date", "9 of May")
    assert identity.judge([name, birth], whose).identity is Identity.PROBABLE
    assert identity.judge([birth], whose).identity is Identity.SUSPECT


def test_no_record_leaves_a_case_whose_opinion_is_signed(case, ana):

    record = make.paper(case)
    Case.objects.filter(pk=case.pk).update(state="signed")
    with pytest.raises(Refused):
        deciding.remove(ana, record.pk, at=NOON)


def test_thousands_of_entries_that_stay_in_an_archive_are_named_once(case, ana):
    send(ana, "CD.zip", samples_formats.zipped({f"{number}@": b"a.txt" for number in range(arriving.MOST_ALIKE + 50)}))
    found = standings(case)
    assert len(found) == arriving.MOST_ALIKE + 2
    assert found["CD/50 more entries like these"] == Standing.UNREADABLE


def put(ana, path: str, content: bytes) -> Upload:
    return actions.put_whole(ana, path=path, chunks=[content], size=len(content), key=path, at=NOON)


def slices(count: int) -> dict[str, bytes]:
    shared = {**ANAS, "StudyInstanceUID": "1.2.9.1", "SeriesInstanceUID": "1.2.9.2"}
    return {
        f"CD/IM{number}": samples_formats.dicom(**shared, SOPInstanceUID=f"1.2.9.3.{number}") for number in range(count)
    }


def test_the_files_of_a_folder_are_sorted_together(case, ana, django_assert_max_num_queries):
    uploads = [put(ana, path, content) for path, content in slices(30).items()]
    uploads.append(put(ana, "CD/same", slices(1)["CD/IM0"]))
    with django_assert_max_num_queries(70):  # however many files there are
        jobs.sort({"upload": str(uploads[0].pk)}, at=NOON)
    assert set(Upload.objects.values_list("state", flat=True)) == {UploadState.SORTED}
    found = standings(case)
    assert found.pop("CD/same") == Standing.DUPLICATE
    assert set(found.values()) == {Standing.TAKEN}
    assert Instance.objects.count() == 30
    begun = runner.drain(NOON)
    assert begun <= 3  # the first, whose upload is sorted already; the conclusions
    kept = Original.objects.filter(upload_id=uploads[3].pk)
    assert list(kept.values_list("path", flat=True)) == ["CD/IM3"]


def test_a_file_that_breaks_the_work_costs_only_itself(case, ana, monkeypatch):
    judge = sorting.sort

    def broken(found, *rest):
        if found.path == "b.txt":
            raise RuntimeError
        return judge(found, *rest)

    monkeypatch.setattr(sorting, "sort", broken)
    uploads = {name: put(ana, name, b"Pathology report of " + name.encode()) for name in ("a.txt", "b.txt", "c.txt")}
    at = NOON
    for _attempt in range(6):
        runner.drain(at, quiet=True)
        at += HOUR
    states = {name: Upload.objects.get(pk=upload.pk).state for name, upload in uploads.items()}
    assert states == {"a.txt": "sorted", "b.txt": "quarantined", "c.txt": "sorted"}
    assert set(standings(case)) == {"a.txt", "c.txt"}


def test_large_uploads_are_sorted_alone(case, ana, monkeypatch):
    monkeypatch.setattr(jobs, "SMALL", 10)
    first, other = put(ana, "a.txt", b"Pathology report"), put(ana, "b.txt", b"Small")
    jobs.sort({"upload": str(first.pk)}, at=NOON)
    other.refresh_from_db()
    assert other.state == UploadState.QUARANTINED


def test_headers_of_pictures_are_kept_by_the_reading_that_took_them(case, ana, monkeypatch):
    monkeypatch.setattr(imaging, "_described_now", pytest.fail)  # nobody reads the file a second time
    send(ana, "CD.zip", samples_formats.zipped(slices(3)))
    (instance, *_rest) = instances = list(imaging.pictures(case.pk))
    assert [one.model[:1] for one in imaging.described(instances) if one] == ["{"] * 3
    assert imaging.frames(instance, [1])[1][0]
