"""Another name of a substance leads to its INN; a brand or a near spelling only asks a person."""

from __future__ import annotations

import pytest

from consilia.clinical import library, substances
from consilia.clinical.antibiotics import UnknownGroup, WhyNoGroup, group
from consilia.clinical.grounds import rows_of
from consilia.clinical.medicine_rows import NameKind, SubstanceNameRow
from consilia.clinical.substances import Found, How, Suggested, UnknownSubstance, WhySuggested

HOLD = library.load()
ROWS = rows_of(HOLD, substances.KIND, SubstanceNameRow)
HEADER = (library.SHIPPED / "substance_names" / "names.toml").read_text()


def with_rows(folder, *lines: str) -> library.Library:
    """The library with further names laid over it by an operator."""
    place = folder / "substance_names"
    place.mkdir()
    (place / "own.toml").write_text(HEADER.replace('id = "names"', 'id = "own"'))
    head = (library.SHIPPED / "substance_names" / "names.csv").read_text().splitlines()[0]
    (place / "own.csv").write_text("\n".join([head, *lines]) + "\n")
    return library.read((folder,))


def test_48_names_came_over_and_none_is_a_brand():
    assert len(ROWS) == 48
    assert {row.synonym_kind for row in ROWS} == {NameKind.NAME}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_every_name_and_every_inn_leads_to_the_inn(row):
    for said in (row.synonym, row.synonym.upper(), f" {row.synonym} "):
        found = substances.find(HOLD, said)
        assert isinstance(found, Found)
        assert (found.inn, found.how) == (row.inn, How.OTHER_NAME)
    found = substances.find(HOLD, row.inn)
    assert isinstance(found, Found)
    assert found.how is How.INN
    assert row.synonym in found.other_names


def test_crocin_is_unknown_and_never_a_pigment_of_saffron():
    """A brand of paracetamol in India; a list of the United States maps the word to saffron."""
    assert substances.find(HOLD, "Crocin") == UnknownSubstance()


def test_crocin_as_a_brand_is_suggested_and_not_replaced(tmp_path):
    hold = with_rows(tmp_path, "Crocin,paracetamol,brand,362O9ITL9D,operator,low,2026-11-23")
    found = substances.find(hold, "crocin")
    assert found == Suggested(("paracetamol",), WhySuggested.BRAND)
    assert substances.find(hold, "Crocine") == UnknownSubstance()  # near a brand is near nothing
    paracetamol = substances.find(hold, "paracetamol")
    assert isinstance(paracetamol, Found)
    assert "Crocin" not in paracetamol.other_names


def test_a_brand_of_two_substances_is_suggested_with_both(tmp_path):
    lines = ("Panadox,paracetamol,brand,,operator,low,2026-11-23",)
    hold = with_rows(tmp_path, *lines)
    other = with_rows_again(tmp_path, "Panadox,furosemide,brand,,operator,low,2026-11-23")
    assert substances.find(hold, "Panadox") == Suggested(("paracetamol",), WhySuggested.BRAND)
    assert substances.find(other, "Panadox") == Suggested(("furosemide", "paracetamol"), WhySuggested.SEVERAL)


def with_rows_again(folder, line: str) -> library.Library:
    second = folder / "second" / "substance_names"
    second.mkdir(parents=True)
    (second / "more.toml").write_text(HEADER.replace('id = "names"', 'id = "more"'))
    head = (library.SHIPPED / "substance_names" / "names.csv").read_text().splitlines()[0]
    (second / "more.csv").write_text(f"{head}\n{line}\n")
    first = folder / "first"
    (folder / "substance_names").rename(folder / "moved")
    first.mkdir()
    (folder / "moved").rename(first / "substance_names")
    return library.read((first, folder / "second"))


def test_a_brand_of_an_antibiotic_has_no_group_until_a_person_says_yes(tmp_path):
    hold = with_rows(tmp_path, "Ciproxin,ciprofloxacin,brand,,operator,low,2026-11-23")
    found = group(hold, "Ciproxin")
    assert isinstance(found, UnknownGroup)
    assert (found.why, found.suggested) == (WhyNoGroup.CONFIRM_NAME, ("ciprofloxacin",))


@pytest.mark.parametrize(
    ("said", "inn"), [("acetaminofen", "paracetamol"), ("aciclovirr", "aciclovir"), ("Furosémide", "furosemide")]
)
def test_accents_are_nothing_and_a_near_spelling_is_only_suggested(said, inn):
    found = substances.find(HOLD, said)
    if isinstance(found, Found):
        assert said == "Furosémide"
        assert found.inn == inn
    else:
        assert found == Suggested((inn,), WhySuggested.SPELLING)


@pytest.mark.parametrize("said", ["", " ", "tylenol", "hydralazine", "§$%", "x" * 1000])
def test_an_unknown_name_stays_as_it_was_written(said):
    assert substances.find(HOLD, said) == UnknownSubstance()
