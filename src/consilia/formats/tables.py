"""Tables: finds the ruled tables of a straight sheet, takes their rules away and cuts them into cells.

The reader's own layout takes cells between rules for pictures and leaves figures out; cell by cell it reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy
from PIL import Image

from consilia.formats import marks, paper

Box = tuple[int, int, int, int]

# All lengths in pixels of the halved sheet, about 100 dots an inch.
RULE_INK: Final = 225
DASH_INK: Final = 215
DASHED_LENGTH: Final = 112
RULE_LENGTH: Final = 84  # 21 mm, longer than a long word in small print
BESIDE: Final = (4, 5, 6)  # a rule is thinner, and writing keeps its distance from it
PIECE_LENGTH: Final = 28
RULE_FILL: Final = 0.8  # specks of the paper beside a rule take some of it away
DASHED_FILL: Final = 0.3
STEM_FILL: Final = 0.12  # strokes across the line make a row of writing, not of dashes
RULE_WIDTH: Final = 0.25  # of the sheet's width, for a rule that bounds a row
ROW_APART: Final = 110
EDGE_APART: Final = 2.5  # rows: a rule farther from the others than this is a bar above or below the table
LEAST_ROWS: Final = 3
INK: Final = 170
FAX_INK: Final = 140  # a fax has no thin strokes, and specks of its rules
FAINT_INK: Final = 190  # the strokes of an arrow are thinner than those of figures
LEAST_HEIGHT: Final = 6
GAP: Final = 0.9  # of a row's height: wider white parts two cells
BAR_APART: Final = 0.4  # of a row's height
BAR_WIDTH: Final = 2
SEVERAL_LINES: Final = 1.6  # of a row's height
MOST_CELLS: Final = 1_500


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the box of its words, whether they take several lines, and an arrow that stands behind them."""

    box: Box
    several_lines: bool = False
    mark: str = ""
    mark_box: Box = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Table:
    """A table's place and its cells, row by row, in pixels of the sheet."""

    box: Box
    cells: tuple[Cell, ...]


def _thick(dark: paper.Array) -> paper.Array:
    """Dark pixels with ink above or below: the strokes of letters are mostly such, rules are not."""
    beside = numpy.zeros_like(dark)
    for shift in BESIDE:
        beside[shift:] |= dark[:-shift]
        beside[:-shift] |= dark[shift:]
    return dark & beside


def _thin(dark: paper.Array) -> paper.Array:
    return dark & ~_thick(dark)


def _across(dark: paper.Array) -> paper.Array:
    """Pixels of whole rules along the rows."""
    return paper.long_runs(_thin(dark), RULE_LENGTH, RULE_FILL)


def _dashes(dark: paper.Array) -> paper.Array:
    """Pixels of rules along the rows that a fax broke into dashes.

    Only along rows: figures that stand one below the other look like a dashed rule down the page.
    """
    thick = _thick(dark)
    dashed = paper.long_runs(dark & ~thick, DASHED_LENGTH, DASHED_FILL)
    return dashed & ~_near_many(thick)


