"""Reading: folders of content to checked entries; what is wrong is told by file and key, all of it at once."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from consilia.clinical import (
    approvals,
    checklists,
    jurisdictions,
    papers,
    practice,
    prescriptions,
    rules,
    tables,
    texts,
)
from consilia.clinical.entries import Entry, Strict
from consilia.clinical.lines import line_of

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
    "practice_facts": practice.Topic,
    "prescription_elements": prescriptions.PrescriptionElements,
    "not_carried": texts.NotCarriedFile,
    "reviewers": approvals.Reviewers,
    **papers.SHAPES,
    **dict.fromkeys(tables.ROWS, tables.TableHeader),
}
"""Folder of the library -> the shape of its files."""

_ALONE = {"not-carried.toml": "not_carried", "reviewers.toml": "reviewers"}


class LibraryError(ValueError):
    """The content cannot be used; `faults` are lines "file: line 3: key: what is wrong"."""

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
        if name.startswith(f"{approvals.FOLDER}/") or any(part.startswith(".") for part in name.split("/")):
            continue  # approvals are read by themselves; hidden files are an editor's or a mount's
        kind = _ALONE.get(name, path.parent.name)
        try:
            if kind not in SHAPES or name not in (f"{kind}/{path.name}", *_ALONE):
                raise LibraryError([f"{name}: line 1: file: is in no folder of the library"])
            loaded = _read(path, name, kind)
            found[kind, loaded.entry.id] = loaded
        except LibraryError as error:
            faults += error.faults
    return found, faults


def _read(path: Path, name: str, kind: str) -> Loaded:
    content = path.read_bytes()
    try:
        source = content.decode()
        entry = SHAPES[kind].model_validate(tomllib.loads(source))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LibraryError([f"{name}: {_place(content, error)}: file: {error}"]) from error
    except ValidationError as error:
        raise LibraryError(_faults(name, error, source)) from error
    if entry.id != path.stem:
        line = line_of(source, ("id",))
        raise LibraryError([f"{name}: line {line}: id: {entry.id!r} differs from the file name"])
    if not isinstance(entry, tables.TableHeader):
        return Loaded(kind, entry, hashlib.sha256(content).hexdigest(), name)
    table = path.with_suffix(".csv")
    if not table.is_file():
        raise LibraryError([f"{name}: line 1: file: the table {table.name} is missing"])
    body = table.read_bytes()
    rows = _rows(entry, kind, body, name.removesuffix(".toml") + ".csv")
    return Loaded(kind, entry, hashlib.sha256(content + body).hexdigest(), name, rows)


def _place(content: bytes, error: tomllib.TOMLDecodeError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"line {content.count(10, 0, error.start) + 1}"  # 10: the end of a line
    found = re.search(r"at line (\d+)", str(error))
    return f"line {found[1] if found else content.rstrip().count(10) + 1}"


def _rows(header: tables.TableHeader, kind: str, body: bytes, name: str) -> tuple[Strict, ...]:
    try:
        reader = csv.DictReader(io.StringIO(body.decode(), newline=""), strict=True)
        if tuple(reader.fieldnames or ()) != header.columns:
            raise LibraryError([f"{name}: line 1: columns: the columns differ from those of the header file"])
        lines = [(reader.line_num, values) for values in reader]
    except UnicodeDecodeError as error:
        raise LibraryError([f"{name}: {_place(body, error)}: file: {error}"]) from error
    except csv.Error as error:
        raise LibraryError([f"{name}: line {reader.line_num}: file: {error}"]) from error
    rows: list[Strict] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for line, values in lines:
        key = values[header.columns[0]]
        if None in values or None in values.values():
            faults.append(f"{name}: line {line}: {key}: has not {len(header.columns)} columns")
            continue
        if key in seen:
            faults.append(f"{name}: line {line}: {key}: stands twice, first in line {seen[key]}")
        seen.setdefault(key, line)
        try:
            rows.append(tables.ROWS[kind].model_validate(values))
        except ValidationError as error:
            faults += [f"{name}: line {line}: {key}.{_words(fault)}" for fault in error.errors()]
    if faults:
        raise LibraryError(faults)
    return tuple(rows)


def _faults(name: str, error: ValidationError, source: str) -> list[str]:
    return [f"{name}: line {line_of(source, fault['loc'])}: {_words(fault)}" for fault in error.errors()]


_PLAIN = {"missing": "is missing", "extra_forbidden": "unknown key"}


def _words(fault: ErrorDetails) -> str:
    """ "key: what is wrong", in words of ours where pydantic's name no reader of a file would use."""
    key = ".".join(str(part) for part in fault["loc"]) or "file"
    said = _PLAIN.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
    return f"{key}: {said}"
