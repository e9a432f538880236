"""A pseudonymous copy holds the picture and nobody: what is kept, moved and refused, what a second reader finds."""

from __future__ import annotations

import io
import json
from typing import Any

import pydicom
import pytest
from tests import samples_formats

from consilia.formats import dicom_model, dicom_writing, pseudonyms
from consilia.formats.pseudonyms import NotCopied, Subject
from consilia.formats.values import Description

ANA = Subject(bytes(range(32)))
CT = "1.2.840.10008.5.1.4.1.1.2"
TELLING = ["COSTA^ANA", "1971-05-09", "19710509", "4711-88", "ACC12345", samples_formats.INSTANCE]
NAMING = {
    "SOPClassUID": CT,
    "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
    "PatientName": "COSTA^ANA",
    "PatientBirthDate": "19710509",
    "PatientID": "4711-88",
    "PatientAge": "092Y",
    "PatientSex": "F",
    "PatientWeight": 61.5,
    "AccessionNumber": "ACC12345",
    "ReferringPhysicianName": "SILVA^RUI",
    "InstitutionName": "Hospital da Luz",
    "StudyDescription": "CT of Ana Costa",
    "SeriesDescription": "thorax, Ana",
    "PatientComments": "Call Ana under 555",
    "StationName": "CT1",
    "DeviceSerialNumber": "A-77",
    "StudyDate": "20260110",
    "StudyTime": "101500",
    "AcquisitionDateTime": "20260110101502.5+0100",
    "ImagePositionPatient": [-250.12345678901, -250.0, 17.25],
    "PixelSpacing": [0.7, 0.7],
    "FrameOfReferenceUID": "1.2.9.4",
}


def described(data: bytes) -> Description:
    return dicom_model.describe(io.BytesIO(data))


def frames_of(data: bytes, description: Description) -> list[list[bytes]]:
    return [[data[start : start + length] for start, length in places] for places in description.places]


def copied(data: bytes, subject: Subject = ANA) -> bytes:
    description = described(data)
    made = pseudonyms.header(description, subject)
    pseudonyms.verify(made, TELLING)
    return made + b"".join(pseudonyms.pixels(description, frames_of(data, description)))


def sample(**changes: Any) -> bytes:
    return samples_formats.dicom(**{**NAMING, **changes})


def test_pixels_and_geometry_stay_and_nobody_is_named():
    data = sample()
    first, found = pydicom.dcmread(io.BytesIO(data)), pydicom.dcmread(io.BytesIO(copied(data)))
    assert found.PixelData == first.PixelData
    assert (found.pixel_array == first.pixel_array).all()
    for keyword in ("Rows", "Columns", "PixelSpacing", "RescaleSlope", "PatientSex", "PatientWeight", "ImageType"):
        assert found.get(keyword) == first.get(keyword)
    assert [float(one) for one in found.ImagePositionPatient] == pytest.approx(list(first.ImagePositionPatient))
    assert found.PatientName == found.PatientID == ANA.label
    assert [found.PatientBirthDate, found.AccessionNumber, found.StudyID, str(found.ReferringPhysicianName)] == [""] * 4
    for keyword in ("InstitutionName", "StudyDescription", "SeriesDescription", "PatientComments", "StationName"):
        assert keyword not in found


def test_it_says_what_was_done():
    found = pydicom.dcmread(io.BytesIO(copied(sample())))
    assert found.PatientIdentityRemoved == "YES"
    assert found.LongitudinalTemporalInformationModified == "MODIFIED"
    assert {one.CodeValue for one in found.DeidentificationMethodCodeSequence} == {"113100", "113107", "113108"}
    assert len(found.DeidentificationMethod) <= 64


def test_uids_are_others_and_the_same_in_every_copy_of_a_case():
    data = sample()
    first, found = pydicom.dcmread(io.BytesIO(data)), pydicom.dcmread(io.BytesIO(copied(data)))
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID"):
        assert found[keyword].value == ANA.uid(first[keyword].value) != first[keyword].value
        assert found[keyword].value.is_valid
        assert found[keyword].value.startswith("2.25.")
    assert found.file_meta.MediaStorageSOPInstanceUID == found.SOPInstanceUID
    assert found.SOPClassUID == CT
    assert copied(data) == copied(data)
    other = pydicom.dcmread(io.BytesIO(copied(data, Subject(bytes(32)))))
    assert other.StudyInstanceUID != found.StudyInstanceUID
    assert other.PatientID != found.PatientID


def test_days_move_together_and_keep_their_distance_and_a_high_age_is_one():
    early = pydicom.dcmread(io.BytesIO(copied(sample())))
    late = pydicom.dcmread(io.BytesIO(copied(sample(StudyDate="20260209"))))
    assert early.StudyDate < "20260110"
    assert (pydicom.valuerep.DA(late.StudyDate) - pydicom.valuerep.DA(early.StudyDate)).days == 30
    assert (early.StudyTime, early.AcquisitionDateTime[8:]) == ("101500", "101502.5+0100")
    assert early.PatientAge == "090Y"
    assert pydicom.dcmread(io.BytesIO(copied(sample(PatientAge="089Y")))).PatientAge == "089Y"


def test_a_date_that_is_none_is_left_out():
    assert pydicom.dcmread(io.BytesIO(copied(sample(StudyDate="00000000")))).StudyDate == ""


def test_private_elements_and_a_preamble_are_left_behind():
    data = pydicom.dcmread(io.BytesIO(sample()))
    block = data.private_block(0x0009, "MAKER", create=True)
    block.add_new(0x01, "LO", "Ana Costa")
    data.preamble = b"MZ" + bytes(126)
    out = io.BytesIO()
    data.save_as(out)
    made = copied(out.getvalue())
    assert not any(made[:128])
    assert not [one for one in pydicom.dcmread(io.BytesIO(made)) if one.tag.is_private]


