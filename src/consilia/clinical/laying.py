"""Laying: folders of content and their approvals become the files that hold, later folders over earlier ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from consilia.clinical import approvals as approval_files
from consilia.clinical import overlays, reading
from consilia.clinical.approvals import Approvals, Reviewers
from consilia.clinical.checking import faults_across
from consilia.clinical.jurisdictions import Jurisdiction
from consilia.clinical.reading import LibraryError, Loaded

REVIEWERS = ("reviewers", "reviewers")
DEFAULT_LAW = ("jurisdictions", "default")

Files = dict[tuple[str, str], Loaded]


@dataclass(frozen=True, slots=True)
class Layers:
    """`holds`: the files in effect; `read`: those of an entry as read, later folders last, what a reviewer approves.

    `warnings` name what was left out without harm, such as an approval that cannot be read.
    """

    holds: Files
    read: Mapping[tuple[str, str], tuple[Loaded, ...]]
    approvals: Approvals
    reviewers: Reviewers
    warnings: tuple[str, ...]


def lay(shipped: Path, folders: Iterable[Path], approvals: Iterable[Path]) -> Layers:
    """Reads everything. Raises LibraryError with every fault, each a line "file: line 3: key: what is wrong"."""
    folders = tuple(folders)
    said, warnings = approval_files.read(
        (*(folder / approval_files.FOLDER for folder in (shipped, *folders)), *approvals)
    )
    base, faults = reading.read_folder(shipped)
    who = _reviewers(base)
    holds = _reviewed(base, said, who)
    layers = {key: (loaded,) for key, loaded in holds.items()}
    for folder in folders:
        over, more = reading.read_folder(folder)
        faults += more if folder.is_dir() else [f"{folder}: line 1: file: is no folder"]
        if over.pop(REVIEWERS, None):
            faults.append("reviewers.toml: line 1: file: who approves what is shipped and cannot be laid over")
        over = _reviewed(over, said, who)
        layers |= {key: (*layers.get(key, ()), loaded) for key, loaded in over.items()}
        holds |= _joined(holds, over)
    faults = faults or faults_across(holds)
    if faults or who is None:
        raise LibraryError(faults)
    return Layers(holds, layers, said, who, tuple(warnings))


def _reviewers(base: Files) -> Reviewers | None:
    entry = base[REVIEWERS].entry if REVIEWERS in base else None
    return entry if isinstance(entry, Reviewers) else None


def _reviewed(files: Files, said: Approvals, who: Reviewers | None) -> Files:
    """The files with the state that their approvals give them."""
    found: Files = {}
    for (kind, identifier), loaded in files.items():
        holding = said.holding(kind, loaded.entry, loaded.sha256)
        needed = who.needed(kind, loaded.entry, loaded.rows) if who and holding else ()
        entry = approval_files.reviewed(loaded.entry, needed, holding)
        found[kind, identifier] = loaded if entry is loaded.entry else replace(loaded, entry=entry)
    return found


def _joined(holds: Files, over: Files) -> Files:
    default = holds[DEFAULT_LAW].entry if DEFAULT_LAW in holds else None
    law = default if isinstance(default, Jurisdiction) else None
    return {
        key: overlays.laid_over(holds[key], loaded) if key in holds else overlays.newly(loaded, law)
        for key, loaded in over.items()
    }
