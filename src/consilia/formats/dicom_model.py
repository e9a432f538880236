"""The header of an instance as DICOM JSON (PS3.18 annex F), and where its frames lie; pixels and bulk are left out."""

from __future__ import annotations

import contextlib
import json
import math
from typing import Any, BinaryIO, Final

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from consilia.formats import dicom, dicom_shape, frame_places
from consilia.formats.dicom_values import whole
from consilia.formats.limits import LIMITS
from consilia.formats.values import Description
from consilia.formats.verdicts import Reason, Unreadable, Verdict

LONGEST_BINARY: Final = 1024  # bytes of a binary value that stand in the header; a longer one is bulk
BULK: Final = "bulk"
PIXELS: Final = frozenset({"7FE00001", "7FE00002", "7FE00008", "7FE00009", "7FE00010"})


def describe(file: BinaryIO) -> Description:
    """Description of a DICOM file; raises Unreadable."""
    shape, dataset = dicom.header(file)
    syntax = shape.transfer_syntax or str(dataset.file_meta.TransferSyntaxUID)
    model = _model(dataset)
    model["00083002"] = {"vr": "UI", "Value": [syntax]}  # Available Transfer Syntax UID (PS3.18 table 10.6.3-5)
    text = json.dumps(dict(sorted(model.items())), ensure_ascii=False, separators=(",", ":"))
    if len(text) > LIMITS.described_bytes:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_ELEMENTS)
    return Description(text, syntax, _places(dataset, shape))


def _places(dataset: Dataset, shape: dicom_shape.Shape) -> tuple[tuple[frame_places.Place, ...], ...]:
    frames = max(whole(dataset, "NumberOfFrames"), 1)
    if not shape.has_pixels or frames > LIMITS.dicom_elements:
        return ()
    if not shape.pixel_bytes:
        return frame_places.encapsulated(shape, frames=frames)
    return frame_places.native(shape, frame_bits=dicom.bits_of_frame(dataset), frames=frames)


def _model(dataset: Dataset) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for tag in dataset.keys():  # noqa: SIM118 - iterating gives elements
        # A value that cannot be told is left out. `suppress_invalid_tags` would read strictly and leave out every
        # number of more than 16 characters, which scanners write into positions.
        with contextlib.suppress(Exception):
            element = dataset[tag].to_json_dict(bulk_data_threshold=LONGEST_BINARY, bulk_data_element_handler=_is_bulk)
            if f"{tag:08X}" not in PIXELS and (told := _told(element)) is not None:
                found[f"{tag:08X}"] = told
    return found


def _is_bulk(_element: DataElement) -> str:
    return BULK


def _told(element: dict[str, Any]) -> dict[str, Any] | None:
    """The element as it can be sent: no bulk, and no number that JSON does not know."""
    if "BulkDataURI" in element:
        return None
    values = element.get("Value")
    if not isinstance(values, list):
        return element
    return {**element, "Value": [_value(value) for value in values]}


def _value(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict) and not {"Alphabetic", "Ideographic", "Phonetic"} & set(value):
        return {tag: told for tag, element in value.items() if (told := _told(element)) is not None}
    return value
