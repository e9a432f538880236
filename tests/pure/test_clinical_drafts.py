"""Every row of the drafts is in the library with the same values, or stands in the list of what was not carried."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from consilia.clinical import kinds, library
from consilia.clinical.entries import Confidence
from consilia.clinical.reading import LibraryError

HOLD = library.load()
NOT_CARRIED = {item.id for item in HOLD.files["not_carried", "not-carried"].entry.item}

LISTED_TWICE = {
    ("brain_tumour", "mri_brain", "earlier studies"),
    ("radiology_reread", "imaging_report", "earlier studies"),
}
REWORDED = {"upload-blocked", "via-local-doctor"}
RULES = {
    "safety": ["alarm-now", "alarm-today"],
    "legal": ["nobody-entitled", "upload-blocked", "via-local-doctor"],
    "purpose": ["only-a-prescription", "certificate", "nobody-examined"],
    "readiness": ["tests-open", "no-results", "no-report", "essentials-missing", "date-too-close", "tests-not-sure"],
    "fit": ["excluded-case-types", "operation-needs-examination", "child-needs-expert"],
    "default": ["something-to-verify", "nothing-to-verify"],
}
"""The rules of each group of the draft in its order, by the id they have in the library or in the list."""


@pytest.fixture(scope="session")
def drafts(test_data: Path) -> Path:
    return test_data / "content"


def rows(path: Path, *, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=delimiter))


def draft(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def held(kind: str, identifier: str) -> Any:
    return HOLD.files[kind, identifier].entry


def table(kind: str, key: str) -> dict[str, Any]:
    return {getattr(row, key): row for loaded in HOLD.all_of(kind) for row in loaded.rows}


def joined(parts: tuple[str, ...]) -> str:
    return ";".join(parts)


# --- what the library holds, with the drafts or without them ----------------------------------------------------------


def test_the_counts_are_those_of_the_drafts():
    counted = {one.kind: one.number for one in kinds.counts(HOLD)}
    wanted = {
        "emergency_numbers": 251,
        "red_flags": 24 + 3 + 15,
        "suitability": 19,
        "checklists": 29,
        "checklist_items": 103,
        "document_kinds": 41,
        "jurisdictions": 40,
        "practice_facts": 18,
        "specialities": 62,
    }
    assert {kind: counted[kind] for kind in wanted} == wanted
    assert len(HOLD.rule_groups()) == 6


def test_every_entry_carries_its_sources_its_date_and_its_state():
    for loaded in HOLD.files.values():
        review = loaded.entry.review
        assert review.sources, loaded.path
        assert review.confidence in Confidence, loaded.path
        assert review.as_of <= review.due, loaded.path


def check_digit(number: str) -> int:
    """The last digit of a LOINC code: modulus 10, doubling every second digit from the right (LOINC Users' Guide)."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(number))]
    return -sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10


def test_every_loinc_code_of_the_library_has_its_check_digit():
    codes = set()
    for loaded in HOLD.files.values():
        for row in loaded.rows:
            for name in (
                name for name in type(row).model_fields if re.fullmatch("loinc(_also|_conventional|_si)?", name)
            ):
                value = getattr(row, name)
                codes |= {value} if isinstance(value, str) else set(value)
    parts = [code.split("-") for code in codes if code]
    assert len(parts) > 100
    assert [part for part in parts if check_digit(part[0]) != int(part[1])] == []


@pytest.mark.parametrize("column", ["loinc", "loinc_also"])
def test_a_wrong_check_digit_is_a_fault_with_file_line_and_key(tmp_path, column):
    shipped = library.SHIPPED / "checklist_items"
    lines = rows(shipped / "items.csv")
    place = next(place for place, row in enumerate(lines) if row["loinc_also"])
    lines[place][column] = "11526-2"
    (tmp_path / "checklist_items").mkdir()
    (tmp_path / "checklist_items" / "items.toml").write_text((shipped / "items.toml").read_text())
    with (tmp_path / "checklist_items" / "items.csv").open("w", newline="") as table_:
        writer = csv.DictWriter(table_, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    with pytest.raises(LibraryError) as caught:
        library.load((tmp_path,))
    fault = str(caught.value)
    assert f"items.csv: line {place + 2}: {lines[place]['item']}.{column}" in fault
    assert "11526-2" in fault


def test_every_condition_of_a_list_has_words():
    for loaded in HOLD.all_of("checklists"):
        for line in loaded.entry.line:
            assert line.only_if is None or line.only_if.words["en"].startswith("only if: "), loaded.path


def test_a_fact_on_practice_says_its_year_and_its_source_or_the_table_it_points_to():
    held_kinds = {kind for kind, _ in HOLD.files} | {"antibiotics"}  # the antibiotics are a pack that may be absent
    for topic in HOLD.practice_topics():
        entry = HOLD.practice(topic)
        assert set(entry.tables) <= held_kinds
        for fact in entry.fact:
            assert (fact.source and fact.year) or set(fact.tables) <= held_kinds, fact.id


def test_the_sentence_that_pet_has_no_radiation_is_not_carried_over():
    told = " ".join(fact.text["en"] for topic in HOLD.practice_topics() for fact in HOLD.practice(topic).fact)
    assert "do not expose" not in told
    assert "wrong for PET" in HOLD.practice("imaging_and_radiation").warning["en"]


# --- row by row against the drafts ------------------------------------------------------------------------------------


def test_every_emergency_number_is_carried(drafts):
    here = table("emergency_numbers", "iso2")
    for row in rows(drafts / "emergency_numbers.csv"):
        found = here.pop(row["iso2"])
        for name, value in row.items():
            if name == "reviewed":
                continue
            own = getattr(found, name)
            assert (joined(own) if isinstance(own, tuple) else str(own)) == value, (row["iso2"], name)
    assert not here


def test_every_speciality_is_carried_with_its_codes(drafts):
    here = table("specialities", "id")
    for row in rows(drafts / "specialties.csv"):
        found = here.pop(row["id"])
        for name in ("en", "de", "fr", "es", "snomed", "nucc"):
            assert getattr(found, name) == row[name], (row["id"], name)
        assert list(found.case_types) == [part for part in row["case_types"].split(",") if part]
    assert not here
    assert "speciality-displays" in NOT_CARRIED


def test_every_kind_of_paper_is_carried(test_data):
    here = table("document_kinds", "kind")
    for row in rows(test_data / "data" / "kinds.tsv", delimiter="\t"):
        found = here.pop(row["kind"])
        own = (found.loinc, found.label, found.may_fill)
        assert own == (row["loinc"], row["what paper it is"], row["may fill these checklist items"])
    assert not here


def test_every_item_is_carried_from_both_drafts(drafts):
    here = table("checklist_items", "item")
    listed = draft(drafts / "record_checklists.yaml")["items"]
    for row in rows(drafts / "document_types.csv"):
        found, twin = here.pop(row["item"]), listed.pop(row["item"])
        own = (found.en, found.form, found.loinc, joined(found.loinc_also), found.modality, found.body_part)
        names = ("label", "kind", "loinc", "also", "dicom_modality", "dicom_body_part")
        assert own == tuple(row[name] for name in names)
        assert found.note == twin.get("note", "")
    assert not here
    assert not listed
    assert "loinc-displays" in NOT_CARRIED


def said_line(line: dict[str, Any], need: str) -> tuple[str, str, int | None, str | None, str | None]:
    return line["i"], need, line.get("d"), line.get("why"), line.get("if")


def held_line(line: Any, said_why: set[str]) -> tuple[str, str, int | None, str | None, str | None]:
    why = line.why["en"] if line.item in said_why else None
    only_if = line.only_if.words["en"].removeprefix("only if: ") if line.only_if else None
    return line.item, line.need, line.newer_than_days, why, only_if


def test_every_checklist_is_carried_line_by_line(drafts):
    told = draft(drafts / "record_checklists.yaml")
    lists = {**told["case_types"], "always": told["always"]}
    assert set(lists) == {loaded.entry.id for loaded in HOLD.all_of("checklists")}
    for name, one in lists.items():
        entry = held("checklists", name)
        lines = [(line, need) for need in ("essential", "helpful") for line in one[need]]
        wanted = [
            said_line(line, need) for line, need in lines if (name, line["i"], line.get("if")) not in LISTED_TWICE
        ]
        said_why = {item for item, _, _, why, _ in wanted if why}
        assert [held_line(line, said_why) for line in entry.line] == wanted, name
        assert list(entry.icd10) == [str(code) for code in one.get("icd10", [])]
        assert list(entry.replaces_always) == one.get("replace_always", [])
        assert list(entry.review.sources) == [f"{key}: {told['sources'][key]}" for key in one["sources"]]
        assert entry.label["en"] == one.get("label", entry.label["en"])
    assert {"an-item-twice", "replaced-always", "this-study", "child-and-organ", "checklist-conditions"} <= NOT_CARRIED


def test_every_red_flag_is_carried(drafts):
    told = draft(drafts / "red_flags.yaml")
    extra = told["by_case_type_extra"]
    for group in ("adult", "pregnancy", "child"):
        entry = HOLD.red_flags(group)
        assert entry.intro["en"] == told["intro"]["text"]
        for flag, row in zip(entry.flag, told[group], strict=True):
            own = (flag.id, flag.question["en"], flag.action, list(flag.sources), flag.confidence, flag.note)
            names = ("id", "q", "action", "sources", "confidence")
            assert own == (*(row[name] for name in names), row.get("note", ""))
            assert set(flag.case_types) == {kind for kind, ids in extra.items() if row["id"] in ids}
            for source in row["sources"]:
                assert f"{source}: {told['sources'][source]}" in entry.review.sources


def test_every_rule_of_suitability_is_carried_or_listed(drafts):
    told = draft(drafts / "suitability_rules.yaml")
    assert [group["id"] for group in told["groups"]] == list(RULES)
    for group in told["groups"]:
        entry = held("suitability", group["id"])
        here = {rule.id: rule for rule in entry.rule}
        assert entry.first_only == (group.get("mode") == "first")
        assert [rule.id for rule in entry.rule if rule.id in RULES[group["id"]]]
        for rule, name in zip(group["rules"], RULES[group["id"]], strict=True):
            if name not in here:
                assert name in NOT_CARRIED
                continue
            assert here[name].outcome == rule["outcome"]
            if name not in REWORDED:
                assert here[name].message["en"] == rule["message"], name
            assert (here[name].override is not None) == ("allow_override" in rule)
            assert here[name].confidence == group.get("confidence", here[name].confidence)
    assert {"reworded-messages", "exam-decides", "exclusions-and-evidence"} <= NOT_CARRIED
    assert list(HOLD.limits()) == told["fixed_limits_shown_with_every_outcome"]


def year_or_none(value: object) -> object:
    return value if isinstance(value, int) else None


def test_every_country_of_the_law_is_carried(drafts):
    told = draft(drafts / "legal_rules.yaml")
    files = {loaded.entry.id for loaded in HOLD.all_of("jurisdictions")} - {"default"}
    assert files == set(told["countries"])
    for code, row in told["countries"].items():
        entry = held("jurisdictions", code)
        rule, expert, patient = row.get("product_rule", {}), row["expert_side"], row["patient_side"]
        assert entry.effect == told["default_effect"]
        assert (entry.expert.prescribe_without_exam, entry.expert.note, entry.expert.confidence) == (
            expert["prescribe_without_exam"],
            expert.get("note") or expert.get("platform_rule", ""),
            expert["confidence"],
        )
        assert entry.expert.platform_registration == ("platform_rule" in expert)
        names = ("foreign_doctor", "foreign_prescription", "confidence")
        assert [str(getattr(entry.patient, name)) for name in names] == [patient[name] for name in names]
        assert entry.patient.note == patient.get("note", "")
        assert (entry.route, entry.clause) == (rule.get("route", "direct"), rule.get("text_key", ""))
        assert (entry.upload.blocked, entry.upload.until) == ("block_upload_from" in rule, rule.get("until", ""))
        kept, data = row["retention_years"], row["data"]
        assert (entry.retention.years, entry.retention.note) == (year_or_none(kept["value"]), kept.get("note", ""))
        assert entry.retention.confidence == kept["confidence"]
        names = ("regime", "transfer_from_eu", "confidence")
        assert [str(getattr(entry.data, name)) for name in names] == [data[name] for name in names]
        assert entry.data.localisation == data.get("localisation", "")
        assert list(entry.languages) == row["languages"]
        assert entry.extra == row.get("extra", {}).get("statutory_second_opinion", "")
        sides = [part.get("sources", []) for part in (expert, patient, kept, data)]
        given = {source.partition(":")[0] for source in entry.review.sources}
        assert {key for side in sides for key in side} - {"gk"} <= given, code
        numbers = table("emergency_numbers", "iso2")[code]
        known = {numbers.show_first, numbers.medical_number, *numbers.then, *numbers.also, *numbers.police}
        known |= {*numbers.all_emergency_libphonenumber}
        assert set(row["emergency"].split("/")) <= known, code
    assert {"data-regime-twice", "emergency-in-law", "us-states", "retention-as-a-rule"} <= NOT_CARRIED


def test_data_protection_is_carried(drafts):
    told, entry = draft(drafts / "data_protection.yaml"), HOLD.data_protection()
    adequacy = told["gdpr_adequacy"]
    assert list(entry.eea) == told["eea"]
    assert list(entry.adequate) == adequacy["full"]
    assert entry.partly_adequate == adequacy["partial"]
    assert entry.to_verify == {"BR": adequacy["to_verify"]["BR"]}
    assert "renewal for GB to 2031" in entry.review.note
    assert entry.localisation_watchlist == told["localisation_watchlist"]
    tools = [(tool.id, tool.text["en"]) for tool in entry.transfer_tool]
    assert tools == [(tool["id"], tool["text"]) for tool in told["transfer_tools"]]
    assert {tool.confidence for tool in entry.transfer_tool} == {told["transfer_tools_confidence"].partition(":")[0]}
    assert "transfer-engine" in NOT_CARRIED


def test_every_element_of_a_prescription_is_carried(drafts):
    told, entry = draft(drafts / "eu_prescription_elements.yaml"), HOLD.prescription_elements()
    for part, names in told["elements"].items():
        flat = [next(iter(name)).removesuffix("_only_if") if isinstance(name, dict) else name for name in names]
        assert [element.id.removeprefix(f"{part}_") for element in entry.of(part)] == flat
    brand = next(element for element in entry.element if element.id == "brand_name")
    assert len(brand.only_if) == 2
    assert entry.use["en"] == told["use_in_product"]
    assert told["source"] in entry.review.sources
    assert set(entry.countries) == set(HOLD.data_protection().eea)
    assert "CH" in entry.outside


def test_every_fact_on_practice_is_carried(drafts):
    told = draft(drafts / "schools_of_medicine.yaml")
    assert set(told["topics"]) == set(HOLD.practice_topics())
    for name, topic in told["topics"].items():
        entry = HOLD.practice(name)
        assert entry.difference["en"] == topic["seed_example"]
        assert entry.use["en"] == topic["use"]
        assert (entry.warning or {}).get("en") == topic.get("warning")
        for fact, row in zip(entry.fact, topic["facts"], strict=True):
            own = (fact.id, fact.text["en"], fact.source, fact.url, fact.year, fact.confidence)
            names = ("id", "text", "source", "url", "year", "confidence")
            assert own == tuple(row.get(name, None if name == "year" else "") for name in names)
            assert fact.values == row.get("values", {})
            assert (fact.excludes or {}).get("en") == row.get("excludes")
            for ends in ("lowest", "highest", "beyond"):
                assert list(getattr(fact, ends)) == row.get(ends, [])
            assert len(fact.tables) == len(row.get("data_files", []))
            named = {code for code in re.findall(r"\b[A-Z]{2}\b", row["text"]) if code in held_countries(row["text"])}
            assert named <= {*fact.countries, "UK"}, fact.id
    assert list(HOLD.sentences("practice_wording").values()) == told["wording_rules"]


def held_countries(text: str) -> set[str]:
    """Two capitals that are countries in these texts, and not a tomograph, an odds ratio or an interval."""
    return set(re.findall(r"\b[A-Z]{2}\b", text)) - {"CT", "CI", "OR", "EU", "EF", "HR"}
