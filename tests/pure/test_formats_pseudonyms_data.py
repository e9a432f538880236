"""Copies of real and hostile files: the same pixels, nothing of the header's identity, no fault of dciodvfy."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pydicom
import pytest

from consilia.formats import dicom, dicom_model, pseudonyms
from consilia.formats.pseudonyms import NotCopied, Subject
from consilia.formats.verdicts import Unreadable

ANY = Subject(bytes(range(32)))


def copied(path: Path) -> bytes | None:
    """A copy of a file, None where it cannot be described. Raises NotCopied."""
    data = path.read_bytes()
    try:
        description = dicom_model.describe(io.BytesIO(data))
        claims = dicom.claims_of(dicom.header(io.BytesIO(data))[1])
    except Unreadable:
        return None
    made = pseudonyms.header(description, ANY)
    telling = [claim.value for claim in claims if claim.kind.value in {"name", "birth_date", "patient_id", "accession"}]
    pseudonyms.verify(made, telling)
    frames = ([data[start : start + length] for start, length in places] for places in description.places)
    return made + b"".join(pseudonyms.pixels(description, frames))


@pytest.mark.filterwarnings("ignore")
def test_copies_of_real_files_have_their_pixels_and_no_fault(test_data: Path, tmp_path: Path):
    why: Counter[str] = Counter()
    program = shutil.which("dciodvfy")
    faults: Counter[str] = Counter()
    for folder in (test_data / "data/dev/dicom", test_data / "badinput/dicom"):
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            try:
                made = copied(path)
            except NotCopied as refused:
                why[refused.code] += 1
                continue
            if made is None:
                continue
            why["copied"] += 1
            found, first = pydicom.dcmread(io.BytesIO(made)), pydicom.dcmread(path, force=True)
            with contextlib.suppress(AttributeError):
                kept = bytes(found.PixelData)
                assert kept == bytes(first.PixelData)[: len(kept)] or found.file_meta.TransferSyntaxUID.is_encapsulated
            if program and found.PatientID == ANY.label:
                (tmp_path / "one.dcm").write_bytes(made)
                faults.update(told(program, tmp_path / "one.dcm") - told(program, path))
    assert why["copied"] > 100
    assert not faults  # that the file itself has not


def told(program: str, path: Path) -> set[str]:
    """The errors of a file, without the UIDs in them."""
    said = subprocess.run([program, path], capture_output=True, text=True, errors="replace", check=False)
    return {re.sub(r"<[\d.]*>", "", line) for line in said.stderr.splitlines() if line.startswith("Error")}
