"""Sniff: says what a file is by its content, and by its name only what a viewer or a computer left beside records."""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from consilia.formats.verdicts import Reason, Verdict

DICOM: Final = "application/dicom"
DICOMDIR: Final = "application/dicom; dicomdir"
PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
TIFF: Final = "image/tiff"
HEIC: Final = "image/heic"
RTF: Final = "application/rtf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZIP: Final = "application/zip"
TEXT: Final = "text/plain"
JSON: Final = "application/json"
FHIR: Final = "application/fhir+json"
OCTETS: Final = "application/octet-stream"

HEAD: Final = 4096

# (offset, magic bytes, media type, verdict, reason): kept, not opened.
KEPT: Final[tuple[tuple[int, bytes, str, Verdict, Reason], ...]] = (
    (0, b"MZ", "application/x-msdownload", Verdict.IGNORED, Reason.PROGRAM),
    (0, b"\x7fELF", "application/x-executable", Verdict.IGNORED, Reason.PROGRAM),
    (0, b"\xfe\xed\xfa", "application/x-mach-binary", Verdict.IGNORED, Reason.PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary", Verdict.IGNORED, Reason.PROGRAM),
    (0, b"\xce\xfa\xed\xfe", "application/x-mach-binary", Verdict.IGNORED, Reason.PROGRAM),
    (0, b"\xca\xfe\xba\xbe", "application/java-vm", Verdict.IGNORED, Reason.PROGRAM),
    (0, b"#!", "text/x-shellscript", Verdict.IGNORED, Reason.PROGRAM),
    # The test string of virus scanners (EICAR), first half: treated as what it stands for.
    (0, b"X5O!P%@AP[4\\PZX54(P^)7CC)7}", "application/x-msdownload", Verdict.IGNORED, Reason.PROGRAM),
    (0, b"\x00\x00\x00\x01Bud1", "application/x-ds-store", Verdict.IGNORED, Reason.SYSTEM_FILE),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut", Verdict.IGNORED, Reason.SYSTEM_FILE),
    (0, b"\x00\x00\x01\x00", "image/x-icon", Verdict.IGNORED, Reason.VIEWER),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage", Verdict.NOT_READ_YET, Reason.OFFICE),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", Verdict.NOT_READ_YET, Reason.ARCHIVE_KIND),
    (0, b"Rar!\x1a\x07", "application/vnd.rar", Verdict.NOT_READ_YET, Reason.ARCHIVE_KIND),
    (0, b"RE~^", "application/vnd.rar", Verdict.NOT_READ_YET, Reason.ARCHIVE_KIND),
    (0, b"\x1f\x8b", "application/gzip", Verdict.NOT_READ_YET, Reason.ARCHIVE_KIND),
    (0, b"BZh", "application/x-bzip2", Verdict.NOT_READ_YET, Reason.ARCHIVE_KIND),
    (0, b"\xfd7zXZ\x00", "application/x-xz", Verdict.NOT_READ_YET, Reason.ARCHIVE_KIND),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd", Verdict.NOT_READ_YET, Reason.ARCHIVE_KIND),
    (0, b"MSCF", "application/vnd.ms-cab-compressed", Verdict.NOT_READ_YET, Reason.ARCHIVE_KIND),
    (257, b"ustar", "application/x-tar", Verdict.NOT_READ_YET, Reason.ARCHIVE_KIND),
    (0, b"GIF8", "image/gif", Verdict.NOT_READ_YET, Reason.PICTURE_KIND),
    (8, b"WEBP", "image/webp", Verdict.NOT_READ_YET, Reason.PICTURE_KIND),
    (0, b"8BPS", "image/vnd.adobe.photoshop", Verdict.NOT_READ_YET, Reason.PICTURE_KIND),
    (0, b"\x00\x00\x00\x0cjP  ", "image/jp2", Verdict.NOT_READ_YET, Reason.PICTURE_KIND),
    (0, b"\xff\x4f\xff\x51", "image/x-j2c", Verdict.NOT_READ_YET, Reason.PICTURE_KIND),
    (0, b"OggS", "application/ogg", Verdict.NOT_READ_YET, Reason.SOUND_OR_FILM),
    (0, b"fLaC", "audio/flac", Verdict.NOT_READ_YET, Reason.SOUND_OR_FILM),
    (0, b"ID3", "audio/mpeg", Verdict.NOT_READ_YET, Reason.SOUND_OR_FILM),
    (0, b"\x1aE\xdf\xa3", "video/x-matroska", Verdict.NOT_READ_YET, Reason.SOUND_OR_FILM),
    (8, b"WAVE", "audio/wav", Verdict.NOT_READ_YET, Reason.SOUND_OR_FILM),
    (8, b"AVI ", "video/x-msvideo", Verdict.NOT_READ_YET, Reason.SOUND_OR_FILM),
)
HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"heif"})
PICTURES: Final = ((b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"II*\x00", TIFF), (b"MM\x00*", TIFF))

