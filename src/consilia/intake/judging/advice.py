"""Advice: the examinations that a report recommends, in its own words, by the lists of content for many languages."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from consilia.clinical import papers
from consilia.clinical.library import Library
from consilia.clinical.phrases import Hit, PhraseIndex, Token, tokens
from consilia.formats import dates

# Where an item of a list ends: at a full stop before a capital or a number, a semicolon, a comma, a bullet.
SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+(?=[^\sа-яa-zà-ÿ])|(?<=\w[.])\s+(?=\d{1,2}[.)]\s)|[;•●▪\n]|\s[–—]\s")
ITEM_END: Final = re.compile(r",(?!\d)|\s\d{1,2}[.)]\s+|^\d{1,2}[.)]\s+|:\s")
HEADING_WORDS: Final = 9
RECOMMENDING: Final = frozenset({"heading", "end"})  # roles of headings
FULL_LINE: Final = 0.6  # of the longest line; a shorter one has come to its end
MOST_WORDS: Final = 9  # of an examination as it is quoted
BEFORE: Final = 2  # words before the name that may belong to it: "low dose CT"


class _Part(NamedTuple):
    role: str  # cue, heading, end, conclusion, refused, join, examination, site
    id: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Advised:
    """An examination of a passage: its id, the words as they stand, the parts of the body named, how sure."""

    examination: str
    words: str
    sites: frozenset[str]
    quote: str
    confidence: float


class Sentence(NamedTuple):
    """A sentence with the numbers of the lines it stands on (from 0); `advising` in a part that recommends."""

    text: str
    lines: range
    advising: bool


class Passage(NamedTuple):
    """A sentence that recommends, its words, and what the lists know of them."""

    sentence: Sentence
    words: tuple[Token, ...]
    said: list[Hit[_Part]]


class _Paragraph(NamedTuple):
    """Lines that belong together, from line number `first` on."""

    first: int
    lines: list[str]

    @property
    def text(self) -> str:
        return " ".join(self.lines)

    def sentences(self, *, advising: bool) -> Iterator[Sentence]:
        starts = list(itertools.accumulate((len(line) + 1 for line in self.lines[:-1]), initial=0))
        ends = [(0, 0), *(match.span() for match in SENTENCE_END.finditer(self.text)), (len(self.text),) * 2]
        for (_, start), (end, _) in itertools.pairwise(ends):
            if sentence := self.text[start:end].strip():
                lines = range(bisect_right(starts, start) - 1, bisect_right(starts, end - 1))
                yield Sentence(sentence, range(self.first + lines.start, self.first + lines.stop), advising)


class Advice:
    """The lists of a library, ready to be used on many reports."""

    def __init__(self, library: Library) -> None:
        entries = [loaded.entry for kind in ("advice_words", "examinations") for loaded in library.all_of(kind)]
        files = [entry for entry in entries if isinstance(entry, papers.AdviceWords)]
        lists = [entry for entry in entries if isinstance(entry, papers.Examinations)]
        self.examinations = {one.id: one for entry in lists for one in entry.examination}
        self.languages = {file.language for file in files}
        self.words = PhraseIndex(pair for file in files for pair in _phrases(file))
        self.names = PhraseIndex(pair for entry in lists for pair in _names(entry))

    def sites(self, text: str) -> frozenset[str]:
        """The parts of the body that a text names."""
        return frozenset(hit.payload.id for hit in self.names.find(tokens(text)) if hit.payload.role == "site")

    def named(self, text: str) -> frozenset[str]:
        """The examinations that a text names."""
        return frozenset(hit.payload.id for hit in _longest(self.names.find(tokens(text))))

    def found(self, lines: Sequence[str], language: str, day: str) -> list[Advised]:
        """What a report recommends, each examination of a part of the body once; `day` is the report's own (ISO)."""
        found: dict[tuple[str, frozenset[str]], Advised] = {}
        for passage in self.recommending(lines, language):
            for one in self._advised(passage, day):
                found.setdefault((one.examination, one.sites), one)
        return _without_vaguer(list(found.values()))

    def recommending(self, lines: Sequence[str], language: str) -> Iterator[Passage]:
        """The sentences of a report that recommend, or say that something is not recommended."""
        spoken = language if language in self.languages else ""
        for sentence in self._sentences(lines, spoken):
            words = tokens(sentence.text)
            said = [hit for hit in self.words.find(words) if not spoken or hit.payload.language == spoken]
            if sentence.advising or any(hit.payload.role == "cue" for hit in said):
                yield Passage(sentence, words, said)

    def _sentences(self, lines: Sequence[str], language: str) -> Iterator[Sentence]:
        """The sentences of all lines but of those that only head a part; lines of one paragraph are joined."""
        advising, paragraph, before = False, _Paragraph(0, []), ""
        whole = FULL_LINE * max((len(line) for line in lines), default=0)
        for number, line in enumerate(line.strip() for line in lines):
            heading, rest = self.heading(line, language)
            if heading:
                yield from paragraph.sentences(advising=advising)
                advising, paragraph = heading == "heading", _Paragraph(number, [rest])
            elif len(before) >= whole and _goes_on(paragraph.text, line):
                paragraph.lines.append(line)
            else:
                yield from paragraph.sentences(advising=advising)
                paragraph = _Paragraph(number, [line])
            before = line
        yield from paragraph.sentences(advising=advising)

    def heading(self, line: str, language: str, roles: frozenset[str] = RECOMMENDING) -> tuple[str, str]:
        """(one of `roles`, what follows it on the line) for a line that heads a part, else two empty words."""
        words = tokens(line)
        best: Hit[_Part] | None = None
        for hit in self.words.find(words[:HEADING_WORDS]):
            part = hit.payload
            if hit.first == 0 and part.role in roles and (not language or part.language == language):
                best = hit if best is None or hit.last > best.last else best
        if best is None:
            return "", ""
        after = line[best.end :]
        if colon := re.match(r"[^.;,]{0,40}:", after):
            return best.payload.role, after[colon.end() :].strip()
        alone = len(words) <= HEADING_WORDS and not line.endswith((".", ",", ";"))
        return (best.payload.role, "") if alone else ("", "")

    def _advised(self, passage: Passage, day: str) -> Iterator[Advised]:
        (sentence, _lines, advising), words, said = passage
        if any(hit.payload.role == "refused" for hit in said):
            return
        cues = [hit for hit in said if hit.payload.role == "cue"]
        for start, end in _items(sentence, said):
            inside = tuple(token for token in words if start <= token.start and token.end <= end)
            hits = list(self.names.find(inside))
            named = _longest(hits)
            if not named or _is_over(sentence[start:end], day):
                continue
            main = named[0]
            sites = frozenset(hit.payload.id for hit in hits if hit.payload.role == "site")
            quoted = _quoted(sentence, inside, main, cues)
            sure = 0.85 if advising else 0.75
            yield Advised(main.payload.id, quoted, sites, sentence[:300], sure)


