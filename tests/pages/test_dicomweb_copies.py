"""The files that an expert asks for by DICOMweb: copies of the pictures, in which nobody is named."""

from __future__ import annotations

import io

import pydicom
import pytest
from django.utils import timezone
from tests import expert_opinion, expert_pages, make
from tests.pages.test_dicomweb import ONE, SERIES, STUDY, parts, picture, send

from consilia.records import pseudonyms
from consilia.vault import actions as vault
from consilia.vault.errors import Erased
from consilia.web.dicomweb import kept

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_right_is_kept(monkeypatch):
    monkeypatch.setattr(kept, "SECONDS", 0)


def clear(number: int) -> bytes:
    """An original slice, as a scanner writes it."""
    kinds = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2", "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"]}
    return picture(number, **kinds, InstitutionName="Hospital da Luz", StudyDate="20260110")


def test_an_expert_s_files_are_copies_without_a_name():
    case = expert_opinion.in_review()
    send(case, clear(1), clear(2), picture(3))  # nobody says that nothing is burned into the third
    client = expert_pages.signed_in()
    root = f"/dicomweb/seats/{case.pk}"
    given = parts(client.get(f"{root}/studies/{STUDY}"))
    found = [pydicom.dcmread(io.BytesIO(content)) for _head, content in given]
    assert len(found) == 2
    for one, (_head, content) in zip(found, given, strict=True):
        text = content.decode("latin-1").upper()
        assert not any(word in text for word in ("COSTA", "19710509", "HOSPITAL", STUDY, SERIES))
        assert one.PatientIdentityRemoved == "YES"
        assert one.StudyDate < "20260110"
    assert sorted(int(one.pixel_array.max()) for one in found) == [1, 2]
    assert len({one.StudyInstanceUID for one in found}) == 1
    assert len({one.SOPInstanceUID for one in found}) == 2
    again = parts(client.get(f"{root}/studies/{STUDY}/series/{SERIES}"))
    assert [content for _head, content in again] == [content for _head, content in given]
    assert client.get(f"{root}/{ONE}", headers={"Accept": "text/html"}).status_code == 406


def test_other_cases_give_the_same_study_other_uids():
    first, second = make.case_collecting(), make.case_collecting()
    send(first, picture(1))
    send(second, picture(1))
    assert pseudonyms.subject(first.pk).uid(STUDY) != pseudonyms.subject(second.pk).uid(STUDY)
    vault.erase_case(second.pk, at=timezone.now())
    with pytest.raises(Erased):
        pseudonyms.subject(second.pk)
