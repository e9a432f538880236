"""The opinion as a FHIR document: valid, whole in itself, and with the same facts as the paper."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from fhir.resources.R4B import get_fhir_model_class
from hypothesis import HealthCheck, given, settings
from tests.pure import opinions_sample as sample
from tests.pure.reports_sample import ADDRESS, sealed

from consilia.opinions import seal
from consilia.reports import fhir


def bundle(document: seal.SealedDocument) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(fhir.opinion(document, sealed(document), address=ADDRESS))
    return made


def check(made: dict[str, Any]) -> None:
    get_fhir_model_class("Bundle").model_validate_json(json.dumps(made))
    addresses = {entry["fullUrl"] for entry in made["entry"]}
    assert len(addresses) == len(made["entry"])
    assert set(values(made, "reference")) <= addresses | {""}
    for div in values(made, "div"):
        ElementTree.fromstring(div)


def values(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key == name and isinstance(one, str):
                yield one
            yield from values(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from values(one, name)


def of_type(made: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in made["entry"] if entry["resource"]["resourceType"] == kind]


def test_the_bundle_is_a_valid_document_whose_references_stay_inside():
    made = bundle(sample.document())
    check(made)
    assert made["type"] == "document"
    assert made["entry"][0]["resource"]["resourceType"] == "Composition"
    kinds = Counter(entry["resource"]["resourceType"] for entry in made["entry"])
    assert kinds["ServiceRequest"] == 3
    assert kinds["DocumentReference"] == 3
    assert kinds["Observation"] == 3
    assert {"Patient", "Practitioner", "ClinicalImpression", "CarePlan", "MedicationRequest", "Provenance"} <= set(
        kinds
    )


def test_every_entry_is_reached_from_the_composition_or_points_to_it():
    made = bundle(sample.document())
    links = {entry["fullUrl"]: set(values(entry["resource"], "reference")) for entry in made["entry"]}
    reached, waiting = set(), [made["entry"][0]["fullUrl"]]
    while waiting:
        one = waiting.pop()
        reached.add(one)
        waiting += [other for other in links[one] if other not in reached]
    assert all(name in reached or links[name] & reached for name in links)


def test_recommendations_are_proposals_and_never_orders():
    made = bundle(sample.document())
    asked = of_type(made, "ServiceRequest") + of_type(made, "MedicationRequest") + of_type(made, "CarePlan")
    assert {one["intent"] for one in asked} == {"proposal"}
    assert {one["status"] for one in of_type(made, "MedicationRequest")} == {"draft"}


def test_a_measure_that_is_not_advisable_is_never_a_measure_to_do():
    content = sample.draft()
    content["therapies"][1]["verdict"] = "not_advisable"
    made = bundle(sample.document(content=content))
    measures = {one["code"]["text"]: one for one in of_type(made, "ServiceRequest")}
    assert measures["Mastectomy and axillary dissection"]["doNotPerform"] is True
    assert measures["Chemotherapy before surgery, AC and paclitaxel"]["doNotPerform"] is False


def test_verdicts_become_the_status_of_the_condition():
    for verdict, status in (("confirmed", "confirmed"), ("disproved", "refuted"), ("cannot_be_judged", "unconfirmed")):
        content = sample.draft()
        content["diagnoses"][0]["verdict"] = verdict
        made = bundle(sample.document(content=content))
        check(made)
        condition = of_type(made, "Condition")[0]
        assert condition["verificationStatus"]["coding"][0]["code"] == status
        assert ("clinicalStatus" in condition) == (verdict != "disproved")


def test_agreement_is_an_observation_about_the_condition():
    made = bundle(sample.document())
    condition = next(e["fullUrl"] for e in made["entry"] if e["resource"]["resourceType"] == "Condition")
    grades = {
        one["code"]["coding"][0]["code"]: one["valueCodeableConcept"]["coding"][0]["code"]
        for one in of_type(made, "Observation")
    }
    assert grades == {"diagnosis": "1", "treatment": "2", "prognosis": "na"}
    assert all(one["focus"] == [{"reference": condition}] for one in of_type(made, "Observation"))


def test_a_citation_leads_to_the_record_and_the_signature_to_the_hash():
    document = sample.document()
    made = bundle(document)
    record = next(
        entry["fullUrl"] for entry in made["entry"] if entry["resource"].get("identifier") == [
            {"system": "urn:consilia:record", "value": "r1"}
        ]
    )  # fmt: skip
    whats = [entity["what"] for one in of_type(made, "Provenance") for entity in one["entity"]]
    assert {"reference": record, "display": "[1] Pathology 18 Sep 2025, p. 1"} in whats
    assert {"display": "[L1] A randomised trial (2020)"} in whats
    signature = next(one for one in of_type(made, "Provenance") if "signature" in one)
    assert signature["signature"][0]["data"] == sealed(document).signature
    assert signature["entity"][0]["what"]["identifier"]["value"] == sealed(document).sha256


def test_paper_and_bundle_are_the_same_bytes_each_time():
    document = sample.document()
    once, twice = (fhir.opinion(document, sealed(document), address=ADDRESS) for _ in range(2))
    assert once == twice


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sample.documents)
def test_no_words_break_the_bundle_and_every_fact_is_in_it(document: seal.SealedDocument):
    made = bundle(document)
    check(made)
    text = json.dumps(made, ensure_ascii=False)
    for answer in document.content.answers:
        if answer.question.isascii() and answer.question.isprintable() and "\\" not in answer.question:
            assert answer.question.strip() in text.replace('\\"', '"')
    assert len(of_type(made, "ServiceRequest")) == len(document.content.therapies) + len(document.content.examinations)


def test_an_addendum_appends_to_the_opinion_and_a_withdrawal_replaces_it():
    first = sealed(sample.document())
    for kind, code in (("addendum", "appends"), ("withdrawal", "replaces")):
        later = sample.addendum(first.sha256, first.sha256, kind=kind)
        made = json.loads(fhir.addendum(later, sealed(later), address=ADDRESS))
        check(made)
        relation = made["entry"][0]["resource"]["relatesTo"][0]
        assert relation["code"] == code
        assert relation["targetIdentifier"]["value"] == first.sha256
