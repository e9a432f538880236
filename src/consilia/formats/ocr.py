"""OCR: reads the picture of a page in the language that is on it; words come with boxes on the page as shown.

Languages are loaded before a child is locked in, because a child can open no file. Which way up the page stands and
which language it is in is found from a few of its lines; then the page is read once.
Source: tesserocr over libtesseract 5, language data as `script/ocr-languages` lays them down.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy
import tesserocr
from PIL import Image, ImageOps

from consilia.formats import paper, tables, tongues
from consilia.formats.limits import LIMITS
from consilia.formats.plain import clean, language_of
from consilia.formats.values import Line, PageText, Recognition, Word

DOTS_AN_INCH: Final = 200
SURE: Final = 78  # mean confidence in percent from which the first look is believed
READABLE: Final = 60
BAND: Final = 0.05  # of the sheet's height: two or three lines
LEAST_LETTERS: Final = 60
RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff]")
LEFT_TO_RIGHT: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.,/%-]*")
CELL_SURE: Final = 90  # percent; a cell that reads worse is read a second time
DISAGREED: Final = 80  # at most, when two readings of a cell differ
NAMES: Final = 10  # cells that are looked at for the language
FRAME: Final = 8  # white pixels around a cell
WORD_CONFIDENCE: Final = 8  # a word below this is a speck

_ENGINES: Final[dict[str, tesserocr.PyTessBaseAPI]] = {}


def load(names: list[str]) -> None:
    """Loads languages (ISO 639-2), 10 to 40 MB each, once; an unknown or absent one is left out."""
    for name in names:
        if name not in _ENGINES and tongues.installed(name):
            engine = tesserocr.PyTessBaseAPI(
                path=str(tongues.FOLDER), lang=name, oem=tesserocr.OEM.LSTM_ONLY, psm=tesserocr.PSM.AUTO
            )
            # Else its first remark opens /dev/null, which a child may not, and the library dies of it.
            engine.SetVariable("debug_file", "")
            _ENGINES[name] = engine


@dataclass(frozen=True, slots=True)
class Look:
    """What a few lines say: how well they read (percent, weighted by length) and their text."""

    confidence: float
    text: str

    @property
    def letters(self) -> int:
        """How many letters were seen."""
        return sum(letter.isalpha() for letter in self.text)


class Wanted(Exception):
    """A language that is installed, but was not loaded before the child was locked in."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _engine(name: str) -> tesserocr.PyTessBaseAPI:
    if name not in _ENGINES:
        raise Wanted(name)
    return _ENGINES[name]


def _usable(name: str) -> bool:
    return name in _ENGINES or tongues.installed(name)


def _words(engine: tesserocr.PyTessBaseAPI) -> list[Word]:
    """Every word of the page that was read last, in pixels of its sheet."""
    iterator = engine.GetIterator()
    if iterator is None:
        return []
    found = []
    level = tesserocr.RIL.WORD
    for item in tesserocr.iterate_level(iterator, level):
        box = item.BoundingBox(level)
        words = _text_of(item)
        confidence = round(item.Confidence(level))
        if box and words and confidence >= WORD_CONFIDENCE:
            left, top, right, bottom = (float(side) for side in box)
            found.append(Word(words, left, top, right, bottom, min(100, confidence)))
    return found


def _text_of(item: Any) -> str:
    try:
        words = clean(item.GetUTF8Text(tesserocr.RIL.WORD) or "", most=LIMITS.line_characters).strip()
    except RuntimeError:  # tesserocr says so of a page without any word
        return ""
    # Words come letter by letter from the left; what is written from the right is turned, figures in it are not.
    if not RIGHT_TO_LEFT.search(words):
        return words
    return LEFT_TO_RIGHT.sub(lambda match: match[0][::-1], words[::-1])


def _seen(picture: Image.Image, name: str, layout: int) -> list[Word]:
    engine = _engine(name)
    engine.SetPageSegMode(layout)
    engine.SetImage(picture)
    engine.SetSourceResolution(DOTS_AN_INCH)
    try:
        engine.Recognize()
        return _words(engine)
    finally:
        engine.Clear()


def _without(picture: Image.Image, found: list[tables.Table]) -> Image.Image:
    rest = picture.copy() if found else picture
    for table in found:
        rest.paste(255, table.box)
    return rest


def _all_words(picture: Image.Image, found: list[tables.Table], stand: Stand) -> list[Word]:
    """Words of the page, those of tables read cell by cell, all in the language that is on it."""
    rest, name = _without(picture, found), stand.name
    cells = [cell for table in found for cell in table.cells]
    widest = sorted(cells, key=lambda cell: cell.box[0] - cell.box[2])[:NAMES]  # names stand in them, not figures
    sample = {cell: _of_cell(picture, cell, name) for cell in widest}
    # Above a table few words stand: the names in it tell the language before the page is read in a wrong one.
    if cells and (other := _language(f"{stand.text} {_text(*sample.values())}", name, name)) != name:
        name, sample = other, {}
    words = _seen(rest, name, tesserocr.PSM.AUTO)
    text = _text(words, *sample.values())
    other = _language(text, name, name)
    if other != name and len(text) > 4 * LEAST_LETTERS:
        name, words, sample = other, _seen(rest, other, tesserocr.PSM.AUTO), {}
    return words + [word for cell in cells for word in sample.get(cell) or _of_cell(picture, cell, name)]


