"""PDF: text of a document with the box of every line, through pdfium; nothing in it is ever executed or fetched."""

from __future__ import annotations

import ctypes
import io
import itertools
from typing import BinaryIO, Final

import pypdfium2
import pypdfium2.raw as pdfium

from consilia.formats import sniff, written
from consilia.formats.dicom_shape import size_of
from consilia.formats.limits import LIMITS
from consilia.formats.plain import clean
from consilia.formats.values import Line, PageText, Reading, Word
from consilia.formats.verdicts import Reason, Unreadable, Verdict

TENTHS: Final = 10  # FPDF_PageToDevice counts in whole pixels: ten to a point
TAIL: Final = 2_048


def open_document(file: BinaryIO, password: str | None = None) -> pypdfium2.PdfDocument:
    """The document; raises Unreadable: ENCRYPTED, TRUNCATED (no end mark), UNREADABLE or TOO_LARGE."""
    size = size_of(file)
    if size > LIMITS.pdf_bytes:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_BYTES)
    try:
        document = pypdfium2.PdfDocument(file.read(), password)
    except pypdfium2.PdfiumError as error:
        raise _failure(file, size, getattr(error, "err_code", None)) from error
    count = len(document)
    if count > LIMITS.pdf_pages:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_PAGES)
    if count == 0:
        raise Unreadable(Verdict.UNREADABLE, Reason.NO_CONTENT)
    return document


def unlocked(file: BinaryIO, password: str) -> bytes:
    """The same document without its password; raises Unreadable: ENCRYPTED when it is not the right one."""
    document = open_document(file, password)
    out = io.BytesIO()
    document.save(out, flags=pdfium.FPDF_REMOVE_SECURITY)
    document.close()
    return out.getvalue()


def _failure(file: BinaryIO, size: int, code: int | None) -> Unreadable:
    if code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}:
        return Unreadable(Verdict.ENCRYPTED, Reason.PASSWORD)
    file.seek(max(0, size - TAIL))
    if b"%%EOF" not in file.read():  # ISO 32000-1, 7.5.5: the last line of the file
        return Unreadable(Verdict.TRUNCATED, Reason.CUT_OFF)
    return Unreadable(Verdict.UNREADABLE, Reason.DAMAGED)


def _box(
    page: pypdfium2.PdfPage, left: float, bottom: float, right: float, top: float
) -> tuple[float, float, float, float]:
    """A box of page space in points of the page as shown (rotation and crop applied), origin top left."""
    width, height = page.get_size()
    xs, ys = [], []
    for x, y in ((left, bottom), (right, top)):
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, int(width * TENTHS), int(height * TENTHS), 0, x, y, across, down)
        xs.append(across.value / TENTHS)
        ys.append(down.value / TENTHS)
    return min(xs), min(ys), max(xs), max(ys)


def _runs(page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage) -> list[Line]:
    runs = []
    for index in range(min(text.count_rects(), 4 * LIMITS.page_lines)):
        rectangle = text.get_rect(index)
        words = clean(text.get_text_bounded(*rectangle), most=LIMITS.line_characters).replace("\n", " ").strip()
        if words:
            runs.append(Line(words, *_box(page, *rectangle)))
    return runs


def _joined(runs: list[Line]) -> Line:
    ordered = sorted(runs, key=lambda run: run.x0)
    parts = [ordered[0].text]
    for before, run in itertools.pairwise(ordered):
        gap = run.x0 - before.x1
        parts.append(("   " if gap > 2 * (run.y1 - run.y0) else " " if gap > -0.5 else "") + run.text)
    return Line(
        "".join(parts)[: LIMITS.line_characters],
        round(min(run.x0 for run in runs), 1),
        round(min(run.y0 for run in runs), 1),
        round(max(run.x1 for run in runs), 1),
        round(max(run.y1 for run in runs), 1),
        tuple(Word(run.text, run.x0, run.y0, run.x1, run.y1) for run in ordered),
    )


def lines_of(runs: list[Line]) -> tuple[Line, ...]:
    """Runs whose vertical middles lie within each other form one line; top to bottom."""
    rows: list[list[Line]] = []
    for run in sorted(runs, key=lambda run: (run.y0 + run.y1) / 2):
        middle = (run.y0 + run.y1) / 2
        if (
            rows
            and rows[-1][0].y0 <= middle <= rows[-1][0].y1
            and rows[-1][-1].y0 <= (rows[-1][0].y0 + rows[-1][0].y1) / 2
        ):
            rows[-1].append(run)
        else:
            rows.append([run])
    return tuple(_joined(row) for row in rows)[: LIMITS.page_lines]


def page_text(document: pypdfium2.PdfDocument, number: int) -> PageText:
    """Lines of one page (from 1); a page that pdfium cannot load has no lines and no size."""
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        return PageText(number, 0.0, 0.0)
    try:
        width, height = page.get_size()
        text = page.get_textpage()
        lines = lines_of(_runs(page, text)) if max(width, height) <= LIMITS.pdf_page_points else ()
        text.close()
        return PageText(number, round(width, 1), round(height, 1), lines)
    except pypdfium2.PdfiumError:
        return PageText(number, 0.0, 0.0)
    finally:
        page.close()


def read(file: BinaryIO, _path: str = "") -> Reading:
    """Pages, claims, dates and title of a PDF; a document without any text is a scan (READ, reason SCAN)."""
    document = open_document(file)
    pages, characters = [], 0
    for number in range(1, len(document) + 1):
        page = page_text(document, number) if characters < LIMITS.text_characters else PageText(number, 0.0, 0.0)
        characters += sum(len(line.text) for line in page.lines)
        pages.append(page)
    count = len(document)
    document.close()
    if not any(page.width and page.height for page in pages):
        raise Unreadable(Verdict.UNREADABLE, Reason.DAMAGED)
    if all(max(page.width, page.height) > LIMITS.pdf_page_points for page in pages if page.width):
        raise Unreadable(Verdict.TOO_LARGE, Reason.PAGE_TOO_LARGE)
    return written.written(sniff.PDF, tuple(pages), count)
