"""Pictures of records, made by us in the nursery and kept encrypted: a page, a covered page, a frame of a study."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass

from PIL import Image, ImageDraw

from consilia.formats.values import Line, PageText, Window
from consilia.formats.verdicts import Unreadable
from consilia.kernel.refusal import NotFound
from consilia.records import covering, nursery, readings
from consilia.records.models import Instance, Original
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries

COVER = (29, 42, 51)  # the ink of the page; a dark bar, not a blank
MARK = (180, 83, 9)  # the amber of what a person is asked
BESIDE = 2  # heights of a row that are shown above and below it


def text(original: Original) -> tuple[PageText, ...]:
    """The text layer, page by page; empty where nothing was read."""
    return readings.of(original).pages


def text_of_page(original: Original, number: int) -> PageText | None:
    """The text layer of one page (from 1), None where nothing was read."""
    return next((one for one in text(original) if one.number == number), None)


def page(original: Original, number: int) -> bytes:
    """PNG of a page (from 1) of a PDF or picture. Raises NotFound where there is no picture of it.

    Of a part only its own pages exist, whatever else the file holds.
    """
    in_file = original.page_of_file(number)
    if in_file is None:
        raise NotFound
    name = f"page:{original.pk}:{number}"
    kept = vault_queries.get_derived(original.case_id, name)
    if kept is not None:
        return kept
    descriptor = vault_queries.to_descriptor(original.case_id, original.sha256)
    try:
        picture = nursery.shared().render_page(descriptor, original.media_type, in_file)
    except Unreadable:
        raise NotFound from None
    finally:
        os.close(descriptor)
    vault.put_derived(original.case_id, name, picture)
    return picture


def covered_page(original: Original, number: int, names: covering.Names) -> bytes:
    """The same page with a dark bar over every line that tells whose it is; the bar is in the picture itself.

    Kept beside the original by these names: another name makes another picture.
    """
    name = f"covered:{original.pk}:{number}:{_mark(names)}"
    kept = vault_queries.get_derived(original.case_id, name)
    if kept is not None:
        return kept
    picture = page(original, number)
    lines = text_of_page(original, number)
    if lines is not None and lines.width:
        picture = _draw(picture, lines, names)
    vault.put_derived(original.case_id, name, picture)
    return picture


def _mark(names: covering.Names) -> str:
    """The same for the same names, and telling none of them."""
    joined = "\x00".join((*sorted(names.words), "", *sorted(names.numbers)))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


def _draw(png: bytes, shown: PageText, names: covering.Names) -> bytes:
    """Bars over the boxes; the picture is our own PNG, not a stranger's file."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    scale_x, scale_y = picture.width / shown.width, picture.height / shown.height
    pen = ImageDraw.Draw(picture)
    for line in shown.lines:
        if covering.tells(line.text, names) and line.x1 > line.x0:
            pen.rectangle(
                (line.x0 * scale_x - 2, line.y0 * scale_y - 2, line.x1 * scale_x + 2, line.y1 * scale_y + 2), fill=COVER
            )
    return _png(picture)


def row(original: Original, number: int, line: int, names: covering.Names | None = None) -> bytes:
    """PNG of one row of a page's text (from 0), framed, with the rows beside it, upright; with the covers of `names`.

    Cut out of the very picture of the page that the same reader may see. Raises NotFound where there is no such row.
    """
    words = text_of_page(original, number)
    if words is None or not words.width or not 0 <= line < len(words.lines):
        raise NotFound
    picture = page(original, number) if names is None else covered_page(original, number, names)
    return _row(picture, words, words.lines[line])


def _row(png: bytes, words: PageText, line: Line) -> bytes:
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    scales = (picture.width / words.width, picture.height / words.height) * 2
    _frame(picture, line, scales)
    lies = words.turned % 180 != 0
    far = (line.x1 - line.x0 if lies else line.y1 - line.y0) * BESIDE
    left, right = min(one.x0 for one in words.lines) - far, max(one.x1 for one in words.lines) + far
    top, bottom = min(one.y0 for one in words.lines) - far, max(one.y1 for one in words.lines) + far
    box = (line.x0 - far, top, line.x1 + far, bottom) if lies else (left, line.y0 - far, right, line.y1 + far)
    x0, y0, x1, y1 = (round(place * scale) for place, scale in zip(box, scales, strict=True))
    inside = (max(x0, 0), max(y0, 0), min(x1, picture.width), min(y1, picture.height))
    if inside[0] >= inside[2] or inside[1] >= inside[3]:  # the row has no place on the page
        raise NotFound
    return _png(picture.crop(inside).rotate(-words.turned, expand=True))


def _frame(picture: Image.Image, line: Line, scales: tuple[float, ...]) -> None:
    """Thin frames around the words of a row: on a crooked photo the box of the whole row holds half of the next one."""
    pen = ImageDraw.Draw(picture)
    for one in line.words or (line,):
        if one.x1 > one.x0 and one.y1 > one.y0:
            x0, y0, x1, y1 = (
                place * scale for place, scale in zip((one.x0, one.y0, one.x1, one.y1), scales, strict=True)
            )
            pen.rectangle((x0 - 4, y0 - 4, x1 + 4, y1 + 4), outline=MARK, width=2)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=4)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class FrameOf:
    """Which frame of which instance, in which window; `window` None takes the one of the file."""

    instance: Instance
    number: int  # from 1
    window: Window | None = None


def frame(wanted: FrameOf) -> bytes:
    """PNG of a frame; only the window of the file is kept, others are made on the way."""
    original = wanted.instance.original
    if not 1 <= wanted.number <= wanted.instance.frames or wanted.instance.not_shown_because:
        raise NotFound
    name = f"frame:{original.pk}:{wanted.number}"
    if wanted.window is None and (kept := vault_queries.get_derived(original.case_id, name)) is not None:
        return kept
    descriptor = vault_queries.to_descriptor(original.case_id, original.sha256)
    try:
        picture = nursery.shared().render_frame(descriptor, wanted.number, wanted.window)
    except Unreadable:
        raise NotFound from None
    finally:
        os.close(descriptor)
    if wanted.window is None:
        vault.put_derived(original.case_id, name, picture)
    return picture
