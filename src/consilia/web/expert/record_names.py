"""What the expert's pages call a record: the same short words in lists, citations and the document that is signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from consilia.cases.queries.expert import Paper
from consilia.cases.queries.expert_records import RecordLine
from consilia.opinions import naming


def listed(lines: Sequence[RecordLine]) -> tuple[RecordLine, ...]:
    """The lines of the list, named by kind; the paper's own heading stands in the note."""
    return tuple(replace(line, title=_short(line)) for line in lines)


def shown(paper: Paper) -> Paper:
    """The paper that stands open, named as in the list."""
    return replace(paper, title=naming.short(paper.slug, paper.heading))


def full(lines: Sequence[RecordLine]) -> dict[str, str]:
    """Record id -> its name; two papers of one kind and one day are told apart by their headings."""
    papers = [line for line in lines if line.kind == "document"]
    names = naming.told_apart(
        [naming.Paper(one.slug, one.heading, one.on.isoformat() if one.on else "") for one in papers]
    )
    studies = {str(line.id): line.title for line in lines if line.kind != "document"}
    return studies | {str(one.id): name for one, name in zip(papers, names, strict=True)}


def _short(line: RecordLine) -> str:
    return naming.short(line.slug, line.heading) if line.kind == "document" else line.title
