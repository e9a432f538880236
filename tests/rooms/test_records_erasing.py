"""What was removed more than thirty days ago is gone: bytes, words, copies and the archive it came in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast, make
from tests.make import NOON

from consilia.audit.models import Event
from consilia.cases.models import Case
from consilia.intake import jobs
from consilia.intake.models import Upload
from consilia.jobs import runner
from consilia.records import actions as records
from consilia.records import erasing
from consilia.records.models import Document, Original, Standing
from consilia.vault import actions as vault
from consilia.vault import places, queries
from consilia.vault.errors import Absent

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=31)
WORDS = b"Kanarienvogel"


def removed(case: Case, words: bytes = WORDS, **more: object) -> Original:
    record = make.paper(case, words, **more)
    return records.remove(case.pk, record.pk, reason="mine", actor=make.reader(cast.ANA, case).actor, at=NOON)


def night(at=LATER) -> None:
    jobs.find_old_removals({}, at=at)
    runner.drain(at)


def test_bytes_of_a_record_removed_a_month_ago_are_gone_and_a_line_stays() -> None:
    case = make.case_collecting()
    record, other = removed(case), make.paper(case)
    sha256 = record.sha256
    night(NOON + timedelta(days=29))
    assert queries.exists(case.pk, sha256)
    night()
    assert not list((places.objects() / str(case.pk)).rglob(sha256))
    with pytest.raises(Absent):
        queries.open_object(case.pk, sha256)
    assert queries.exists(case.pk, other.sha256)
    record.refresh_from_db()
    assert (record.path, record.sha256, record.claims, record.tombstone_at) == ("", "", [], LATER)
    assert not Document.objects.filter(original=record).exists()
    assert Event.objects.filter(case_id=case.pk, kind="record_erased").count() == 1
    night(LATER + timedelta(days=1))
    assert Event.objects.filter(case_id=case.pk, kind="record_erased").count() == 1


def test_bytes_that_she_sent_again_stay() -> None:
    case = make.case_collecting()
    record = removed(case)
    again = make.paper(case, WORDS, path="again.txt")
    night()
    assert queries.exists(case.pk, again.sha256)
    record.refresh_from_db()
    assert record.tombstone_at == LATER


def test_bytes_stored_again_after_the_erasure_are_wanted_again() -> None:
    case = make.case_collecting()
    sha256 = removed(case).sha256
    night()
    assert make.paper(case, WORDS).sha256 == sha256
    assert (case.pk, sha256) not in vault.erased_objects()
    vault.sweep(older_than=timedelta(days=7), at=LATER)
    assert queries.exists(case.pk, sha256)


def test_a_copy_and_the_archive_that_held_it_go_with_it() -> None:
    case = make.case_collecting()
    record = removed(case)
    upload = make.unknown_id()
    copy = make.paper(case, WORDS, path="copy.txt", standing=Standing.DUPLICATE)
    box = make.paper(case, b"ZIP with " + WORDS, path="box.zip", standing=Standing.IGNORED)
    Original.objects.filter(pk=copy.pk).update(duplicate_of=record)
    Original.objects.filter(pk__in=[record.pk, box.pk]).update(upload_id=upload)
    Original.objects.filter(pk=box.pk).update(reason="unpacked")
    night()
    assert not list((places.objects() / str(case.pk)).rglob(record.sha256))
    assert not list((places.objects() / str(case.pk)).rglob(box.sha256))
    assert not Original.objects.filter(case_id=case.pk, path="copy.txt").exists()
    assert Original.objects.get(pk=box.pk).sha256 == ""


@pytest.mark.parametrize("hold", ["case", "patient", "record", "upload"])
def test_a_legal_hold_or_an_upload_under_way_keeps_it(hold: str) -> None:
    case = make.case_collecting()
    record = removed(case)
    if hold == "upload":
        Upload.objects.create(case=case, path="x", size=1, key="k", staged_id=make.unknown_id(), opened_at=NOON)
    held = {"case": case, "patient": case.patient, "record": record}.get(hold)
    if held is not None:
        held.legal_hold = True
        held.save(update_fields=["legal_hold"])
    night()
    assert queries.exists(case.pk, record.sha256)


def test_an_erasure_killed_before_its_bytes_went_is_completed_by_the_sweep() -> None:
    case = make.case_collecting()
    record = removed(case)
    places.tombstones().mkdir(parents=True, exist_ok=True)
    (places.tombstones() / f"{case.pk}.{record.sha256}").write_text("{}")
    vault.sweep(older_than=timedelta(days=7), at=LATER)
    assert not queries.exists(case.pk, record.sha256)


def test_an_older_backup_brings_neither_bytes_nor_words_back() -> None:
    case = make.case_collecting()
    record = make.paper(case, WORDS)
    place = places.objects() / str(case.pk) / record.sha256
    sealed = place.read_bytes()
    records.remove(case.pk, record.pk, reason="mine", actor=make.reader(cast.ANA, case).actor, at=NOON)
    night()
    place.write_bytes(sealed)  # the backup's object and row, as they were before she removed it
    Original.objects.filter(pk=record.pk).delete()
    back = make.Original.objects.create(
        case_id=case.pk, path="hers.txt", sha256=place.name, size=3, standing=Standing.TAKEN, received_at=NOON
    )
    erasing.replay(vault.erased_objects(), at=LATER)
    assert not place.exists()
    back.refresh_from_db()
    assert (back.path, back.sha256, back.standing) == ("", "", Standing.REMOVED)
    assert erasing.due(LATER) == []
