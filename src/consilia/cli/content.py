"""`consilia content` checks the library, prints it as a book or as a difference, copies approvals and examples out."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from consilia.cli import content_approvals, content_book, content_check, content_diff, content_examples

RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "check": content_check.run,
    "book": content_book.run,
    "diff": content_diff.run,
    "approvals": content_approvals.run,
    "examples": content_examples.run,
}


def configure(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True)
    check = what.add_parser("check", help="look for faults; exit 1 when there is one, print what there is")
    check.add_argument("folders", nargs="*", type=Path, help="overlay folders instead of CONSILIA_CONTENT_FOLDERS")
    check.add_argument("--quiet", action="store_true", help="print faults only")
    book = what.add_parser("book", help="write one readable book per kind and language into a folder")
    book.add_argument("folder", type=Path)
    book.add_argument("--kind", action="append", default=[], help="only this kind; may be given several times")
    book.add_argument("--language", action="append", default=[], help="only this language; may be given several times")
    diff = what.add_parser("diff", help="what changes in meaning from one library to another; exit 2 when it loosens")
    diff.add_argument("old", help="a folder with a whole library, one to lay over, or the word shipped")
    diff.add_argument("new", help="the same")
    approvals = what.add_parser("approvals", help="copy the approvals given here into a folder, to be committed")
    approvals.add_argument("folder", type=Path)
    examples = what.add_parser("examples", help="print what people corrected, one line of JSON each, naming nobody")
    examples.add_argument("--wrong", action="store_true", help="only what today's words do not recognise")


def run(words: argparse.Namespace) -> int:
    return RUN[words.what](words)
