"""The reference of the content library, printed from the shipped content: kinds, what they hold, who approves them."""

from __future__ import annotations

from collections.abc import Iterable

from consilia.clinical import kinds
from consilia.clinical.approvals import Reviewers
from consilia.clinical.entries import spoken
from consilia.clinical.library import Library, load

OPENING = """# Content library

What `consilia content check` counts in the content that is shipped, and which roles must approve it. A translator is
needed besides for every language beside English. See also
[content of your own](../how-to/content-of-your-own.md) and [review content](../how-to/review-content.md).
"""


def library_page() -> str:
    """Markdown: one row for each kind, by title."""
    library = load()
    assert library.layers is not None
    rows = (_row(library, one, library.layers.reviewers) for one in kinds.counts(library))
    columns = ("Kind", "Folder", "Holds", "Entries", "Drafts", "Approved by", "Languages")
    return f"{OPENING}\n{_table(columns, rows)}\n\n{_exceptions(library.layers.reviewers)}"


def _row(library: Library, one: kinds.Count, reviewers: Reviewers) -> tuple[str, ...]:
    tongues: set[str] = {"en"}
    for loaded in library.all_of(one.kind):
        tongues |= {*spoken(loaded.entry), *spoken(loaded.rows[:1])}
    roles = ", ".join(reviewers.kinds.get(one.kind, reviewers.default))
    holds = f"{one.number} {one.counted}"
    return (one.title, f"`{one.kind}`", holds, str(one.entries), str(one.drafts), roles, ", ".join(sorted(tongues)))


def _exceptions(reviewers: Reviewers) -> str:
    rows = ((f"`{name}`", ", ".join(roles)) for name, roles in sorted(reviewers.entries.items()))
    return "Entries that need others than their kind:\n\n" + _table(("Entry", "Approved by"), rows)


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = tuple(columns)
    lines = [titles, tuple("---" for _ in titles), *(tuple(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
