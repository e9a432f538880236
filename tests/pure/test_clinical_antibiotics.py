"""The group of an antibiotic comes from the pack of the WHO or is unknown; no alternative is made up."""

from __future__ import annotations

import pytest

from consilia.clinical import antibiotics, library, packs
from consilia.clinical.antibiotics import AwareGroup, UnknownGroup, WhyNoGroup, WhyNone
from consilia.clinical.grounds import rows_of
from consilia.clinical.medicine_rows import AntibioticRow, Group

HOLD = library.load()
BARE = library.load(without=frozenset({"aware"}))
ROWS = rows_of(HOLD, antibiotics.KIND, AntibioticRow)


def known(said: str, route: str = "") -> AwareGroup:
    found = antibiotics.group(HOLD, said, route=route)
    assert isinstance(found, AwareGroup), found
    return found


def unknown(said: str, route: str = "") -> UnknownGroup:
    found = antibiotics.group(HOLD, said, route=route)
    assert isinstance(found, UnknownGroup), found
    return found


def test_257_rows_came_over_and_no_code_of_atc_with_them():
    assert len(ROWS) == 257
    header = HOLD.all_of("antibiotics")[0].entry
    assert "atc" not in header.columns
    assert "CC BY-NC-SA 3.0 IGO" in header.notice


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_every_antibiotic_is_found_by_its_name_in_any_capitals(row):
    for said in (row.inn, row.inn.upper(), f"  {row.inn.title()} "):
        assert known(said, row.route).group is row.aware_group


@pytest.mark.parametrize(
    ("said", "inn", "group"),
    [
        ("Amoxicillin", "amoxicillin", Group.ACCESS),
        ("clavulanic acid + amoxicillin", "amoxicillin/clavulanic acid", Group.ACCESS),
        ("Piperacillin-Tazobactam", "piperacillin/tazobactam", Group.WATCH),
        ("Rifampin", "rifampicin", Group.WATCH),
        ("Penicillin G", "benzylpenicillin", Group.ACCESS),
        ("sulphamethoxazole and trimethoprim", "sulfamethoxazole/trimethoprim", Group.ACCESS),
        ("LINEZOLID", "linezolid", Group.RESERVE),
    ],
)
def test_other_names_and_orders_of_an_antibiotic_are_found(said, inn, group):
    found = known(said)
    assert (found.inn, found.group) == (inn, group)
    assert found.grounds.draft


@pytest.mark.parametrize(
    ("said", "meant"),
    [("amoxicilin", "amoxicillin"), ("cephalexin", "cefalexin"), ("Azitromicina", "azithromycin")],
)
def test_a_name_that_is_spelled_nearly_so_is_asked_about_and_has_no_group_yet(said, meant):
    found = unknown(said)
    assert found.why is WhyNoGroup.CONFIRM_NAME
    assert found.suggested == (meant,)


@pytest.mark.parametrize("said", ["", "ibuprofen", "Crocin", "imipenem", "clavulanic acid", "a" * 500])
def test_what_is_not_in_the_table_has_no_group(said):
    assert unknown(said).why is WhyNoGroup.NOT_IN_TABLE


def test_no_two_antibiotics_are_spelled_nearly_alike():
    inns = {row.inn for row in ROWS}
    for inn in inns:
        assert antibiotics.nearly({name: name for name in inns}, inn) == (inn,)


def test_the_route_decides_where_the_group_differs_by_route():
    found = unknown("fosfomycin")
    assert found.why is WhyNoGroup.ROUTE_DECIDES
    assert dict(found.by_route) == {"iv": Group.RESERVE, "oral": Group.WATCH}
    assert known("fosfomycin", "oral").group is Group.WATCH
    assert known("fosfomycin", "iv").group is Group.RESERVE
    assert known("colistin").routes == ("iv", "oral")
    assert unknown("fosfomycin", "inhaled").why is WhyNoGroup.NOT_IN_TABLE


def test_no_narrower_alternative_is_named_because_the_table_names_no_uses():
    assert antibiotics.narrower_alternative(HOLD, "ciprofloxacin").why is WhyNone.NO_USES_IN_TABLE
    assert antibiotics.narrower_alternative(HOLD, "ibuprofen").why is WhyNone.NOT_IN_TABLE
    assert antibiotics.narrower_alternative(BARE, "ciprofloxacin").why is WhyNone.NO_TABLE


def test_without_the_pack_everything_else_is_there_and_the_group_is_unknown():
    found = antibiotics.group(BARE, "amoxicillin")
    assert isinstance(found, UnknownGroup)
    assert found.why is WhyNoGroup.NO_TABLE
    assert set(HOLD.files) - set(BARE.files) == {("antibiotics", "aware_2023")}


def test_a_pack_whose_folder_was_deleted_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(packs, "FOLDER", tmp_path)
    assert packs.folders() == ()
    assert library.read().all_of("antibiotics") == ()


def test_the_notice_of_the_pack_lies_beside_it_and_says_how_to_leave_it_out():
    words = (packs.FOLDER / "aware" / "NOTICE.txt").read_text()
    assert "CC BY-NC-SA 3.0 IGO" in words
    assert "CONSILIA_CONTENT_WITHOUT=aware" in words
