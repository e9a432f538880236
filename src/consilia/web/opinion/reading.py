"""An opinion to be read and not changed: parts, entries and lines in the words of the form, with their sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consilia.cases.queries.expert_names import NOBODY, covered_words
from consilia.opinions.content import DraftContent, Source
from consilia.records.covering import Names
from consilia.web.opinion import form as mapping
from consilia.web.opinion import words
from consilia.web.opinion.words import Words

TONES = {"confirmed": "green", "advisable": "green", "cannot_be_judged": "grey"}  # amber: it changes what is done
Address = Callable[[Source], str]


@dataclass(frozen=True, slots=True)
class Cite:
    """A source beneath a statement; `url` opens the record at the page, "" for what opens nothing here."""

    id: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """`status`: a verdict, or that there is none; `lines`: (label, words); `general`: marked as general knowledge;
    `unfounded`: a statement that names no source and is not marked so.
    """

    title: str
    stated: str
    status: str
    tone: str
    lines: tuple[tuple[Words, str], ...]
    cites: tuple[Cite, ...]
    general: bool
    unfounded: bool


@dataclass(frozen=True, slots=True)
class Part:
    id: str
    title: Words
    entries: tuple[Entry, ...]


def parts(content: DraftContent, *, names: Names = NOBODY, address: Address = lambda _source: "") -> tuple[Part, ...]:
    """All that is written, in the order of the form; what is empty is left out.

    `names` are covered for a reader who must not know whose opinion it is; `address`: where a source opens.
    """
    reading = Reading(content, names, address)
    found = []
    for part in words.ORDER:
        entries = (reading.entry(place, key, stated) for place, key, stated in _places(part, reading.data))
        said = tuple(entry for entry in entries if entry.lines or entry.stated)
        if said:
            found.append(Part(part, words.TITLES[part], said))
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


class Reading:
    """One draft as the fields of the form, its sources, and why it differs from what it cites."""

    def __init__(self, content: DraftContent, names: Names, address: Address) -> None:
        self.names, self.address = names, address
        self.fields: Mapping[str, Sequence[str]] = mapping.to_fields(content)
        self.data = content.model_dump(mode="json")
        self.sources = {source.id: source for source in content.sources}
        self.differs = [(one.place, one.words) for one in content.justifications if one.words.strip()]

    def entry(self, part: str, key: str, stated: str) -> Entry:
        """One statement with its verdict, its lines and what it rests on."""
        place = f"{part}-{key}" if key else part
        lines = self._lines(part, key, place)
        cited = [key] if part == "sources" else self.fields.get(f"{place}-sources", ())
        cites = tuple(self._cite(one) for one in cited)
        general = bool(self.fields.get(f"{place}-general_knowledge"))
        title = f"{words.ENTRY.get(part, '')} {key}".strip() if key or part in mapping.AXES else ""
        status, tone = self._status(part, key)
        is_statement = part in mapping.CITED and bool(lines)
        return Entry(
            title=title,
            stated=covered_words(stated, self.names),
            status=status,
            tone=tone,
            lines=tuple((said, covered_words(given, self.names)) for said, given in lines),
            cites=cites,
            general=general,
            unfounded=is_statement and not cites and not general,
        )

    def _lines(self, part: str, key: str, place: str) -> list[tuple[Words, str]]:
        own = mapping.PARTS.get(part) or mapping.SINGLES[part]
        lines: list[tuple[Words, str]] = []
        for name, kind in own.items():
            given = self._given(part, key, name, kind)
            if given and kind != "flag" and name != "verdict":
                lines.append((words.read_label(part, name), "\n".join(given)))
        if part == "declaration" and self.fields.get("declaration-made"):
            said = " ".join(self.fields.get("sentences", ()))
            lines.append((words.TITLES[part], said or str(words.LABELS["made"])))
        why = [said for where, said in self.differs if where == place]
        return [*lines, *((_("Why it differs from its source"), said) for said in why)]

    def _given(self, part: str, key: str, name: str, kind: str) -> list[str]:
        given = [value for value in self.fields.get(mapping.named(part, key, name), ()) if value]
        if kind not in {"choice", "checks", "tri"}:
            return given
        said = dict(words.choices(part, name))
        return [str(said.get(value, value)) for value in given]

    def _status(self, part: str, key: str) -> tuple[str, str]:
        if part in {"diagnoses", "therapies"}:
            code = "".join(self.fields.get(mapping.named(part, key, "verdict"), ()))
            said = self._given(part, key, "verdict", "choice")
            return (said[0], TONES.get(code, "amber")) if said else (_("No verdict yet"), "grey")
        if part == "answers" and not "".join(self.fields.get(mapping.named(part, key, "short"), ())).strip():
            return _("Not answered"), "amber"
        return "", ""

    def _cite(self, id_: str) -> Cite:
        source = self.sources.get(id_)
        return Cite(id_, source.label, self.address(source)) if source else Cite(id_, id_, "")
