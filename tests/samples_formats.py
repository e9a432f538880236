"""Small files of our own for the tests of formats: made by code, so that no stranger's bytes lie in the repository."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from typing import Any

import docx
import numpy
import pikepdf
from PIL import Image, ImageDraw
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, SecondaryCaptureImageStorage

STUDY, SERIES, INSTANCE = "1.2.826.0.1.3680043.10.77.1", "1.2.826.0.1.3680043.10.77.2", "1.2.826.0.1.3680043.10.77.3"
LABORATORY = (
    "Laboratorio Analisi Due Torri",
    "Via Fittizia 9, Bologna",
    "Paziente: FONTANA GIULIA   Nata il: 04/07/1962   Sesso: F",
    "Codice fiscale: FNTGLI62L44A944X",
    "Prelievo: 11/02/2025 ore 07:40   Referto: 12/02/2025",
    "REFERTO ANALISI DI LABORATORIO",
    "Emoglobina 12.1 g/dL 12.0-16.0",
    "Creatinina 0.71 mg/dL 0.50-1.00",
    "Confronto con esame del 03/01/2020. Stampato il 20/02/2025",
)


def pdf(lines: tuple[str, ...] = LABORATORY, pages: int = 1) -> bytes:
    """A PDF with the lines in Helvetica on each page."""
    return bound(*[lines] * pages)


def bound(*papers: tuple[str, ...]) -> bytes:
    """A PDF with a page for each paper; written by hand because our PDF library writes no text."""
    kids = " ".join(f"{5 + 2 * page} 0 R" for page in range(len(papers)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(papers)}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for page, lines in enumerate(papers):
        text = "BT /F1 11 Tf 60 780 Td 16 TL " + " ".join(f"({_escaped(line)}) Tj T*" for line in lines) + " ET"
        objects.append(f"<</Length {len(text)}>>stream\n{text}\nendstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {4 + 2 * page} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>"
        )
    return _assembled(objects)


def locked_pdf(content: bytes, password: str, revision: int = 6) -> bytes:
    """The PDF encrypted with the password that opens it (revision 6: AES with 256 bits)."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(out, encryption=pikepdf.Encryption(user=password, owner="owner", R=revision))
    return out.getvalue()


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _assembled(objects: list[str]) -> bytes:
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj{body}endobj\n".encode("cp1252")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    return out + f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()


def dataset(**changes: Any) -> Dataset:
    """A picture of 8 x 8 pixels of Giulia Fontana; values rise from 0 to 63."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    made.file_meta.MediaStorageSOPInstanceUID = UID(INSTANCE)
    values: dict[str, Any] = {
        "SpecificCharacterSet": "ISO_IR 192",
        "SOPClassUID": SecondaryCaptureImageStorage,
        "SOPInstanceUID": INSTANCE,
        "StudyInstanceUID": STUDY,
        "SeriesInstanceUID": SERIES,
        "Modality": "MG",
        "StudyDate": "20250211",
        "StudyDescription": "Mammografia",
        "PatientName": "FONTANA^GIULIA",
        "PatientBirthDate": "19620704",
        "PatientSex": "F",
        "PatientID": "FNTGLI62L44A944X",
        "Rows": 8,
        "Columns": 8,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
        "WindowCenter": 32,
        "WindowWidth": 64,
        "PixelData": numpy.arange(64, dtype="<u2").tobytes(),
    }
    for keyword, value in {**values, **changes}.items():
        if value is not None:
            setattr(made, keyword, value)
    return made


def dicom(**changes: Any) -> bytes:
    """The file of `dataset`."""
    out = io.BytesIO()
    dataset(**changes).save_as(out, enforce_file_format=True)
    return out.getvalue()


def named_twice() -> bytes:
    """A file whose meta information names another instance than its data set."""
    name = INSTANCE.encode()
    return dicom().replace(name, name[:-1] + b"9", 1)


def nested_dicom(depth: int) -> bytes:
    """A file whose sequences lie `depth` deep, of undefined length."""
    opened = struct.pack("<HH2sHL", 0x0040, 0xA730, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    closed = struct.pack("<HHL", 0xFFFE, 0xE00D, 0) + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    return dicom(PixelData=None) + opened * depth + closed * depth


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), pages: int = 1, **options: Any) -> bytes:
    """A white picture with a line of black."""
    made = Image.new("RGB", size, "white")
    ImageDraw.Draw(made).line((5, 5, 50, 5), fill="black", width=3)
    more = {"save_all": True, "append_images": [made.copy() for _ in range(pages - 1)]} if pages > 1 else {}
    out = io.BytesIO()
    made.save(out, kind, **more, **options)
    return out.getvalue()


def huge_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG that only claims to be huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!L", len(data)) + kind + data + struct.pack("!L", zlib.crc32(kind + data))

    header = struct.pack("!LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def word(lines: tuple[str, ...] = LABORATORY) -> bytes:
    """A Word document of the lines and one table."""
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    cells = made.add_table(1, 2).rows[0].cells
    cells[0].text, cells[1].text = "Ferritina", "40 ng/mL"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def fhir(**changes: Any) -> bytes:
    """A bundle of Giulia and one observation."""
    patient = {
        "resourceType": "Patient",
        "name": [{"family": "Fontana", "given": ["Giulia"]}],
        "birthDate": "1962-07-04",
        "gender": "female",
        "identifier": [{"system": "urn:oid:1.2.3", "value": "FNTGLI62L44A944X"}],
    }
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Emoglobina"},
        "effectiveDateTime": "2025-02-11",
        "valueQuantity": {"value": 12.1, "unit": "g/dL"},
        **changes,
    }
    entries = [{"resource": patient}, {"resource": observation}]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def zipped(entries: dict[str, bytes], *, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of the entries; a name that ends in "@" becomes a symbolic link, one with "#" says it is encrypted."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name.rstrip("@#"), (2025, 2, 11, 8, 0, 0))
            info.compress_type = compress
            info.create_system = 3
            info.external_attr = (0o120777 if name.endswith("@") else 0o100644) << 16
            archive.writestr(info, data)
    return out.getvalue()


def encrypted(archive: bytes) -> bytes:
    """The archive with the flag of encryption set on every entry, in both places."""
    local = archive.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00")
    return local.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


def bomb(size: int = 64 << 20) -> bytes:
    """A ZIP of zeros, a thousand times smaller than what comes out."""
    return zipped({"nulls.dcm": bytes(size)})
