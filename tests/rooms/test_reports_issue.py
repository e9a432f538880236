"""A signed opinion becomes a report once, however often the work is begun, and the case is delivered then."""

from __future__ import annotations

import hashlib

import pytest
from tests import cast, make
from tests.pure.reports_sample import needs_fonts
from tests.rooms import reports_room as room
from tests.rooms.reports_room import SIGNED_AT

from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.cases.models import Case
from consilia.cases.states import State
from consilia.jobs import runner
from consilia.jobs.models import Job
from consilia.kernel.refusal import NotFound, Refused
from consilia.notify.models import Message
from consilia.reports import actions, erasure, issuing, jobs, pdf_keys, queries, verification
from consilia.reports.models import PdfKey, Report
from consilia.reports.verified import Reason
from consilia.vault import queries as vault

pytestmark = [pytest.mark.django_db, needs_fonts]


def content(case: Case, sha256: str) -> bytes:
    with vault.open_object(case.pk, sha256) as stored:
        return stored.whole()


def events(case: Case, kind: Kind) -> int:
    return Event.objects.filter(case_id=case.pk, kind=kind.value).count()


def test_a_signed_opinion_is_issued_and_delivered_once_however_often_it_is_begun() -> None:
    case = room.signed()
    (seal,) = room.seals(case)
    first = issuing.issue(seal.pk, at=SIGNED_AT)
    again = issuing.issue(seal.pk, at=SIGNED_AT)
    assert first.pk == again.pk
    assert Report.objects.filter(case=case).count() == 1
    assert Case.objects.get(pk=case.pk).state == State.DELIVERED
    assert events(case, Kind.REPORT_ISSUED) == events(case, Kind.REPORT_DELIVERED) == 1
    assert Message.objects.filter(case_id=case.pk, kind="delivered").count() == 1


def test_the_paper_is_signed_and_holds_the_sealed_bytes() -> None:
    case = room.delivered()
    (seal,) = room.seals(case)
    paper = content(case, seal.report.pdf_sha256)
    found = verification.verify(paper, pdf_keys.trust_root())
    assert (found.reason, found.sha256, found.check_code) == (Reason.INTACT, seal.sha256, seal.check_code)
    assert found.signed_at == SIGNED_AT
    attached = verification.attached(paper)
    assert attached is not None
    assert hashlib.sha256(attached).hexdigest() == seal.sha256


def test_work_that_was_killed_after_the_vault_and_before_the_row_leaves_one_report() -> None:
    case = room.signed()
    (seal,) = room.seals(case)
    lost = issuing.make(seal, at=SIGNED_AT)  # rendered and signed, then killed
    report = issuing.issue(seal.pk, at=SIGNED_AT)
    kept = content(case, report.pdf_sha256)
    assert lost.fhir == content(case, report.fhir_sha256)
    assert verification.attached(lost.pdf) == verification.attached(kept)


def test_a_case_with_two_experts_is_delivered_when_both_reports_are_there() -> None:
    case = room.signed(asked=(cast.WEBER, cast.LEVI))
    one, other = room.seals(case)
    issuing.issue(one.pk, at=SIGNED_AT)
    assert Case.objects.get(pk=case.pk).state == State.SIGNED
    issuing.issue(other.pk, at=SIGNED_AT)
    assert Case.objects.get(pk=case.pk).state == State.DELIVERED
    assert PdfKey.objects.count() == 2


def test_nobody_reads_a_report_before_it_is_delivered() -> None:
    case = room.signed(asked=(cast.WEBER, cast.LEVI))
    seal = room.seals(case)[0]
    issuing.issue(seal.pk, at=SIGNED_AT)
    with pytest.raises(NotFound):
        queries.report(reader=make.reader(cast.ANA, case))
    with pytest.raises(Refused):
        actions.download(make.reader(cast.ANA, case), seal.pk, "pdf", at=SIGNED_AT)


def test_a_forgotten_seal_is_found_by_the_clock() -> None:
    case = room.signed()
    jobs.issue_signed({}, at=SIGNED_AT)
    jobs.issue_signed({}, at=SIGNED_AT)
    assert Job.objects.filter(name="reports.issue").count() == 1
    runner.drain(SIGNED_AT)
    assert Case.objects.get(pk=case.pk).state == State.DELIVERED


def test_a_case_erased_meanwhile_gets_no_report() -> None:
    case = room.delivered()
    (seal,) = room.seals(case)
    erasure.erase(make.reader(cast.ANA, case), at=SIGNED_AT)
    with pytest.raises(NotFound):
        issuing.issue(seal.pk, at=SIGNED_AT)
    jobs.issue({"seal": str(seal.pk)}, at=SIGNED_AT)
    assert not Report.objects.filter(case=case).exists()


def test_an_expert_signs_all_paper_with_one_certificate_until_it_is_about_to_end() -> None:
    expert = make.expert(cast.WEBER)
    first = pdf_keys.signer(expert, SIGNED_AT)
    assert pdf_keys.signer(expert, SIGNED_AT) == first
    later = pdf_keys.signer(expert, PdfKey.objects.get().made_at.replace(year=SIGNED_AT.year + 2))
    assert later.certificate != first.certificate
    assert PdfKey.objects.filter(revoked_at=None).count() == 1


def test_the_first_look_of_the_patient_is_her_read_receipt_and_every_file_leaves_a_trace() -> None:
    case = room.delivered()
    (seal,) = room.seals(case)
    her, desk = make.reader(cast.ANA, case), make.reader(cast.EVA, case)
    actions.note_reading(desk, queries.report(reader=desk).current, at=SIGNED_AT)
    assert Report.objects.get(seal=seal).first_read_at is None
    actions.note_reading(her, queries.report(reader=her).current, at=SIGNED_AT)
    assert Report.objects.get(seal=seal).first_read_at == SIGNED_AT
    assert actions.download(her, seal.pk, "pdf", at=SIGNED_AT).content.startswith(b"%PDF-1.7")
    assert actions.download(her, seal.pk, "sheet", at=SIGNED_AT).content.startswith(b"%PDF-1.7")
    assert events(case, Kind.REPORT_OPENED) == events(case, Kind.REPORT_DOWNLOADED) == 2


def test_another_patient_finds_no_report() -> None:
    case, other = room.delivered(), room.delivered(cast.MALLORY)
    (seal,) = room.seals(case)
    with pytest.raises(NotFound):
        queries.report(reader=make.reader(cast.MALLORY, other), opinion_id=seal.opinion_id)
    with pytest.raises(NotFound):
        actions.download(make.reader(cast.MALLORY, other), seal.pk, "pdf", at=SIGNED_AT)
