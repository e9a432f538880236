"""`consilia content` for an operator: check names what is wrong and counts, diff says what changes, book prints."""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterator

import pytest
from tests.content_room import approve, put

from consilia.cases import content
from consilia.cli import content as command
from consilia.clinical import library

US = "jurisdictions/US.toml"
TEXT = (library.SHIPPED / US).read_text()
GREECE = (
    (library.SHIPPED / "jurisdictions" / "GR.toml")
    .read_text()
    .replace('route = "direct"', 'route = "direct"\nclause = "none"')
)


@pytest.fixture(autouse=True)
def _no_content_of_other_tests() -> Iterator[None]:
    yield
    shutil.rmtree(content.place(), ignore_errors=True)


def run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args([str(word) for word in words]))


def test_check_counts_what_there_is_and_finds_nothing_wrong(capsys):
    assert run("check") == 0
    said = capsys.readouterr().out
    for counted in ("251 regions", "42 red flags", "19 rules", "29 checklists", "103 items", "40 countries"):
        assert re.search(rf"^{counted}\b", said, re.MULTILINE), counted
    assert "0 errors" in said


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        (US, TEXT.replace("[upload]", "[upload]\ncolour = 1"), r"US.toml: line \d+: upload.colour: unknown key"),
        (US, TEXT.replace("[review]", "[preview]"), "US.toml: line 1: review: is missing"),
        (US, TEXT.replace('id = "US"', 'id = "UX"'), "US.toml: line 1: "),
        ("jurisdictions/XX.toml", TEXT.replace('id = "US"', 'id = "XX"'), "'XX' is no country"),
        (US, TEXT.replace('patient = "US"', 'patient = "XX"'), r"line \d+: example.\d.patient: 'XX' is no country"),
        (US, TEXT.replace('id = "US"', 'id = "US"\nid = "US"'), r"US.toml: line 2: file: Cannot overwrite a value"),
        ("jurisdictions/GR.toml", GREECE, r"GR.toml: line 5: clause: no such clause 'none'"),
        ("suitability/fit.toml", "RULE", r"fit.toml: line \d+: rule.\d.when.rule: unknown key"),
        ("suitability/house.toml", "SAME", r"house.toml: line \d+: rule.minor[\w-]*: this id stands"),
        ("texts/broken.toml", "id = [", "broken.toml: line 1: file: "),
    ],
)
def test_check_names_file_line_and_key(tmp_path, capsys, name, text, fault):
    fit = (library.SHIPPED / "suitability" / "fit.toml").read_text()
    if text == "RULE":  # rules name facts only, so that none can lead back to itself
        text = re.sub(r"when = \{[^}]*\}", 'when = { rule = "minor" }', fit, count=1)
    if text == "SAME":
        text = fit.replace('id = "fit"', 'id = "house"')
        fault = (
            r"house.toml: line \d+: rule.[\w-]+: this id stands in another group|fit.toml: line \d+: rule.[\w-]+: this"
        )
    assert run("check", put(tmp_path, name, text)) == 1
    said = capsys.readouterr().err
    assert re.search(fault, said), said
    assert "the service works with the content that is shipped" in said


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda body: body.replace("IT,Italy,", "IT,Italy,,", 1), r"world.csv: line \d+: IT: has not 14 columns"),
        (lambda body: body + body.splitlines()[5] + "\n", r"world.csv: line 253: A\w: stands twice, first in line 6"),
        (lambda body: body.replace("IT,", "QQ,", 1), r"world.csv: line \d+: QQ.iso2: 'QQ' is no country"),
        (lambda body: body + 'ZZ,"', r"world.csv: line \d+: file: unexpected end"),
        (lambda body: body + "\0", r"world.csv: line \d+"),
        (lambda body: "", r"world.csv: line 1: columns: the columns differ"),
        (lambda body: body.replace(",118,", ",one one eight,", 1), r"world.csv: line \d+: \w\w.\w+"),
    ],
)
def test_a_broken_table_is_named_by_line_and_row(tmp_path, capsys, change, fault):
    shipped = library.SHIPPED / "emergency_numbers"
    put(tmp_path, "emergency_numbers/world.toml", (shipped / "world.toml").read_text())
    put(tmp_path, "emergency_numbers/world.csv", change((shipped / "world.csv").read_text()))
    assert run("check", tmp_path) == 1
    assert re.search(fault, capsys.readouterr().err)


