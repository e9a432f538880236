"""Paper: finds the sheet in a picture, straightens it and evens its light, and knows the way back to the picture.

Everything is measured on small copies; the full picture is resampled once at most. A mapping is a 3 x 3 matrix that
takes points of the sheet (pixels, origin top left) to points of the picture, so that boxes of words can be drawn on
the page as people see it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Array = NDArray[Any]
Corners = tuple[tuple[float, float], ...]

LONG_SIDE: Final = 2_400  # 200 dpi of A4: more costs time and reads no better
LONGEST_SIDE: Final = 3_000
OUTLINE_SIDE: Final = 240
LINES_SIDE: Final = 1_100
INK: Final = 150  # darker than this on evened paper is ink
LONG_RUN: Final = 90  # pixels at about 100 dots an inch
MARGIN: Final = 0.03  # the edge of the sheet and what shows beside it are no writing
LEAST_INK: Final = 200
MOST_INK: Final = 40_000
LEAST_SKEW: Final = 0.25  # degrees; less is not worth a resampling
MOST_SKEW: Final = 12.0
BRIGHT_EDGE: Final = 0.5  # so much of the picture's edge is paper: the sheet fills the picture
LEAST_SHEET: Final = 0.2  # of the picture's area
LEAST_FILL: Final = 0.94  # of the area between the corners that is paper
MOST_FILL: Final = 1.05
LEAST_LEVELS: Final = 3  # thresholds that agree on the corners


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet in grey, evened and straight; `back` maps its pixels to the picture's; turned in quarter turns."""

    picture: Image.Image
    back: Array
    quarters: int = 0


