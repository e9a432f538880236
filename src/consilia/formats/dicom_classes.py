"""DICOM classes that are no pictures (SOP class UIDs, PS3.4 B.5), apart, so that nobody loads a parser for them."""

from __future__ import annotations

from typing import Final

PDF_CLASS: Final = "1.2.840.10008.5.1.4.1.1.104.1"
CDA_CLASS: Final = "1.2.840.10008.5.1.4.1.1.104.2"
REPORTS: Final = "1.2.840.10008.5.1.4.1.1.88."
WAVEFORMS: Final = "1.2.840.10008.5.1.4.1.1.9."
