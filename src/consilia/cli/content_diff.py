"""`consilia content diff A B` says what changes in meaning between two libraries, and what a change lets through."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from consilia.clinical import differences, laying
from consilia.clinical import library as libraries
from consilia.clinical.differences import Change, EntryChange
from consilia.clinical.reading import LibraryError
from consilia.suitability import loosening

WORD = "shipped"
WHOLE = "suitability/safety.toml"  # no library is whole without it
LONG = 200


def run(words: argparse.Namespace) -> int:
    """Exit code 0; 1 when a library cannot be read; 2 when a change loosens a safety rule."""
    try:
        old, new = files(words.old), files(words.new)
    except LibraryError as error:
        print("\n".join(f"error: {fault}" for fault in error.faults), file=sys.stderr)
        return 1
    found = differences.differences(old, new)
    for one in found:
        print("\n".join(told(one)))
    loose = loosening.loosened(old, new)
    for line in loose:
        print(f"LOOSENS {line}")
    print(f"{len(found)} entries differ; {len(loose)} changes loosen a safety rule.")
    return 2 if loose else 0


def files(name: str) -> laying.Files:
    """The files that hold in a library: a folder that is whole by itself, or one that lies over what is shipped."""
    if name == WORD:
        return laying.lay(libraries.SHIPPED, (), ()).holds
    folder = Path(name)
    if not folder.is_dir():
        raise LibraryError([f"{name}: line 1: file: is no folder"])
    if (folder / WHOLE).is_file():
        return laying.lay(folder, (), ()).holds
    return laying.lay(libraries.SHIPPED, (folder,), ()).holds


def told(one: EntryChange) -> Iterator[str]:
    yield f"{one.change}: {one.kind}/{one.id} ({one.title})"
    for field in one.fields:
        yield f"  {field.where}: {_change(field.old, field.new)}"
    if one.same_version and one.change is Change.CHANGED:
        yield "  the version is the same, though the meaning is not"


def _change(old: str, new: str) -> str:
    if not old:
        return f"new: {_short(new)}"
    return f"{_short(old)} -> {_short(new)}" if new else f"gone: {_short(old)}"


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONG else f"{plain[:LONG]} ..."