def test_a_table_that_is_no_text_is_named_by_line(tmp_path, capsys):
    shipped = library.SHIPPED / "emergency_numbers"
    put(tmp_path, "emergency_numbers/world.toml", (shipped / "world.toml").read_text())
    (tmp_path / "emergency_numbers" / "world.csv").write_bytes((shipped / "world.csv").read_bytes() + b"\xff\n")
    assert run("check", tmp_path) == 1
    assert "world.csv: line 253: file: 'utf-8' codec" in capsys.readouterr().err


def test_a_factor_of_zero_is_refused(tmp_path, capsys):
    shipped = library.SHIPPED / "laboratory_units"
    for path in shipped.iterdir():
        put(tmp_path, f"laboratory_units/{path.name}", path.read_text())
    table = next(tmp_path.rglob("*.csv"))
    head, first, *others = table.read_text().splitlines()
    place = head.split(",").index("factor")
    cells = first.split(",")
    cells[place] = "0"
    table.write_text("\n".join([head, ",".join(cells), *others]) + "\n")
    assert run("check", tmp_path) == 1
    assert re.search(rf"{table.name}: line 2: [\w-]+.*factor", capsys.readouterr().err)


def test_an_example_that_does_not_come_out_is_an_error(tmp_path, capsys):
    text = TEXT.replace('verdict = "via_local_doctor"', 'verdict = "possible"')
    assert run("check", put(tmp_path, US, text)) in (0, 1)  # a draft keeps the examples of what it lies over
    assert run("check", approve(tmp_path, US, "lawyer")) == 1
    assert re.search(r"US.toml: line \d+: .*instead of possible", capsys.readouterr().err)


def test_an_overdue_review_is_a_warning(tmp_path, capsys):
    text = (library.SHIPPED / "texts" / "why_international.toml").read_text()
    old = text.replace("due = 2027-02-23", "due = 2020-01-01").replace("as_of = 2026-11-23", "as_of = 2019-01-01")
    assert run("check", put(tmp_path, "texts/why_international.toml", old)) == 0
    assert "texts/why_international.toml: review.due: the review is overdue since 2020-01-01" in capsys.readouterr().err


def test_diff_says_what_changes_and_what_it_lets_through(tmp_path, capsys):
    folder = put(tmp_path, US, TEXT.replace('"per_state"', '"permitted"'))
    assert run("diff", "shipped", "shipped") == 0
    assert run("diff", "shipped", folder) == 0  # a draft loosens nothing
    assert "0 changes loosen" in capsys.readouterr().out
    assert run("diff", "shipped", approve(folder, US, "lawyer")) == 2
    said = capsys.readouterr().out
    assert "changed: jurisdictions/US (United States)" in said
    assert "patient > foreign doctor: per_state -> permitted" in said
    assert "LOOSENS jurisdictions/US: foreign doctor: per_state becomes permitted" in said
    assert run("diff", "shipped", tmp_path / "nowhere") == 1


def test_the_book_has_every_entry_with_its_banner_source_and_review(tmp_path, capsys):
    assert run("book", tmp_path / "book") == 0
    index = (tmp_path / "book" / "index.html").read_text()
    for page in re.findall(r'href="([^"#]+)"', index):
        assert (tmp_path / "book" / page).is_file(), page
    law = (tmp_path / "book" / "en" / "jurisdictions.html").read_text()
    assert law.count('class="entry"') == 41
    assert law.count("This content is a draft") == 41
    assert "United Arab Emirates" in law
    assert "SHA-256" in law
    assert "Bitte um eine Kopie" in (tmp_path / "book" / "de" / "letters.html").read_text()
    assert "http" not in re.sub(r"<(dd|li|td)[^>]*>.*?</\1>", "", law, flags=re.DOTALL)  # nothing is fetched


def test_approvals_are_copied_out_to_be_committed(tmp_path, capsys):
    put(tmp_path / "mine", US, TEXT)
    approve(tmp_path / "mine", US, "lawyer", into=content.approvals_folder())
    assert run("approvals", tmp_path / "out") == 0
    copied = (tmp_path / "out" / "jurisdictions" / "US.v1.lawyer.toml").read_text()
    assert copied == (content.approvals_folder() / "jurisdictions" / "US.v1.lawyer.toml").read_text()
