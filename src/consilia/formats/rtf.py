"""RTF: the words of a rich-text document; pictures and embedded objects are left out."""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from striprtf.striprtf import rtf_to_text

from consilia.formats import text, written
from consilia.formats.values import Reading
from consilia.formats.verdicts import Reason, Unreadable, Verdict

MEDIA_TYPE: Final = "application/rtf"
START: Final = b"{\\rtf"
# Hexadecimal pictures and objects: no words, and slow to walk through.
BINARY: Final = re.compile(rb"[0-9a-fA-F\r\n]{2000,}")
CODE_PAGE: Final = re.compile(rb"\\ansicpg(\d{3,5})")


def read(file: BinaryIO, _path: str = "") -> Reading:
    """Lines of a rich-text document; raises Unreadable."""
    data = BINARY.sub(b" ", text.load(file))
    page = CODE_PAGE.search(data)
    encoding = f"cp{page[1].decode()}" if page else "cp1252"
    try:
        words = rtf_to_text(data.decode("latin-1"), encoding=encoding, errors="replace")
    except LookupError:
        words = rtf_to_text(data.decode("latin-1"), encoding="cp1252", errors="replace")
    lines = text.page_of(words.replace("\t", "   ").replace("|", "   "))
    if not lines.lines:
        raise Unreadable(Verdict.EMPTY, Reason.NO_CONTENT)
    if not data.rstrip(b"\0\r\n ").endswith(b"}"):
        raise Unreadable(Verdict.TRUNCATED, Reason.CUT_OFF)
    return written.written(MEDIA_TYPE, (lines,), 1)
