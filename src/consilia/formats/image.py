"""Image: JPEG, PNG, TIFF with several pages and HEIC; sizes are known before a pixel is decoded."""

from __future__ import annotations

import warnings
from typing import BinaryIO, Final

import pi_heif
from PIL import (
    ExifTags,
    Image,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
)

from consilia.formats import dates, sniff
from consilia.formats.limits import LIMITS
from consilia.formats.values import DateCandidate, DateKind, PageText, Reading
from consilia.formats.verdicts import Reason, Unreadable, Verdict

FORMATS: Final = {"JPEG": sniff.JPEG, "MPO": sniff.JPEG, "PNG": sniff.PNG, "TIFF": sniff.TIFF, "HEIF": sniff.HEIC}

OPENERS: Final = ("JPEG", "PNG", "TIFF", "HEIF")
# Registered by being imported; a child of the nursery can import nothing later.
PLUGINS: Final = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin)

pi_heif.options.DECODE_THREADS = 1
pi_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = LIMITS.image_pixels
warnings.simplefilter("ignore", Image.DecompressionBombWarning)


def open_picture(file: BinaryIO) -> Image.Image:
    """The picture, not decoded yet; raises Unreadable."""
    file.seek(0)
    try:
        picture = Image.open(file, formats=OPENERS)
    except Image.DecompressionBombError as error:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise Unreadable(Verdict.UNREADABLE, Reason.DAMAGED) from error
    except ValueError as error:  # a text chunk that inflates without end
        raise Unreadable(Verdict.BOMB, Reason.RATIO) from error
    _within(picture)
    return picture


def _within(picture: Image.Image) -> None:
    if picture.width * picture.height > LIMITS.image_pixels:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_PIXELS)


def turn_to(picture: Image.Image, page: int) -> None:
    """Moves to a page (from 1) and checks its size before anything is decoded."""
    try:
        picture.seek(page - 1)
    except EOFError as error:
        raise Unreadable(Verdict.UNREADABLE, Reason.NO_SUCH_PAGE) from error
    _within(picture)


def decode(picture: Image.Image) -> None:
    """Decodes the page the picture stands at; what ends too early is TRUNCATED, what cannot be decoded UNREADABLE."""
    try:
        picture.load()
    except Image.DecompressionBombError as error:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_PIXELS) from error
    except MemoryError as error:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_PIXELS) from error
    except (EOFError, OSError, SyntaxError, ValueError) as error:
        if "truncated" in str(error).lower() or isinstance(error, EOFError):
            raise Unreadable(Verdict.TRUNCATED, Reason.CUT_OFF) from error
        raise Unreadable(Verdict.UNREADABLE, Reason.DAMAGED) from error


def upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its EXIF orientation says; without one it stays."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # broken EXIF: better a turned picture than none
        return picture


def _count(picture: Image.Image) -> int:
    count = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
    if count > LIMITS.image_pages:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_PAGES)
    return int(count)


def _taken(picture: Image.Image) -> tuple[DateCandidate, ...]:
    """When the photo was taken: a hint only, a paper is photographed long after it was written."""
    try:
        text = str(picture.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal, ""))
    except Exception:
        return ()
    found = next(dates.find(text[:10].replace(":", "-")), None)
    return (DateCandidate(DateKind.MENTIONED, found.value, "exif"),) if found else ()


def read(file: BinaryIO, _path: str = "") -> Reading:
    """Pages with their size in pixels, decoded once so that a cut-off picture is found now and not by the expert."""
    picture = open_picture(file)
    try:
        count = _count(picture)
        taken = _taken(picture)
        pages = []
        for number in range(1, count + 1):
            turn_to(picture, number)
            decode(picture)
            width, height = upright(picture).size if count == 1 else picture.size
            pages.append(PageText(number, float(width), float(height)))
    except (TypeError, KeyError, IndexError) as error:
        raise Unreadable(Verdict.UNREADABLE, Reason.DAMAGED) from error
    return Reading(
        Verdict.READ,
        Reason.SCAN,
        FORMATS[picture.format or "JPEG"],
        pages=tuple(pages),
        page_count=count,
        date_candidates=taken,
    )
