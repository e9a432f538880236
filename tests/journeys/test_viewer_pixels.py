"""What the viewer shows is what the file holds: each transfer syntax, beside pydicom's own decoding."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pydicom
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext
from pydicom.pixels import apply_color_lut, apply_rescale
from tests import cast, make
from tests.make import HOUR
from tests.samples_formats import dicom

from consilia.cases.models import Case
from consilia.intake import actions
from consilia.jobs import runner
from consilia.records import queries as records
from consilia.records.models import Instance, Original, Standing

pytestmark = pytest.mark.django_db(transaction=True)
MOST_LOSSY = 3  # steps of grey by which decoders of lossy pictures may differ
LOSSY = {f"1.2.840.10008.1.2.4.{last}" for last in (50, 51, 53, 55, 81, 91, 111, 112, 203)}
SYNTAXES = ("1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90")
DATA = Path(os.environ.get("CONSILIA_TEST_DATA", "/nowhere")) / "data" / "dev" / "dicom"
# The middle picture that the viewer holds: whether it is scaled by the modality, and its numbers.
READ = """async (element) => {
  const { viewport } = element.room.active;
  const scalarData = viewport.getImageData().scalarData;
  const bytes = new Uint8Array(Float32Array.from(scalarData).buffer);
  let words = "";
  for (let at = 0; at < bytes.length; at += 32768) words += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return { values: btoa(words) };
}"""


def samples() -> list[bytes]:
    """A ramp with a sign, as it is and compressed without loss."""
    ramp = (numpy.arange(64 * 48).reshape(48, 64) - 900).astype("<i2")
    found = []
    for number, syntax in enumerate(("", *SYNTAXES)):
        own = {"StudyInstanceUID": f"1.2.77.{number}", "SeriesInstanceUID": f"1.2.77.{number}.1"}
        shape = {
            "Rows": 48,
            "Columns": 64,
            "BitsAllocated": 16,
            "BitsStored": 16,
            "HighBit": 15,
            "PixelRepresentation": 1,
        }
        scale = {"Modality": "CT", "RescaleSlope": 2, "RescaleIntercept": -10, "RescaleType": "HU"}
        plain = dicom(
            PatientName="COSTA^ANA",
            **own,
            **shape,
            **scale,
            SOPInstanceUID=f"1.2.77.{number}.1.1",
            PixelData=ramp.tobytes(),
        )
        if syntax:
            dataset = pydicom.dcmread(io.BytesIO(plain))
            dataset.compress(syntax, generate_instance_uid=False)
            out = io.BytesIO()
            dataset.save_as(out)
            plain = out.getvalue()
        found.append(plain)
    return found


def files() -> list[bytes]:
    return [
        *samples(),
        *(path.read_bytes() for path in sorted((DATA / "transfer_syntax").rglob("*")) if path.is_file()),
    ]


@pytest.fixture
def case(monkeypatch) -> Case:
    """A case in which all of them count: whose they are is not what is tested."""
    found = make.case_collecting(at=timezone.now())
    ana = make.reader(cast.ANA, found)
    for number, content in enumerate(files()):
        actions.put_whole(
            ana, path=f"{number}.dcm", chunks=[content], size=len(content), key=str(number), at=timezone.now()
        )
    runner.drain(timezone.now() + HOUR)
    Original.objects.filter(instance__isnull=False).update(standing=Standing.TAKEN, identity="match")
    return found


@pytest.fixture
def context(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    client = Client()
    client.force_login(make.person(cast.ANA))
    opened = browser.new_context(base_url=live_server.url, viewport={"width": 900, "height": 700})
    opened.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    yield opened
    opened.close()


def expected(content: bytes) -> list[numpy.ndarray]:
    """The first frame as pydicom decodes it, with and without the rescaling of the modality."""
    dataset = pydicom.dcmread(io.BytesIO(content), force=True)
    pixels = dataset.pixel_array
    if int(getattr(dataset, "NumberOfFrames", 1)) > 1:
        pixels = pixels[0]
    if dataset.SamplesPerPixel == 3:
        return [pixels.astype("f4")]
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        colour = apply_color_lut(pixels, dataset)
        return [(colour >> 8).astype("f4") if colour.dtype == numpy.uint16 else colour.astype("f4")]
    return [pixels.astype("f4"), apply_rescale(pixels, dataset).astype("f4")]


def differs(shown: numpy.ndarray, content: bytes) -> float:
    """The largest difference of what is shown from what pydicom decodes; infinite for another size."""
    found = [abs(shown - one.ravel()).max() for one in expected(content) if one.size == shown.size]
    return float(min(found, default=numpy.inf))


def test_the_viewer_holds_the_pixels_of_the_file(case, context):
    page = context.new_page()
    contents = {pydicom.dcmread(io.BytesIO(one), force=True).get("SOPInstanceUID", ""): one for one in files()}
    wrong, alone, compared = [], [], 0
    for instance in Instance.objects.select_related("series__study", "original").order_by("original__path"):
        if instance.not_shown_because:
            continue
        place = records.place_of(case.pk, instance.uid, 1)[1]
        address = reverse("patient:study", args=[case.pk, instance.series.study_id])
        page.goto(f"{address}?series={instance.series_id}&page={place + 1}")
        page.locator(".room:not([data-viewer]), .room[data-viewer=ready]").wait_for(timeout=30_000)
        if not page.locator("[data-viewer=ready]").count():
            continue  # the server draws it
        got = page.locator("[data-viewer=ready]").evaluate(READ)
        shown = numpy.frombuffer(base64.b64decode(got["values"]), "<f4")
        try:
            difference = differs(shown, contents[instance.uid])
        except (NotImplementedError, RuntimeError):  # pydicom itself has no decoder for it
            alone.append((instance.uid, instance.transfer_syntax))
            continue
        compared += 1
        if difference > (MOST_LOSSY if instance.transfer_syntax in LOSSY else 0):
            wrong.append((instance.uid, instance.transfer_syntax, difference, instance.frames))
    assert wrong == []
    assert compared >= len(samples())
    assert alone == []  # what nobody can prove is the server's to draw
