"""Text: plain text in any encoding, read into lines; what is not text says so."""

from __future__ import annotations

import codecs
from typing import BinaryIO, Final

from consilia.formats import sniff, written
from consilia.formats.limits import LIMITS
from consilia.formats.plain import clean
from consilia.formats.values import Line, PageText, Reading
from consilia.formats.verdicts import Reason, Unreadable, Verdict

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MULTIBYTE: Final = ("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr")
SINGLE_BYTE: Final = ("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "iso8859_5")
SAMPLE: Final = 20_000
# Byte values that plain text has only through a fault; more than one in fifty and it is no text.
CONTROLS: Final = bytes(set(range(32)) - {9, 10, 12, 13, 27})


def _has_controls(data: bytes) -> bool:
    sample = data[:SAMPLE]
    return len(sample) - len(sample.translate(None, CONTROLS)) > len(sample) // 50


def _sixteen(data: bytes) -> str | None:
    """UTF-16 without a mark: in western text every second byte is zero."""
    sample = data[:SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(sample) >= 4 and odd > len(sample) // 5 and even < odd // 8:
        return "utf-16-le"
    return "utf-16-be" if len(sample) >= 4 and even > len(sample) // 5 and odd < even // 8 else None


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _foreign(data: bytes) -> str | None:
    """A script other than Latin, by its high bytes; of eight-bit encodings the one with most lower-case letters."""
    high = sum(byte > 127 for byte in data[:SAMPLE])
    low = sum(chr(byte).isalpha() for byte in data[:SAMPLE] if byte < 128)
    if high < 8 or high < low:
        return None
    for encoding in MULTIBYTE:
        text = _decoded(data[:SAMPLE], encoding)
        if text and sum("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" for c in text) > len(text) // 2:
            return encoding
    scores = {}
    for encoding in SINGLE_BYTE:
        text = _decoded(data[:SAMPLE], encoding) or ""
        scores[encoding] = sum(c.islower() or "\u05d0" <= c <= "\u06ff" for c in text if ord(c) > 127)
    best = max(scores, key=lambda encoding: scores[encoding])
    return best if scores[best] > high // 2 else None


def decode(data: bytes) -> str:
    """The text of the bytes; raises Unreadable (UNKNOWN_FORMAT) for bytes that are no text."""
    for mark, encoding in MARKS:
        if data.startswith(mark) and (text := _decoded(data, encoding)) is not None:
            return text
    if encoding := _sixteen(data) or "":
        return data.decode(encoding, "replace")
    if _has_controls(data):
        raise Unreadable(Verdict.UNREADABLE, Reason.UNKNOWN_FORMAT)
    if (text := _decoded(data, "utf-8")) is not None:
        return text
    return data.decode(_foreign(data) or "cp1252", "replace")


def load(file: BinaryIO, most: int = LIMITS.text_bytes) -> bytes:
    """All bytes of a file that may have at most `most`."""
    file.seek(0)
    data = file.read(most + 1)
    if len(data) > most:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_BYTES)
    return data


def page_of(text: str) -> PageText:
    """One page without boxes from text; empty lines are dropped, long ones cut."""
    lines = (line.strip() for line in clean(text, most=LIMITS.text_characters).split("\n"))
    kept = (Line(line[: LIMITS.line_characters]) for line in lines if line)
    return PageText(1, 0.0, 0.0, tuple(kept)[: LIMITS.page_lines])


def read(file: BinaryIO, _path: str = "") -> Reading:
    """Lines of a text file with what they claim."""
    page = page_of(decode(load(file)))
    if not page.lines:
        raise Unreadable(Verdict.EMPTY, Reason.NO_CONTENT)
    return written.written(sniff.TEXT, (page,), 1)
