"""Reading: folders of content to checked entries; what is wrong is told by file and key, all of it at once."""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from consilia.clinical import checklists, jurisdictions, rules, tables, texts
from consilia.clinical.entries import Entry, Strict

SHAPES: dict[str, type[Entry]] = {
    "red_flags": rules.RedFlagGroup,
    "suitability": rules.RuleGroup,
    "checklists": checklists.ChecklistFile,
    "jurisdictions": jurisdictions.Jurisdiction,
    "data_protection": jurisdictions.DataProtection,
    "clauses": jurisdictions.Clause,
    "consents": texts.Consent,
    "letters": texts.LetterFile,
    "texts": texts.TextSet,
    "not_carried": texts.NotCarriedFile,
    **dict.fromkeys(tables.ROWS, tables.TableHeader),
}
"""Folder of the library -> the shape of its files."""

_ALONE = {"not-carried.toml": "not_carried"}


class LibraryError(ValueError):
    """The content cannot be used; `faults` are lines "file: key: what is wrong"."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file as read: its entry, the rows of its table if it has one, and the SHA-256 (hex) of its bytes."""

    kind: str
    entry: Entry
    sha256: str
    path: str
    rows: tuple[Strict, ...] = ()


def read_folder(folder: Path) -> tuple[dict[tuple[str, str], Loaded], list[str]]:
    """Every file of one folder by (kind, id), and the faults found. Reads no link that leaves the folder."""
    found: dict[tuple[str, str], Loaded] = {}
    faults: list[str] = []
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).as_posix()
        kind = _ALONE.get(name, path.parent.name)
        try:
            if kind not in SHAPES or name not in (f"{kind}/{path.name}", *_ALONE):
                raise LibraryError([f"{name}: is in no folder of the library"])
            loaded = _read(path, name, kind)
            found[kind, loaded.entry.id] = loaded
        except LibraryError as error:
            faults += error.faults
    return found, faults


def _read(path: Path, name: str, kind: str) -> Loaded:
    content = path.read_bytes()
    try:
        entry = SHAPES[kind].model_validate(tomllib.loads(content.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LibraryError([f"{name}: {error}"]) from error
    except ValidationError as error:
        raise LibraryError(_faults(name, error)) from error
    if entry.id != path.stem:
        raise LibraryError([f"{name}: id: {entry.id!r} differs from the file name"])
    if not isinstance(entry, tables.TableHeader):
        return Loaded(kind, entry, hashlib.sha256(content).hexdigest(), name)
    table = path.with_suffix(".csv")
    if not table.is_file():
        raise LibraryError([f"{name}: the table {table.name} is missing"])
    body = table.read_bytes()
    rows = _rows(entry, kind, body, name.removesuffix(".toml") + ".csv")
    return Loaded(kind, entry, hashlib.sha256(content + body).hexdigest(), name, rows)


def _rows(header: tables.TableHeader, kind: str, body: bytes, name: str) -> tuple[Strict, ...]:
    reader = csv.DictReader(io.StringIO(body.decode()))
    if tuple(reader.fieldnames or ()) != header.columns:
        raise LibraryError([f"{name}: line 1: the columns differ from those of the header file"])
    rows: list[Strict] = []
    faults: list[str] = []
    seen: set[str] = set()
    for number, values in enumerate(reader, start=2):
        key = values[header.columns[0]]
        if key in seen:
            faults.append(f"{name}: line {number}: {key} stands twice")
        seen.add(key)
        try:
            rows.append(tables.ROWS[kind].model_validate(values))
        except ValidationError as error:
            faults += [f"{name}: line {number}: {fault}" for fault in _faults(key, error)]
    if faults:
        raise LibraryError(faults)
    return tuple(rows)


def _faults(name: str, error: ValidationError) -> list[str]:
    return [
        f"{name}: {'.'.join(str(part) for part in fault['loc']) or 'file'}: {fault['msg']}" for fault in error.errors()
    ]
