"""DICOM classes that are no pictures (SOP class UIDs, PS3.4 B.5) and the title of a study, without a parser to load."""

from __future__ import annotations

from typing import Final

PDF_CLASS: Final = "1.2.840.10008.5.1.4.1.1.104.1"
CDA_CLASS: Final = "1.2.840.10008.5.1.4.1.1.104.2"
REPORTS: Final = "1.2.840.10008.5.1.4.1.1.88."
WAVEFORMS: Final = "1.2.840.10008.5.1.4.1.1.9."
# Basic, enhanced, comprehensive, comprehensive 3D and extensible SR: what a doctor wrote. Other reports under the same
# root (dose, computer-aided detection, key objects) are figures and marks of a study.
WRITTEN_REPORTS: Final = frozenset(f"{REPORTS}{number}" for number in (11, 22, 33, 34, 35))


def study_title(modality: str, description: str) -> str:
    """What a study is called: "CT thorax", never "CT CT thorax" where its description says the modality already."""
    said = description.upper().startswith(modality.upper())
    return description if said and description else f"{modality} {description}".strip()
