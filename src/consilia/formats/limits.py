"""Limits: every figure that a stranger's file meets stands here once, so that docs and tests print the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file, one archive and one child may cost; bytes, seconds and counts as the names say."""

    # Archives: one budget per upload, because patients zip folders that hold ZIPs.
    upload_entries: int = 50_000
    upload_bytes: int = 20 * 1024 * MEBIBYTE
    upload_seconds: float = 900.0
    archive_ratio: int = 100
    archive_ratio_from_bytes: int = 10 * MEBIBYTE
    archive_depth: int = 3
    member_name_characters: int = 1_000
    # Pictures and pages.
    image_pixels: int = 100_000_000
    image_pages: int = 500
    pdf_pages: int = 2_000
    pdf_bytes: int = 512 * MEBIBYTE
    pdf_page_points: float = 14_400.0  # ISO 32000-1, annex C.2: the largest page of a PDF
    rendered_width: int = 1_100
    rendered_height: int = 6_000
    recognised_pixels: int = 60_000_000
    recognised_dots_an_inch: int = 200
    recognised_side: int = 4_000
    recognised_memory_bytes: int = 512 * MEBIBYTE
    # DICOM.
    sequence_depth: int = 32
    dicom_elements: int = 200_000
    dicom_outer_elements: int = 10_000
    dicom_text_value: int = 4_096
    deflated_bytes: int = 256 * MEBIBYTE
    frame_bytes: int = 256 * MEBIBYTE
    # Text formats.
    text_bytes: int = 8 * MEBIBYTE
    json_bytes: int = 32 * MEBIBYTE
    json_depth: int = 64
    card_bytes: int = 5 * MEBIBYTE
    mail_bytes: int = 128 * MEBIBYTE
    phone_bytes: int = 2_048 * MEBIBYTE
    xml_bytes: int = 50 * MEBIBYTE
    xml_depth: int = 200
    docx_inflated_bytes: int = 200 * MEBIBYTE
    # What crosses the pipe.
    text_characters: int = 1_000_000
    page_lines: int = 3_000
    line_characters: int = 2_000
    claims: int = 64
    dates: int = 64
    references: int = 5_000
    results: int = 20_000
    reading_bytes: int = 16 * MEBIBYTE
    described_bytes: int = 2 * MEBIBYTE
    picture_bytes: int = 64 * MEBIBYTE
    # One child of the nursery. The kernel passes at most 253 descriptors in one message (SCM_MAX_FD).
    batch_files: int = 240
    batch_bytes: int = 64 * MEBIBYTE
    child_memory_bytes: int = 1024 * MEBIBYTE
    child_cpu_seconds: int = 30
    child_seconds: float = 45.0
    batch_seconds: float = 90.0
    unpack_seconds: float = 600.0


LIMITS: Final = Limits()


@dataclass(slots=True)
class Budget:
    """What is left of one upload's allowance; every archive in it, nested or not, draws from the same one."""

    entries: int = LIMITS.upload_entries
    bytes: int = LIMITS.upload_bytes
    seconds: float = LIMITS.upload_seconds
    depth: int = LIMITS.archive_depth
