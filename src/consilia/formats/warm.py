"""Warm: uses every parser once on bytes of our own before the first child is locked in.

A child can open no file, so whatever a library loads late (codecs, plug-ins, tables) must be there before.
"""

from __future__ import annotations

import codecs
import io
from email.message import EmailMessage
from typing import Final

import docx
import gdcm
import jpeg_ls  # type: ignore[import-untyped]
import numpy
import openjpeg
import pypdfium2
from PIL import Image, ImageDraw
from pydicom import charset
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
    SecondaryCaptureImageStorage,
)

from consilia.formats import archive, frames, mail, paper, plain, reading, render, sniff
from consilia.formats.limits import Budget
from consilia.formats.values import (
    MEMBER,
    PROTECTION,
    RAW_FRAME,
    READING,
    RECOGNITION,
    Member,
    PageText,
    Reading,
    Recognition,
)

DECODERS: Final = (gdcm, jpeg_ls, openjpeg)
CODECS: Final = (
    "ascii",
    "latin_1",
    "utf_8",
    "utf_8_sig",
    "utf_16",
    "utf_16_le",
    "utf_16_be",
    "utf_32",
    "cp437",
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1255",
    "cp1256",
    "koi8_r",
    "iso8859_2",
    "iso8859_3",
    "iso8859_4",
    "iso8859_5",
    "iso8859_6",
    "iso8859_7",
    "iso8859_8",
    "iso8859_9",
    "iso8859_15",
    "iso8859_11",
    "shift_jis",
    "euc_jp",
    "euc_kr",
    "gb18030",
    "gbk",
    "big5",
    "iso2022_jp",
    "iso2022_jp_2",
    "iso2022_kr",
    "tis_620",
    "mac_roman",
    "idna",
    "punycode",
    "unicode_escape",
)


def sample_dicom() -> bytes:
    """A secondary capture of 4 x 4 pixels."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3.4")
    dataset.SOPClassUID, dataset.SOPInstanceUID = SecondaryCaptureImageStorage, "1.2.3.4"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "1.2.3", "1.2.3.5"
    dataset.SpecificCharacterSet, dataset.PatientName = "ISO_IR 100", "Muster^Ärztin"
    dataset.Rows = dataset.Columns = 4
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelData = numpy.arange(16, dtype="<u2").tobytes()
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def sample_picture(kind: str) -> bytes:
    """A picture of 8 x 8 pixels."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, kind)
    return out.getvalue()


def sample_pdf() -> bytes:
    """A document of one empty page."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 200)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sample_docx() -> bytes:
    """A document of one sentence and one table."""
    document = docx.Document()
    document.add_paragraph("Patient: Muster, Anna")
    document.add_table(1, 2).rows[0].cells[0].text = "a"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sample_photo() -> Image.Image:
    """A sheet of paper that lies askew on a dark table."""
    photo = Image.new("RGB", (320, 400), (60, 50, 40))
    draw = ImageDraw.Draw(photo)
    draw.polygon([(40, 50), (270, 30), (290, 370), (50, 350)], fill="white")
    for top in range(80, 320, 16):
        draw.line((80, top + 6, 240, top), fill="black", width=4)
    return photo


def sample_letter() -> bytes:
    """An e-mail in two forms with an umlaut, a file and an e-mail in it: the library imports late."""
    inner = EmailMessage()
    inner["Subject"] = "Grüße"
    inner.set_content("Grüße")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@x.invalid", "b@x.invalid", "Grüße"
    message["Date"], message["Message-ID"] = "Wed, 12 Feb 2025 10:15:00 +0100", "<1@x.invalid>"
    message.set_content("Grüße")
    message.add_alternative("<p>Grüße</p>", subtype="html")
    message.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="Grüße.bin")
    message.add_attachment(inner)
    return message.as_bytes()


TEXTS: Final = (
    b'{"resourceType": "Patient", "birthDate": "1970-01-01"}',
    b"Patient: Muster, Anna, geb. 01.02.1970\n" * 4,
    b"MSH|^~\\&|A|B|||20250101||ORU^R01|1|P|2.5\rPID|1||1||A^B\rOBX|1|NM|1^A^LN||1|g",
    b'<ClinicalDocument xmlns="urn:hl7-org:v3"><title>a</title></ClinicalDocument>',
    b"<Broken",
    b"{\\rtf1\\ansi\\ansicpg1251 a\\'e4\\par }",
    b'<HealthData><Record type="HKQuantityTypeIdentifierHeartRate" startDate="2025-01-01 " value="1"/></HealthData>',
)


class Nobody:
    """Keeps nothing."""

    def begin(self, path: str) -> None:
        """Ignored."""

    def more(self, data: bytes) -> None:
        """Ignored."""

    def end(self, member: Member) -> None:
        """Through the codec once, so that it is built."""
        MEMBER.validate_json(MEMBER.dump_json(member))


def _codecs() -> None:
    for name in (*CODECS, *charset.python_encoding.values()):
        codecs.lookup(name)


def _decoders() -> None:
    for syntax in (JPEGBaseline8Bit, JPEGLosslessSV1, JPEG2000Lossless, JPEGLSLossless, RLELossless):
        _ = get_decoder(syntax).is_available


def up() -> None:
    """Everything once; the bytes are ours, so nothing here needs a cage."""
    plain.identifier()
    _codecs()
    _decoders()
    readings: list[Reading] = []
    samples = [sample_dicom(), sample_pdf(), sample_docx(), *(sample_picture(kind) for kind in ("JPEG", "PNG", "TIFF"))]
    samples += TEXTS
    for sample in samples:
        readings.append(reading.read(io.BytesIO(sample)))
    for found in readings:
        READING.validate_json(READING.dump_json(found))
    render.page(io.BytesIO(samples[1]), sniff.PDF, 1)
    render.to_recognise(io.BytesIO(samples[1]), sniff.PDF, 1)
    paper.straightened(sample_photo())
    RECOGNITION.dump_json(Recognition(PageText(1, 1.0, 1.0, scanned=True)))
    render.page(io.BytesIO(samples[3]), sniff.JPEG, 1)
    raw = frames.raw(io.BytesIO(samples[0]), 1)
    RAW_FRAME.dump_json(raw, exclude={"data"})
    frames.png(io.BytesIO(samples[0]), 1)
    archive.unpack(io.BytesIO(samples[2]), Budget(), Nobody())
    archive.unpack(io.BytesIO(samples[2][:-40]), Budget(), Nobody())
    mail.unpack(io.BytesIO(sample_letter()), Budget(), Nobody())
    reading.read(io.BytesIO(b"Datum;SYS\n01.02.2025;120\n02.02.2025;121\n"), "a.csv")
    assert PROTECTION is not None
