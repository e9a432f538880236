"""Names of records as people say them: "Tissue report", never a definition or a raw identifier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from consilia.cases.queries.expert_names import readable
from consilia.cases.queries.expert_records import kind_words
from consilia.intake import words

LONGEST: Final = 120  # characters of a paper's own heading beside its kind


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper is named by: its kind (a slug), its own heading, its day as ISO date or ""."""

    kind: str
    heading: str
    day: str


def short(kind: str, heading: str) -> str:
    """The kind in a few words; of an unknown kind the paper's own heading, where it is one that people can read."""
    known = kind not in {"", "unknown"}
    return words.kind(kind) or (kind_words(kind) if known else readable(heading)[:LONGEST]) or _("Document")


def told_apart(papers: Sequence[Paper]) -> list[str]:
    """One name for each paper; those of one kind and one day carry their own headings, too."""
    named = [(short(paper.kind, paper.heading), paper) for paper in papers]
    alike = Counter((name, paper.day) for name, paper in named)
    return [_with_heading(name, paper.heading) if alike[name, paper.day] > 1 else name for name, paper in named]


def _with_heading(name: str, heading: str) -> str:
    own = readable(heading)[:LONGEST]
    return f"{name}: {own}" if own and own != name else name
