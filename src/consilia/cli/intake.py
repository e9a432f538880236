"""`consilia intake FOLDER [REQUEST.json]` reads a folder of records without a server and prints the case file."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from consilia.intake import answers
from consilia.kernel.refusal import Refusal, Refused

BAR = 30  # characters


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="what the patient sent")
    parser.add_argument("request", type=Path, nargs="?", metavar="REQUEST.json", help="what she said in the form")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a page to read")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="files that are read at the same time")
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        help="keep readings and answers here, unencrypted; a second run reads nothing twice",
    )
    parser.add_argument(
        "--today", type=date.fromisoformat, default=None, metavar="DAY", help="count ages from this day"
    )


def run(words: argparse.Namespace) -> int:
    if not words.folder.is_dir():
        raise Refused(Refusal("no_folder", f"there is no folder {words.folder}"))
    told_as = "json" if words.json else "page"
    today = words.today or datetime.now(UTC).date()
    asked = answers.Asked(words.folder, _request(words.request), today, told_as)
    sys.stdout.write(_kept_or_anew(asked, words) if words.cache else _anew(asked, words)[0])
    return 0


def _kept_or_anew(asked: answers.Asked, words: argparse.Namespace) -> str:
    key = answers.key_of(asked)
    kept = answers.get(words.cache, key)
    if kept is not None:
        return kept
    answer, is_for_good = _anew(asked, words)
    if is_for_good and answers.key_of(asked) == key:  # no file changed while it was read
        answers.put(words.cache, key, answer)
    return answer


def _anew(asked: answers.Asked, words: argparse.Namespace) -> tuple[str, bool]:
    from consilia.cli import intake_anew  # noqa: PLC0415 - the readers: a kept answer must not wait for them

    request = intake_anew.request_of(asked.request)
    how = intake_anew.Reading(max(1, words.jobs), words.cache, told if shows() else silent)
    return intake_anew.answer(asked, request, how)


def _request(path: Path | None) -> bytes:
    try:
        return path.read_bytes() if path else b""
    except OSError as error:
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
