"""Tables: finds the ruled tables of a straight sheet, takes their rules away and cuts them into cells.

The reader's own layout takes cells between rules for pictures and leaves figures out; cell by cell it reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy
from PIL import Image, ImageFilter

from consilia.formats import paper

Box = tuple[int, int, int, int]

# All lengths in pixels of the halved sheet, about 100 dots an inch.
RULE_INK: Final = 225
DASH_INK: Final = 215
DASHED_LENGTH: Final = 112
RULE_LENGTH: Final = 84  # 21 mm, longer than a long word in small print
BESIDE: Final = (4, 5, 6)  # a rule is thinner, and writing keeps its distance from it
RULE_FILL: Final = 0.95
DASHED_FILL: Final = 0.3
RULE_WIDTH: Final = 0.25  # of the sheet's width, for a rule that bounds a row
ROW_APART: Final = 110
LEAST_ROWS: Final = 3
INK: Final = 140
LEAST_HEIGHT: Final = 6
GAP: Final = 0.9  # of a row's height: wider white parts two cells
MOST_CELLS: Final = 1_500


@dataclass(frozen=True, slots=True)
class Table:
    """A table's place and the boxes of its cells, row by row, in pixels of the sheet."""

    box: Box
    cells: tuple[Box, ...]


def _thin(dark: paper.Array) -> paper.Array:
    """Dark pixels with paper above and below: rules are such, the strokes of letters are mostly not."""
    beside = numpy.zeros_like(dark)
    for shift in BESIDE:
        beside[shift:] |= dark[:-shift]
        beside[:-shift] |= dark[shift:]
    return dark & ~beside


def _across(dark: paper.Array) -> paper.Array:
    """Pixels of whole rules along the rows."""
    return paper.long_runs(_thin(dark), RULE_LENGTH, RULE_FILL)


def _dashes(dark: paper.Array) -> paper.Array:
    """Pixels of rules along the rows that a fax broke into dashes.

    Only along rows: figures that stand one below the other look like a dashed rule down the page.
    """
    return paper.long_runs(_thin(dark), DASHED_LENGTH, DASHED_FILL)


def apart(sheet: Image.Image, *, fax: bool = False) -> tuple[Image.Image, list[Table]]:
    """The sheet without the rules of its tables, and the tables; a sheet without ruled tables stays as it is."""
    grey = sheet if sheet.mode == "L" else sheet.convert("L")
    halved = numpy.asarray(grey.reduce(2))
    dark = halved < RULE_INK
    across = _across(dark) | _dashes(halved < DASH_INK) if fax else _across(dark)
    regions = _regions(across)
    if not regions:
        return sheet, []
    rules = across | _across(dark.T).T
    inside = numpy.zeros_like(rules)
    for left, top, right, bottom in regions:
        inside[top - 3 : bottom + 4, max(0, left - 3) : right + 4] = True
    mask = Image.fromarray(((rules & inside) * 255).astype(numpy.uint8)).filter(ImageFilter.MaxFilter(5))
    clean = grey.copy()
    clean.paste(255, (0, 0), mask.resize(sheet.size))
    small = numpy.asarray(clean.reduce(2)) < INK
    return clean, [table for region in regions if (table := _cut(small, region)) is not None]


def _regions(across: paper.Array) -> list[Box]:
    """Where at least three rules lie one below the other."""
    near = across.copy()  # a rule that is a little askew or broken lies on several rows
    near[2:] |= across[:-2]
    near[:-2] |= across[2:]
    near[1:] |= across[:-1]
    near[:-1] |= across[1:]
    lengths = near.sum(axis=1)
    rows = numpy.flatnonzero(lengths > RULE_WIDTH * across.shape[1])
    groups: list[list[int]] = []
    for row in rows.tolist():
        if groups and row - groups[-1][-1] <= ROW_APART:
            groups[-1].append(row)
        else:
            groups.append([row])
    found = []
    for group in groups:
        starts = [row for row, before in zip(group, [-10, *group], strict=False) if row - before > 6]
        columns = numpy.flatnonzero(across[group].any(axis=0))
        if len(starts) >= LEAST_ROWS:
            found.append((int(columns[0]), starts[0], int(columns[-1]), group[-1]))
    return found


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


def _cut(ink: paper.Array, region: Box) -> Table | None:
    left, top, right, bottom = region
    part = ink[top : bottom + 1, left : right + 1]
    rows = [row for row in _stretches(part.sum(axis=1) > 1, 1) if row[1] - row[0] >= LEAST_HEIGHT]
    if len(rows) < LEAST_ROWS - 1:
        return None
    heights = sorted(end - start for start, end in rows)
    height = heights[len(heights) // 2]
    cells = []
    for start, end in rows:
        columns = _stretches(part[start:end].any(axis=0), max(4, int(GAP * height)))
        for first, last in columns:
            cell = part[start:end, first:last]
            if cell.sum() >= 4 and (last - first >= 3 or cell.sum() >= height):
                cells.append(
                    (2 * (left + first) - 6, 2 * (top + start) - 5, 2 * (left + last) + 6, 2 * (top + end) + 5)
                )
    box = (2 * left - 4, 2 * top - 4, 2 * right + 6, 2 * bottom + 6)
    return Table(box, tuple(cells[:MOST_CELLS])) if cells else None
