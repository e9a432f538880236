"""The header of an instance as a viewer asks for it: no pixels, no bulk, nothing that JSON does not know."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests import samples_formats as samples

from consilia.formats import dicom_model
from consilia.formats.verdicts import Unreadable, Verdict


def model(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(dicom_model.describe(io.BytesIO(data)).model)
    return found


def test_the_model_reads_back_as_the_header():
    data = samples.dicom(PixelSpacing=[0.5, 0.5], ImagePositionPatient=[1, 2, 3.5])
    found = model(data)
    own = pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True)
    del found["00083002"]
    assert Dataset.from_json(found) == own
    assert found["00100010"]["Value"] == [{"Alphabetic": "FONTANA^GIULIA"}]


def test_pixels_and_bulk_are_left_out_also_inside_sequences():
    item = Dataset()
    item.add_new(0x00091010, "OB", b"\1" * 5000)
    item.CodeValue = "1"
    found = model(samples.dicom(ConceptNameCodeSequence=Sequence([item])))
    assert "7FE00010" not in found
    assert found["0040A043"]["Value"] == [{"00080100": {"vr": "SH", "Value": ["1"]}}]


def test_numbers_that_are_none_become_null():
    found = model(samples.dicom(RecommendedDisplayFrameRateInFloat=float("nan")))
    assert found["00089459"]["Value"] == [None]


def test_frames_are_found_by_their_place():
    data = samples.dicom(NumberOfFrames=1)
    (((start, length),),) = dicom_model.describe(io.BytesIO(data)).places
    assert data[start : start + length] == samples.dataset().PixelData


@pytest.mark.parametrize("data", [b"", b"DICM", samples.dicom()[:-20]])
def test_what_ends_early_is_not_described(data):
    with pytest.raises(Unreadable) as refused:
        dicom_model.describe(io.BytesIO(data))
    assert refused.value.verdict in {Verdict.TRUNCATED, Verdict.UNREADABLE}


def test_a_number_of_more_than_sixteen_characters_is_told():
    """Scanners write such positions against PS3.5 table 6.2-1; left out, a stack has no geometry."""
    data = samples.dicom(ImagePositionPatient=[-250.25, -250.0, 17.25])
    place = data.index(b"\x20\x00\x32\x00DS")
    (length,) = struct.unpack_from("<H", data, place + 6)
    long = b"-250.123456789012345\\-250.0\\17.25 "
    data = data[: place + 6] + struct.pack("<H", len(long)) + long + data[place + 8 + length :]
    assert model(data)["00200032"]["Value"] == pytest.approx([-250.123456789012345, -250.0, 17.25])


def test_a_value_that_is_no_number_costs_only_itself():
    found = model(samples.dicom(SeriesNumber=7).replace(b"IS\x02\x007 ", b"IS\x02\x00x ", 1))
    assert "00200011" not in found
    assert found["00100010"]["Value"]
