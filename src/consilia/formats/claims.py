"""Claims: finds in the lines of a paper whose it is, its dates and its title, by the words printed before them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any, Final

from consilia.formats import dates
from consilia.formats.dates import FoundDate
from consilia.formats.limits import LIMITS
from consilia.formats.plain import folded
from consilia.formats.values import Claim, ClaimKind, DateCandidate, DateKind, Line, PageText, line_at, place_of_line

HEAD_LINES: Final = 60  # whose paper it is stands at its top; further down "patient:" begins a sentence
TITLE_LINES: Final = 14
TITLE_CHARACTERS: Final = 110
NAME_CHARACTERS: Final = 80
DATE_RANK: Final = (
    DateKind.DOCUMENT,
    DateKind.EXAMINATION,
    DateKind.RECEIVED,
    DateKind.MENTIONED,
    DateKind.PLANNED,
    DateKind.PRINTED,
)
RANGE: Final = re.compile(r"\s*(?:bis(?: zum)?|al?|to|until|au|hasta(?: el)?|[-–])\s*")
IDENTITY: Final = frozenset(ClaimKind)


def _table() -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "labels.toml").read_text(encoding="utf-8"))


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the words in folded text; "word*" is how a word begins."""
    stems = (re.escape(folded(word)).replace(r"\*", r"\w*") for word in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(stems)})(?!\w)")


TABLE: Final = _table()
# A date after one of these words is of another paper.
COMPARED: Final = _any_of(word for words in TABLE["compared"].values() for word in words)
# Words so short that they label a date only near the top of the paper.
WEAK: Final = frozenset(TABLE["weak"]["near_the_top"])
# Of these, the ones that stand in any sentence: "the biopsy of 3 March".
IN_SENTENCES: Final = frozenset(TABLE["weak"]["in_sentences"])
DAY_FIRST: Final = _any_of(TABLE["date_order"]["day_first_words"])
MONTH_FIRST: Final = _any_of(TABLE["date_order"]["month_first_words"])
# Their days are not the paper's own.
ASIDE: Final = frozenset({DateKind.PRINTED, DateKind.PLANNED})


def _labels() -> dict[str, tuple[ClaimKind | DateKind, frozenset[str]]]:
    kinds: dict[str, tuple[ClaimKind | DateKind, set[str]]] = {}
    sections: list[tuple[ClaimKind | DateKind, dict[str, list[str]]]] = [
        (ClaimKind(name), TABLE[name]) for name in ("name", "birth_date", "sex", "patient_id", "accession")
    ]
    sections += [(DateKind(name), words) for name, words in TABLE["date"].items()]
    for kind, by_language in sections:
        for language, words in by_language.items():
            for word in words:
                kinds.setdefault(folded(word), (kind, set()))[1].add(language)
    return {word: (kind, frozenset(languages)) for word, (kind, languages) in kinds.items()}


