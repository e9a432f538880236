"""Frames: one frame of a DICOM image as raw values for the stack viewer, or as a PNG as a window shows it.

Source: DICOM PS3.3 C.7.6.3 (image pixel), C.11.1 (modality LUT), C.11.2.1.2 (VOI window), C.7.9 (palette).
"""

from __future__ import annotations

import io
from typing import Any, BinaryIO, Final

import numpy
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import pixel_array

from consilia.formats import dicom, dicom_shape, dicom_values
from consilia.formats.limits import LIMITS
from consilia.formats.values import RawFrame, Window
from consilia.formats.verdicts import Reason, Unreadable, Verdict

Pixels = NDArray[Any]

SHADES: Final = 255.0


def _dataset(file: BinaryIO) -> Dataset:
    shape = dicom_shape.of(file)
    if not shape.has_pixels:
        raise Unreadable(Verdict.READ, Reason.NO_PIXELS)
    dataset = dicom.parse(file, shape, pixels=True)
    bytes_a_frame = (
        dicom_values.whole(dataset, "Rows")
        * dicom_values.whole(dataset, "Columns")
        * max(1, dicom_values.whole(dataset, "SamplesPerPixel"))
        * max(1, dicom_values.whole(dataset, "BitsAllocated") // 8)
    )
    if not 0 < bytes_a_frame <= LIMITS.frame_bytes:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_PIXELS)
    return dataset


def _pixels(dataset: Dataset, frame: int) -> Pixels:
    """The stored values of one frame (from 1); colour comes as RGB; raises Unreadable (CANNOT_BE_SHOWN)."""
    if not 1 <= frame <= max(1, dicom_values.whole(dataset, "NumberOfFrames")):
        raise Unreadable(Verdict.UNREADABLE, Reason.NO_SUCH_PAGE)
    try:
        values = pixel_array(dataset, index=frame - 1)
        if dicom_values.words(dataset, "PhotometricInterpretation") == "PALETTE COLOR":
            values = apply_color_lut(values, dataset)
    except MemoryError:
        raise
    except Exception as error:  # decoders raise many kinds; the original stays and can be downloaded
        raise Unreadable(Verdict.UNREADABLE, Reason.CANNOT_BE_SHOWN) from error
    return numpy.asarray(values)


def rescale_of(dataset: Dataset) -> tuple[float, float]:
    """Slope and intercept of the modality LUT; 1 and 0 where none is given."""
    place = dicom.functional(dataset, "PixelValueTransformationSequence")
    return dicom_values.number(place, "RescaleSlope", 1.0) or 1.0, dicom_values.number(place, "RescaleIntercept")


def _full_window(values: Pixels, slope: float, intercept: float) -> Window:
    """Without a VOI window: from the lowest to the highest value of this frame."""
    low, high = sorted((float(values.min()) * slope + intercept, float(values.max()) * slope + intercept))
    return Window((low + high + 1) / 2, max(1.0, high - low + 1))


def raw(file: BinaryIO, frame: int) -> RawFrame:
    """The stored values of a frame with everything a viewer needs to window them; raises Unreadable."""
    dataset = _dataset(file)
    values = _pixels(dataset, frame)
    colour = values.ndim == 3
    if colour and values.dtype != numpy.uint8:
        values = (values >> (8 * values.dtype.itemsize - 8)).astype(numpy.uint8)
    if not colour and values.dtype.itemsize > 2:
        values = numpy.clip(values, 0, 65_535).astype(numpy.uint16)
    slope, intercept = (1.0, 0.0) if colour else rescale_of(dataset)
    window = Window(128.0, 256.0) if colour else dicom.window_of(dataset) or _full_window(values, slope, intercept)
    return RawFrame(
        rows=int(values.shape[0]),
        columns=int(values.shape[1]),
        samples=3 if colour else 1,
        bits=values.dtype.itemsize * 8,
        signed=values.dtype.kind == "i",
        slope=slope,
        intercept=intercept,
        window=window,
        inverted=dicom_values.words(dataset, "PhotometricInterpretation") == "MONOCHROME1",
        data=values.astype(values.dtype.newbyteorder("<")).tobytes(),
    )


def shades(values: Pixels, window: Window) -> Pixels:
    """Linear VOI function of PS3.3 C.11.2.1.2.1: values after rescaling to 0..255."""
    width = max(window.width, 1.0)
    if width == 1.0:
        return numpy.where(values > window.center - 0.5, SHADES, 0.0).astype(numpy.uint8)
    scaled = ((values - (window.center - 0.5)) / (width - 1) + 0.5) * SHADES
    return numpy.clip(scaled, 0.0, SHADES).astype(numpy.uint8)


def png(file: BinaryIO, frame: int, window: Window | None = None) -> bytes:
    """A frame (from 1) as an 8-bit PNG; the window of the file when none is given; raises Unreadable."""
    found = raw(file, frame)
    dtype = numpy.dtype(f"<{'i' if found.signed else 'u'}{found.bits // 8}")
    values = numpy.frombuffer(found.data, dtype)
    if found.samples == 3:
        picture = Image.fromarray(values.reshape(found.rows, found.columns, 3))
    else:
        shown = shades(values.astype(numpy.float32) * found.slope + found.intercept, window or found.window)
        shown = shown.reshape(found.rows, found.columns)
        picture = Image.fromarray(255 - shown if found.inverted else shown)
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=3)
    return out.getvalue()
