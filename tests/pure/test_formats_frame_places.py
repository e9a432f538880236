"""Frames are found where they lie, as a parser of the whole file cuts them out; what cannot be told is not guessed."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.encaps import encapsulate, encapsulate_extended, generate_frames
from tests import samples_formats as samples

from consilia.formats import dicom_shape, frame_places
from consilia.formats.dicom_shape import Shape

RLE = "1.2.840.10008.1.2.5"
NATIVE = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"]


def cut(data: bytes, places: tuple[tuple[tuple[int, int], ...], ...]) -> list[bytes]:
    return [b"".join(data[start : start + length] for start, length in frame) for frame in places]


def written(dataset: pydicom.Dataset, syntax: str) -> bytes:
    out = io.BytesIO()
    dataset.file_meta.TransferSyntaxUID = syntax
    implicit, little = syntax == NATIVE[0], syntax != NATIVE[2]
    dataset.save_as(out, implicit_vr=implicit, little_endian=little, enforce_file_format=True, overwrite=True)
    return out.getvalue()


def packed(frames: list[bytes], **how: Any) -> bytes:
    dataset = samples.dataset(NumberOfFrames=len(frames))
    dataset.PixelData = encapsulate(frames, **how)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return written(dataset, RLE)


def shape_of(data: bytes) -> Shape:
    return dicom_shape.of(io.BytesIO(data))


@pytest.mark.parametrize("syntax", NATIVE)
def test_native_frames_are_slices_of_the_pixel_data(syntax):
    dataset = samples.dataset(NumberOfFrames=3, Rows=4, Columns=5, BitsAllocated=16)
    dataset.PixelData = bytes(range(120))
    if syntax == NATIVE[0]:
        dataset["PixelData"].VR = "OW"
    data = written(dataset, syntax)
    found = cut(data, frame_places.native(shape_of(data), frame_bits=4 * 5 * 16, frames=3))
    pixels = pydicom.dcmread(io.BytesIO(data)).PixelData
    assert found == [pixels[:40], pixels[40:80], pixels[80:120]]


@given(st.lists(st.binary(min_size=2, max_size=60), min_size=1, max_size=6), st.integers(1, 3), st.booleans())
def test_packed_frames_are_what_a_parser_of_the_whole_file_gives(frames, parts, has_table):
    frames = [frame + b"\0" * (len(frame) % 2) for frame in frames]
    parts = min([parts, *(len(frame) // 2 for frame in frames)])
    data = packed(frames, fragments_per_frame=parts, has_bot=has_table)
    found = cut(data, frame_places.encapsulated(shape_of(data), frames=len(frames)))
    if parts > 1 and len(frames) > 1 and not has_table:
        assert found == []
    else:
        buffer = pydicom.dcmread(io.BytesIO(data)).PixelData
        assert found == list(generate_frames(buffer, number_of_frames=len(frames))) == frames


def test_an_extended_offset_table_is_read():
    dataset = samples.dataset(NumberOfFrames=2)
    frames = [b"ab" * 8, b"cd" * 4]
    dataset.PixelData, dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = encapsulate_extended(frames)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    shape = shape_of(written(dataset, RLE))
    assert shape.offset_table == (0, 24)


@pytest.mark.parametrize("table", [(0, 7), (8, 0), (0,), (0, 10**9), (4, 24)])
def test_a_table_that_lies_gives_no_frames(table):
    shape = shape_of(packed([b"ab" * 8, b"cd" * 4], fragments_per_frame=2, has_bot=True))
    assert frame_places.encapsulated(replace(shape, offset_table=table), frames=2) == ()


def test_frames_that_do_not_begin_at_a_byte_or_lie_in_a_packed_file_are_not_guessed():
    shape = Shape("1.2.840.10008.1.2.1", 0, True, 1, pixel_bytes=100, pixels=((50, 100),))
    assert frame_places.native(shape, frame_bits=12, frames=3) == ()
    assert frame_places.native(shape, frame_bits=12, frames=1) == (((50, 2),),)
    assert frame_places.native(shape, frame_bits=800, frames=2) == ()
    assert frame_places.native(replace(shape, transfer_syntax=dicom_shape.DEFLATED), frame_bits=8, frames=1) == ()
