"""What the buttons of the opinion form do to a draft: one more entry, one less, one source more; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consilia.opinions.content import DraftContent
from consilia.web.opinion import form


def add(draft: DraftContent, part: str) -> tuple[DraftContent, str]:
    """The draft with one more empty entry, and its anchor; raises KeyError for a part that does not grow."""
    if part not in form.GROWING:
        raise KeyError(part)
    data = draft.model_dump(mode="json")
    form.entries(data, part).append(form.empty(part))
    return DraftContent.model_validate(data), f"{part}-{len(form.entries(data, part))}"


def remove(draft: DraftContent, part: str, key: str) -> DraftContent:
    """The draft without one entry; a source goes out of every statement too."""
    if part not in form.GROWING and part != "sources":
        raise KeyError(part)
    data = draft.model_dump(mode="json")
    listed = form.entries(data, part)
    listed[:] = [one for number, one in enumerate(listed, start=1) if form.key_of(part, number, one) != key]
    if part == "sources":
        for statement in _cited(data):
            statement["sources"] = [one for one in statement["sources"] if one != key]
        data["justifications"] = [one for one in data["justifications"] if one["source"] != key]
    return DraftContent.model_validate(data)


def _cited(data: form.Data) -> Iterator[form.Data]:
    yield data["summary"]
    for part in form.PARTS:
        if part in form.CITED:
            yield from form.entries(data, part)


def cite(draft: DraftContent, source: Mapping[str, Any], anchor: str = "") -> tuple[DraftContent, str]:
    """Adds a source (its values without id), or finds the same one; the statement at `anchor` rests on it.

    Returns the draft and the id of the source: a running number, L and a running number for literature.
    """
    data = draft.model_dump(mode="json")
    same = next((one for one in data["sources"] if all(one.get(name) == value for name, value in source.items())), None)
    source_id = same["id"] if same else _next_id(draft, "L" if source.get("kind") == "literature" else "")
    if same is None:
        data["sources"].append({"id": source_id, **source})
    statement = _statement(data, anchor)
    if statement is not None and source_id not in statement["sources"]:
        statement["sources"].append(source_id)
    return DraftContent.model_validate(data), source_id


def _next_id(draft: DraftContent, letter: str) -> str:
    used = {one.id for one in draft.sources}
    return next(f"{letter}{number}" for number in range(1, 1000) if f"{letter}{number}" not in used)


def _statement(data: form.Data, anchor: str) -> form.Data | None:
    if anchor == "summary":
        found: form.Data = data["summary"]
        return found
    for part in form.PARTS:
        if part in form.CITED:
            for number, entry in enumerate(form.entries(data, part), start=1):
                if anchor == f"{part}-{form.key_of(part, number, entry)}":
                    return entry
    return None


def statements(draft: DraftContent) -> tuple[tuple[str, str, str], ...]:
    """(anchor, part, key) of everything that can rest on a source, in the order of the form."""
    data = draft.model_dump(mode="json")
    lines = [
        (f"{part}-{form.key_of(part, number, entry)}", part, form.key_of(part, number, entry))
        for part in ("diagnoses", "therapies", "answers", *form.GROWING)
        for number, entry in enumerate(form.entries(data, part), start=1)
    ]
    return (*lines, ("summary", "summary", ""))
