"""Reading: one file in, one Reading out, whatever the file is; every fault of a stranger's file is a verdict."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from typing import BinaryIO, Final

from consilia.formats import (
    cda,
    dicom,
    docx,
    fhir,
    health_card,
    hl7v2,
    home_devices,
    image,
    mail,
    pdf,
    rtf,
    sniff,
    text,
)
from consilia.formats.dicom_shape import size_of
from consilia.formats.values import Reading
from consilia.formats.verdicts import Reason, Unreadable, Verdict

Reader = Callable[[BinaryIO, str], Reading]

READERS: Final[dict[str, Reader]] = {
    sniff.DICOM: dicom.read,
    sniff.PDF: pdf.read,
    sniff.JPEG: image.read,
    sniff.PNG: image.read,
    sniff.TIFF: image.read,
    sniff.HEIC: image.read,
    sniff.RTF: rtf.read,
}
NEVER_BY_NAME: Final = frozenset({sniff.DICOM, sniff.PDF})
OLE: Final = "application/x-ole-storage"
ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
CDA: Final = re.compile(r"<(?:\w+:)?ClinicalDocument[\s/>]")
# The grammar of a telephone's export stands before its root and is often broken, so it is not parsed.
HEALTH_EXPORT: Final = re.compile(r"<!DOCTYPE\s+HealthData\b|<HealthData[\s>]")
MAIL_HEADERS: Final = re.compile(
    r"^(received|return-path|delivered-to|from|to|subject|date|mime-version|message-id|content-type):", re.I | re.M
)
EMPTY: Final = Reading(Verdict.EMPTY, Reason.NO_BYTES)


def read(file: BinaryIO, path: str = "") -> Reading:
    """The Reading of a file that lies at `path` in the upload; never raises on what the file holds."""
    media_type = sniff.OCTETS
    try:
        if not size_of(file):
            return EMPTY if not _is_leftover(path) else Reading(Verdict.IGNORED, _is_leftover(path) or Reason.NONE)
        head = sniff.head_of(file)
        media_type = sniff.media_type(head)
        reason = sniff.by_name(path)
        if reason and media_type not in NEVER_BY_NAME:
            return Reading(Verdict.IGNORED, reason, media_type)
        if media_type == sniff.DICOM:
            return _dicom_or_not(file, path, head)
        return _read(file, path, head, media_type)
    except Unreadable as unreadable:
        return Reading(unreadable.verdict, unreadable.reason, media_type)
    except MemoryError:
        return Reading(Verdict.LIMIT, Reason.OUT_OF_MEMORY, media_type)
    except Exception:  # trust.md 8: every exception of a parser is a verdict
        return Reading(Verdict.UNREADABLE, Reason.PARSER_FAILED, media_type)


def _is_leftover(path: str) -> Reason | None:
    reason = sniff.by_name(path)
    return reason if reason in {Reason.SYSTEM_FILE, Reason.LOCK_FILE} else None


def _dicom_or_not(file: BinaryIO, path: str, head: bytes) -> Reading:
    """A bare data set is only a guess; what fails as DICOM without its prefix may still be text."""
    try:
        return dicom.read(file, path)
    except Unreadable:
        if b"DICM" in head[:132] or not _looks_like_text(head):
            raise
        return _read_text(file, path)


def _looks_like_text(head: bytes) -> bool:
    return not head.translate(None, bytes(range(32, 256)) + b"\t\r\n")


def _read(file: BinaryIO, path: str, head: bytes, media_type: str) -> Reading:
    if media_type in READERS:
        return READERS[media_type](file, path)
    if media_type == sniff.ZIP:
        return _package(file, path)
    if kept := sniff.kept(head):
        kind, verdict, reason = kept
        if kind == OLE:
            return _old_office(file)
        return Reading(verdict, reason, kind)
    return _read_text(file, path)


def _package(file: BinaryIO, path: str) -> Reading:
    """A ZIP is a Word document, another office file, or an archive to unpack."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            kind = docx.package_kind({info.filename for info in package.infolist()})
    except Exception:  # broken directories are the business of the unpacking, broken documents end here
        if path.lower().endswith((".docx", ".docm")):
            raise Unreadable(Verdict.TRUNCATED, Reason.CUT_OFF) from None
        kind = ""
    if kind == "docx" and not path.lower().endswith(".docm"):
        return docx.read(file, path)
    if kind in {"macros", "docx"} or path.lower().endswith((".docm", ".dotm", ".xlsm", ".pptm")):
        return Reading(Verdict.NOT_READ_YET, Reason.MACROS, sniff.ZIP)
    if kind == "office":
        return Reading(Verdict.NOT_READ_YET, Reason.OFFICE, sniff.ZIP)
    return Reading(Verdict.ARCHIVE, Reason.NONE, sniff.ZIP)


