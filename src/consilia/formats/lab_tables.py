"""Laboratory tables: values out of the lines of a paper, printed or scanned, by the headings of their columns.

Nothing is guessed: a cell that is not plainly a value, or that its own reference range and flag contradict, comes with
a low confidence, so that a person is asked.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from typing import Final

from rapidfuzz import fuzz, process

from consilia.formats import dates
from consilia.formats.limits import LIMITS
from consilia.formats.plain import folded
from consilia.formats.results import LabValue
from consilia.formats.values import DateCandidate, DateKind, Line, PageText, Word, place_of_line

TABLE: Final = tomllib.loads((resources.files(__package__) / "lab_words.toml").read_text(encoding="utf-8"))


def _words() -> dict[str, tuple[str, ...]]:
    table = {kind: words for kind, words in TABLE.items() if kind not in {"units", "names"}}
    return {
        kind: tuple(sorted({folded(word) for words in by_language.values() for word in words}, key=len, reverse=True))
        for kind, by_language in table.items()
    }


HEADINGS: Final = _words()
LIKE_LETTERS: Final = str.maketrans({"1": "l", "i": "l", "|": "l", "!": "l", "o": "0", "µ": "u", "μ": "u"})


def _shape(word: str) -> str:
    """What readers tell apart of a unit or a name: signs left out, letters and figures that look alike as one."""
    return re.sub(r"[^\w/%]|_", "", word.lower().translate(LIKE_LETTERS))


UNITS: Final = {_shape(unit): unit for unit in reversed(TABLE["units"]["all"])}
AMBIGUOUS: Final = {_shape(unit): meant for unit, meant in TABLE["units"]["ambiguous"].items()}
NAMES: Final = {_shape(name): name for name in TABLE["names"]["with_figures"]}
MARKS: Final = r"HH|LL|H|L|\*{1,2}|\+{1,3}|-{1,2}|↑{1,2}|↓{1,2}"
VALUE: Final = re.compile(
    rf"(?P<value>[<>≤≥]?\s?\d{{1,6}}(?:[ .]\d{{3}})*(?:[.,]\d{{1,4}})?)\s*(?P<flag>\(?(?:{MARKS})\)?)?"
)
RANGE: Final = re.compile(r"(?P<low>\d+(?:[.,]\d+)?)\s*(?:-|–|to|a|bis)\s*(?P<high>\d+(?:[.,]\d+)?)")
BOUND: Final = re.compile(r"(?P<side>[<>≤≥])\s*=?\s*(?P<bound>\d+(?:[.,]\d+)?)")
FLAG: Final = re.compile(rf"\(?(?:{MARKS}|N|A)\)?")
LIMIT: Final = re.compile(r"\s*[\[(]?(?:\d+(?:[.,]\d+)?\s*[-–]\s*\d|[<>≤≥]\s*=?\s*\d)")
SPECK: Final = re.compile(r"(?P<value>[<>≤≥]?\s?\d{1,6}(?:[.,]\d{1,4})?)\s?[^\w\s.,]")  # a badly read star or arrow
LIKE: Final = 70  # percent of likeness from which a scanned unit is taken for a known one
NEXT_BEST: Final = 4
UNIT: Final = r"(?:%|‰|[A-Za-zµμ°*^0-9.,]{0,8}/[A-Za-zµμ0-9.²³*^]{1,8}|fL|fl|pg|mm|sec|s|ratio|INR|mmHg)"
SENTENCE: Final = re.compile(
    rf"(?P<analyte>[^\W\d][^:<>=]{{1,50}}?)[:\s]\s*{VALUE.pattern}\s+(?P<unit>{UNIT})(?=\s|$)\s*(?P<reference>[\[(<>≤≥]?.{{0,30}})$"
)
PARTED: Final = re.compile(r"\S+(?: \S+)*")  # two blanks or more stand between the columns of plain text
LETTER: Final = 6.0  # as wide as a letter is taken to be there
EDGES: Final = "|[]_‘'`;:“”"
HEADING_LINES: Final = 3
LEAST_SENTENCES: Final = 2
PLAIN: Final = 97  # a layout that was understood, but not stated by the file
DOUBTED: Final = 50
NAMED: Final = 85  # a value whose name was read worse is asked about, too


@dataclass(frozen=True, slots=True)
class Cell:
    """Words between two wide gaps, with their box."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: int

    @property
    def middle(self) -> float:
        """Down the page."""
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and where it stands; `day` for a column of results of one day."""

    kind: str
    x0: float
    x1: float
    day: str = ""


@dataclass(slots=True)
class Row:
    """One line of results and what belongs to it from the lines beside."""

    number: int
    middle: float
    height: float
    cells: dict[int, list[Cell]] = field(default_factory=dict)

    def words(self, index: int) -> str:
        """The words of one column, top to bottom."""
        lines: list[list[Cell]] = []
        for cell in sorted(self.cells.get(index, ()), key=lambda cell: cell.middle):
            if lines and cell.middle - lines[-1][0].middle < (cell.y1 - cell.y0) / 2:
                lines[-1].append(cell)
            else:
                lines.append([cell])
        return " ".join(cell.text for line in lines for cell in sorted(line, key=lambda cell: cell.x0)).strip()


def cells_of(line: Line) -> list[Cell]:
    """Cells of a line with words, those nearer than their height together; of plain text, what wide gaps part."""
    if not line.words:
        return [
            Cell(match[0], LETTER * match.start(), 0.0, LETTER * match.end(), 0.0, 100)
            for match in PARTED.finditer(line.text)
        ]
    groups: list[list[Word]] = []
    for word in sorted(line.words, key=lambda word: word.x0):
        if groups and word.x0 - groups[-1][-1].x1 < 0.9 * max(1.0, word.y1 - word.y0):
            groups[-1].append(word)
        else:
            groups.append([word])
    found = []
    for group in groups:
        text = " ".join(word.text for word in group).strip(EDGES + " ")
        if text:
            found.append(
                Cell(
                    text,
                    group[0].x0,
                    min(word.y0 for word in group),
                    group[-1].x1,
                    max(word.y1 for word in group),
                    min(word.confidence for word in group),
                )
            )
    return found


def _heading(cell: Cell) -> Column | None:
    flat = folded(cell.text).strip()
    found = list(dates.find(cell.text))
    if len(found) == 1 and found[0].start <= 1 and found[0].end >= len(cell.text) - 2:
        return Column("result", cell.x0, cell.x1, found[0].value)
    for kind in ("reference", "unit", "result", "analyte", "flag"):
        if any(flat.startswith(word) for word in HEADINGS[kind]) and len(flat) < 40:
            return Column(kind, cell.x0, cell.x1)
    return None


def _columns(lines: list[list[Cell]], start: int) -> tuple[int, list[Column]]:
    """The last line of the headings that begin at a line, and the columns; none when there are no headings."""
    found: list[Column] = []
    last = start
    for index in range(start, min(start + HEADING_LINES, len(lines))):
        here = [column for cell in lines[index] if (column := _heading(cell))]
        if not here and found and len(lines[index]) <= 2:
            continue  # a speck between two lines of headings
        if not here or (index > start and any(VALUE.fullmatch(cell.text) for cell in lines[index])):
            break
        taken = [column for column in here if not any(abs(column.x0 - one.x0) < 8 for one in found)]
        found += taken
        last = index
    kinds = {column.kind for column in found}
    if "analyte" not in kinds and "result" in kinds and kinds & {"unit", "reference"}:
        found += _names_column(lines[start : last + 3], found)
        kinds = {column.kind for column in found}
    whole = "result" in kinds and "analyte" in kinds and len(found) >= 2
    return (last, sorted(found, key=lambda column: column.x0)) if whole else (start, [])


def _names_column(lines: list[list[Cell]], found: list[Column]) -> list[Column]:
    """Over the names many sheets print the group ("Haematology") or nothing: what stands left of all else is names."""
    left = min(column.x0 for column in found)
    names = [cell for cells in lines for cell in cells[:1] if cell.x1 < left and any(map(str.isalpha, cell.text))]
    return [Column("analyte", names[0].x0, names[0].x1)] if names else []


def _place(cell: Cell, columns: list[Column]) -> int:
    """The column whose heading begins, or lies, nearest."""

    def away(index: int) -> float:
        column = columns[index]
        middles = abs((cell.x0 + cell.x1) / 2 - (column.x0 + column.x1) / 2)
        return min(abs(cell.x0 - column.x0), middles, abs(cell.x1 - column.x1))

    return min(range(len(columns)), key=away)


def _rows(lines: list[list[Cell]], first: int, columns: list[Column]) -> Iterator[Row]:
    """Rows with a value, and the words of lines beside that wrap into them."""
    rows: list[Row] = []
    loose: list[tuple[int, Cell]] = []
    for number in range(first, len(lines)):
        cells = lines[number]
        if number > first + 1 and _columns(lines, number)[1]:
            break  # the headings of the next table
        placed = [(_place(cell, columns), cell) for cell in cells]
        if any(columns[index].kind == "result" and re.match(r"[<>≤≥]?\s?\d", cell.text) for index, cell in placed):
            middles = [cell.middle for _index, cell in placed]
            heights = [cell.y1 - cell.y0 for _index, cell in placed]
            row = Row(number, sum(middles) / len(middles), sorted(heights)[len(heights) // 2])
            for index, cell in placed:
                row.cells.setdefault(index, []).append(cell)
            rows.append(row)
        else:
            loose += placed
    for index, cell in loose:
        if columns[index].kind in {"analyte", "unit"} and rows:
            near = min(rows, key=lambda row: abs(row.middle - cell.middle))
            if abs(near.middle - cell.middle) < 1.5 * max(near.height, cell.y1 - cell.y0):
                near.cells.setdefault(index, []).append(cell)
    yield from rows


def _unit(words: str, scanned: bool) -> tuple[str, str, bool]:
    """(unit, what of a reference range stood behind it, is known); a scanned unit like a known one becomes that."""
    match = LIMIT.search(words)
    unit, rest = (words[: match.start()].strip(), words[match.start() :].strip()) if match else (words, "")
    if not scanned or not unit:
        return unit, rest, True
    shape = _shape(unit)
    if shape in AMBIGUOUS:
        return AMBIGUOUS[shape], rest, False
    if shape in UNITS:
        same = unit.strip(" .|").lower()
        return next((one for one in TABLE["units"]["all"] if one.lower() == same), UNITS[shape]), rest, True
    best = process.extract(shape, list(UNITS), scorer=fuzz.ratio, limit=2)
    if best and best[0][1] >= LIKE and best[0][1] - best[1][1] >= NEXT_BEST:
        return UNITS[best[0][0]], rest, False
    return unit, rest, False


def _number(text: str) -> float:
    return float(text.strip("<>≤≥ ").replace(" ", "").replace(",", "."))


def _side(value: str, reference: str) -> int:
    """-1 below its reference range, 1 above, 0 within or unknown."""
    amount = _number(value)
    if match := RANGE.search(reference):
        return (amount > _number(match["high"])) - (amount < _number(match["low"]))
    if match := BOUND.search(reference):
        bound = _number(match["bound"])
        return int(amount > bound) if match["side"] in "<≤" else -int(amount < bound)
    return 0


def _decimals(number: str) -> int:
    return len(re.split(r"[.,]", number)[1]) if re.search(r"[.,]", number) else 0


def _comma_lost(value: str, reference: str) -> bool:
    """The range has decimals and the value has none: "64" under "< 5,0" may be 6,4."""
    return bool(_decimals(value) == 0 and re.search(r"\d[.,]\d", reference))


def _doubtful(value: str, flag: str, reference: str) -> bool:
    """A value read from a picture that nothing confirms: no whole range beside it, or one that speaks against it."""
    if not (RANGE.search(reference) or BOUND.search(reference)):
        return True
    return _comma_lost(value, reference) or _contradicts(value, flag, reference)


def _contradicts(value: str, flag: str, reference: str) -> bool:
    """The range says high or low and the flag says something else, or the other way round."""
    if value.startswith(("<", ">", "≤", "≥")):
        return False
    try:
        side = _side(value, reference)
    except ValueError:
        return True
    mark = flag.strip("()N")
    if not mark:
        return side != 0
    if mark[0] in "H↑":
        return side != 1
    return side != -1 if mark[0] in "L↓" else side == 0


def _of_row(row: Row, columns: list[Column], page: PageText, day: str) -> Iterator[LabValue]:
    kinds = {kind: [i for i, column in enumerate(columns) if column.kind == kind] for kind in HEADINGS}
    analyte = " ".join(words for index in kinds["analyte"] if (words := row.words(index)))
    unit = " ".join(row.words(index) for index in kinds["unit"]).strip()
    unit, behind, known = _unit(unit, page.scanned)
    references = " ".join((behind, *(row.words(index) for index in kinds["reference"]))).strip()
    trailing = re.search(rf"(?:^|\s)({FLAG.pattern})$", references)
    own = " ".join(row.words(index) for index in kinds["flag"]).strip() or (trailing[1] if trailing else "")
    reference = references[: trailing.start()].strip() if trailing else references
    analyte = NAMES.get(_shape(analyte), analyte) if page.scanned else analyte
    if not any(letter.isalpha() for letter in analyte):
        return
    named = min((cell.confidence for index in kinds["analyte"] for cell in row.cells.get(index, ())), default=0)
    for index in kinds["result"]:
        words = row.words(index)
        if not words:
            continue
        match = VALUE.fullmatch(words)
        if not match and page.scanned and (speck := SPECK.fullmatch(words)):
            words = speck["value"]
        value, flag = (match["value"].strip(), match["flag"] or own) if match else (words, own)
        sure = min(cell.confidence for cell in row.cells[index])
        if not match:
            sure = min(sure, DOUBTED)
        elif page.scanned and (not (known and unit and named >= NAMED) or _doubtful(value, flag, reference)):
            sure = min(sure, DOUBTED + 10)
        cell = row.cells[index][0]
        box = (cell.x0, cell.y0, row.cells[index][-1].x1, cell.y1) if page.width else ()
        where = place_of_line(page.number, row.number)
        yield LabValue(
            analyte,
            value,
            unit,
            reference,
            flag.strip("()"),
            columns[index].day or day,
            where=where,
            box=box,
            confidence=min(sure, PLAIN),
        )


def _sentences(page: PageText, day: str) -> list[LabValue]:
    """Lines like "Creatinine 0.71 mg/dL (0.50-1.00)" where no headings stand."""
    found = []
    for number, line in enumerate(page.lines):
        match = SENTENCE.fullmatch(re.sub(r"\s+", " ", line.text.strip()))
        if match:
            reference = match["reference"].strip("()[] ")
            sure = min((word.confidence for word in line.words), default=100)
            found.append(
                LabValue(
                    match["analyte"].strip(" .:"),
                    match["value"].strip(),
                    match["unit"],
                    reference if RANGE.search(reference) or BOUND.search(reference) else "",
                    (match["flag"] or "").strip("()"),
                    day,
                    where=place_of_line(page.number, number),
                    box=(line.x0, line.y0, line.x1, line.y1),
                    confidence=min(sure, 90 if not page.scanned else DOUBTED),
                )
            )
    return found if len(found) >= LEAST_SENTENCES else []


def day_of(candidates: Iterable[DateCandidate]) -> str:
    """The day of the specimen: of the examination, else of the paper."""
    by_kind = {candidate.kind: candidate.value for candidate in reversed(tuple(candidates))}
    return by_kind.get(DateKind.EXAMINATION) or by_kind.get(DateKind.DOCUMENT) or ""


def find(pages: Iterable[PageText], candidates: Iterable[DateCandidate] = ()) -> tuple[LabValue, ...]:
    """Laboratory values of a document's pages, in order; none where nothing looks like a table of them."""
    day = day_of(candidates)
    found: list[LabValue] = []
    columns: list[Column] = []
    for page in pages:
        lines = [cells_of(line) for line in page.lines]
        headed = False
        passed = -1
        for number in range(len(lines)):
            last, here = _columns(lines, number) if number > passed else (number, [])
            if here:
                columns, headed, passed = here, True, last
                for row in _rows(lines, last + 1, columns):
                    found += _of_row(row, columns, page, day)
        if not headed:
            found += _sentences(page, day)
        if len(found) > LIMITS.results:
            break
    return tuple(dict.fromkeys(found))[: LIMITS.results]
