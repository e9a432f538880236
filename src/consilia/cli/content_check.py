"""`consilia content check` names every fault by file, line and key, warns of what is due, and counts what there is."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from consilia.cases import content
from consilia.cli.findings import Finding, good, wrong
from consilia.clinical import kinds, last_good, lines, overlays
from consilia.clinical import library as libraries
from consilia.clinical.library import Library
from consilia.clinical.reading import LibraryError
from consilia.suitability import examples


def run(words: argparse.Namespace) -> int:
    """Exit code 1 when the content cannot be used or an example does not come out; warnings alone are no fault."""
    folders = tuple(words.folders) or settings.CONSILIA_CONTENT_FOLDERS
    try:
        library = libraries.read(folders, (content.approvals_folder(),), settings.CONSILIA_CONTENT_WITHOUT)
    except LibraryError as error:
        return told(placed(error.faults, folders), used_instead() if folders else "; the service cannot start so.")
    faults = placed(examples.failures(library), folders)
    if faults:
        return told(faults, "")
    if not words.quiet:
        for warning in warnings(library, timezone.now().date()):
            print(f"warning: {warning}", file=sys.stderr)
        print("\n".join(counted(library)))
    return 0


def look() -> Iterator[Finding]:
    """For `consilia doctor`: whether the content of the operator's folders is the one that holds."""
    standing = content.standing()
    for fault in placed(standing.faults, settings.CONSILIA_CONTENT_FOLDERS):
        yield wrong(f"Content, {fault}")
    if standing.is_whole:
        yield good(f"{len(standing.library.files)} entries of content are loaded")


def told(faults: Iterable[str], after: str) -> int:
    found = tuple(faults)
    print("\n".join(f"error: {fault}" for fault in found), file=sys.stderr)
    print(f"{len(found)} error{'s' if len(found) != 1 else ''}{after}", file=sys.stderr)
    return 1


def used_instead() -> str:
    """Which content the service works with, while the folders are faulty."""
    kept = last_good.last_good(content.place() / "last-good")
    if kept is None:
        return "; the service works with the content that is shipped."
    return f"; the service works with the last good content, of {kept[1]:%Y-%m-%d %H:%M} UTC."


def placed(faults: Iterable[str], folders: tuple[Path, ...]) -> list[str]:
    """The faults with the line where the named thing stands, where they do not say it yet."""
    return [fault if re.search(r": line \d+: ", fault) else _with_line(fault, folders) for fault in faults]


def _with_line(fault: str, folders: tuple[Path, ...]) -> str:
    """A draft that lies over a file is told by both their names; what is wrong stands in the draft, as a rule."""
    names, _, rest = fault.partition(": ")
    key = rest.partition(": ")[0].rpartition(".")[2]
    for name in reversed(names.split(overlays.OVER)):
        for folder in (*reversed(folders), libraries.SHIPPED):
            path = folder / name
            if path.is_file():
                return f"{name}: line {lines.line_with(path.read_text(errors='replace'), key)}: {rest}"
    return f"{names}: line 1: {rest}"


def warnings(library: Library, today: date) -> Iterator[str]:
    """What is no fault and wants somebody's eye: reviews overdue, files without effect."""
    if library.layers is not None:
        yield from library.layers.warnings
    for loaded in library.files.values():
        if loaded.entry.review.due < today:
            yield f"{loaded.path}: review.due: the review is overdue since {loaded.entry.review.due}"


def counted(library: Library) -> Iterator[str]:
    found = kinds.counts(library)
    width = max(len(f"{one.number} {one.counted}") for one in found)
    for one in found:
        drafts = "all drafts" if one.drafts == one.entries else f"{one.drafts} of {one.entries} entries are drafts"
        yield f"{f'{one.number} {one.counted}':<{width}}  {one.title} ({drafts})"
    yield f"{len(library.files)} entries, {examples.count(library)} examples, 0 errors"
