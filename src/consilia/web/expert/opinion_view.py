"""The opinion form as the template draws it: parts, entries, fields, sources, what is still open in each part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from consilia.cases.queries.expert_names import covered_words
from consilia.kernel.refusal import Refusal
from consilia.opinions.content import DraftContent
from consilia.opinions.terms import RECORD_KINDS
from consilia.records.covering import Names
from consilia.web import attributes
from consilia.web.opinion import form as mapping
from consilia.web.opinion import words
from consilia.web.opinion.words import Words

LONGEST = {"icd10": 12, "line": 400, "number": 400}
HEIGHTS = {"short": 2, "words": 4, "explanation": 5, "in_short": 3}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several answers; `kind` is radio or checkbox."""

    name: str
    kind: str
    value: str
    label: Words
    checked: bool

    @property
    def control(self) -> SafeString:
        """The attributes of its input."""
        return attributes.drawn({"type": self.kind, "name": self.name, "value": self.value, "checked": self.checked})


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field: `name` is its name, id and anchor; kind as in `web.opinion.form`."""

    name: str
    kind: str
    label: Words
    value: str = ""
    choices: tuple[Choice, ...] = ()
    fault: Words = ""
    rows: int = 3
    longest: int = 20_000

    @property
    def control(self) -> SafeString:
        """The attributes of its input or text area; a fault is told to those who do not see it, too."""
        said: dict[str, object] = {"id": self.name, "name": self.name, "maxlength": self.longest}
        said |= {"rows": self.rows} if self.kind in {"text", "lines"} else {"value": self.value}
        said |= {"inputmode": "numeric"} if self.kind == "number" else {}
        said |= {"aria-invalid": "true", "aria-describedby": f"{self.name}_error"} if self.fault else {}
        return attributes.drawn(said)


@dataclass(frozen=True, slots=True)
class SourceChoice:
    id: str
    label: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Clash:
    """A statement that differs from what it cites, and the field in which the expert says why."""

    name: str
    source: str
    value: str


@dataclass(frozen=True, slots=True)
class EntryView:
    part: str
    key: str
    anchor: str
    title: Words
    stated: str
    fields: tuple[FieldView, ...]
    sources: tuple[SourceChoice, ...] = ()
    general: bool = False
    cited: bool = False  # whether this entry rests on sources at all
    removable: bool = False
    clashes: tuple[Clash, ...] = ()
    note: str = ""
    opens: tuple[str, UUID, int] | None = None  # of a source in a record: its kind, the record, the page

    @property
    def chosen(self) -> tuple[SourceChoice, ...]:
        return tuple(one for one in self.sources if one.checked)

    @property
    def others(self) -> tuple[SourceChoice, ...]:
        return tuple(one for one in self.sources if not one.checked)


@dataclass(frozen=True, slots=True)
class SectionView:
    """One part; `open_points`: how many reasons lead into it."""

    part: str
    title: Words
    hint: Words
    entries: tuple[EntryView, ...]
    here: tuple[tuple[str, tuple[str, ...]], ...]  # hidden list name -> keys
    growing: bool
    open_points: int
    empty: bool
    more: tuple[EntryView, ...] = ()  # the timeline within the summary

    @property
    def tone(self) -> str:
        return "amber" if self.open_points else "" if self.empty else "green"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the sections are drawn from."""

    draft: DraftContent
    data: Mapping[str, Any]
    fields: Mapping[str, Sequence[str]]
    faults: Mapping[str, str]
    against: Sequence[Refusal]
    names: Names


def sections(
    draft: DraftContent,
    *,
    names: Names,
    faults: Mapping[str, str] | None = None,
    against: Sequence[Refusal] = (),
    typed: Mapping[str, Sequence[str]] | None = None,
) -> tuple[SectionView, ...]:
    """Every part in the order of the form; `typed` values win over the draft's, so that no word is lost."""
    fields = {**mapping.to_fields(draft), **(typed or {})}
    drawing = Drawing(draft, draft.model_dump(mode="json"), fields, faults or {}, against, names)
    return tuple(_section(drawing, part) for part in words.ORDER)


def _section(drawing: Drawing, part: str) -> SectionView:
    if part == "agreement":
        entries = tuple(_entry(drawing, axis, "", mapping.single(dict(drawing.data), axis)) for axis in mapping.AXES)
    elif part in mapping.SINGLES:
        entries = (_entry(drawing, part, "", mapping.single(dict(drawing.data), part)),)
    else:
        entries = _entries(drawing, part)
    timeline = _entries(drawing, mapping.TIMELINE) if part == "summary" else ()
    lists = [mapping.TIMELINE] if part == "summary" else [part] if part in mapping.PARTS else []
    return SectionView(
        part=part,
        title=words.TITLES[part],
        hint=words.HINTS.get(part, ""),
        entries=entries,
        here=tuple(
            (f"{name}-{mapping.HERE}", tuple(drawing.fields.get(f"{name}-{mapping.HERE}", ()))) for name in lists
        ),
        growing=part in mapping.GROWING,
        open_points=sum(1 for one in once(drawing.against) if one.mend == part or one.mend.startswith(f"{part}-")),
        empty=not entries or not any(_says_something(entry) for entry in entries),
        more=timeline,
    )


def _entries(drawing: Drawing, part: str) -> tuple[EntryView, ...]:
    listed = mapping.entries(dict(drawing.data), part)
    return tuple(_entry(drawing, part, mapping.key_of(part, n, one), one) for n, one in enumerate(listed, start=1))


def _says_something(entry: EntryView) -> bool:
    return any(one.value.strip() or any(choice.checked for choice in one.choices) for one in entry.fields)


