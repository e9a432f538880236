"""DOCX: paragraphs, tables, headers and footers of a Word document as lines; linked templates are never fetched."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import docx
from docx.table import Table

from consilia.formats import sniff, text, written
from consilia.formats.limits import LIMITS
from consilia.formats.values import Reading
from consilia.formats.verdicts import Reason, Unreadable, Verdict

DOCUMENT_PART: Final = "word/document.xml"
TYPES_PART: Final = "[Content_Types].xml"
TABLE_CELLS: Final = 20_000


def package_kind(names: set[str]) -> str:
    """ "docx", "macros", "office" or "" for the names of a ZIP (ECMA-376, part 2: every package has its types part)."""
    if TYPES_PART not in names and "mimetype" not in names:
        return ""
    if any(name.endswith("vbaProject.bin") for name in names):
        return "macros"
    if DOCUMENT_PART in names:
        return "docx"
    return "office" if any(name.startswith(("word/", "xl/", "ppt/", "content.xml")) for name in names) else ""


def _inner(block: Any) -> Iterator[str]:
    for item in block.iter_inner_content():
        if isinstance(item, Table):
            yield from _rows(item)
        else:
            yield item.text


def _rows(table: Table) -> Iterator[str]:
    cells = 0
    for row in table.rows:
        words: list[str] = []
        for cell in row.cells:
            cells += 1
            if not words or cell.text.strip() != words[-1]:  # a merged cell comes once for each column
                words.append(cell.text.strip())
        yield "   ".join(word for word in words if word).replace("\n", " ")
        if cells > TABLE_CELLS:
            return


def _lines(document: Any) -> Iterator[str]:
    """Headers first: there stands whose paper it is."""
    for section in document.sections[:5]:
        if not section.header.is_linked_to_previous:
            yield from _inner(section.header)
    yield from _inner(document)
    for section in document.sections[:5]:
        if not section.footer.is_linked_to_previous:
            yield from _inner(section.footer)


def check_size(package: zipfile.ZipFile) -> None:
    """The declared sizes, which the ZIP reader enforces while it inflates."""
    infos = package.infolist()
    inflated = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if inflated > LIMITS.docx_inflated_bytes:
        raise Unreadable(Verdict.BOMB, Reason.RATIO)
    if inflated > LIMITS.archive_ratio_from_bytes and inflated > LIMITS.archive_ratio * max(packed, 1):
        raise Unreadable(Verdict.BOMB, Reason.RATIO)
    if any(info.flag_bits & 1 for info in infos):
        raise Unreadable(Verdict.ENCRYPTED, Reason.PASSWORD)


def read(file: BinaryIO, _path: str = "") -> Reading:
    """Lines of a Word document; raises Unreadable."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            check_size(package)
        file.seek(0)
        words = "\n".join(_lines(docx.Document(file)))
    except Unreadable:
        raise
    except (EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise Unreadable(Verdict.TRUNCATED, Reason.CUT_OFF) from error
    except Exception as error:  # python-docx raises KeyError, ValueError, lxml errors and others on broken packages
        raise Unreadable(Verdict.UNREADABLE, Reason.DAMAGED) from error
    page = text.page_of(words)
    if not page.lines:
        raise Unreadable(Verdict.EMPTY, Reason.NO_CONTENT)
    return written.written(sniff.DOCX, (page,), 1)