LABELS: Final = _labels()
_WORDS: Final = "|".join(re.escape(word) for word in sorted(LABELS, key=len, reverse=True))
# A label is followed by a colon, or directly by a digit ("geb. 21.06.1957", "Pat.-Nr. 4471903").
LABEL: Final = re.compile(rf"(?<![\w-])({_WORDS})(?![\w])\.?[ \t]{{0,3}}(?:([:：#])|(?=\d))")
SEXES: Final = {folded(word): sex for sex, words in TABLE["sex_words"].items() for word in words}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label and the words after it, up to the next label of the line."""

    kind: ClaimKind | DateKind
    label: str
    value: str
    colon: bool
    before: str
    languages: frozenset[str]


def labelled(line: str) -> Iterator[Labelled]:
    """The labelled values of one line, in order."""
    flat = folded(line)
    found = list(LABEL.finditer(flat))
    for match, following in zip(found, [*found[1:], None], strict=False):
        kind, languages = LABELS[match[1]]
        value = line[match.end() : following.start() if following else len(line)]
        yield Labelled(kind, match[1], value.strip(" \t,;|-–:"), bool(match[2]), flat[: match.start()], languages)


def _name(words: str) -> str:
    name = re.split(r"\s{3,}|\t|\s[|•]\s|\(", words)[0].strip(" ,;.-")
    name = dates.NUMERIC.split(name)[0].strip(" ,;")
    if not name or len(name) > NAME_CHARACTERS or any(letter.isdigit() for letter in name):
        return ""
    return name if 1 <= len(name.split()) <= 8 and sum(letter.isalpha() for letter in name) > 2 else ""


def _identifier(words: str) -> str:
    """The first run that holds a digit, with the word before it when it is short ("MRN 00718334")."""
    match = re.match(r"[ ]?((?:[A-Z]{1,4}[ ])?[\w./-]{0,24}\d[\w./-]{0,24})", words)
    return match[1].strip(" .,;/-") if match else ""


def _end_of_stay(words: str, found: list[FoundDate]) -> FoundDate | None:
    """The date; of a stay ("vom 11.08. bis 14.08.") its last day, when the paper was written."""
    if len(found) > 1 and RANGE.fullmatch(folded(words[found[0].end : found[1].start])):
        return replace(found[1], start=found[0].start)
    return found[0] if found else None


@dataclass(slots=True)
class Findings:
    """What the lines of one document say; filled line by line."""

    claims: list[Claim]
    dates: list[DateCandidate]
    month_first: bool | None
    spelt_day_first: bool

    def take(self, item: Labelled, where: str, position: int) -> None:
        """Adds what one labelled value says, when it is what its label promises."""
        if isinstance(item.kind, DateKind):
            self._date(item, item.kind, where, position)
        elif item.kind is ClaimKind.BIRTH_DATE:
            self._birth_date(item, where)
        elif position < HEAD_LINES:
            self._words(item, item.kind, where)

    def _order(self, item: Labelled) -> bool:
        if self.month_first is not None:
            return self.month_first
        return not self.spelt_day_first and _may_be_month_first(item.languages)

    def _date(self, item: Labelled, kind: DateKind, where: str, position: int) -> None:
        found = _end_of_stay(item.value, list(dates.find(item.value[:60], month_first=self._order(item))))
        if found is None or found.start > 12 or (item.label in WEAK and position > TITLE_LINES + 6):
            return
        if COMPARED.search(item.before.rsplit(". ", 1)[-1]) or COMPARED.search(item.label):
            kind = DateKind.MENTIONED
        alternatives = self._alternatives(found)
        self.dates.append(DateCandidate(kind, found.value, item.label, where, alternatives))

    def _birth_date(self, item: Labelled, where: str) -> None:
        found = next(dates.find(item.value[:40], month_first=self._order(item)), None)
        if found and found.start < 16:
            self.claims.append(Claim(ClaimKind.BIRTH_DATE, found.value, where, self._alternatives(found)))

    def _alternatives(self, found: FoundDate) -> tuple[str, ...]:
        return (found.alternative,) if found.alternative and self.month_first is None else ()

    def _words(self, item: Labelled, kind: ClaimKind, where: str) -> None:
        value = ""
        if kind is ClaimKind.NAME and item.colon:
            value = _name(item.value)
        elif kind is ClaimKind.SEX and item.colon and item.value:
            value = SEXES.get(folded(re.split(r"[\s,;]", item.value)[0].strip(".")), "")
        elif kind in {ClaimKind.PATIENT_ID, ClaimKind.ACCESSION}:
            value = _identifier(item.value)
        if value:
            self.claims.append(Claim(kind, value, where))


def _lines(pages: Iterable[PageText]) -> list[tuple[str, str]]:
    return [(place_of_line(page.number, n), line.text) for page in pages for n, line in enumerate(page.lines)]


def shown_order(texts: Sequence[str]) -> bool | None:
    """True if the month stands first, None if nothing shows the order of day and month.

    An Italian paper is never month first; an English one may be, so only its own dates decide."""
    shown = dates.shows_month_first(list(texts))
    if shown is not None:
        return shown
    languages = [item.languages for text in texts[:HEAD_LINES] for item in labelled(text)]
    return False if languages and not any(map(_may_be_month_first, languages)) else None


def likely_order(texts: Sequence[str], language: str) -> bool:
    """True if the month likely stands first where nothing shows the order: by language and by how it is spelt."""
    return _may_be_month_first({language[:2]}) and not _spelt_day_first(texts)


def _may_be_month_first(languages: Iterable[str]) -> bool:
    return not set(languages).isdisjoint(TABLE["date_order"]["month_first"])


def _spelt_day_first(texts: Sequence[str]) -> bool:
    """More words that are spelt so, or used, where the day stands first in English than where the month does."""
    text = folded("\n".join(texts))
    return len(set(DAY_FIRST.findall(text))) > len(set(MONTH_FIRST.findall(text)))


def sets_aside(line: str) -> bool:
    """The line says of its days that they are of the printing, of an appointment or of a paper compared with."""
    return bool(COMPARED.search(folded(line))) or any(item.kind in ASIDE for item in labelled(line))


def in_a_sentence(line: str, label: str) -> bool:
    """The label is a preposition amid a sentence, which may tell of any other paper; a stay is the paper's own."""
    item = next((item for item in labelled(line) if item.label == label), None)
    if item is None or item.colon or label not in IN_SENTENCES:
        return False
    starts_a_field = not item.before.strip() or item.before.rstrip().endswith(",") or item.before.endswith("   ")
    found = list(dates.find(item.value))
    is_stay = bool(found) and _end_of_stay(item.value, found) != found[0]
    return not starts_a_field and not is_stay


