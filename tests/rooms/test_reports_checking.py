"""Paper in the hands of strangers: ours is known by its bytes, anything else is read in a locked child."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from tests import cast, make
from tests.pure import reports_sample as sample
from tests.pure.reports_sample import needs_fonts
from tests.rooms import reports_room as room
from tests.rooms.reports_room import SIGNED_AT

from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.cases.models import Case
from consilia.opinions import sealing
from consilia.reports import checking, erasure, issuing, verification
from consilia.reports.checking import Answer
from consilia.reports.verified import Reason
from consilia.vault import queries as vault

pytestmark = [pytest.mark.django_db, needs_fonts]


def paper(case: Case) -> bytes:
    (seal,) = [one for one in room.seals(case) if one.sequence == 0]
    with vault.open_object(case.pk, seal.report.pdf_sha256) as stored:
        return stored.whole()


def check(content: bytes) -> checking.Checked:
    return checking.paper(BytesIO(content), len(content))


def test_our_paper_is_genuine_and_says_who_signed_it_with_which_licence() -> None:
    case = room.delivered()
    found = check(paper(case))
    assert found.answer is Answer.GENUINE
    assert found.document is not None
    assert found.document.credentials.licence_number == cast.WEBER.number
    assert Event.objects.filter(case_id=case.pk, kind=Kind.REPORT_VERIFIED.value, role="anonymous").count() == 1


def test_a_code_alone_names_nobody_and_says_what_came_later() -> None:
    case = room.delivered()
    (seal,) = room.seals(case)
    found = checking.code(seal.check_code.lower().replace("-", " "))
    assert (found.answer, found.document, found.signed_by) == (Answer.KNOWN_CODE, None, "")
    expert = make.reader(cast.WEBER, case)
    at = SIGNED_AT + timedelta(days=2)
    sealing.add(expert, seal.opinion_id, reason="A result came", words="It stands.", method="totp", at=at)
    assert checking.code(seal.check_code).answer is Answer.SUPERSEDED
    sealing.add(expert, seal.opinion_id, reason="r", words="Taken back.", method="totp", at=at, withdraw=True)
    assert checking.code(seal.check_code).answer is Answer.WITHDRAWN
    assert check(paper(case)).answer is Answer.WITHDRAWN
    assert checking.code("7KQ4-M2XR-90TD").answer is checking.code("no code").answer is Answer.UNKNOWN


def test_a_changed_paper_is_known_as_changed() -> None:
    case = room.delivered()
    whole = bytearray(paper(case))
    whole[len(whole) // 2] ^= 1
    assert check(bytes(whole)).answer is Answer.CHANGED
    assert check(paper(case) + b"\n% more").answer is Answer.CHANGED


def test_the_locked_child_says_the_same_as_an_unlocked_reader() -> None:
    root = sample.authority().certificate
    whole = sample.signed()
    free = verification.verify(whole, root)
    locked = checking.in_child(whole, root)
    assert free.reason is locked.reason is Reason.INTACT
    assert (locked.signed_by, locked.signed_at, locked.sha256) == (free.signed_by, free.signed_at, free.sha256)


def test_paper_of_an_erased_case_is_whole_but_no_longer_known() -> None:
    case = room.delivered()
    whole = paper(case)
    erasure.erase(make.reader(cast.ANA, case), at=SIGNED_AT)
    found = check(whole)
    assert (found.answer, found.document) == (Answer.FORGOTTEN, None)


def test_other_files_get_a_calm_answer() -> None:
    room.delivered()
    assert check(b"no pdf at all").answer is Answer.UNREADABLE
    assert check(b"").answer is Answer.UNREADABLE
    assert check(sample.signed()).answer is Answer.UNKNOWN  # signed under another authority
    assert checking.paper(BytesIO(b"x"), checking.LARGEST + 1).answer is Answer.TOO_LARGE


def test_a_report_withdrawn_afterwards_tells_the_patient() -> None:
    case = room.delivered()
    (seal,) = room.seals(case)
    at = SIGNED_AT + timedelta(days=2)
    made = sealing.add(
        make.reader(cast.WEBER, case), seal.opinion_id, reason="r", words="Taken back.", method="totp", at=at,
        withdraw=True,
    )  # fmt: skip
    report = issuing.issue(made.pk, at=at)
    assert report.fhir_sha256
