"""Concluded: what a report says in its own few words at the end: its conclusion or diagnosis, quoted as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from consilia.intake.judging.advice import Advice
from consilia.intake.judging.findings import Paper
from consilia.intake.judging.recommended import SILENT

LONGEST: Final = 500  # characters of a quote
CONCLUDING: Final = frozenset({"conclusion"})
LABEL: Final = re.compile(r"[^\W\d][^:.,;]{2,40}:(?:\s|$)")  # heads another part, in whatever language


@dataclass(frozen=True, slots=True)
class Quoted:
    """The words of a paper as they stand, with its path, day (ISO), kind and language."""

    path: str
    on: str
    kind: str
    language: str
    quote: str


def quoted(papers: Sequence[Paper], advice: Advice) -> tuple[Quoted, ...]:
    """What each report concludes, by day; nothing for a paper without such a part."""
    speaking = [paper for paper in papers if paper.counts and paper.kind.kind not in SILENT]
    told = ((paper, concluded(paper.record.lines, paper.language, advice)) for paper in speaking)
    found = [
        Quoted(paper.path, paper.dated.value, paper.kind.kind, paper.language, said) for paper, said in told if said
    ]
    return tuple(sorted(found, key=lambda one: (one.on, one.path)))


def concluded(lines: Sequence[str], language: str, advice: Advice) -> str:
    """The first part that concludes, up to the next heading; at most LONGEST characters, ending at a word."""
    said = " ".join(_part(lines, language if language in advice.languages else "", advice))
    return said if len(said) <= LONGEST else said[: said.rfind(" ", 0, LONGEST)] + " …"


def _part(lines: Sequence[str], language: str, advice: Advice) -> Iterator[str]:
    inside = False
    for line in (line.strip() for line in lines):
        concludes, rest = advice.heading(line, language, CONCLUDING)
        if not inside:
            inside = bool(concludes)
            line = rest
        elif concludes or advice.heading(line, language)[0] or LABEL.match(line):
            return
        if inside and line:
            yield line