def find(pages: Iterable[PageText]) -> tuple[tuple[Claim, ...], tuple[DateCandidate, ...]]:
    """Identity claims and dates of a document's pages; each at most once, dates with the best candidate first."""
    lines = _lines(pages)
    texts = [text for _, text in lines]
    findings = Findings([], [], shown_order(texts), _spelt_day_first(texts))
    for position, (where, text) in enumerate(lines):
        items = list(labelled(text))
        if len(items) == 1 and items[0].colon and not items[0].value and position + 1 < len(lines):
            following = lines[position + 1]
            if not any(labelled(following[1])):  # the label alone on its line, its value on the next
                items = [Labelled(items[0].kind, items[0].label, following[1].strip(), True, "", items[0].languages)]
                where = following[0]
        for item in items:
            findings.take(item, where, position)
    return once(findings.claims), ranked(findings.dates)


def once(found: list[Claim]) -> tuple[Claim, ...]:
    unique: dict[tuple[ClaimKind, str], Claim] = {}
    for claim in found:
        unique.setdefault((claim.kind, folded(claim.value)), claim)
    return tuple(unique.values())[: LIMITS.claims]


def ranked(found: list[DateCandidate]) -> tuple[DateCandidate, ...]:
    unique: dict[tuple[DateKind, str], DateCandidate] = {}
    for candidate in found:
        unique.setdefault((candidate.kind, candidate.value), candidate)
    ordered = sorted(unique.values(), key=lambda date: (DATE_RANK.index(date.kind), date.label in WEAK))
    return tuple(ordered)[: LIMITS.dates]


def titles(pages: Iterable[PageText]) -> tuple[str, ...]:
    """Lines near the top that may be the title, likeliest first: they follow the identity lines and label nothing."""
    first = next(iter(pages), None)
    if first is None:
        return ()
    head = [line for line in first.lines[: HEAD_LINES // 2] if line.text.strip()]
    marked = [index for index, line in enumerate(head[:TITLE_LINES]) if _identifies(line.text)]
    start = marked[-1] + 1 if marked else 0
    after = [line for line in head[start : start + 5] if len(line.text) <= TITLE_CHARACTERS]
    before = [line for line in head[:start] if not _identifies(line.text) and len(line.text) <= TITLE_CHARACTERS]
    ranked = [*_headings_first(after), *_headings_first(before)]
    return tuple(dict.fromkeys(line.text.strip() for line in ranked))[:8]


def _identifies(text: str) -> bool:
    """The line says whose paper it is or carries a labelled date; "REFERTO: MAMMOGRAFIA" is a title all the same."""
    return any(
        isinstance(item.kind, ClaimKind) or (item.colon and any(dates.find(item.value[:20]))) for item in labelled(text)
    )


def _headings_first(lines: list[Line]) -> list[Line]:
    """A heading is set larger or in capitals, or names a paper and its day; otherwise the order stays."""
    tall = max((line.y1 - line.y0 for line in lines), default=0.0)

    def rank(line: Line) -> int:
        letters = [letter for letter in line.text if letter.isalpha()]
        capitals = sum(letter.isupper() for letter in letters) > len(letters) * 0.6
        larger = (
            tall > 0 and (line.y1 - line.y0) > 0.9 * tall and any(other.y1 - other.y0 < 0.8 * tall for other in lines)
        )
        field = bool(re.match(r"\w+:\s", line.text)) and not capitals
        return field - (2 * capitals + larger) if letters else 1

    return sorted(lines, key=rank)


def to_cover(pages: Iterable[PageText], claims: Iterable[Claim]) -> frozenset[tuple[int, int]]:
    """(page, line) of every line that shows an identity claim, for covering before an expert sees the page."""
    needles = set()
    places = set()
    for claim in claims:
        if claim.kind in {ClaimKind.NAME, ClaimKind.PATIENT_ID, ClaimKind.ACCESSION}:
            needles |= _parts(claim.value)
        if place := line_at(claim.where):
            places.add(place)
    for page in pages:
        for index, line in enumerate(page.lines):
            words = set(re.findall(r"[\w.-]+", folded(line.text)))
            if needles & words:
                places.add((page.number, index))
    return frozenset(places)


def _parts(value: str) -> set[str]:
    return {part for part in re.findall(r"[\w.-]+", folded(value)) if len(part) > 2}
