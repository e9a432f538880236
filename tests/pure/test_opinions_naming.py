"""What a record is called where people read of it."""

from __future__ import annotations

from consilia.opinions.naming import Paper, short, told_apart


def test_a_paper_is_called_by_a_few_words_and_not_by_the_definition_of_its_kind():
    assert short("pathology_report", "RELATÓRIO DE ANATOMIA") == "Tissue report"
    assert short("radiology_report", "") == "Imaging report"


def test_two_papers_of_one_kind_and_one_day_carry_their_own_headings():
    papers = (
        Paper("lab_report", "Blood count", "2025-09-18"),
        Paper("lab_report", "Liver values,", "2025-09-18"),
        Paper("lab_report", "Blood count", "2025-10-02"),
    )
    assert told_apart(papers) == ["Laboratory test: Blood count", "Laboratory test: Liver values", "Laboratory test"]


def test_what_machines_call_a_paper_is_no_name():
    assert short("unknown", "urn:oid:1.2.826.0.1.3680043") == "Document"
    assert short("unknown", "IMG_2231.HEIC") == "Document"
    assert short("unknown", "Gentili dottori,") == "Gentili dottori"
    assert told_apart((Paper("lab_report", "urn:oid:1.2", ""), Paper("lab_report", "", ""))) == ["Laboratory test"] * 2