def _entry(drawing: Drawing, part: str, key: str, entry: Mapping[str, Any]) -> EntryView:
    anchor = f"{part}-{key}" if key else part
    cited = part in mapping.CITED
    own = mapping.PARTS.get(part) or mapping.SINGLES[part]
    return EntryView(
        part=part,
        key=key,
        anchor=anchor,
        title=words.ENTRY.get(part, words.TITLES.get(part, "")),
        stated=covered_words(
            str(entry.get("stated") or entry.get("proposed") or entry.get("question") or ""), drawing.names
        ),
        fields=tuple(_field(drawing, part, key, name, kind) for name, kind in own.items()),
        sources=_sources(drawing, f"{anchor}-sources") if cited else (),
        general=bool(drawing.fields.get(f"{anchor}-general_knowledge")),
        cited=cited,
        removable=part in mapping.GROWING or part == "sources",
        clashes=_clashes(drawing, anchor) if cited else (),
        note=_of_source(entry) if part == "sources" else "",
        opens=_opens(entry) if part == "sources" else None,
    )


def _of_source(entry: Mapping[str, Any]) -> str:
    said = str(words.SOURCE_KINDS[str(entry["kind"])])
    if entry.get("page"):
        return _("%(kind)s, p. %(page)s") % {"kind": said, "page": entry["page"]}
    return _("%(kind)s, frame %(frame)s") % {"kind": said, "frame": entry["frame"]} if entry.get("frame") else said


def _opens(entry: Mapping[str, Any]) -> tuple[str, UUID, int] | None:
    try:
        record = UUID(entry.get("record_id") or "")
    except ValueError:
        return None
    kind = str(entry["kind"])
    return (kind, record, entry.get("page") or 1) if kind in RECORD_KINDS else None


def _sources(drawing: Drawing, name: str) -> tuple[SourceChoice, ...]:
    chosen = set(drawing.fields.get(name, ()))
    return tuple(SourceChoice(one.id, one.label, one.id in chosen) for one in drawing.draft.sources)


def _clashes(drawing: Drawing, anchor: str) -> tuple[Clash, ...]:
    found = [one for one in drawing.draft.justifications if one.place == anchor]
    clashing = {one.source: one.words for one in found}
    for refusal in drawing.against:
        if refusal.code == "contradicts_source" and refusal.mend == anchor:
            for source in _cited_by(drawing, anchor):
                clashing.setdefault(source, "")
    return tuple(Clash(mapping.justification(anchor, source), source, said) for source, said in clashing.items())


def _cited_by(drawing: Drawing, anchor: str) -> Sequence[str]:
    return drawing.fields.get(f"{anchor}-sources", ())


def _field(drawing: Drawing, part: str, key: str, name: str, kind: str) -> FieldView:
    full = mapping.named(part, key, name)
    given = drawing.fields.get(full, ())
    picks = words.choices(part, name) if kind in {"choice", "checks", "tri"} else ()
    button = "checkbox" if kind == "checks" else "radio"
    code = drawing.faults.get(full, "")
    return FieldView(
        name=full,
        kind=kind,
        label=words.label(part, name),
        value="" if picks else (given[-1] if given else ""),
        choices=tuple(
            Choice(full, button, value, said, value in given or (value == "" and not any(given)))
            for value, said in picks
        ),
        fault=words.FAULTS.get(code, words.FAULT) if code else "",
        rows=HEIGHTS.get(name, 3),
        longest=LONGEST.get(kind, 20_000),
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that was saved elsewhere and typed here."""

    label: str
    saved: str
    yours: str


def differences(saved: DraftContent, yours: DraftContent, names: Names) -> tuple[Difference, ...]:
    """What two versions of a draft say differently, field by field."""
    theirs, mine = mapping.to_fields(saved), mapping.to_fields(yours)
    found = []
    for name in dict.fromkeys((*mine, *theirs)):
        one, other = ("\n".join(fields.get(name, ())) for fields in (theirs, mine))
        if one != other and not name.endswith(mapping.HERE):
            found.append(Difference(place_words(name), covered_words(one, names), covered_words(other, names)))
    return tuple(found)


def place_words(name: str) -> str:
    """The words for a field: "Answers 2: Short answer"; the name itself for one without a label."""
    for part in sorted((*mapping.PARTS, *mapping.SINGLES), key=len, reverse=True):
        if name.startswith(f"{part}-"):
            rest = name.removeprefix(f"{part}-")
            key, _dash, last = rest.partition("-") if part in mapping.PARTS else ("", "", rest)
            own = {one.replace(".", "-"): one for one in mapping.kinds(part)}
            title = words.TITLES.get(part) or words.ENTRY[part]
            if last in words.LABELS or (last in own and own[last] in words.LABELS):
                return f"{title} {key}: {words.label(part, own.get(last, last))}".replace("  ", " ").replace(" :", ":")
            return f"{title} {key}".strip()
    return name


def statement_words(part: str, key: str) -> str:
    """A statement in the list of those that can rest on a source: "Question 2"."""
    return f"{words.ENTRY.get(part, words.TITLES.get(part, part))} {key}".strip()


WHOLE = frozenset({"question_unanswered", "diagnosis_unjudged", "therapy_unjudged"})


def once(refusals: Sequence[Refusal]) -> tuple[Refusal, ...]:
    """Reasons without those of single fields where the whole entry is open: an unanswered question is one reason."""
    whole = tuple(f"{one.mend}-" for one in refusals if one.code in WHOLE)
    return tuple(one for one in refusals if not (one.code == "part_empty" and one.mend.startswith(whole)))


def told(refusals: Sequence[Refusal], names: Names) -> tuple[Refusal, ...]:
    """Each reason once, with the names covered: some quote the patient's words."""
    return tuple(Refusal(one.code, covered_words(one.reason, names), one.mend) for one in once(refusals))
