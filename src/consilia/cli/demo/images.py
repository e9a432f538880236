"""Images of the demo: a page that looks scanned, and a CT series of a drawn phantom (no body, no patient)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import numpy
from PIL import Image, ImageDraw, ImageFont
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SIDE: Final = 192  # pixels
SLICES: Final = 12
SPACING: Final = 1.8  # mm between pixels
THICKNESS: Final = 10.0  # mm
AIR, WATER, BONE = -1000, 0, 700  # Hounsfield units
SEED: Final = 20_260


def scan(lines: Sequence[str]) -> bytes:
    """A PNG of a typed page, a little crooked and grainy, as a flatbed scanner gives it (A4 at 100 dots an inch)."""
    page = Image.new("L", (827, 1169), 250)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=20)
    for row, line in enumerate(lines):
        pen.text((90, 110 + row * 38), line, fill=35, font=font)
    page = page.rotate(0.8, resample=Image.Resampling.BICUBIC, fillcolor=246)
    grain = numpy.random.default_rng(SEED).normal(0, 4, (page.height, page.width))
    pixels = numpy.clip(numpy.asarray(page, dtype=float) + grain, 0, 255).astype("uint8")
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", optimize=True)
    return out.getvalue()


def phantom(name: str, born: date, sex: str, on: date) -> Iterator[bytes]:
    """CT slices of an ellipse of water with a ring of bone and one small ball, from the feet upwards (DICOM PS3.3 A.3).

    The same words give the same bytes.
    """
    study, series, frame = (generate_uid(entropy_srcs=[name, str(on), part]) for part in ("study", "series", "frame"))
    for number in range(SLICES):
        made = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
        made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID = CTImageStorage
        instance = generate_uid(entropy_srcs=[name, str(on), str(number)])
        made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID = instance
        made.StudyInstanceUID, made.SeriesInstanceUID, made.FrameOfReferenceUID = study, series, frame
        made.SpecificCharacterSet = "ISO_IR 192"
        made.PatientName, made.PatientBirthDate, made.PatientSex = name, f"{born:%Y%m%d}", sex
        made.PatientID, made.AccessionNumber, made.StudyID = "", "", "1"
        made.StudyDate = made.SeriesDate = f"{on:%Y%m%d}"
        made.StudyTime, made.Modality, made.BodyPartExamined = "101500", "CT", "CHEST"
        made.StudyDescription, made.SeriesDescription = "CT of a drawn phantom (demo)", "Soft tissue 10 mm"
        made.InstitutionName, made.Manufacturer, made.ReferringPhysicianName = "Hospital da Luz Clara", "", ""
        made.SeriesNumber, made.InstanceNumber = 1, number + 1
        made.ImagePositionPatient = [-SIDE * SPACING / 2, -SIDE * SPACING / 2, number * THICKNESS]
        made.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        made.PixelSpacing, made.SliceThickness, made.SliceLocation = [SPACING, SPACING], THICKNESS, number * THICKNESS
        made.Rows, made.Columns, made.SamplesPerPixel = SIDE, SIDE, 1
        made.PhotometricInterpretation, made.ImageType = "MONOCHROME2", ["DERIVED", "SECONDARY", "AXIAL"]
        made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 16, 15, 1
        made.RescaleIntercept, made.RescaleSlope, made.RescaleType = 0, 1, "HU"
        made.WindowCenter, made.WindowWidth = 40, 400
        made.PixelData = hounsfield(number).astype("<i2").tobytes()
        out = io.BytesIO()
        made.save_as(out, enforce_file_format=True)
        yield out.getvalue()


def hounsfield(number: int) -> numpy.ndarray:
    """One slice in Hounsfield units, `SIDE` x `SIDE`; the ball is seen in the middle third of the slices."""
    rows, columns = numpy.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    height = 2 * number / (SLICES - 1) - 1
    distance = (columns / 0.85) ** 2 + (rows / 0.62) ** 2 + (height / 1.6) ** 2
    values = numpy.full((SIDE, SIDE), AIR, dtype=float)
    values[distance < 1] = BONE
    values[distance < 0.9] = WATER + 40
    for side in (-0.38, 0.38):
        values[((columns - side) / 0.27) ** 2 + (rows / 0.38) ** 2 + (height / 1.2) ** 2 < 1] = AIR + 150
    values[columns**2 + (rows - 0.42) ** 2 < 0.012] = BONE
    values[(columns - 0.36) ** 2 + (rows + 0.05) ** 2 + (height * 0.6) ** 2 < 0.006] = WATER + 60
    return values + numpy.random.default_rng(SEED + number).normal(0, 12, (SIDE, SIDE))