def _old_office(file: BinaryIO) -> Reading:
    """OLE storage: an encrypted OOXML package lies in one, too (MS-OFFCRYPTO 2.3)."""
    file.seek(0)
    if ENCRYPTED_PACKAGE in file.read(1 << 20):
        return Reading(Verdict.ENCRYPTED, Reason.PASSWORD, OLE)
    return Reading(Verdict.NOT_READ_YET, Reason.OFFICE, OLE)


def _read_text(file: BinaryIO, path: str) -> Reading:
    """Everything that is text: JSON, CDA, XML, HTML, HL7 v2, mail, health cards, or plain words."""
    file.seek(0)
    words = text.decode(file.read(sniff.HEAD * 4)[: sniff.HEAD * 4 & ~3]).lstrip("\ufeff \t\r\n")
    name = path.lower()
    if words[:1] in {"{", "["} or name.endswith((".json", ".ndjson")):
        return fhir.read(file, path)
    if reader := _text_reader(words):
        return reader(file, path)
    if is_mail(words, name):
        return Reading(Verdict.ARCHIVE, Reason.NONE, mail.MEDIA_TYPE)
    if kept := _kept_text(words):
        media_type, reason = kept
        return Reading(Verdict.NOT_READ_YET, reason, media_type)
    if (
        name.endswith(".smart-health-card")
        or health_card.NUMERIC.match(words)
        or health_card.TOKEN.fullmatch(words.strip())
    ):
        return fhir.of_cards(health_card.tokens_in(text.decode(text.load(file))))
    if health_card.LINK.search(words[:2_000]) and len(words) < 2_000:
        return Reading(Verdict.NOT_READ_YET, Reason.HEALTH_LINK, sniff.TEXT)
    reading = text.read(file, path)
    if not name.endswith(".csv"):
        return reading
    return home_devices.of_table(reading, text.decode(text.load(file)))


def _text_reader(words: str) -> Reader | None:
    if hl7v2.START.match(words):
        return hl7v2.read
    if CDA.search(words):
        return cda.read
    if HEALTH_EXPORT.search(words):
        return home_devices.read_phone
    return None


def is_letter(file: BinaryIO) -> bool:
    """The file is a saved e-mail, whatever its name."""
    head = sniff.head_of(file)
    if sniff.is_zip(head):
        return False
    try:
        return is_mail(text.decode(head).lstrip("\ufeff \t\r\n"), ".eml")
    except Unreadable:
        return False


def is_mail(words: str, name: str) -> bool:
    """Three headers of a letter at the start, or one when the name says that it is a mail."""
    named = name.endswith((".eml", ".mht", ".mhtml"))
    return len({match[1].lower() for match in MAIL_HEADERS.finditer(words[:3000])}) >= (1 if named else 3)


def _kept_text(words: str) -> tuple[str, Reason] | None:
    start = words[:400].lower()
    if start.startswith(("<!doctype html", "<html", "<script", "<head", "<body")):
        return "text/html", Reason.HTML
    if start.startswith(("<?xml", "<!doctype", "<svg")) or re.match(r"<[a-z][\w:.-]*[\s/>]", start):
        return "application/xml", Reason.XML
    return None
