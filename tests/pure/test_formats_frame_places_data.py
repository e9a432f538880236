"""Frames of real and hostile files are cut as pydicom cuts them, or not at all."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pydicom
import pytest
from pydicom.encaps import generate_frames

from consilia.formats import dicom_model
from consilia.formats.verdicts import Unreadable

# Hostile files whose number of fragments does not fit their number of frames: ours takes all fragments of one frame.
ODD = frozenset({"TC0323_encap_zero_frag.dcm", "TC0325_encap_10k_frags.dcm"})


@pytest.mark.filterwarnings("ignore")
def test_places_agree_with_a_parser_of_the_whole_file(test_data: Path):
    agreed = 0
    for folder in (test_data / "data/dev/dicom", test_data / "badinput/dicom"):
        for path in sorted(one for one in folder.rglob("*") if one.is_file() and one.name not in ODD):
            data = path.read_bytes()
            with contextlib.suppress(Unreadable):
                agreed += agrees(data)
    assert agreed > 500


def agrees(data: bytes) -> bool:
    """True where both cut the same frames, False where one of them cuts none; raises AssertionError else."""
    places = dicom_model.describe(io.BytesIO(data)).places
    try:
        dataset = pydicom.dcmread(io.BytesIO(data), force=True)
        pixels = dataset.get("PixelData")
    except Exception:  # what pydicom refuses with any of its errors cannot be compared
        return False
    if not places or not isinstance(pixels, bytes):
        return False
    ours = [b"".join(data[start : start + length] for start, length in frame) for frame in places]
    if dataset["PixelData"].is_undefined_length:
        theirs = list(generate_frames(pixels, number_of_frames=len(ours)))
    else:
        size = len(ours[0])
        theirs = [pixels[number * size : (number + 1) * size] for number in range(len(ours))]
    assert ours == theirs
    return True
