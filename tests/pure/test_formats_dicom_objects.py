"""DICOM files that are no images: a report inside stands with the documents, a dose report gives figures."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests import samples_formats as samples

from consilia.formats import reading, render, sniff
from consilia.formats.values import ClaimKind, Reading
from consilia.formats.verdicts import Reason, Unreadable, Verdict

PIXEL_WORDS = (
    "Rows Columns SamplesPerPixel PhotometricInterpretation BitsAllocated BitsStored HighBit PixelRepresentation "
    "WindowCenter WindowWidth PixelData"
)
NO_IMAGE: dict[str, Any] = dict.fromkeys(PIXEL_WORDS.split())
ENCAPSULATED_PDF = "1.2.840.10008.5.1.4.1.1.104.1"
DOSE_REPORT = "1.2.840.10008.5.1.4.1.1.88.67"
ECG = "1.2.840.10008.5.1.4.1.1.9.1.1"


def read(kind: str, **changes: Any) -> Reading:
    data = samples.dicom(**{**NO_IMAGE, "SOPClassUID": kind, **changes})
    return reading.read(io.BytesIO(data), "a.dcm")


def code(value: str, meaning: str) -> Sequence:
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = value, "DCM", meaning
    return Sequence([made])


def item(kind: str, value: str, meaning: str, **more: Any) -> Dataset:
    made = Dataset()
    made.ValueType, made.ConceptNameCodeSequence = kind, code(value, meaning)
    for keyword, content in more.items():
        setattr(made, keyword, content)
    return made


def figure(value: str, meaning: str, amount: str, unit: str) -> Dataset:
    measured = Dataset()
    measured.NumericValue, measured.MeasurementUnitsCodeSequence = amount, code(unit, unit)
    return item("NUM", value, meaning, MeasuredValueSequence=Sequence([measured]))


def test_a_report_inside_an_instance_is_read_like_any_other_and_can_be_shown():
    changes = {**NO_IMAGE, "SOPClassUID": ENCAPSULATED_PDF, "MIMETypeOfEncapsulatedDocument": "application/pdf"}
    paper = samples.pdf()
    data = samples.dicom(**changes, EncapsulatedDocument=paper + b"\0" * (len(paper) % 2), DocumentTitle="Referto")
    found = reading.read(io.BytesIO(data), "a.dcm")
    assert (found.verdict, found.media_type, found.title) == (Verdict.READ, sniff.DICOM, "Referto")
    assert any("Emoglobina" in line.text for line in found.pages[0].lines)
    assert {claim.value for claim in found.claims if claim.kind is ClaimKind.NAME} == {
        "FONTANA^GIULIA",
        "FONTANA GIULIA",
    }
    assert render.page(io.BytesIO(data), sniff.DICOM, 1).startswith(b"\x89PNG")


def test_an_image_has_no_page_to_show():
    with pytest.raises(Unreadable):
        render.page(io.BytesIO(samples.dicom()), sniff.DICOM, 1)


def test_a_dose_report_gives_its_figures_by_event_and_in_all():
    event = item(
        "CONTAINER",
        "113819",
        "CT Acquisition",
        ContentSequence=Sequence(
            [
                item("CODE", "123014", "Target Region", ConceptCodeSequence=code("T-D3000", "Chest")),
                figure("113830", "Mean CTDIvol", "4.2", "mGy"),
                figure("113838", "DLP", "151.3", "mGy.cm"),
            ]
        ),
    )
    total = figure("113813", "CT Dose Length Product Total", "151.3", "mGy.cm")
    found = read(
        DOSE_REPORT,
        Modality="SR",
        ValueType="CONTAINER",
        ConceptNameCodeSequence=code("113701", "X-Ray Radiation Dose Report"),
        ContentSequence=Sequence([total, event]),
    )
    assert (found.reason, found.title) == (Reason.NONE, "X-Ray Radiation Dose Report")
    assert [(dose.name, dose.value, dose.unit, dose.event, dose.region) for dose in found.results.doses] == [
        ("CT dose length product total", 151.3, "mGy.cm", "total", ""),
        ("mean CTDIvol", 4.2, "mGy", "1", "Chest"),
        ("DLP", 151.3, "mGy.cm", "1", "Chest"),
    ]
    assert "DLP: 151.3 mGy.cm" in [line.text for line in found.pages[0].lines]


def test_an_image_says_its_own_dose():
    found = reading.read(io.BytesIO(samples.dicom(CTDIvol=3.5)), "a.dcm")
    assert [(dose.name, dose.value, dose.unit) for dose in found.results.doses] == [("CTDIvol", 3.5, "mGy")]


def test_an_ecg_names_its_leads_and_what_the_machine_wrote():
    lead = Dataset()
    lead.ChannelSourceSequence = code("5.6.3-9-1", "Lead I")
    group = Dataset()
    group.NumberOfWaveformSamples, group.SamplingFrequency = 5000, 500
    group.ChannelDefinitionSequence = Sequence([lead])
    said = Dataset()
    said.UnformattedTextValue = "Ritmo sinusale"
    found = read(ECG, WaveformSequence=Sequence([group]), WaveformAnnotationSequence=Sequence([said]))
    (curve,) = found.results.waveforms
    assert (curve.channels, curve.samples, curve.rate, curve.annotations) == (
        ("Lead I",),
        5000,
        500.0,
        ("Ritmo sinusale",),
    )
