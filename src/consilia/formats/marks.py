"""Marks: the arrow behind a figure that says "high" or "low", told by its shape; readers take it for a figure."""

from __future__ import annotations

import numpy

from consilia.formats import paper

UP, DOWN = "↑", "↓"
APART = 0.4  # of the height of the writing: an arrow stands a space behind its figure
LOW = 0.75  # of the height of the writing: an arrow ends near the foot of the line
TALL = 0.6  # of the height of the writing
SLIM, BROAD = 0.25, 1.1  # of its own height
FOOT = 0.2  # of the arrow's height, below its head
SHAFT = 1.5  # a tip widens to so many times the shaft on its way to the head
HEAD = 2.0  # the head is so many times as wide as the shaft


def trailing(dark: paper.Array) -> tuple[str, int]:
    """(arrow, column at which it begins) for the ink of one cell; ("", width) when it does not end with an arrow."""
    height, width = dark.shape
    columns = numpy.flatnonzero(dark.any(axis=0))
    if not len(columns):
        return "", width
    starts = columns[numpy.flatnonzero(numpy.diff(columns, prepend=-2) > 1)]
    if len(starts) < 2:
        return "", width
    start = int(starts[-1])
    before = int(columns[columns < start][-1])
    if start - before - 1 < APART * height:
        return "", width
    glyph = dark[:, start : int(columns[-1]) + 1]
    rows = numpy.flatnonzero(glyph.any(axis=1))
    if rows[-1] < LOW * height:
        return "", width  # a star
    glyph = glyph[rows[0] : rows[-1] + 1]
    if len(glyph) < TALL * height or not SLIM <= glyph.shape[1] / len(glyph) <= BROAD:
        return "", width
    found = UP if _points_up(glyph) else DOWN if _points_up(glyph[::-1]) else ""
    return found, start if found else width


def _points_up(glyph: paper.Array) -> bool:
    """A narrow tip, then a wide head, symmetrical above a shaft that stays narrow to its foot."""
    if not glyph.any(axis=1).all():
        return False
    first = glyph.argmax(axis=1)
    last = glyph.shape[1] - 1 - glyph[:, ::-1].argmax(axis=1)
    extents = last - first + 1
    head = numpy.flatnonzero(extents >= 0.75 * extents.max())
    above, below = extents[: head[0]], extents[head[-1] + 1 :]
    if not len(above) or len(below) < FOOT * len(glyph):
        return False
    shaft = below[1:] if len(below) > 1 else below
    wide = float(numpy.median(shaft))
    # A T has nothing above its bar; a plus has as much as below it, and no tip that widens.
    pointed = len(below) >= 2 * len(above) or float(above.mean()) >= SHAFT * wide
    middles = (first + last) / 2
    upright = abs(middles[head].mean() - numpy.median(middles)) <= max(1.0, 0.15 * glyph.shape[1])
    return bool(pointed and upright and extents.max() >= HEAD * wide and shaft.max() <= wide + 1)
