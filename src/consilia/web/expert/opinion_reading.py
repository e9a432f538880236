"""The opinion to be read, not to be changed: parts, entries and lines in the words of the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consilia.cases.queries.expert_names import covered_words
from consilia.opinions.content import DraftContent
from consilia.records.covering import Names
from consilia.web.expert import opinion_form as mapping
from consilia.web.expert import opinion_words as words
from consilia.web.expert.opinion_words import Words


@dataclass(frozen=True, slots=True)
class Entry:
    """`lines`: (label, words); `cites`: labels of what it rests on; `general`: marked as general knowledge."""

    title: str
    stated: str
    lines: tuple[tuple[Words, str], ...]
    cites: tuple[tuple[str, str], ...]
    general: bool


@dataclass(frozen=True, slots=True)
class Part:
    title: Words
    entries: tuple[Entry, ...]


def parts(content: DraftContent, names: Names) -> tuple[Part, ...]:
    """All that is written, in the order of the form; what is empty is left out."""
    fields = mapping.to_fields(content)
    data = content.model_dump(mode="json")
    labels = {source.id: source.label for source in content.sources}
    found = []
    for part in words.ORDER:
        listed = _places(part, data)
        entries = (_entry(place, key, stated, fields, labels, names) for place, key, stated in listed)
        said = tuple(entry for entry in entries if entry.lines or entry.stated)
        if said:
            found.append(Part(words.TITLES[part], said))
    return tuple(found)


def _places(part: str, data: dict[str, object]) -> Sequence[tuple[str, str, str]]:
    if part == "agreement":
        return [(axis, "", "") for axis in mapping.AXES]
    if part in mapping.SINGLES:
        more = _places(mapping.TIMELINE, data) if part == "summary" else ()
        return [(part, "", ""), *more]
    return [
        (
            part,
            mapping.key_of(part, number, one),
            str(one.get("stated") or one.get("proposed") or one.get("question") or ""),
        )
        for number, one in enumerate(mapping.entries(data, part), start=1)
    ]


def _entry(
    part: str,
    key: str,
    stated: str,
    fields: Mapping[str, Sequence[str]],
    labels: Mapping[str, str],
    names: Names,
) -> Entry:
    own = mapping.PARTS.get(part) or mapping.SINGLES[part]
    lines = []
    for name, kind in own.items():
        given = [value for value in fields.get(mapping.named(part, key, name), ()) if value]
        if kind in {"choice", "checks", "tri"}:
            said = dict(words.choices(part, name))
            given = [str(said.get(value, value)) for value in given]
        if given and kind != "flag":
            lines.append((words.label(part, name), covered_words("\n".join(given), names)))
    place = f"{part}-{key}" if key else part
    if part == "declaration" and fields.get("declaration-made"):
        lines.append((words.TITLES[part], " ".join(fields.get("sentences", ())) or str(words.LABELS["made"])))
    cites = tuple((one, labels.get(one, one)) for one in fields.get(f"{place}-sources", ()))
    title = f"{words.ENTRY.get(part, '')} {key}".strip() if key or part in mapping.AXES else ""
    return Entry(
        title, covered_words(stated, names), tuple(lines), cites, bool(fields.get(f"{place}-general_knowledge"))
    )
