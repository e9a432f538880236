"""Paths, forms and keys of DICOMweb as real clients write them; anything else is refused and never guessed."""

from __future__ import annotations

import contextlib

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from consilia.kernel.refusal import Invalid, NotFound
from consilia.web.dicomweb import accepting, matching, resources
from consilia.web.dicomweb.accepting import Given
from consilia.web.dicomweb.resources import Resource, What

JPEG = "1.2.840.10008.1.2.4.50"
EXPLICIT = "1.2.840.10008.1.2.1"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("studies", Resource(What.SEARCH, "studies")),
        ("series", Resource(What.SEARCH, "series")),
        ("instances", Resource(What.SEARCH, "instances")),
        ("studies/1.2", Resource(What.OBJECTS, "studies", "1.2")),
        ("studies/1.2/metadata", Resource(What.METADATA, "studies", "1.2")),
        ("studies/1.2/series", Resource(What.SEARCH, "series", "1.2")),
        ("studies/1.2/instances", Resource(What.SEARCH, "instances", "1.2")),
        ("studies/1.2/series/3", Resource(What.OBJECTS, "series", "1.2", "3")),
        ("studies/1.2/series/3/metadata", Resource(What.METADATA, "series", "1.2", "3")),
        ("studies/1.2/series/3/instances", Resource(What.SEARCH, "instances", "1.2", "3")),
        ("studies/1.2/series/3/instances/4", Resource(What.OBJECTS, "instances", "1.2", "3", "4")),
        ("studies/1.2/series/3/instances/4/metadata", Resource(What.METADATA, "instances", "1.2", "3", "4")),
        ("studies/1.2/series/3/instances/4/frames/1,7", Resource(What.FRAMES, "instances", "1.2", "3", "4", (1, 7))),
        ("studies/1.2/series/3/instances/4/rendered", Resource(What.RENDERED, "instances", "1.2", "3", "4", (1,))),
        (
            "studies/1.2/series/3/instances/4/frames/2/rendered",
            Resource(What.RENDERED, "instances", "1.2", "3", "4", (2,)),
        ),
    ],
)
def test_a_path_names_its_resource(path, found):
    assert resources.named(path) == found


@pytest.mark.parametrize(
    "path",
    [
        "", "study", "studies/", "studies/..", "studies/1.2/", "studies/1.2/series/3/frames/1", "series/1.2",
        "instances/4", "studies/1..2", "studies/1.2/instances/4", "studies/1.2/series/3/instances/4/frames/",
        "studies/1.2/series/3/instances/4/frames/1,2/rendered", "studies/" + "1" * 65, "studies/1.2/frames/1",
        "studies/1.2/series/3/instances/4/frames/1/2", "studies/1.2/metadata/metadata",
    ],
)  # fmt: skip
def test_any_other_path_names_nothing(path):
    with pytest.raises(NotFound):
        resources.named(path)


@given(st.text(alphabet="studiesrnacmf0123456789./,%", max_size=60))
def test_no_path_breaks_it(path):
    with contextlib.suppress(NotFound):
        assert resources.named(path).level in resources.LEVELS


MULTI = "multipart/related"
OCTETS = "application/octet-stream"


@pytest.mark.parametrize(
    ("accept", "stored", "given_as"),
    [
        (f'{MULTI}; type="{OCTETS}"; transfer-syntax=*', JPEG, Given(OCTETS, JPEG, True)),
        (f'{MULTI}; type="{OCTETS}"; transfer-syntax=*', EXPLICIT, Given(OCTETS, EXPLICIT, True)),
        ("*/*", JPEG, Given("image/jpeg", JPEG, True)),
        ("*/*", "1.2.840.10008.1.2", Given(OCTETS, EXPLICIT, True)),
        ("", EXPLICIT, Given(OCTETS, EXPLICIT, True)),
        (f'{MULTI}; type="{OCTETS}"', EXPLICIT, Given(OCTETS, EXPLICIT, True)),
        (f'{MULTI}; type="{OCTETS}"', JPEG, None),
        (f'{MULTI}; type="image/jpeg"', JPEG, Given("image/jpeg", JPEG, True)),
        (f'{MULTI}; type="image/jpeg"; transfer-syntax={JPEG}', JPEG, Given("image/jpeg", JPEG, True)),
        (f"{MULTI}; type=image/jls", JPEG, None),
        (f'{MULTI}; type="image/jls", {MULTI}; type="image/jpeg"', JPEG, Given("image/jpeg", JPEG, True)),
        ("image/jpeg", JPEG, Given("image/jpeg", JPEG, False)),
        (f"{OCTETS}; transfer-syntax=*", JPEG, Given(OCTETS, JPEG, False)),
        ("text/html", EXPLICIT, None),
        (f'{MULTI}; type="{OCTETS}"; q=0', EXPLICIT, None),
        ('image/"', JPEG, None),
    ],
)
def test_frames_are_given_in_a_form_that_the_client_takes(accept, stored, given_as):
    found = accepting.frame(accepting.forms(accept), stored, 1)
    if accept.endswith("q=0"):  # nothing else is named: the header says nothing that can be taken
        assert found is None or found.is_multipart
    else:
        assert found == given_as


def test_several_frames_never_come_alone():
    assert accepting.frame(accepting.forms("image/jpeg"), JPEG, 2) is None


MODEL = {
    "00080020": {"vr": "DA", "Value": ["20250211"]},
    "00081030": {"vr": "LO", "Value": ["CT thorax"]},
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Buc^Jérôme", "Ideographic": "山田^太郎"}]},
    "0020000D": {"vr": "UI", "Value": ["1.2.3"]},
    "00080061": {"vr": "CS", "Value": ["CT", "SR"]},
}


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("", True),
        ("StudyDate=20250211", True),
        ("StudyDate=20250101-20250301", True),
        ("StudyDate=20250212-", False),
        ("StudyDate=-20250211", True),
        ("00080020=20240101-20241231", False),
        ("PatientName=buc*", True),
        ("PatientName=BUC%5EJEROME", True),
        ("PatientName=jerome", False),
        ("PatientName=jerome&fuzzymatching=true", True),
        ("PatientName=%E5%B1%B1%E7%94%B0*", True),
        ("StudyInstanceUID=1.2.4,1.2.3", True),
        ("StudyInstanceUID=1.2.4", False),
        ("ModalitiesInStudy=SR", True),
        ("ModalitiesInStudy=MR%5CCT", True),
        ("StudyDescription=CT*", True),
        ("StudyDescription=C", False),
        ("PatientID=7", False),
        ("Modality=MR", True),
    ],
)
def test_a_study_fits_a_search(query, fits):
    search = matching.asked(QueryDict(query))
    assert matching.fits(MODEL, search, matching.STUDY.values()) is fits


@pytest.mark.parametrize("query", ["limit=-1", "offset=a", "Secret=1", "limit=1e3", "constructor=1"])
def test_a_key_that_is_none_is_refused(query):
    with pytest.raises(Invalid):
        matching.asked(QueryDict(query))


def test_a_name_of_many_stars_is_compared_in_no_time():
    model = {"00100010": {"vr": "PN", "Value": [{"Alphabetic": "a" * 60}]}}
    search = matching.asked(QueryDict("PatientName=" + "a*" * 30 + "b"))
    assert not matching.fits(model, search, matching.STUDY.values())