def _near_many(thick: paper.Array) -> paper.Array:
    """Places of a row in whose neighbourhood letters stand."""
    summed = numpy.cumsum(numpy.pad(thick, ((0, 0), (DASHED_LENGTH // 2 + 1, DASHED_LENGTH // 2))), axis=1)
    counts: paper.Array = (summed[:, DASHED_LENGTH:] - summed[:, :-DASHED_LENGTH])[:, : thick.shape[1]]
    return counts > STEM_FILL * DASHED_LENGTH


def apart(sheet: Image.Image, *, fax: bool = False) -> tuple[Image.Image, list[Table]]:
    """The sheet without the rules of its tables, and the tables; a sheet without ruled tables stays as it is."""
    grey = sheet if sheet.mode == "L" else sheet.convert("L")
    halved = numpy.asarray(grey.reduce(2))
    dark = halved < RULE_INK
    across = _across(dark) | _dashes(halved < DASH_INK) if fax else _across(dark)
    regions = [_widened(region, paper.long_runs(_thin(dark), PIECE_LENGTH, RULE_FILL)) for region in _regions(across)]
    if not regions:
        return sheet, []
    rules = across | _across(dark.T).T
    inside = numpy.zeros_like(rules)
    for left, top, right, bottom in regions:
        inside[top - 3 : bottom + 4, max(0, left - 3) : right + 4] = True
    mask = Image.fromarray(_grown(_grown(rules & inside).T).T * numpy.uint8(255))
    clean = grey.copy()
    clean.paste(255, (0, 0), mask.resize(sheet.size))
    ink = numpy.asarray(clean) < FAINT_INK
    small = numpy.asarray(clean.reduce(2)) < (FAX_INK if fax else INK)
    return clean, [table for region in regions if (table := _cut(small, ink, region)) is not None]


def _grown(mask: paper.Array) -> paper.Array:
    """The mask with two rows more on either side of each of its own."""
    grown = mask.copy()
    for shift in (1, 2):
        grown[shift:] |= mask[:-shift]
        grown[:-shift] |= mask[shift:]
    return grown


def _regions(across: paper.Array) -> list[Box]:
    """Where at least three rules lie one below the other."""
    near = _grown(across)  # a rule that is a little askew or broken lies on several rows
    lengths = near.sum(axis=1)
    rows = numpy.flatnonzero(lengths > RULE_WIDTH * across.shape[1])
    groups: list[list[int]] = []
    for row in rows.tolist():
        if groups and row - groups[-1][-1] <= ROW_APART:
            groups[-1].append(row)
        else:
            groups.append([row])
    return [region for group in groups if (region := _region(across, group)) is not None]


def _region(across: paper.Array, group: list[int]) -> Box | None:
    starts = [row for row, before in zip(group, [-10, *group], strict=False) if row - before > 6]
    gaps = numpy.diff(starts)
    while len(gaps) > LEAST_ROWS and gaps[0] > EDGE_APART * numpy.median(gaps[1:]):
        starts, gaps = starts[1:], gaps[1:]
    if len(starts) < LEAST_ROWS:
        return None
    columns = numpy.flatnonzero(across[starts[0] : group[-1] + 1].any(axis=0))
    return int(columns[0]), starts[0], int(columns[-1]), group[-1]


def _widened(region: Box, pieces: paper.Array) -> Box:
    """The region as wide as short pieces of rules show it: where a sheet is a little crooked, long ones end early."""
    left, top, right, bottom = region
    columns = numpy.flatnonzero(pieces[top : bottom + 1].any(axis=0))
    if not len(columns):
        return region
    return min(left, int(columns[0])), top, max(right, int(columns[-1])), bottom


def _stretches(filled: Any, gap: int) -> list[tuple[int, int]]:
    """(start, end) of stretches that are filled, those nearer than `gap` joined."""
    places = numpy.flatnonzero(filled)
    found: list[tuple[int, int]] = []
    for place in places.tolist():
        if found and place - found[-1][1] <= gap:
            found[-1] = (found[-1][0], place + 1)
        else:
            found.append((place, place + 1))
    return found


def _cut(small: paper.Array, ink: paper.Array, region: Box) -> Table | None:
    """The cells of a region of the halved sheet; `ink` is the whole sheet's."""
    left, top, right, bottom = region
    part = small[top : bottom + 1, left : right + 1]
    rows = [row for row in _stretches(part.sum(axis=1) > 1, 1) if row[1] - row[0] >= LEAST_HEIGHT]
    if len(rows) < LEAST_ROWS - 1:
        return None
    heights = sorted(end - start for start, end in rows)
    height = heights[len(heights) // 2]
    cells = []
    for start, end in rows:
        for first, last in _columns(part[start:end].any(axis=0), height):
            cell = part[start:end, first:last]
            if cell.sum() >= 4 and (last - first >= 3 or cell.sum() >= height):
                lines = numpy.flatnonzero(cell.any(axis=1))
                box = (left + first, top + start + int(lines[0]), left + last, top + start + int(lines[-1]) + 1)
                cells.append(_cell(ink, box, height))
    box = (2 * left - 4, 2 * top - 4, 2 * right + 6, 2 * bottom + 6)
    return Table(box, tuple(cells[:MOST_CELLS])) if cells else None


def _columns(filled: Any, height: int) -> list[tuple[int, int]]:
    """(start, end) of cells along a row; the rest of an upright rule before one is none of its letters."""
    found = []
    for first, last in _stretches(filled, max(4, int(GAP * height))):
        pieces = _stretches(filled[first:last], int(BAR_APART * height))
        bar = len(pieces) > 1 and pieces[0][1] <= BAR_WIDTH
        found.append((first + pieces[1][0] if bar else first, last))
    return found


def _cell(ink: paper.Array, box: Box, height: int) -> Cell:
    """A cell of the halved sheet in pixels of the sheet, with some white around; an arrow at its end is cut off."""
    left, top, right, bottom = (2 * side for side in box)
    mark, start = marks.trailing(ink[top:bottom, left:right])
    around = (max(0, left - 6), max(0, top - 5), left + start + (0 if mark else 6), bottom + 5)
    several = bottom - top > SEVERAL_LINES * 2 * height
    return Cell(around, several, mark, (left + start, top, right, bottom))
