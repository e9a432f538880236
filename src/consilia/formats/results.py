"""Results: what was measured, in one shape each whatever the file: laboratory values, vital signs, radiation, curves.

Nothing is converted here: a value, its unit and its range stay as they were printed or sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
DICOM_CODES: Final = "http://dicom.nema.org/resources/ontology/DCM"
# How systems are named in HL7 v2 (table 0396), CDA (OID) and FHIR (address); others stay as they stand.
SYSTEMS: Final = {
    "LN": LOINC,
    "SCT": SNOMED,
    "SNOMED": SNOMED,
    "DCM": DICOM_CODES,
    "2.16.840.1.113883.6.1": LOINC,
    "2.16.840.1.113883.6.96": SNOMED,
    "1.2.840.10008.2.16.4": DICOM_CODES,
}


@dataclass(frozen=True, slots=True)
class LabValue:
    """One laboratory value as printed; the date (ISO) is that of the specimen where known, "" where not.

    `where` is "page:1/line:3" or a path in the file; `box` lies on that page (points or pixels, origin top left).
    `confidence` in percent: 100 when the file itself says it, less when it was read from a picture or a layout.
    """

    analyte: str
    value: str
    unit: str = ""
    reference: str = ""
    flag: str = ""
    date: str = ""
    code: str = ""
    system: str = ""
    method: str = ""
    panel: str = ""
    where: str = ""
    box: tuple[float, ...] = ()
    confidence: int = 100

    @property
    def printed(self) -> str:
        """Number and unit as they stand on the paper."""
        return f"{self.value} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class VitalValue:
    """A vital sign; for many readings of one day their mean, lowest, highest and number. `code` is LOINC."""

    name: str
    value: float
    unit: str
    date: str = ""
    low: float = 0.0
    high: float = 0.0
    count: int = 1
    code: str = ""
    device: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class DoseValue:
    """One figure of radiation or activity as stated: CTDIvol, DLP, dose area product, administered activity.

    `code` is of DICOM PS3.16 (DCM) where the file gives one; `event` tells the irradiation apart ("total" for sums).
    """

    name: str
    value: float
    unit: str
    code: str = ""
    event: str = ""
    substance: str = ""
    region: str = ""
    date: str = ""
    study_uid: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Waveform:
    """Curves of an ECG or another signal: names of its channels, samples of each, samples a second."""

    channels: tuple[str, ...]
    samples: int
    rate: float
    date: str = ""
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that one file measured."""

    labs: tuple[LabValue, ...] = ()
    vitals: tuple[VitalValue, ...] = ()
    doses: tuple[DoseValue, ...] = ()
    waveforms: tuple[Waveform, ...] = ()
