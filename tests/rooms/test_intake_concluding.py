"""What the records of a case say together is drawn from what counts now, and follows each decision about a record."""

from __future__ import annotations

from itertools import chain

import pytest
from tests import cast, make
from tests.make import NOON

from consilia.intake import actions, concluding, deciding, jobs, naming
from consilia.jobs import runner
from consilia.kernel.refusal import Invalid
from consilia.records.models import Document, Original, Standing
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries

pytestmark = pytest.mark.django_db

BLOOD = b"""MSH|^~\\&|LAB|HOSPITAL|||20260302||ORU^R01|1|P|2.5
PID|1||77||COSTA^ANA||19710509|F
OBR|1|||24323-8^Comprehensive metabolic panel^LN|||20260302
OBX|1|NM|2345-7^Glucose^LN||5.4|mmol/L|3.9-5.8||||F|||20260302
"""
REPORT = b"""Radiology report
Patient: Ana Costa
Date of birth: 09.05.1971
Date: 02.03.2026
CT of the chest
Findings: a nodule of 9 mm in the right upper lobe.
Recommendation: PET-CT within four weeks.
"""


@pytest.fixture
def case():
    return make.case_collecting()


@pytest.fixture
def ana(case):
    return make.reader(cast.ANA, case)


def send(ana, **files: bytes) -> None:
    for name, content in files.items():
        path = name.replace("_", ".")
        actions.put_whole(ana, path=path, chunks=[content], size=len(content), key=path, at=NOON)
    runner.drain(NOON)


def test_values_course_and_open_recommendations_name_the_records_that_say_them(case, ana):
    send(ana, blood_hl7=BLOOD, ct_txt=REPORT)
    found = concluding.of_case(case.pk, at=NOON)
    ids = dict(Original.objects.filter(case_id=case.pk).values_list("path", "pk"))
    assert [(lab.value.analyte, lab.value.value, lab.value.unit) for lab in found.labs] == [
        ("Glucose", "5.4", "mmol/L")
    ]
    assert concluding.record_id(found.labs[0].path) == ids["blood.hl7"]
    assert [(concluding.record_id(one.recommended_in), one.done) for one in found.recommended] == [
        (ids["ct.txt"], False)
    ]
    assert {concluding.record_id(event.path) for event in found.course} == set(ids.values())


def test_the_worker_draws_them_so_that_no_page_waits(case, ana):
    send(ana, blood_hl7=BLOOD)
    assert vault_queries.get_derived(case.pk, concluding.NAME) is not None


def test_what_was_removed_says_nothing_any_more(case, ana):
    send(ana, blood_hl7=BLOOD)
    assert concluding.of_case(case.pk, at=NOON).labs
    deciding.remove(ana, Original.objects.get(case_id=case.pk).pk, at=NOON)
    assert not concluding.of_case(case.pk, at=NOON).labs


def test_what_a_person_corrected_holds(case, ana):
    send(ana, ct_txt=REPORT)
    Document.objects.update(kind="lab_report", document_date="2026-01-01")
    found = concluding.of_case(case.pk, at=NOON)
    assert [(event.kind, event.on) for event in found.course] == [("lab_report", "2026-01-01")]
    assert not found.recommended  # values recommend nothing


def test_lost_conclusions_are_drawn_again(case, ana):
    send(ana, blood_hl7=BLOOD)
    before = concluding.of_case(case.pk, at=NOON)
    vault.drop_derived(case.pk)
    assert concluding.of_case(case.pk, at=NOON) == before
    vault.put_derived(case.pk, concluding.NAME, b"{}")
    assert concluding.of_case(case.pk, at=NOON) == before


def test_held_records_say_nothing(case, ana):
    send(ana, blood_hl7=BLOOD.replace(b"COSTA^ANA||19710509", b"BIANCHI^LUCA||19500101"))
    assert Original.objects.get(case_id=case.pk).standing == Standing.HELD
    assert not concluding.of_case(case.pk, at=NOON).labs


ELSE = REPORT.replace(b"Ana Costa", b"Lucia Bianchi").replace(b"09.05.1971", b"01.01.1950")


def decided_by_her(ana, _desk, record):
    deciding.remove(ana, record, at=NOON)
    yield
    deciding.put_back(ana, record, at=NOON)


def decided_at_the_desk(_ana, desk, record):
    deciding.set_aside(desk, record, reason="no record of hers", at=NOON)
    yield
    deciding.take_again(desk, record, at=NOON)


def named(ana, _desk, record):
    naming.name(ana, record, kind="lab_report", on=None, at=NOON)
    yield
    naming.take_back(ana, record, at=NOON)


def held_at_the_desk(_ana, desk, record):
    deciding.keep_out(desk, [record], reason="another person's", at=NOON)
    yield
    deciding.let_back(desk, [record], at=NOON)
    yield
    deciding.release(desk, [record], reason="she called: it is hers", at=NOON)


@pytest.mark.parametrize(
    ("decisions", "content"),
    [(decided_by_her, REPORT), (decided_at_the_desk, REPORT), (named, REPORT), (held_at_the_desk, ELSE)],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_the_worker_draws_them_after_each_decision(case, ana, django_assert_num_queries, decisions, content):
    send(ana, ct_txt=content)
    desk = make.reader(cast.EVA, case)
    record = Original.objects.get(case_id=case.pk).pk
    for _decision in chain(decisions(ana, desk, record), [None]):
        runner.drain(NOON)
        with django_assert_num_queries(1):
            concluding.of_case(case.pk, at=NOON)


def test_of_many_decisions_the_worker_draws_the_last_and_the_others_leave_it_to_that_one(case, ana):
    send(ana, ct_txt=REPORT)
    before = vault_queries.get_derived(case.pk, concluding.NAME)
    deciding.remove(ana, Original.objects.get(case_id=case.pk).pk, at=NOON)
    jobs.conclude({"case": str(case.pk)}, at=NOON)
    assert vault_queries.get_derived(case.pk, concluding.NAME) == before
    runner.drain(NOON)
    assert vault_queries.get_derived(case.pk, concluding.NAME) != before


def test_a_decision_that_was_refused_asks_the_worker_for_nothing(case, ana):
    send(ana, ct_txt=REPORT)
    with pytest.raises(Invalid):
        deciding.set_aside(make.reader(cast.EVA, case), Original.objects.get().pk, reason="", at=NOON)
    assert runner.drain(NOON) == 0
