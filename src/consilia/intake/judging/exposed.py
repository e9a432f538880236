"""Exposed: the examinations of a case that used radiation or may have, each with the figures that its files state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from consilia.clinical.radiation import NUCLEAR, Exposure
from consilia.formats.results import DoseValue
from consilia.intake.judging.findings import Paper
from consilia.intake.judging.studies import BESIDE

DLP, DLP_TOTAL, ACTIVITY = "113838", "113813", "113507"  # DCM, PS3.16
TOTAL: Final = "total"
# What reports print in any language: the abbreviation, a few signs, the number, its unit.
PRINTED: Final = (
    ("DLP", re.compile(r"\bDLP\b[^\d\n]{0,25}(\d{1,5}(?:[.,]\d{1,2})?)\s*mGy\s?[x*·]?\s?cm", re.IGNORECASE), "mGy·cm"),
    ("CTDIvol", re.compile(r"\bCTDI\s?\(?vol\)?[^\d\n]{0,25}(\d{1,4}(?:[.,]\d{1,2})?)\s*mGy\b", re.IGNORECASE), "mGy"),
    ("administered activity", re.compile(r"(\d{2,4}(?:[.,]\d{1,2})?)\s*MBq\b"), "MBq"),
)
SUBSTANCES: Final = {"fdg": "FDG", "fluorodeoxyglucose": "FDG", "psma-11": "PSMA11", "dotatate": "DOTATATE"}
"""Words of a radiopharmaceutical in a file -> its id in the table nuclear_doses; others have no dose."""
DAYS_OF_YEAR: Final = Decimal("365.25")


@dataclass(frozen=True, slots=True)
class Pictured:
    """What the rows of a study say: its path, day, title, the modalities and parts of the body of its series."""

    path: str
    on: date | None
    description: str
    modalities: tuple[str, ...]
    body_parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """One figure as a file states it; `path` is that file."""

    name: str
    value: str
    unit: str
    path: str


@dataclass(frozen=True, slots=True)
class Exposed:
    """One examination: the study or the paper that tells of it, what is stated, and what a dose is computed from."""

    path: str
    on: str
    description: str
    stated: tuple[Stated, ...]
    exposure: Exposure


def exposed(
    studies: Iterable[Pictured],
    doses: Sequence[tuple[DoseValue, str]],
    papers: Iterable[Paper],
    born: date,
) -> tuple[Exposed, ...]:
    """Every study by day, and every printed figure of a day without a study that it could be about."""
    found, days = [], set()
    printed = [(paper, tuple(_printed(paper))) for paper in papers if paper.counts]
    for study in studies:
        own = tuple(one for one in doses if one[1].startswith(study.path))
        if modality := _modality(study.modalities, own):
            day = study.on.isoformat() if study.on else ""
            days.add(day)
            said = [one for paper, figures in printed for one in figures if day and paper.dated.value == day]
            found.append(_of_study(study, modality, own, said, born))
    for paper, figures in printed:
        if figures and (not paper.dated.value or paper.dated.value not in days):
            found.append(_of_paper(paper, figures, born))
    return tuple(sorted(found, key=lambda one: (one.on, one.path)))


def _modality(modalities: tuple[str, ...], doses: Sequence[object]) -> str:
    """The one that decides: nuclear before CT, CT before others; a dose report without images is of a CT or X-ray."""
    images = [one for one in modalities if one not in BESIDE]
    best = sorted(images, key=lambda one: (one not in NUCLEAR, one != "CT", one))
    return best[0] if best else ("SR" if doses else "")


def _of_study(
    study: Pictured, modality: str, doses: Sequence[tuple[DoseValue, str]], printed: Sequence[Stated], born: date
) -> Exposed:
    dlp, activity = _dlp(doses), next((value for value, _ in doses if value.name == "administered activity"), None)
    stated = tuple(dict.fromkeys((*_figures(doses), *printed)))
    exposure = Exposure(
        modality="CT" if modality == "SR" and dlp else modality,
        body_part=_body_part(study.body_parts),
        age_years=_age(study.on, born),
        dlp_mgy_cm=dlp if dlp is not None else _only(printed, "DLP") if modality == "CT" else None,
        radiopharmaceutical=_substance(activity.substance) if activity else "",
        activity_mbq=_megabecquerel(activity) if activity else None,
    )
    return Exposed(study.path, study.on.isoformat() if study.on else "", study.description, stated, exposure)


def _of_paper(paper: Paper, figures: tuple[Stated, ...], born: date) -> Exposed:
    """A report whose images are not here; it does not say in a field which part was examined, so that it stays open."""
    on = date.fromisoformat(paper.dated.value) if paper.dated.value else None
    modality = "CT" if any(one.name != "administered activity" for one in figures) else "NM"
    exposure = Exposure(modality, "", _age(on, born), dlp_mgy_cm=_only(figures, "DLP"))
    return Exposed(paper.path, paper.dated.value, paper.title, figures, exposure)


def _dlp(doses: Sequence[tuple[DoseValue, str]]) -> Decimal | None:
    """The totals of all dose reports of the study, each once, else the sum of its irradiations; mGy cm."""
    totals = {(value.event, value.value) for value, _ in doses if value.code == DLP_TOTAL}
    found = totals or {(value.event, value.value) for value, _ in doses if value.code == DLP}
    return Decimal(str(sum(value for _, value in found))) if found else None


def _figures(doses: Sequence[tuple[DoseValue, str]]) -> Iterator[Stated]:
    """What a person reads: totals, and the activity that was given."""
    for value, path in doses:
        if value.event == TOTAL or value.name == "administered activity":
            yield Stated(value.name, f"{value.value:g}", value.unit, path)


def _printed(paper: Paper) -> Iterator[Stated]:
    for name, pattern, unit in PRINTED:
        for match in pattern.finditer(paper.record.text):
            yield Stated(name, match[1], unit, paper.path)


def _only(figures: Sequence[Stated], name: str) -> Decimal | None:
    """A printed figure that stands alone; of several nobody can tell which is the sum."""
    found = {one.value.replace(",", ".") for one in figures if one.name == name}
    return Decimal(found.pop()) if len(found) == 1 else None


def _body_part(said: tuple[str, ...]) -> str:
    known = {part for part in said if part}
    return known.pop() if len(known) == 1 else ""


def _substance(words: str) -> str:
    lower = words.lower()
    return next((name for word, name in SUBSTANCES.items() if word in lower), words)


def _megabecquerel(given: DoseValue) -> Decimal:
    value = Decimal(str(given.value))
    return value / 1_000_000 if given.unit == "Bq" else value


def _age(on: date | None, born: date) -> Decimal | None:
    return Decimal((on - born).days) / DAYS_OF_YEAR if on and on >= born else None