@pytest.mark.parametrize(
    "changes",
    [
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"},  # secondary capture
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.6.1"},  # ultrasound
        {"BurnedInAnnotation": "YES"},
        {"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]},
        {"ImageType": None},
    ],
)
def test_what_may_have_words_in_its_pixels_is_not_copied(changes):
    with pytest.raises(NotCopied) as refused:
        copied(sample(**changes))
    assert refused.value.code == "words_in_pixels"


def test_compressed_frames_stay_as_they_are():
    parts = [b"\xff\xd8first\xff\xd9", b"\xff\xd8the second\xff\xd9"]
    base = json.loads(described(sample(NumberOfFrames=2)).model)
    description = Description(json.dumps(base), "1.2.840.10008.1.2.4.50", (((1000, 9),), ((2000, 14),)))
    made = pseudonyms.header(description, ANA) + b"".join(pseudonyms.pixels(description, [[one] for one in parts]))
    found = pydicom.dcmread(io.BytesIO(made))
    assert found.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.4.50"
    frames = list(pydicom.encaps.generate_frames(found.PixelData, number_of_frames=2))
    assert [frame[: len(part)] for frame, part in zip(frames, parts, strict=True)] == parts


@pytest.mark.parametrize(
    "word", ["Costa", "COSTA^ANA", "19710509", "4711-88", samples_formats.INSTANCE, "costa"], ids=str
)
def test_the_second_reading_finds_each_word_that_tells(word):
    """The mutant: a header that lets one word through is refused."""
    description = described(sample())
    made = pseudonyms.header(description, ANA)
    room = next(one for one in (ANA.label.encode(), ANA.uid("1.2.9.4").encode()) if len(one) >= len(word))
    assert room in made
    spoiled = made.replace(room, word.encode().ljust(len(room)), 1)
    with pytest.raises(NotCopied):
        pseudonyms.verify(spoiled, TELLING)


def test_the_second_reading_finds_an_element_that_is_not_allowed():
    made = pseudonyms.header(described(sample()), ANA)
    with pytest.raises(NotCopied):
        pseudonyms.verify(made + b"\x20\x00\x00\x40LT\x02\x00ok", TELLING)
    with pytest.raises(NotCopied):
        pseudonyms.verify(b"M" + made[1:], TELLING)
    pseudonyms.verify(made, ["12", "F", "MR", "0"])  # short words and numbers tell nobody


def test_a_number_that_is_none_is_left_empty():
    found = pydicom.dcmread(io.BytesIO(copied(sample(RecommendedDisplayFrameRateInFloat=2.5))))
    assert "RecommendedDisplayFrameRateInFloat" not in found  # nobody needs it
    description = described(sample())
    model = json.loads(description.model)
    model["00180050"] = {"vr": "DS", "Value": [None]}
    model["00281103"] = {"vr": "US", "Value": [None]}
    made = pseudonyms.header(Description(json.dumps(model), description.transfer_syntax, description.places), ANA)
    read = pydicom.dcmread(io.BytesIO(made))
    assert (read.SliceThickness, read[0x00281103].VM) == (None, 0)


def test_a_value_that_its_kind_cannot_hold_is_no_copy():
    description = described(sample())
    model = json.loads(description.model)
    model["00280100"] = {"vr": "US", "Value": [70_000]}
    with pytest.raises(NotCopied) as refused:
        pseudonyms.header(Description(json.dumps(model), description.transfer_syntax, description.places), ANA)
    assert refused.value.code == "not_written"


def test_what_is_written_reads_back_as_the_model():
    """Against pydicom: sequences, numbers of each kind, names in other letters, binary values."""
    model = {
        "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
        "00080016": {"vr": "UI", "Value": [CT]},
        "00080018": {"vr": "UI", "Value": ["1.2.3"]},
        "00100020": {"vr": "LO", "Value": ["Пациент"]},
        "00180050": {"vr": "DS", "Value": ["1.25"]},
        "00189087": {"vr": "FD", "Value": [1000.5]},
        "00281201": {"vr": "OW", "InlineBinary": "AQIDBA=="},
        "00280010": {"vr": "US", "Value": [512]},
        "00289145": {"vr": "SQ", "Value": [{"00281052": {"vr": "DS", "Value": ["-1024"]}}, {}]},
        "00409096": {"vr": "SQ", "Value": []},
        "00081160": {"vr": "IS", "Value": ["1", "2"]},
        "00189074": {"vr": "DT", "Value": ["20260110101502.5"]},
        "00280009": {"vr": "AT", "Value": ["00181063"]},
    }
    found = pydicom.dcmread(io.BytesIO(dicom_writing.file(model, "1.2.840.10008.1.2.1")))
    assert [str(found.PatientID), float(found.SliceThickness), found[0x00189087].value] == ["Пациент", 1.25, 1000.5]
    assert (found.Rows, found.FrameIncrementPointer) == (512, 0x00181063)
    assert bytes(found[0x00281201].value) == b"\1\2\3\4"
    assert found[0x00289145].value[0].RescaleIntercept == -1024
    assert len(found[0x00289145].value) == 2
    assert [int(one) for one in found[0x00081160].value] == [1, 2]
    assert found.file_meta.MediaStorageSOPInstanceUID == "1.2.3"


@pytest.mark.parametrize("value", [0.1, -250.12345678901234, 1e-17 / 3, -1.2345678901234567e-300, 7, 2**0.5 * 1e9])
def test_a_decimal_has_sixteen_characters_at_most(value):
    text = pseudonyms._decimal(value)
    assert len(text) <= 16
    assert float(text) == pytest.approx(value, rel=1e-8)
