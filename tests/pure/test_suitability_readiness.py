"""Readiness: what is here, half here, too old or missing, and why."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consilia import suitability
from consilia.clinical import library
from consilia.suitability import ItemState, PresentRecord

HOLD = library.load()
BREAST = HOLD.checklist("breast_cancer")
TODAY = date(2026, 10, 12)

MAMMOGRAPHY = PresentRecord("radiology_report", date(2026, 9, 2), "Referto: mammografia bilaterale", "m1")
MAMMOGRAPHY_IMAGES = PresentRecord("imaging_study", date(2026, 9, 2), modality="MG", record_id="m2")
TISSUE = PresentRecord("pathology_report", date(2026, 9, 18), "Esame istologico", "p1")

a_record = st.builds(
    PresentRecord,
    kind=st.sampled_from((*HOLD.kinds(), "imaging_study")),
    on=st.none() | st.dates(date(2020, 1, 1), TODAY),
    title=st.sampled_from(
        ["", "Mammografia", "CT chest", "Ecografia mammaria", "Herzkatheterbericht", "RM columna lumbar"]
    ),
    modality=st.sampled_from(["", "MG", "CT", "MR", "US", "XA"]),
    body_part=st.sampled_from(["", "BREAST", "CHEST", "LSPINE", "HEART"]),
    partial=st.sampled_from(["", "two pages of five"]),
)


def state(records, item, checklist=BREAST, **more):
    lines = suitability.readiness(checklist, records, TODAY, **more).items
    return next(line for line in lines if line.item.id == item)


def test_an_empty_case_misses_everything_and_names_the_essential_places():
    found = suitability.readiness(BREAST, [], TODAY)
    assert found.count(ItemState.MISSING) == found.total == len(BREAST.items)
    assert "Mammography" in found.essential_labels()
    assert [line.item.essential for line in found.items] == sorted(
        (line.item.essential for line in found.items), reverse=True
    )


def test_images_and_report_together_fill_the_place_of_the_mammography():
    line = state([MAMMOGRAPHY, MAMMOGRAPHY_IMAGES], "mammography")
    assert line.state is ItemState.PRESENT
    assert line.record_ids == ("m1", "m2")
    assert line.days_old == 40


def test_a_report_without_its_images_is_half_of_it_and_says_so():
    line = state([MAMMOGRAPHY], "mammography")
    assert line.state is ItemState.PARTLY
    assert "images are not" in suitability.reason_words(line, HOLD)


def test_a_tissue_report_with_a_test_still_open_is_half_of_it_in_the_words_of_the_intake():
    open_test = PresentRecord(
        "pathology_report", date(2026, 9, 18), partial="HER2 is unclear, a second test was announced"
    )
    line = state([open_test], "pathology_report")
    assert line.state is ItemState.PARTLY
    assert line in suitability.readiness(BREAST, [open_test], TODAY).essential_open
    assert suitability.reason_words(line, HOLD) == "HER2 is unclear, a second test was announced"


def test_an_old_record_is_taken_and_its_age_is_said():
    old = PresentRecord("imaging_study", date(2025, 1, 1), modality="MG")
    line = state([old], "mammography")
    assert line.state is ItemState.TOO_OLD
    assert not line.is_open
    assert "649 days old" in suitability.reason_words(line, HOLD)


def test_the_newest_of_several_counts():
    old = PresentRecord("imaging_study", date(2025, 1, 1), modality="MG")
    assert state([old, MAMMOGRAPHY_IMAGES], "mammography").state is ItemState.PRESENT


def test_a_record_without_a_date_is_here_and_its_age_is_open():
    line = state([PresentRecord("imaging_study", modality="MG")], "mammography")
    assert line.state is ItemState.PRESENT
    assert "no date" in suitability.reason_words(line, HOLD)


def test_who_was_not_operated_on_is_not_asked_for_an_operation_report():
    assert state([], "operative_report").asks_condition
    assert state([], "operative_report", conditions={"operated": False}).state is ItemState.NOT_NEEDED
    needed = state([], "operative_report", conditions={"operated": True})
    assert (needed.state, needed.asks_condition) == (ItemState.MISSING, False)


def test_a_hint_of_a_person_fills_that_place_and_no_other():
    hinted = PresentRecord("letter", date(2026, 10, 1), items=("doctor_report",))
    assert state([hinted], "doctor_report").state is ItemState.PRESENT
    assert state([hinted], "treatment_plan").state is ItemState.MISSING
    elsewhere = PresentRecord("pathology_report", date(2026, 9, 18), items=("genetic_report",))
    assert state([elsewhere], "pathology_report").state is ItemState.MISSING


def test_an_appointment_or_a_recipe_fills_nothing():
    papers = [
        PresentRecord("appointment_letter", TODAY, "CT chest"),
        PresentRecord("not_medical", TODAY, "Mammografia"),
    ]
    assert suitability.readiness(BREAST, papers, TODAY).count(ItemState.MISSING) == len(BREAST.items)


@pytest.mark.parametrize(
    ("case_type", "record", "item"),
    [
        ("cad", PresentRecord("imaging_study", TODAY, "Linksherzkatheter", modality="XA"), "cath"),
        ("cad", PresentRecord("imaging_study", TODAY, "Ruhe-EKG", modality="ECG"), "ecg"),
        ("spine", PresentRecord("imaging_study", TODAY, "RM columna lumbar", modality="MR"), "mri_spine"),
        ("spine", PresentRecord("imaging_study", TODAY, modality="CR", body_part="LSPINE"), "xray_spine"),
        ("lung_cancer", PresentRecord("imaging_study", TODAY, modality="CT/SR", body_part="THORAX"), "ct_chest"),
        (
            "lung_cancer",
            PresentRecord("imaging_study", TODAY, "PET/CT", modality="PT", body_part="WHOLEBODY"),
            "pet_ct",
        ),
    ],
)
def test_a_study_is_recognised_by_modality_and_body_part_or_title(case_type, record, item):
    assert state([record], item, HOLD.checklist(case_type)).state is ItemState.PRESENT


def test_a_chest_ct_alone_is_no_ct_of_chest_and_abdomen():
    chest = PresentRecord("imaging_study", TODAY, modality="CT", body_part="CHEST")
    assert state([chest], "ct_cap").state is ItemState.MISSING


@settings(deadline=None)
@given(st.lists(a_record, max_size=6), a_record, st.sampled_from(HOLD.case_types()))
def test_one_more_record_never_opens_a_place_that_was_filled(records, more, case_type):
    checklist = HOLD.checklist(case_type)
    before = {line.item.id for line in suitability.readiness(checklist, records, TODAY).items if line.is_open}
    after = {line.item.id for line in suitability.readiness(checklist, [*records, more], TODAY).items if line.is_open}
    assert after <= before


@settings(deadline=None)
@given(st.lists(a_record, max_size=6))
def test_the_counts_add_up_to_the_list(records):
    found = suitability.readiness(BREAST, records, TODAY)
    assert sum(found.counts.values()) == found.total
    assert all(line.record_ids == () for line in found.items if line.state is ItemState.MISSING)
