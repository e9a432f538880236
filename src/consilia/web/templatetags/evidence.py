"""What a statement rests on: source chips, confidence, the seal, rows of files, two claims side by side.

`{% source_chip "Pathology 18 Sep 2025, p. 2" url="#frame-1" number=1 %}` violet: a citation, nothing else
`{% confidence "high" words="Dr Weber is very sure" %}` three bars and a sentence; high, moderate, low
`{% seal signed_by="Dr Weber, oncologist, Germany" at=moment intact=True url="" note="" %}`
`{% file_row title="Tissue report" note="" name="report.pdf" icon="file-text" url="" %}its actions{% endfile_row %}`
`{% compare_claims rows left="In the file" right="You" caption="" judged=False marks="left" %}`
    rows: (label, left, right) or (label, left, right, judgement); only the characters that differ are marked
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from consilia.web.templatetags.icons import icon
from consilia.web.templatetags.library import register

SURE = {
    "high": (3, gettext_lazy("Very sure")),
    "moderate": (2, gettext_lazy("Fairly sure")),
    "low": (1, gettext_lazy("Not sure")),
}
SHORT = 3  # so few letters in common between two differences are an accident
ALIKE = 0.5  # below this likeness the whole value differs, and single letters in common mean nothing


@register.simple_tag
def source_chip(words: str, *, url: str = "", number: int | str = "", current: bool = False) -> SafeString:
    """A citation: kind, date, page."""
    said = format_html("{}: {}", number, words) if number else words
    mark = SafeString(' aria-current="true"' if current else "")
    if not url:
        return format_html('<span class="chip">{}<span>{}</span></span>', icon("cite"), said)
    return format_html('<a class="chip" href="{}"{}>{}<span>{}</span></a>', url, mark, icon("cite"), said)


@register.inclusion_tag("components/confidence.html")
def confidence(level: str, *, words: str = "") -> dict[str, Any]:
    """How sure: three bars and a sentence, never a percentage."""
    bars, usual = SURE[str(level)]
    return {"bars": [(index * 19, index < bars) for index in range(3)], "words": words or usual}


@register.inclusion_tag("components/seal.html")
def seal(
    *, signed_by: str, at: datetime, intact: bool = True, url: str = "", note: str = "", title: str = ""
) -> dict[str, Any]:
    """Signed by whom, when, intact; links to the verification."""
    return {"signed_by": signed_by, "at": at, "intact": intact, "url": url, "note": note, "title": title}


@register.simple_block_tag
def file_row(
    content: str,
    *,
    title: str,
    note: str = "",
    name: str = "",
    icon: str = "file-text",
    url: str = "",
    id: str = "",  # noqa: A002  # the name of the attribute
) -> SafeString:
    """One file: what it is, what we say of it, its own name, what can be done. Stands in `<ul class="files">`."""
    page = {"title": title, "note": note, "name": name, "icon": icon, "url": url, "id": id}
    return render_to_string("components/file_row.html", page | {"content": SafeString(content.strip())})


@register.inclusion_tag("components/compare_claims.html")
def compare_claims(
    rows: Iterable[tuple[str, ...]],
    *,
    left: str,
    right: str,
    caption: str = "",
    judged: bool = False,
    marks: str = "left",
) -> dict[str, Any]:
    """Two columns; what differs is marked in the column named by `marks` (left or right)."""
    if marks not in {"left", "right"}:
        raise ValueError(f"marks stand left or right, not {marks!r}")
    drawn = []
    for label, one, other, *judgement in rows:
        first = marked(one, other) if marks == "left" else one
        second = marked(other, one) if marks == "right" else other
        drawn.append((label, first, second, one == other, judgement[0] if judgement else ""))
    return {"rows": drawn, "left": left, "right": right, "caption": caption, "judged": judged, "marks": marks}


def marked(one: str, other: str) -> SafeString:
    """The first value with a mark around what the second does not have; one mark over all where little is alike."""
    pieces = SequenceMatcher(None, one, other, autojunk=False)
    if one and pieces.ratio() < ALIKE:
        return format_html("<mark>{}</mark>", one)
    runs: list[tuple[bool, str]] = []
    for kind, start, end, *_rest in pieces.get_opcodes():
        differs = kind != "equal" or (start > 0 and end < len(one) and end - start < SHORT)
        if runs and runs[-1][0] == differs:
            runs[-1] = (differs, runs[-1][1] + one[start:end])
        elif start < end:
            runs.append((differs, one[start:end]))
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", text) if differs else text,) for differs, text in runs)
    )
