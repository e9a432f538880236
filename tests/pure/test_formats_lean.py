"""What an expert's viewer is told of an image: all that draws it, nothing that tells whose it is."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests import samples_formats as samples

from consilia.formats import dicom_model
from consilia.formats.lean import KEPT, NUMBERS, TABLES, WRITTEN, lean

CANARY = "QUETZALCOATL"


def told(**changes: Any) -> str:
    return lean(dicom_model.describe(io.BytesIO(samples.dicom(**changes))).model, "the case")


def test_what_draws_the_image_is_kept():
    found = json.loads(told(ImagePositionPatient=[1, 2, 3], PixelSpacing=[0.5, 0.5], RescaleType="HU"))
    for tag in ("00080018", "00280010", "00280100", "00200032", "00280030", "00281050", "00281054", "00083002"):
        assert found[tag]["Value"], tag
    assert found["00100020"] == {"vr": "LO", "Value": ["the case"]}


def test_no_kind_of_free_text_is_kept():
    for tag in KEPT - TABLES:
        kind = dictionary_VR(int(tag, 16))
        assert kind == "SQ" or kind in WRITTEN or set(kind.split(" or ")) <= NUMBERS, (tag, kind)


NAMING = (
    "PatientName", "OtherPatientIDs", "InstitutionName", "ReferringPhysicianName", "StudyDescription",
    "SeriesDescription", "StudyID", "AccessionNumber", "ImageComments", "PatientComments", "OperatorsName",
    "ProtocolName", "DeviceSerialNumber", "StationName", "PatientAddress", "RequestedProcedureDescription",
)  # fmt: skip


@pytest.mark.parametrize("keyword", NAMING)
def test_what_names_people_or_places_is_left_out(keyword):
    assert CANARY not in told(**{keyword: CANARY})


def test_nothing_hides_in_a_sequence_or_in_a_value_that_is_written_wrongly():
    item = Dataset()
    item.PatientName, item.FrameComments, item.StackID = CANARY, CANARY, CANARY
    item.FrameContentSequence = Sequence([Dataset()])
    item.add_new(0x00091010, "LO", CANARY)
    wrong = {"BodyPartExamined": f"{CANARY.lower()}^anna maria", "PatientAge": "born 1962", "StudyDate": CANARY}
    said = told(PerFrameFunctionalGroupsSequence=Sequence([item]), RescaleType=CANARY, **wrong)
    assert CANARY not in said.upper()
    assert "1962" not in said


@pytest.mark.parametrize("vr", ["LT", "PN", "UN", "XX", ""])
def test_a_kept_tag_of_another_kind_is_left_out(vr):
    model = {"00180015": {"vr": vr, "Value": [CANARY]}, "00280010": {"vr": "US", "Value": [8]}}
    assert json.loads(lean(json.dumps(model), "c")) == {
        "00100020": {"vr": "LO", "Value": ["c"]},
        "00280010": {"vr": "US", "Value": [8]},
    }