def _text(*parts: list[Word]) -> str:
    return " ".join(word.text for part in parts for word in part)


def _of_cell(picture: Image.Image, cell: tables.Cell, name: str) -> list[Word]:
    """Words of one cell; what reads badly is read again at twice the size, and the better reading counts."""
    crop = picture.crop(cell.box)
    layout = tesserocr.PSM.SINGLE_BLOCK if cell.several_lines else tesserocr.PSM.SINGLE_LINE
    words = _in_crop(crop, 1, name, layout)
    if _least(words) < (CELL_SURE if any(letter.isdigit() for word in words for letter in word.text) else SURE):
        words = _better(words, _in_crop(crop, 2, name, layout))
    placed = [_shifted(word, cell.box[0], cell.box[1]) for word in words]
    if cell.mark:
        left, top, right, bottom = (float(side) for side in cell.mark_box)
        placed.append(Word(cell.mark, left, top, right, bottom, CELL_SURE))
    return placed


def _in_crop(crop: Image.Image, factor: int, name: str, layout: int) -> list[Word]:
    """Words of a small picture read at a multiple of its size with white around, in its own pixels."""
    large = crop.resize((crop.width * factor, crop.height * factor), Image.Resampling.BICUBIC) if factor > 1 else crop
    framed = ImageOps.expand(large, FRAME, 255)
    return [_scaled(_shifted(word, -FRAME, -FRAME), 1 / factor) for word in _seen(framed, name, layout)]


def _least(words: list[Word]) -> int:
    return min((word.confidence for word in words), default=0)


def _better(one: list[Word], other: list[Word]) -> list[Word]:
    """The reading that is surer; where both are the same text it is as sure as the surer of them."""
    ordered = sorted((one, other), key=_least)
    same = [word.text for word in one] == [word.text for word in other]
    if same or not ordered[0]:
        return ordered[1]
    return [replace(word, confidence=min(word.confidence, DISAGREED)) for word in ordered[1]]


def _shifted(word: Word, across: float, down: float) -> Word:
    return replace(word, x0=word.x0 + across, y0=word.y0 + down, x1=word.x1 + across, y1=word.y1 + down)


def _scaled(word: Word, factor: float) -> Word:
    return replace(word, x0=word.x0 * factor, y0=word.y0 * factor, x1=word.x1 * factor, y1=word.y1 * factor)


def _look(band: Image.Image, name: str) -> Look:
    words = [word for word in _seen(band, name, tesserocr.PSM.SINGLE_BLOCK) if any(map(str.isalnum, word.text))]
    weight = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / weight if weight else 0.0
    return Look(confidence, _text(words))


