"""`consilia intake FOLDER [REQUEST.json]` reads a folder of records without a server and prints the case file."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from consilia.cli import intake_shown
from consilia.clinical import library as clinical_library
from consilia.intake import folder
from consilia.intake.judging import as_json, case_file, outcome
from consilia.intake.judging.record import Request
from consilia.kernel.refusal import Refusal, Refused

BAR = 30  # characters


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="what the patient sent")
    parser.add_argument("request", type=Path, nargs="?", metavar="REQUEST.json", help="what she said in the form")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a page to read")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="files that are read at the same time")
    parser.add_argument(
        "--cache", type=Path, metavar="DIR", help="keep readings here; a second run reads nothing twice"
    )
    parser.add_argument(
        "--today", type=date.fromisoformat, default=None, metavar="DAY", help="count ages from this day"
    )


def run(words: argparse.Namespace) -> int:
    if not words.folder.is_dir():
        raise Refused(Refusal("no_folder", f"there is no folder {words.folder}"))
    request = read_request(words.request)
    records = folder.read(
        words.folder,
        jobs=max(1, words.jobs),
        cache=folder.Cache(words.cache),
        language=request.language,
        progress=told if shows() else silent,
    )
    library = clinical_library.load()
    found = case_file.judge(records, request, library, words.today or datetime.now(UTC).date())
    follows = outcome.outcome_of(found, library)
    if words.json:
        json.dump(as_json.case_file(found, follows, library), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(intake_shown.page(found, follows, library))
    return 0


def read_request(path: Path | None) -> Request:
    """What the form said; without a form nobody's name is known, and every name is for a person to see."""
    if path is None:
        return Request("", "", date(1900, 1, 1))
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Request.of(said)
    except (OSError, ValueError, AttributeError) as error:
        raise Refused(Refusal("bad_request", f"{path} cannot be used: {error}")) from error


def shows() -> bool:
    return sys.stderr.isatty()


def silent(_done: int, _total: int, _path: str) -> None:
    """Nothing: the output goes to a file or another program."""


def told(done: int, total: int, path: str) -> None:
    """One line that is written over; it ends when all is read."""
    filled = BAR * done // max(total, 1)
    line = f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done}/{total} {path[-40:]:40}"
    sys.stderr.write(line + ("\n" if done >= total else ""))
    sys.stderr.flush()