def _phrases(file: papers.AdviceWords) -> Iterator[tuple[str, _Part]]:
    roles = (
        ("cue", file.cues),
        ("heading", file.headings),
        ("end", file.ends),
        ("conclusion", file.conclusions),
        ("refused", file.refused),
        ("join", file.joins),
    )
    for role, phrases in roles:
        yield from ((phrase, _Part(role, "", file.language)) for phrase in phrases)


def _names(entry: papers.Examinations) -> Iterator[tuple[str, _Part]]:
    for one in entry.examination:
        yield from ((name, _Part("examination", one.id)) for name in one.names)
    for site in entry.site:
        yield from ((name, _Part("site", site.id)) for name in site.names)


def _longest(hits: Iterator[Hit[_Part]] | list[Hit[_Part]]) -> list[Hit[_Part]]:
    """Examinations without those whose name lies within a longer one: the CT of a PET/CT."""
    found = [hit for hit in hits if hit.payload.role == "examination"]
    return [
        hit
        for hit in found
        if not any(
            other.start <= hit.start and hit.end <= other.end and other.end - other.start > hit.end - hit.start
            for other in found
        )
    ]


def _goes_on(running: str, line: str) -> bool:
    """A line that goes on where the one before broke off; a new item, a label or a capital after a stop begins anew."""
    if not running or running.endswith((".", ":", "!", "?")):
        return bool(re.search(r"(?:^|\s)\d{1,2}\.$", running))
    return not re.match(r"\s*(?:[-•*▪●]|\d{1,2}[.)]\s)", line)


def _items(sentence: str, said: Sequence[Hit[_Part]]) -> list[tuple[int, int]]:
    """Places of the items of a list: parted by commas, numbers and joining words."""
    cuts = [0, len(sentence)]
    for match in ITEM_END.finditer(sentence):
        cuts += [match.start(), match.end()]
    for hit in said:
        if hit.payload.role == "join" and hit.last == hit.first:
            cuts += [hit.start, hit.end]
    ordered = sorted(set(cuts))
    return [(start, end) for start, end in itertools.pairwise(ordered) if sentence[start:end].strip()]


def _is_over(item: str, day: str) -> bool:
    """A day of the past stands in the item: this examination is told of, not recommended."""
    return bool(day) and any(found.value <= day for found in dates.find(item))


def _quoted(sentence: str, inside: tuple[Token, ...], main: Hit[_Part], cues: Sequence[Hit[_Part]]) -> str:
    """The name with a few words around it, without the words that recommend it."""
    first = next(place for place, token in enumerate(inside) if token.start == main.start)
    taken = {token.start for cue in cues for token in inside if cue.start <= token.start < cue.end}
    start = first
    while start > 0 and first - start < BEFORE and inside[start - 1].start not in taken:
        start -= 1
    rest = [token for token in inside[start:] if token.start not in taken][:MOST_WORDS]
    return re.sub(r"\s+", " ", sentence[rest[0].start : rest[-1].end]).strip()


def _without_vaguer(found: list[Advised]) -> list[Advised]:
    """The same examination named once with and once without the part of the body is one."""
    return [
        one
        for one in found
        if one.sites or not any(other.examination == one.examination and other.sites for other in found)
    ]


_kept: list[tuple[Library, Advice]] = []


def advice_of(library: Library) -> Advice:
    """The Advice of a library; the last one is kept, because making it takes longer than using it."""
    if not _kept or _kept[0][0] is not library:
        _kept[:] = [(library, Advice(library))]
    return _kept[0][1]