VIEWER_FOLDERS: Final = frozenset({"viewer", "autorun", "jre", "java", "plugins", "dlls", "weasis", "radiant"})
PROGRAM_ENDINGS: Final = (
    ".exe",
    ".dll",
    ".com",
    ".bat",
    ".cmd",
    ".msi",
    ".scr",
    ".jar",
    ".class",
    ".app",
    ".so",
    ".dylib",
    ".sys",
    ".vbs",
    ".ps1",
)
VIEWER_ENDINGS: Final = (".ico", ".icns", ".cur", ".chm", ".hlp", ".cat", ".manifest", ".ocx")
STYLE_ENDINGS: Final = (".xsl", ".xslt", ".css", ".js", ".map", ".woff", ".woff2", ".ttf", ".otf")
SYSTEM_NAMES: Final = frozenset(
    {
        ".ds_store",
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        ".localized",
        "icon\r",
        ".directory",
        ".nomedia",
        "iconcache.db",
    }
)
CD_PAPERS: Final = re.compile(
    r"(index|start|default|autorun|run|help|readme|read_me|leggimi|liesmich|licen[sc]e|eula|version)\.(html?|txt|xml|ini|inf|md5)"
)


def by_name(path: str) -> Reason | None:
    """Why a file of this path is no record, None when its name says nothing."""
    parts = [part.lower() for part in path.replace("\\", "/").split("/") if part]
    name = parts[-1] if parts else ""
    if name in SYSTEM_NAMES or name.startswith("._") or "__macosx" in parts[:-1]:
        return Reason.SYSTEM_FILE
    if name.startswith("~$"):
        return Reason.LOCK_FILE
    if name in {"autorun.inf", "autorun.ini", "autorun.exe"}:
        return Reason.AUTORUN
    if VIEWER_FOLDERS & set(parts[:-1]) or name.endswith(VIEWER_ENDINGS) or CD_PAPERS.fullmatch(name):
        return Reason.VIEWER
    if name.endswith(STYLE_ENDINGS):
        return Reason.STYLESHEET
    return Reason.PROGRAM if name.endswith(PROGRAM_ENDINGS) else None


def kept(head: bytes) -> tuple[str, Verdict, Reason] | None:
    """What is kept without being opened, by its first bytes; None for what a reader may open."""
    for offset, magic, media_type, verdict, reason in KEPT:
        if head[offset : offset + len(magic)] == magic:
            return media_type, verdict, reason
    return _film(head)


def _film(head: bytes) -> tuple[str, Verdict, Reason] | None:
    if head[4:8] == b"ftyp" and head[8:12] not in HEIF_BRANDS:
        return "video/mp4", Verdict.NOT_READ_YET, Reason.SOUND_OR_FILM
    return None


def is_zip(head: bytes) -> bool:
    """Local header, or the end record of an empty or spanned archive (APPNOTE 4.3)."""
    return head[:4] in {b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"PK00"}


def is_dicom(head: bytes) -> bool:
    """Part 10 with its prefix after the preamble; also one whose preamble is missing, and a bare data set.

    DICOM PS3.10 section 7.1. A bare data set begins with group 0002 or 0008 and a plausible first element.
    """
    return head[128:132] == b"DICM" or head[:4] == b"DICM" or _bare_dicom(head)


def _bare_dicom(head: bytes) -> bool:
    if len(head) < 16:
        return False
    for group in (b"\x02\x00", b"\x08\x00"):
        if head[:2] == group and head[3:4] == b"\x00":
            explicit = head[4:6].isalpha() and head[4:6].isupper()
            implicit = int.from_bytes(head[4:8], "little") <= 64
            return explicit or implicit
    return (
        head[:2] in {b"\x00\x02", b"\x00\x08"} and head[2:3] == b"\x00" and head[4:6].isalpha() and head[4:6].isupper()
    )


def media_type(head: bytes) -> str:
    """The type a reader exists for, or OCTETS; one type, decided once: DICOM wins over what its preamble pretends."""
    if is_dicom(head):
        return DICOM
    for magic, picture in PICTURES:
        if head.startswith(magic):
            return picture
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        return HEIC
    if is_zip(head):
        return ZIP
    if head.startswith(b"{\\rtf"):
        return RTF
    # ISO 32000-1, annex H.3.4.1: the header may stand anywhere in the first 1,024 bytes.
    return PDF if b"%PDF-" in head[:1024] else OCTETS


def head_of(file: BinaryIO) -> bytes:
    """The first bytes, with the file put back to its start."""
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return head
