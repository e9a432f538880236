"""Making the package: gathered and written into the trail first, then sent while it is made, one piece in memory.

index.html            what is in it, to read without a network
records/ other/ held/ files as they came; DICOM/ with DICOMDIR: pictures as a medium for a viewer
opinions/ fhir/ case/ what was signed; the patient summary; the words of the case as JSON
manifest.json         each file with hash, day, kind, standing and copies; SHA256SUMS for `sha256sum -c`
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Right
from consilia.formats import preamble, sniff
from consilia.reports.package import contents, page
from consilia.reports.package.contents import Contents, Item
from consilia.reports.package.zipping import Packer, Sent
from consilia.reports.queries.report import row_of
from consilia.vault import queries as vault

FORMAT: Final = "consilia-package/1"
MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Package:
    """A ZIP on its way: its name, and its bytes in pieces."""

    name: str
    chunks: Iterator[bytes]


def everything(by: Reader, *, at: datetime) -> Package:
    """Everything of the case that is hers. The event stands in the trail before anything is read. Raises NotFound."""
    by.require(Right.READ_CASE)
    case = row_of(by)
    with transaction.atomic():
        audit.record(Kind.CASE_EXPORTED, case_id=by.case_id, actor=by.actor, entity=("case", by.case_id), at=at)
    held = contents.gather(case, at=at)
    items = (*page.made(held), *held.made, *held.stored)  # the page now, in her language, not while it is sent
    return Package(f"{held.reference}.zip", _pieces(by, held, items, at))


def _pieces(by: Reader, held: Contents, items: tuple[Item, ...], at: datetime) -> Iterator[bytes]:
    packer = Packer(at)
    for item in items:
        yield from packer.add(item.place, _bytes_of(by, item))
    lines = [_line(item, packer.sent[item.place], held) for item in items]
    manifest = {"format": FORMAT, "case": held.reference, "made_at": at, "files": lines, "left_out": held.left_out}
    yield from packer.add(MANIFEST, [contents.as_json(manifest)])
    sums = [*((line["sha256"], line["path"]) for line in lines), (packer.sent[MANIFEST].sha256, MANIFEST)]
    yield from packer.add(SUMS, ["".join(f"{sha256}  {path}\n" for sha256, path in sums).encode()])
    yield packer.end()


def _bytes_of(by: Reader, item: Item) -> Iterator[bytes]:
    if item.content is not None:
        yield item.content
        return
    with vault.open_object(by.case_id, item.sha256) as stored:
        chunks = stored.chunks()
        yield from preamble.zeroed(chunks) if item.media_type == sniff.DICOM else chunks


def _line(item: Item, sent: Sent, held: Contents) -> dict[str, Any]:
    """A line of the manifest. A damaged file keeps the hash that it should have: checking the sums finds it."""
    line: dict[str, Any] = {"path": item.place, "size": sent.size, "sha256": sent.sha256}
    line |= {"media_type": item.media_type, "kind": item.kind, "date": item.on, **item.told}
    if copies := held.copies.get(item.sha256):
        line["copies"] = [contents.plain(copy) for copy in copies]
    if sent.is_damaged:
        return line | {"sha256": item.sha256, "problem": "damaged"}
    if item.content is None and sent.sha256 != item.sha256:
        line["sha256_as_received"] = item.sha256  # a DICOM file with something in its preamble
    return line
