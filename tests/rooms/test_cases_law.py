"""The law of a case: a country whose records may not leave blocks every way in, until the operator confirms."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests import cast, make
from tests import expert_opinion as write
from tests.make import NOON

from consilia.cases import actions as cases
from consilia.cases import content, law, policy
from consilia.cases.actions import Description
from consilia.cases.models import Case, Purpose
from consilia.config import environment
from consilia.intake import actions as intake
from consilia.intake import links
from consilia.intake.models import UploadLink
from consilia.kernel.refusal import Refused
from consilia.opinions import seal, sealing
from consilia.reports import fhir, plain
from consilia.reports.renderings import paper

pytestmark = pytest.mark.django_db


def codes(refused) -> list[str]:
    return [reason.code for reason in refused.value.refusals]


def moved(case: Case, is_in: str) -> Case:
    """The same case while its patient is in another country."""
    words = Description(stated_diagnosis="A lump", location_country=is_in)
    cases.describe(make.reader(cast.ANA, case), words, at=NOON)
    return Case.objects.get(pk=case.pk)


def test_while_she_is_in_the_emirates_no_record_comes_in_by_any_door():
    case = moved(make.case_collecting(), "AE")
    ana = make.reader(cast.ANA, case)
    with pytest.raises(Refused) as refused:
        intake.put_whole(ana, path="a.txt", chunks=[b"words"], size=5, key="a", at=NOON)
    assert codes(refused) == ["upload_blocked"]
    with pytest.raises(Refused) as refused:
        links.make(ana, kind=UploadLink.Kind.HOSPITAL, label="Hospital", at=NOON)
    assert codes(refused) == ["upload_blocked"]
    assert "United Arab Emirates" in policy.against_adding_records(case)[0].reason


def test_a_draft_of_a_patient_in_the_emirates_never_begins_to_collect():
    case = moved(make.case_draft(), "AE")
    ana = make.reader(cast.ANA, case)
    cases.set_questions(ana, ["Is it certain?"], at=NOON)
    for purpose in (Purpose.TERMS, Purpose.PROCESSING):
        cases.give_consent(ana, purpose, make.text_read(purpose), at=NOON)
    assert Case.objects.get(pk=case.pk).state == "draft"


def test_what_the_operator_confirmed_lets_her_records_come(monkeypatch):
    confirmed = replace(content.library(), confirmed={"AE": "exception of the ministry"})
    monkeypatch.setattr(content, "library", lambda: confirmed)
    case = moved(make.case_collecting(), "AE")
    assert policy.against_adding_records(case) == ()
    assert not law.of_case(case, "DE").upload_blocked


def test_the_setting_names_a_country_and_what_was_confirmed(monkeypatch):
    monkeypatch.setenv("CONSILIA_LAW_CONFIRMED", "AE: exception 51/2021, letter of 3 May; TR: registered system")
    assert environment.by_country("CONSILIA_LAW_CONFIRMED") == {
        "AE": "exception 51/2021, letter of 3 May",
        "TR": "registered system",
    }
    for wrong in ("AE", "AE:", "uae: yes", "AE yes"):
        monkeypatch.setenv("CONSILIA_LAW_CONFIRMED", wrong)
        with pytest.raises(environment.SettingsError, match="AE: words"):
            environment.by_country("CONSILIA_LAW_CONFIRMED")


def test_every_clause_of_a_signed_opinion_names_the_rule_and_its_version_wherever_it_is_read():
    row = write.signed(write.in_review())
    kept = seal.Seal(row.sha256, row.signature, row.public_key, row.check_code)
    document = seal.read(sealing.canonical_bytes(row))
    assert isinstance(document, seal.SealedDocument)
    named = {(one.id, one.version) for one in document.law}
    assert named == {("default", 1), ("eu_distance_care", 1), ("jurisdictions/PT", 1), ("jurisdictions/DE", 1)}
    held = content.library()
    assert {one.sha256 for one in document.law} >= {held.stamp("jurisdictions", "DE").sha256}
    bundle = fhir.opinion(document, kept, address="https://example.org/").decode()
    for clause in ("default", "eu_distance_care"):
        words = f"(Rule {clause}, version 1.)"
        assert words in " ".join(plain.page(document).limits)
        assert words in bundle
        assert words in " ".join(paper.sentences(document.scope))
