"""A server that is killed after the last byte was safe and before the upload was closed loses nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast, make
from tests.make import NOON

from consilia.cases.access import Reader
from consilia.intake import actions, links
from consilia.intake.models import Upload, UploadLink, UploadState
from consilia.vault import actions as vault
from consilia.vault.staging import StagedId

pytestmark = pytest.mark.django_db
WORDS = b"Pathology report\nPatient: Ana Costa\n"


def left_behind(by: Reader) -> Upload:
    """All bytes are synced in the vault; the process dies before it closes the upload."""
    upload = actions.open_upload(by, path="report.txt", size=len(WORDS), key="k", at=NOON)
    vault.append(StagedId(upload.case_id, upload.staged_id), 0, [WORDS], at=NOON)
    return upload


def state(upload: Upload) -> str:
    return Upload.objects.get(pk=upload.pk).state


def test_who_asks_how_far_it_is_closes_it_by_asking() -> None:
    ana = make.reader(cast.ANA, make.case_collecting())
    upload = left_behind(ana)
    assert actions.progress(ana, upload.pk, at=NOON) == (len(WORDS), len(WORDS))
    assert state(upload) == UploadState.QUARANTINED


def test_a_hospital_that_closes_its_link_gives_nothing_up_that_is_whole() -> None:
    case = make.case_collecting()
    made = links.make(make.reader(cast.ANA, case), kind=UploadLink.Kind.HOSPITAL, label="Hospital", at=NOON)
    hospital = links.resolve(made.secret, at=NOON)
    upload = left_behind(hospital)
    links.finish(hospital, at=NOON)
    assert state(upload) == UploadState.QUARANTINED


def test_what_nobody_asks_about_is_closed_by_the_clock() -> None:
    upload = left_behind(make.reader(cast.ANA, make.case_collecting()))
    assert actions.close_left_behind(at=NOON) == 0
    assert actions.close_left_behind(at=NOON + timedelta(minutes=2)) == 1
    assert state(upload) == UploadState.QUARANTINED


def test_a_form_sent_again_takes_the_bytes_that_are_there() -> None:
    ana = make.reader(cast.ANA, make.case_collecting())
    left_behind(ana)
    again = actions.put_whole(ana, path="report.txt", chunks=[WORDS], size=len(WORDS), key="k", at=NOON)
    assert again.state == UploadState.QUARANTINED