def grey(picture: Image.Image) -> Image.Image:
    """The picture in 8 bits of grey; what is transparent is white paper."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        picture = Image.alpha_composite(ground, layered).convert("RGB")
    if picture.mode in {"I;16", "I", "F", "I;16B"}:
        values = numpy.asarray(picture, dtype=numpy.float32)
        low, high = float(values.min()), float(values.max())
        return Image.fromarray(((values - low) * (255.0 / max(high - low, 1.0))).astype(numpy.uint8))
    return picture.convert("L")


def _within(picture: Image.Image, side: int) -> Image.Image:
    factor = max(picture.size) // side
    small = picture.reduce(factor) if factor > 1 else picture.copy()
    small.thumbnail((side, side), Image.Resampling.BILINEAR)
    return small


# The outline of the sheet


def _paperness(picture: Image.Image) -> Array:
    """Paper is bright in every colour, wood and skin are not: the least of the channels."""
    small = _within(picture, OUTLINE_SIDE)
    channels = numpy.asarray(small.convert("RGB") if small.mode not in {"L", "RGB"} else small)
    least = channels.min(axis=2) if channels.ndim == 3 else channels
    return numpy.asarray(Image.fromarray(least).filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.MinFilter(5)))


def _edge(mask: Array) -> float:
    return float(numpy.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean())


def _around_middle(mask: Array) -> Array:
    """The part of the mask that hangs together with its middle, grown step by step."""
    reached = numpy.zeros_like(mask)
    height, width = mask.shape
    reached[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3] = True
    reached &= mask
    count = 0
    while (now := int(reached.sum())) != count:
        count = now
        for _ in range(8):
            grown = reached.copy()
            grown[1:] |= reached[:-1]
            grown[:-1] |= reached[1:]
            grown[:, 1:] |= reached[:, :-1]
            grown[:, :-1] |= reached[:, 1:]
            reached = grown & mask
    return reached


def _sides(mask: Array) -> Corners | None:
    """Corners of the mask: the four extremes on the diagonals, then the crossings of straight lines along its sides."""
    rows, columns = numpy.nonzero(mask)
    if len(rows) < 100:
        return None
    total, difference = columns + rows, columns - rows
    rough = [int(find(values)) for find, values in _EXTREMES(total, difference)]
    corners = [(float(columns[index]), float(rows[index])) for index in rough]
    lines = [_line(mask, corners[index], corners[(index + 1) % 4], index) for index in range(4)]
    crossed = [_crossing(lines[index - 1], lines[index]) for index in range(4)]
    if any(point is None for point in crossed):
        return tuple(corners)
    return tuple(point for point in crossed if point is not None)


def _EXTREMES(total: Array, difference: Array) -> tuple[tuple[Any, Array], ...]:  # noqa: N802
    return (
        (numpy.argmin, total),
        (numpy.argmax, difference),
        (numpy.argmax, total),
        (numpy.argmin, difference),
    )


def _line(
    mask: Array, start: tuple[float, float], end: tuple[float, float], side: int
) -> tuple[float, float, float] | None:
    """(a, b, c) of ax + by = c through the outermost paper between two corners, outliers left out."""
    across = side % 2 == 0  # top and bottom run across
    low, high = sorted((start[0], end[0]) if across else (start[1], end[1]))
    margin = (high - low) * 0.06
    along = numpy.arange(math.ceil(low + margin), math.floor(high - margin))
    if len(along) < 10:
        return None
    lanes = mask[:, along] if across else mask[along].T
    first = lanes.argmax(axis=0) if side in {0, 3} else lanes.shape[0] - 1 - lanes[::-1].argmax(axis=0)
    kept = lanes.any(axis=0)
    for _ in range(3):
        if kept.sum() < 8:
            return None
        slope, offset = numpy.polyfit(along[kept], first[kept], 1)
        off = numpy.abs(first - (slope * along + offset))
        kept = kept & (off <= max(1.0, float(numpy.median(off[kept])) * 2.5))
    return (-slope, 1.0, offset) if across else (1.0, -slope, offset)


def _crossing(
    one: tuple[float, float, float] | None, other: tuple[float, float, float] | None
) -> tuple[float, float] | None:
    if one is None or other is None:
        return None
    determinant = one[0] * other[1] - other[0] * one[1]
    if abs(determinant) < 1e-6:
        return None
    return (
        (one[2] * other[1] - other[2] * one[1]) / determinant,
        (one[0] * other[2] - other[0] * one[2]) / determinant,
    )


def _area(corners: Corners) -> float:
    pairs = zip(corners, (*corners[1:], corners[0]), strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2


def outline(picture: Image.Image) -> Corners | None:
    """Corners of a sheet that lies on something darker, clockwise from top left, in pixels; None when it fills all.

    The edge of a sheet stays where it is when the threshold moves; the edge of a shadow does not.
    """
    values = _paperness(picture)
    height, width = values.shape
    found = [corners for level in range(84, 236, 12) if (corners := _at_level(values >= level)) is not None]
    reach = 0.03 * max(width, height)
    stable = [sum(_apart(one, other) <= reach for other in found) for one in found]
    if not found or max(stable) < LEAST_LEVELS:
        return None
    best = max(range(len(found)), key=lambda index: (stable[index], _area(found[index])))
    across, down = picture.width / width, picture.height / height
    return tuple(((x + 0.5) * across, (y + 0.5) * down) for x, y in found[best])


def _at_level(mask: Array) -> Corners | None:
    """Corners of the sheet among what is brighter than a level, when it fills them and does not fill the picture."""
    if not LEAST_SHEET <= mask.mean() <= 0.97 or _edge(mask) > BRIGHT_EDGE:
        return None
    sheet = _around_middle(mask)
    corners = _sides(sheet) if sheet.mean() >= LEAST_SHEET else None
    if corners is None or _area(corners) < LEAST_SHEET * mask.size:
        return None
    return corners if LEAST_FILL <= float(sheet.sum()) / _area(corners) <= MOST_FILL else None


def _apart(one: Corners, other: Corners) -> float:
    return max(math.dist(here, there) for here, there in zip(one, other, strict=True))


# Mappings


def perspective(corners: Corners, width: float, height: float) -> Array:
    """The matrix that takes a rectangle from (0, 0) to the four corners, clockwise from top left."""
    rows, values = [], []
    for (x, y), (u, v) in zip(((0, 0), (width, 0), (width, height), (0, height)), corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    solved = numpy.linalg.solve(numpy.array(rows, float), numpy.array(values, float))
    return numpy.append(solved, 1.0).reshape(3, 3)


def turning(degrees: float, width: float, height: float) -> tuple[Array, tuple[int, int]]:
    """A turn about the middle that keeps everything: matrix from the turned sheet to this one, and its size.

    Positive degrees turn the content clockwise.
    """
    angle = math.radians(degrees)
    cosine, sine = math.cos(angle), math.sin(angle)
    new_width = round(abs(width * cosine) + abs(height * sine))
    new_height = round(abs(width * sine) + abs(height * cosine))
    to_middle = numpy.array([[1, 0, -new_width / 2], [0, 1, -new_height / 2], [0, 0, 1]])
    turn = numpy.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    from_middle = numpy.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1]])
    return from_middle @ turn @ to_middle, (new_width, new_height)


def scaling(factor: float) -> Array:
    """Points of a copy that is `factor` times larger, back to this one."""
    return numpy.diag([1 / factor, 1 / factor, 1.0])


def unit(across: float, down: float) -> Array:
    """Pixels of a picture to the unit of the page that it shows."""
    return numpy.diag([across, down, 1.0])


def mapped(matrix: Array, x: float, y: float) -> tuple[float, float]:
    """Where a point of the sheet lies in the picture."""
    u, v, w = matrix @ (x, y, 1.0)
    return float(u / w), float(v / w)


def box_back(matrix: Array, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The upright box in the picture that holds a box of the sheet."""
    points = [mapped(matrix, x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    return (
        min(x for x, _ in points),
        min(y for _, y in points),
        max(x for x, _ in points),
        max(y for _, y in points),
    )


def resampled(picture: Image.Image, matrix: Array, size: tuple[int, int]) -> Image.Image:
    """The sheet drawn anew; what lies outside the picture is white."""
    values = tuple(float(value) for value in (matrix / matrix[2, 2]).reshape(9))
    affine = abs(values[6]) < 1e-12 and abs(values[7]) < 1e-12
    kind, kept = (Image.Transform.AFFINE, values[:6]) if affine else (Image.Transform.PERSPECTIVE, values[:8])
    return picture.transform(size, kind, kept, Image.Resampling.BILINEAR, fillcolor=255)


# Light


def evened(picture: Image.Image) -> Image.Image:
    """Paper becomes white whatever the lamp did: each pixel against the brightest paper around it."""
    factor = max(2, max(picture.size) // 150)
    ground = picture.reduce(factor).filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.MedianFilter(5))
    ground = ground.filter(ImageFilter.BoxBlur(3)).resize(picture.size, Image.Resampling.BILINEAR)
    values = numpy.asarray(picture, dtype=numpy.uint16)
    light = numpy.maximum(numpy.asarray(ground, dtype=numpy.uint16), 40)
    return Image.fromarray(numpy.minimum(values * 255 // light, 255).astype(numpy.uint8))


# Direction


def _sharpness(along: Array, across: Array, degrees: float) -> float:
    """How sharply lines stand apart when the ink is projected under this angle."""
    angle = math.radians(degrees)
    projected = (across * math.cos(angle) - along * math.sin(angle)).astype(numpy.int64)
    counts = numpy.bincount(projected - projected.min()).astype(numpy.float64)
    return float(numpy.square(numpy.diff(counts)).sum())


def _best_angle(along: Array, across: Array) -> tuple[float, float]:
    best, angle = -1.0, 0.0
    for step, reach in ((1.0, MOST_SKEW), (0.25, 1.0), (0.05, 0.25)):
        middle = angle
        for degrees in numpy.arange(middle - reach, middle + reach + step / 2, step):
            if (found := _sharpness(along, across, float(degrees))) > best:
                best, angle = found, float(degrees)
    return angle, best


def ink(small: Array) -> Array:
    """Ink without rules and dark surfaces, which are no writing: long runs along either way are left out."""
    dark: Array = small < INK
    return dark & ~long_runs(dark) & ~long_runs(dark.T).T


def long_runs(dark: Array, length: int = LONG_RUN, fill: float = 0.94) -> Array:
    """Dark pixels of stretches along a row that are dark for at least this part of their length."""
    starts = dark.shape[1] - length
    if starts <= 0:
        return numpy.zeros_like(dark)
    summed = numpy.cumsum(numpy.pad(dark, ((0, 0), (1, 0))), axis=1, dtype=numpy.int32)
    full: Array = summed[:, length:] - summed[:, :-length] >= length * fill
    if not full.any():
        return numpy.zeros_like(dark)
    begun = numpy.cumsum(numpy.pad(full, ((0, 0), (length, length))), axis=1, dtype=numpy.int32)
    return dark & (begun[:, length:] - begun[:, :-length] > 0)[:, : dark.shape[1]]


def direction(picture: Image.Image) -> tuple[bool, float]:
    """(lines run down the picture, degrees by which lines fall to the right) of an evened picture."""
    values = numpy.asarray(picture)
    margin = max(1, int(MARGIN * min(values.shape)))
    rows, columns = numpy.nonzero(ink(values)[margin:-margin, margin:-margin])
    if len(rows) < LEAST_INK:
        return False, 0.0
    if len(rows) > MOST_INK:
        step = len(rows) // MOST_INK + 1
        rows, columns = rows[::step], columns[::step]
    level, sharp = _best_angle(columns, rows)
    upright, sharp_upright = _best_angle(rows, columns)
    # Columns of a table line up, too, but never as sharply as lines of writing do.
    return (True, -upright) if sharp_upright > 1.25 * sharp else (False, level)


def straightened(picture: Image.Image) -> Sheet:
    """The sheet of a picture: cut out, straight, evened, lines running across; it may still stand on its head."""
    flat = picture.mode == "1"
    source = grey(picture)
    corners = None if flat else outline(picture)
    matrix, size = _placed(source, corners)
    down, skew = direction(_preview(source, matrix, size, flat))
    if abs(skew) >= LEAST_SKEW or down:
        turn, size = turning(90.0 * down - skew, *size)
        matrix = matrix @ turn
    sheet = source if _is_same(matrix) else resampled(source, matrix, size)
    return Sheet(sheet if flat else evened(sheet), matrix, int(down))


def _preview(source: Image.Image, matrix: Array, size: tuple[int, int], flat: bool) -> Image.Image:
    """A small copy of the sheet, made from a small copy of the picture."""
    factor = max(1, max(source.size) // LINES_SIDE)
    small = source.reduce(factor) if factor > 1 else source
    shrunk = (max(1, round(size[0] / factor)), max(1, round(size[1] / factor)))
    inner = numpy.diag([1 / factor, 1 / factor, 1.0]) @ matrix @ numpy.diag([factor, factor, 1.0])
    sheet = small if _is_same(inner) else resampled(small, inner, shrunk)
    return sheet if flat else evened(sheet)


def _is_same(matrix: Array) -> bool:
    return bool(numpy.allclose(matrix / matrix[2, 2], numpy.eye(3), atol=1e-6))


def _placed(source: Image.Image, corners: Corners | None) -> tuple[Array, tuple[int, int]]:
    """Cut out and brought to about 200 dots an inch of A4."""
    if corners is None:
        factor = _factor(max(source.size))
        return scaling(factor), (round(source.width * factor), round(source.height * factor))
    width = (math.dist(corners[0], corners[1]) + math.dist(corners[3], corners[2])) / 2
    height = (math.dist(corners[0], corners[3]) + math.dist(corners[1], corners[2])) / 2
    factor = _factor(max(width, height))
    size = (round(width * factor), round(height * factor))
    return perspective(corners, *size), size


def _factor(side: float) -> float:
    if side > LONGEST_SIDE:
        return LONG_SIDE / side
    return LONG_SIDE / side if side < LONG_SIDE / 1.25 else 1.0


def turned_over(sheet: Sheet) -> Sheet:
    """The sheet the other way up."""
    picture = sheet.picture.transpose(Image.Transpose.ROTATE_180)
    turn = numpy.array([[-1, 0, picture.width], [0, -1, picture.height], [0, 0, 1.0]])
    return Sheet(picture, sheet.back @ turn, sheet.quarters + 2)
