"""Taking everything along: one ZIP, made while it is sent: originals, opinions, words, consents, the access log.

Nothing is written to disk and nothing is held in memory but one piece at a time; the manifest at the end names each
file with its SHA-256 and size.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from consilia.audit import actions as audit
from consilia.audit import queries as audit_queries
from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Right
from consilia.reports import gathering
from consilia.reports.gathering import Kept
from consilia.vault import queries as vault_queries
from consilia.vault.errors import VaultError

FORMAT: Final = "consilia-export/1"
_UNSAFE = re.compile(r"[^\w.\- ]+")


@dataclass(frozen=True, slots=True)
class Export:
    """A ZIP on its way: its name, and its bytes in pieces."""

    name: str
    chunks: Iterator[bytes]


class Pipe(io.RawIOBase):
    """Where the ZIP writes to; `take` empties it. It cannot be wound back, so sizes stand behind each entry."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


class Packer:
    """Writes entries one after the other and remembers name, size and hash of each."""

    def __init__(self, at: datetime) -> None:
        self._pipe = Pipe()
        self._zip = zipfile.ZipFile(self._pipe, "w", zipfile.ZIP_DEFLATED)
        self._when = at.timetuple()[:6]
        self.manifest: list[dict[str, Any]] = []

    def add(self, name: str, pieces: Iterable[bytes], **more: Any) -> Iterator[bytes]:
        """One entry; what comes out is the ZIP so far. A damaged original is named in the manifest, not served."""
        digest, size, problem = hashlib.sha256(), 0, ""
        entry = zipfile.ZipInfo(name, date_time=self._when)
        entry.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(entry, "w", force_zip64=True) as file:
            try:
                for piece in pieces:
                    file.write(piece)
                    digest.update(piece)
                    size += len(piece)
                    yield self._pipe.take()
            except VaultError:
                problem = "damaged"
        told = {"problem": problem} if problem else {}
        self.manifest.append({"file": name, "sha256": digest.hexdigest(), "size": size, **more, **told})
        yield self._pipe.take()

    def end(self) -> bytes:
        self._zip.close()
        return self._pipe.take()


def everything(by: Reader, *, at: datetime) -> Export:
    """Everything of the case that is hers. The event stands in the trail before the first byte is made."""
    by.require(Right.READ_CASE)
    with transaction.atomic():
        kept = gathering.gather(by)
        audit.record(Kind.CASE_EXPORTED, case_id=by.case_id, actor=by.actor, entity=("case", by.case_id), at=at)
    return Export(f"{kept.reference}.zip", _pieces(by, kept, at))


def _pieces(by: Reader, kept: Kept, at: datetime) -> Iterator[bytes]:
    packer = Packer(at)
    for name, words in kept.tables.items():
        yield from packer.add(f"{name}.json", [_json(words)])
    yield from packer.add("access_log.json", [_json(_log(by))])
    for name, sha256, more in kept.files:
        yield from packer.add(_safe(name), _stored(by, sha256), **more)
    manifest = {"format": FORMAT, "case": kept.reference, "made_at": at.isoformat(), "files": packer.manifest}
    yield from packer.add("manifest.json", [_json(manifest)])
    yield packer.end()


def _stored(by: Reader, sha256: str) -> Iterator[bytes]:
    with vault_queries.open_object(by.case_id, sha256) as stored:
        yield from stored.chunks()


def _log(by: Reader) -> list[dict[str, Any]]:
    lines = audit_queries.for_case(by.case_id, limit=1_000_000)
    return [
        {
            "sequence": line.sequence,
            "at": line.at,
            "kind": line.kind.value,
            "actor": line.actor_id,
            "role": line.role,
            "via": line.via,
            "entity": [line.entity_type, line.entity_id],
            "outcome": line.outcome,
            "detail": line.detail,
        }
        for line in reversed(lines)
    ]


def _json(words: Any) -> bytes:
    return json.dumps(words, ensure_ascii=False, indent=1, default=str).encode()


def _safe(name: str) -> str:
    """Folders of ours, the last part as the sender named it without signs that a file system could take amiss."""
    folder, _slash, last = name.rpartition("/")
    clean = _UNSAFE.sub("_", last).strip(". ")[-120:]
    return f"{folder}/{clean or 'file'}"
