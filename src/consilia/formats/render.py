"""Render: makes the picture of a page that people see; what strangers wrote is never shown as it is."""

from __future__ import annotations

import io
from typing import BinaryIO

import pypdfium2
from PIL import Image

from consilia.formats import dicom, image, pdf, sniff
from consilia.formats.limits import LIMITS
from consilia.formats.verdicts import Reason, Unreadable, Verdict


def page(file: BinaryIO, media_type: str, number: int) -> bytes:
    """PNG of a page (from 1) of a PDF or picture, about 1,100 px wide; raises Unreadable.

    Word documents, text and FHIR have lines and no picture: CANNOT_BE_SHOWN.
    """
    if media_type == sniff.DICOM:
        file, media_type = dicom.carried_pdf(file), sniff.PDF
    if media_type == sniff.PDF:
        return _pdf_page(file, number)
    if media_type in {sniff.JPEG, sniff.PNG, sniff.TIFF, sniff.HEIC}:
        return _picture_page(file, number)
    raise Unreadable(Verdict.UNREADABLE, Reason.CANNOT_BE_SHOWN)


def scale_of(width: float, height: float) -> float:
    """Pixels a point, so that the page is as wide as the screen wants and never taller than the limit."""
    if not (0 < width <= LIMITS.pdf_page_points and 0 < height <= LIMITS.pdf_page_points):
        raise Unreadable(Verdict.TOO_LARGE, Reason.PAGE_TOO_LARGE)
    return min(LIMITS.rendered_width / width, LIMITS.rendered_height / height)


def _pdf_page(file: BinaryIO, number: int) -> bytes:
    document = pdf.open_document(file)
    if not 1 <= number <= len(document):
        raise Unreadable(Verdict.UNREADABLE, Reason.NO_SUCH_PAGE)
    try:
        sheet = document[number - 1]
        scale = scale_of(*sheet.get_size())
        picture = sheet.render(scale=scale, may_draw_forms=False).to_pil()
    except pypdfium2.PdfiumError as error:
        raise Unreadable(Verdict.UNREADABLE, Reason.DAMAGED) from error
    return _png(picture)


def _picture_page(file: BinaryIO, number: int) -> bytes:
    picture = image.open_picture(file)
    image.turn_to(picture, number)
    if picture.format == "JPEG":
        picture.draft(None, (LIMITS.rendered_width, LIMITS.rendered_width))
    image.decode(picture)
    picture = image.upright(picture)
    picture.thumbnail((LIMITS.rendered_width, LIMITS.rendered_height))
    return _png(picture)


def to_recognise(file: BinaryIO, media_type: str, number: int) -> tuple[Image.Image, tuple[float, float]]:
    """The picture of a page to be read, and the page's size in the unit of its boxes; raises Unreadable.

    A PDF page at 200 dots an inch of grey, in points; a picture at about the same, upright, in its own pixels.
    """
    if media_type == sniff.DICOM:
        file, media_type = dicom.carried_pdf(file), sniff.PDF
    if media_type == sniff.PDF:
        return _pdf_sheet(file, number)
    if media_type not in {sniff.JPEG, sniff.PNG, sniff.TIFF, sniff.HEIC}:
        raise Unreadable(Verdict.UNREADABLE, Reason.CANNOT_BE_SHOWN)
    picture = image.open_picture(file)
    image.turn_to(picture, number)
    full = picture.size
    if picture.format == "JPEG":
        picture.draft(None, (LIMITS.recognised_side // 2, LIMITS.recognised_side // 2))
    if picture.width * picture.height > LIMITS.recognised_pixels:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_PIXELS)
    image.decode(picture)
    coarse = picture.reduce(factor) if (factor := max(picture.size) // LIMITS.recognised_side) > 1 else picture
    sheet = image.upright(coarse) if getattr(picture, "n_frames", 1) == 1 else coarse
    turned = (sheet.width > sheet.height) != (coarse.width > coarse.height)
    return sheet, (float(full[turned]), float(full[not turned]))


def _pdf_sheet(file: BinaryIO, number: int) -> tuple[Image.Image, tuple[float, float]]:
    document = pdf.open_document(file)
    if not 1 <= number <= len(document):
        raise Unreadable(Verdict.UNREADABLE, Reason.NO_SUCH_PAGE)
    try:
        page = document[number - 1]
        width, height = page.get_size()
        scale_of(width, height)
        scale = min(LIMITS.recognised_dots_an_inch / 72, LIMITS.recognised_side / max(width, height))
        picture = page.render(scale=scale, may_draw_forms=False, grayscale=True).to_pil()
    except pypdfium2.PdfiumError as error:
        raise Unreadable(Verdict.UNREADABLE, Reason.DAMAGED) from error
    return picture, (round(width, 1), round(height, 1))


def _png(picture: Image.Image) -> bytes:
    """Drawn anew from pixels only: no metadata, no colour profile, no chunk of the original survives."""
    if picture.mode not in {"1", "L", "RGB"}:
        picture = picture.convert("L") if picture.mode in {"I;16", "I", "F"} else picture.convert("RGB")
    clean = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    out = io.BytesIO()
    clean.save(out, "PNG", compress_level=4)
    return out.getvalue()
