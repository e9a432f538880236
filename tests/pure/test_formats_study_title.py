"""A study is called by its modality and description, and by neither twice."""

from __future__ import annotations

import pytest

from consilia.formats.dicom_classes import study_title


@pytest.mark.parametrize(
    ("modality", "description", "called"),
    [
        ("CT", "Thorax", "CT Thorax"),
        ("CT", "CT thorax", "CT thorax"),
        ("MR", "mr brain", "mr brain"),
        ("US", "", "US"),
        ("", "Thorax", "Thorax"),
        ("", "", ""),
    ],
)
def test_the_modality_is_said_once(modality, description, called):
    assert study_title(modality, description) == called
