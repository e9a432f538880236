"""The demo's shoebox: papers, a scanned page, a letter and a small CT series, all invented and generated here."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from consilia.cli.demo import images

PAPERS: Final = Path(__file__).parent / "papers"
FOOT: Final = "DEMO: invented paper about an invented person"
DAY: Final = re.compile(r"\{(day|long):(\d+)\}")
WRITTEN: Final = {"day": "%d/%m/%Y", "long": "%d %B %Y"}
FOLDER: Final = "CD/DICOM"


@dataclass(frozen=True, slots=True)
class Whose:
    """The person named on the papers; `born` as the papers print it."""

    given_name: str
    family_name: str
    birth_date: date
    sex: str = "F"

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@cache
def letters() -> dict[str, dict[str, Any]]:
    """The words of each paper by its key: path, lang, house, head, title, body."""
    return tomllib.loads((PAPERS / "letters.toml").read_text(encoding="utf-8"))


def box(whose: Whose, today: date) -> dict[str, bytes]:
    """Path -> bytes of a whole shoebox: one paper is another person's, one file is there twice, one page is a scan."""
    files = dict(paper(key, whose, today) for key in ("mammography", "ultrasound", "pathology", "laboratory"))
    files |= dict(paper(key, whose, today) for key in ("consultation", "stranger", "words", "page"))
    twice = letters()["pathology"]["path"]
    files["anatomia patologica (1).pdf"] = files[twice]
    return files | series(whose, today)


def paper(key: str, whose: Whose, today: date) -> tuple[str, bytes]:
    """One paper of `letters.toml`: its path, and its bytes as PDF, text or picture by the ending of the path."""
    words = letters()[key]
    filled = {name: _filled(value, whose, today) for name, value in words.items()}
    path = str(filled.pop("path"))
    if path.endswith(".txt"):
        return path, "\n\n".join([filled["title"], *filled["head"], *filled["body"]]).encode()
    if path.endswith(".png"):
        return path, images.scan([filled["house"], *filled["head"], "", filled["title"], "", *filled["body"], "", FOOT])
    return path, _pdf(filled | {"foot": FOOT}, today)


def series(whose: Whose, today: date) -> dict[str, bytes]:
    """A CT series of a drawn phantom, as a CD holds it: file names without endings."""
    family_first = f"{whose.family_name}^{whose.given_name}"
    slices = images.phantom(family_first, whose.birth_date, whose.sex, today - timedelta(days=25))
    return {f"{FOLDER}/IM{number:04}": content for number, content in enumerate(slices, 1)}


def _filled(value: Any, whose: Whose, today: date) -> Any:
    if isinstance(value, list):
        return [_filled(one, whose, today) for one in value]
    dated = DAY.sub(lambda found: (today - timedelta(days=int(found[2]))).strftime(WRITTEN[found[1]]), str(value))
    return dated.replace("{name}", whose.name).replace("{born}", f"{whose.birth_date:%d/%m/%Y}")


def _pdf(words: Mapping[str, Any], today: date) -> bytes:
    """The same words on the same day give the same bytes: journeys compare hashes."""
    made = typst.compile(
        PAPERS / "paper.typ",
        root=PAPERS,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(words, ensure_ascii=False)},
        timestamp=datetime(today.year, today.month, today.day, tzinfo=UTC),
    )
    return bytes(made)
