"""Cost: a box of scans against their bare OCR, a second run of it, and the memory that a large phone export takes."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import tesserocr
from benchmarks import intake_data
from benchmarks.intake_boxes import command, environment, seconds
from tests.samples_messages import PHONE_HEAD, record

from consilia.formats import render, tongues, written
from consilia.formats.client import Nursery
from consilia.formats.unpacking import NamedFile

SCANNED_PAGES, DOCUMENTS = 20, 30
SCAN = re.compile(r"(_(scan|fax|photo)|_rot\d+)\.(pdf|jpg|tif)$")
OTHERS = ("text/*/*.txt", "cda/*/*.xml", "fhir/*/*.json", "rendered/*/*.pdf", "rendered/*/*.docx", "hl7v2/*.hl7")
EXPORT_BYTES = 300 * 1000 * 1000
MOST_MEGABYTES = 600
BLINK = 0.05  # seconds between two looks at the memory


class Sheet(NamedTuple):
    """A page without text: the file, its kind, which page, and the language (ISO 639-2) that is on it."""

    file: Path
    media_type: str
    number: int
    language: str


def speed(data: Path, space: Path, jobs: int) -> None:
    """A mixed box read, then read again; before and between, bare OCR of its scanned pages by as many processes."""
    box = space / "speed"
    sheets = mixed(data, box)
    count = sum(1 for file in box.iterdir() if file.is_file())
    if len(sheets) < SCANNED_PAGES or count < DOCUMENTS:
        intake_data.note(f"a box of {count} documents with {len(sheets)} scanned pages: the data have no more")
    if not sheets:
        return
    before = bare_seconds(sheets, jobs)
    first = seconds(box, None, space / "speed-cache", jobs)
    bare = (before + bare_seconds(sheets, jobs)) / 2  # a machine that others use is slower at one time than another
    second = seconds(box, None, space / "speed-cache", jobs)
    intake_data.note(
        f"{count} documents, {len(sheets)} scanned pages; their bare OCR took {bare:.1f} s, {jobs} at once"
    )
    intake_data.figure("speed box by bare ocr", first / bare, 1.3, at_most=True)
    intake_data.figure("speed box seconds", first, 60, at_most=True)
    intake_data.figure("speed second run by first", second / first, 0.10, at_most=True)


def mixed(data: Path, box: Path) -> list[Sheet]:
    """Copies 30 documents, their scans with 20 pages in all, into a box; gives the scanned pages."""
    box.mkdir()
    languages = {path: row["language"][:2] for path, row in intake_data.truth(data).items()}
    dev = data / "dev"
    pictures = sorted(
        path for folder in ("rendered", "labs") for path in (dev / folder).rglob("*") if SCAN.search(path.name)
    )
    sheets: list[Sheet] = []
    with Nursery() as nursery:
        for file in pictures:
            language = tongues.NAMES.get(languages.get(file.relative_to(dev).as_posix(), ""), tongues.LATIN)
            own = pages(file, language, nursery)
            if len(sheets) + len(own) <= SCANNED_PAGES:
                shutil.copyfile(file, box / file.name)
                sheets += own
    scans = {file.name for file in pictures}
    lists = [[file for file in sorted(dev.glob(wanted)) if file.name not in scans] for wanted in OTHERS]
    mix = (file for turn in itertools.zip_longest(*lists) for file in turn if file)
    for file in itertools.islice(mix, DOCUMENTS - sum(1 for _ in box.iterdir())):
        shutil.copyfile(file, box / file.name)
    return sheets


def pages(file: Path, language: str, nursery: Nursery) -> list[Sheet]:
    """The pages of a file that only OCR can read."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        [reading] = nursery.read([NamedFile(file.name, descriptor)])
    finally:
        os.close(descriptor)
    return [Sheet(file, reading.media_type, number, language) for number in written.to_recognise(reading)]


def bare_seconds(sheets: list[Sheet], jobs: int) -> float:
    """Tesseract alone on the same pictures in the language that is known to be on them, `jobs` processes."""
    os.environ["OMP_THREAD_LIMIT"] = "1"  # as the nursery has it; several threads a page are slower in all
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return sum(pool.map(bare, sheets, chunksize=1)) / jobs


def bare(sheet: Sheet) -> float:
    """Seconds of one page, without opening the file and loading the language."""
    with sheet.file.open("rb") as opened:
        picture, _ = render.to_recognise(opened, sheet.media_type, sheet.number)
        picture.load()
    with tesserocr.PyTessBaseAPI(
        path=str(tongues.FOLDER), lang=sheet.language, oem=tesserocr.OEM.LSTM_ONLY, psm=tesserocr.PSM.AUTO
    ) as engine:
        engine.SetVariable("debug_file", "")
        begun = time.perf_counter()
        engine.SetImage(picture)
        engine.GetUTF8Text()
        return time.perf_counter() - begun


def memory(data: Path, space: Path, jobs: int) -> None:
    """The most that all processes of one run hold together while they read a phone export of 300 MB."""
    box = space / "memory"
    box.mkdir()
    export(box / "export.xml")
    for file in sorted((data / "dev" / "rendered").rglob("*scan.pdf"))[:2]:
        shutil.copyfile(file, box / file.name)
    with (box.parent / "case.json").open("wb") as out:
        run = subprocess.Popen([*command(space / "memory-cache", jobs), str(box)], stdout=out, env=environment())
        peak = watched(run)
    intake_data.figure(
        "memory megabytes", peak / 1e6 if run.returncode == 0 else float("inf"), MOST_MEGABYTES, at_most=True
    )
    second = seconds(box, None, space / "memory-cache", jobs)
    intake_data.note(f"the phone export read again with --cache: {second:.1f} s")


def export(file: Path) -> None:
    """Years of heartbeats under a prologue that is not well-formed, as telephones write it."""
    piece = "".join(record(1 + number % 28, 60 + number % 40) for number in range(10_000))
    with file.open("w", encoding="utf-8") as out:
        size = out.write(PHONE_HEAD)
        while size < EXPORT_BYTES:
            size += out.write(piece)
        out.write("</HealthData>\n")


def watched(run: subprocess.Popen[bytes]) -> int:
    """The largest sum of a process and all below it, bytes; memory that several share counts once."""
    peak = 0
    pause = threading.Event()
    while run.poll() is None:
        peak = max(peak, sum(map(held, (run.pid, *below(run.pid)))))
        pause.wait(BLINK)
    return peak


def below(pid: int) -> Iterator[int]:
    """Children and theirs."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:  # it has just ended
        return
    for child in children:
        yield child
        yield from below(child)


def held(pid: int) -> int:
    """A process's own part of the memory in use (PSS), bytes; 0 for one that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