def band_of(picture: Image.Image) -> Image.Image:
    """A few whole lines where the sheet is written most densely."""
    factor = max(1, picture.height // 800)
    small = numpy.asarray(picture.convert("L").reduce(factor) if factor > 1 else picture.convert("L"))
    ink = (paper.ink(small)).sum(axis=1)
    height = max(8, int(len(ink) * BAND))
    if len(ink) <= 2 * height:
        return picture
    # Writing goes from ink to white and back with every line; a picture, a bar or the table below the sheet does not.
    changes = numpy.abs(numpy.diff(numpy.minimum(ink, small.shape[1] // 4), prepend=0))
    sums = numpy.convolve(changes, numpy.ones(height), "valid")
    top = int(sums.argmax())
    top, bottom = _gap(ink, top, height // 3), _gap(ink, top + height, height // 3)
    return picture.crop((0, top * factor, picture.width, max(top + 4, bottom) * factor))


def _gap(ink: Any, place: int, reach: int) -> int:
    """The whitest row near a place: between two lines."""
    low, high = max(0, place - reach), min(len(ink), place + reach + 1)
    return low + int(ink[low:high].argmin())


@dataclass(frozen=True, slots=True)
class Stand:
    """Which way up the sheet stands, in which language (ISO 639-2) it is to be read, and the lines that say so."""

    over: bool
    name: str
    text: str = ""


def _stand(picture: Image.Image, hint: str) -> Stand:
    """From a few lines: the way up, the script, the language; the hint holds when the lines do not speak."""
    band = band_of(picture)
    best = Stand(False, hint or tongues.LATIN)
    most = -1.0
    text = ""
    first = hint if hint and _usable(hint) else tongues.LATIN
    for name in dict.fromkeys((first, tongues.LATIN, *tongues.OTHER_SCRIPTS)):
        if not _usable(name):
            continue
        for over in (False, True):
            look = _look(band.transpose(Image.Transpose.ROTATE_180) if over else band, name)
            worth = look.confidence * min(1.0, look.letters / 12)
            if worth > most:
                best, most, text = Stand(over, name), worth, look.text
            if worth >= SURE:
                return Stand(over, _language(text, name, hint), text)
        if most >= READABLE:
            break
    return Stand(best.over, _language(text, best.name, hint), text)


def _language(text: str, name: str, hint: str) -> str:
    """The language data for what these lines are written in."""
    letters = sum(letter.isalpha() for letter in text)
    code = language_of(text) if letters >= LEAST_LETTERS else ""
    found = tongues.NAMES.get(code, "")
    if found and _usable(found) and _same_script(found, name):
        return found
    return hint if hint and _same_script(hint, name) and _usable(hint) else name


def _same_script(one: str, other: str) -> bool:
    return tongues.script_of(one) == tongues.script_of(other)


def recognise(
    picture: Image.Image, number: int, hint: str = "", shown: tuple[float, float] | None = None
) -> Recognition:
    """A page's picture (as shown, upright by its EXIF) read; `hint` is a language (ISO 639-1) that is likely.

    `shown` is the size of the page in the unit of its boxes, the picture's own when it is not given. A page on which
    nothing can be read has no lines.
    """
    width, height = shown or (float(picture.width), float(picture.height))
    try:
        return Recognition(_page(picture, number, tongues.NAMES.get(hint, ""), (width, height)))
    except Wanted as wanted:
        return Recognition(PageText(number, width, height, scanned=True), wanted.name)


def _page(picture: Image.Image, number: int, hint: str, shown: tuple[float, float]) -> PageText:
    sheet = paper.straightened(picture)
    stand = _stand(sheet.picture, hint)
    if stand.over:
        sheet = paper.turned_over(sheet)
    clean, found = tables.apart(sheet.picture, fax=picture.mode == "1")
    words = _all_words(clean, found, stand)
    text = _text(words)
    weight = sum(len(word.text) for word in words)
    confidence = round(sum(word.confidence * len(word.text) for word in words) / weight) if weight else 0
    return PageText(
        number,
        *shown,
        lines_of(words, paper.unit(shown[0] / picture.width, shown[1] / picture.height) @ sheet.back),
        scanned=True,
        language=language_of(text),
        confidence=confidence,
        turned=sheet.quarters % 4 * 90,
    )


# From words to lines


def rows_of(words: list[Word]) -> list[list[Word]]:
    """Words of a straight sheet whose middles lie within each other are one row; top to bottom, left to right."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.y0 + word.y1) / 2):
        middle = (word.y0 + word.y1) / 2
        for row in reversed(rows[-3:]):
            anchor = max(row, key=lambda one: one.y1 - one.y0 if one.y1 - one.y0 < 3 * (word.y1 - word.y0) else 0)
            if anchor.y0 + 0.15 * (anchor.y1 - anchor.y0) <= middle <= anchor.y1 - 0.1 * (anchor.y1 - anchor.y0):
                row.append(word)
                break
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.x0) for row in rows]


def _joined(row: list[Word]) -> str:
    heights = sorted(word.y1 - word.y0 for word in row)
    height = heights[len(heights) // 2]
    parts = [row[0].text]
    for before, word in itertools.pairwise(row):
        parts.append(("   " if word.x0 - before.x1 > 1.6 * height else " ") + word.text)
    return "".join(parts)[: LIMITS.line_characters]


def _in_order(row: list[Word]) -> list[Word]:
    """Right to left where most letters are Arabic or Hebrew."""
    letters = [letter for word in row for letter in word.text if letter.isalpha()]
    backwards = sum(bool(RIGHT_TO_LEFT.match(letter)) for letter in letters)
    return row[::-1] if letters and backwards > len(letters) / 2 else row


def lines_of(words: list[Word], back: paper.Array) -> tuple[Line, ...]:
    """Lines with boxes on the page as shown."""
    lines = []
    for row in rows_of(words)[: LIMITS.page_lines]:
        ordered = _in_order(row)
        text = _joined(row) if ordered is row else " ".join(word.text for word in ordered)
        placed = tuple(_placed(word, back) for word in ordered)
        left, top = min(word.x0 for word in placed), min(word.y0 for word in placed)
        right, bottom = max(word.x1 for word in placed), max(word.y1 for word in placed)
        lines.append(Line(text, left, top, right, bottom, placed))
    return tuple(lines)


def _placed(word: Word, back: paper.Array) -> Word:
    left, top, right, bottom = paper.box_back(back, (word.x0, word.y0, word.x1, word.y1))
    return replace(word, x0=round(left, 1), y0=round(top, 1), x1=round(right, 1), y1=round(bottom, 1))
