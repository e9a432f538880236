"""The intake is a general method: no name, hospital or sentence of the sample boxes stands in what recognises."""

from __future__ import annotations

import json
import re
from pathlib import Path

from consilia.clinical.phrases import folded

SOURCE = Path(__file__).resolve().parents[2] / "src" / "consilia"
ROOMS = ("intake", "formats", "clinical", "suitability")
WORDS_IN_A_ROW = 5
COURTESY = {"sehr geehrte damen und herren", "mit freundlichen grußen", "mit freundlichen kollegialen grußen"}
SHORTEST_NAME = 5  # letters; shorter ones are words of a language


def source() -> str:
    kept = [path for room in ROOMS for path in (SOURCE / room).rglob("*") if path.suffix in {".py", ".toml", ".csv"}]
    kept = [path for path in kept if path.parent.name != "name_forms"]  # given names of half a continent
    # A comment of the tables of uploads names a hospital as an example of a label; it recognises nothing.
    return "\n".join(folded(path.read_text()) for path in kept if path.name not in {"models.py"})


def boxes(test_data: Path) -> list[Path]:
    return sorted((test_data / "data" / "dev" / "shoeboxes").iterdir())


def test_no_name_of_a_box_stands_in_the_source(test_data):
    words = set(re.findall(r"[^\W\d_]+", source()))
    known = {"maria", "robert", "roberta", "elena"}  # and in examples
    found = set()
    for box in boxes(test_data):
        expected = json.loads((box / "expected.json").read_text())
        names = [
            expected["patient"]["name"],
            *(one.get("patient_name_on_document", "") for one in expected["documents"]),
        ]
        parts = {
            part for name in names for part in re.findall(r"[^\W\d_]+", folded(name)) if len(part) >= SHORTEST_NAME
        }
        found |= parts & words - known
    assert found == set()


def test_no_hospital_and_no_sentence_of_a_box_stands_in_the_source(test_data):
    text = " ".join(re.findall(r"[^\W_]+", source()))
    found = []
    for box in boxes(test_data):
        expected = json.loads((box / "expected.json").read_text())
        said = [one.get("issuer", "") for one in expected["documents"]] + expected["emergency"].get("quotes", [])
        said += [line for path in (box / "inbox").glob("*.txt") for line in _sentences(path)]
        for sentence in said:
            words = re.findall(r"[^\W_]+", folded(sentence))
            rows = [words[at : at + WORDS_IN_A_ROW] for at in range(max(1, len(words) - WORDS_IN_A_ROW + 1))]
            found += [" ".join(row) for row in rows if len(row) >= 3 and f" {' '.join(row)} " in text]
    assert set(found) <= COURTESY


def _sentences(path: Path) -> list[str]:
    return re.split(r"[.?!\n]", path.read_bytes().decode("cp1252", "replace"))
