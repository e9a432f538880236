"""The locked child of `checking`: reads a stranger's PDF from standard input, says a few values on standard output.

Started without settings, keys or database. Everything that the libraries load late is loaded before the cage closes,
by checking a small signed paper of our own; then no path can be opened and no connection made.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import importlib
import json
import pkgutil
import selectors
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

import pikepdf
import pyhanko.pdf_utils
import pyhanko.sign
import pyhanko_certvalidator

from consilia.formats import cage
from consilia.reports import certificates, pades, verification

MEMORY: Final = 512 * 1024 * 1024  # bytes on top of what the libraries take
CPU_SECONDS: Final = 20
WRITTEN: Final = 1024 * 1024
LATE: Final = (pyhanko.pdf_utils, pyhanko.sign, pyhanko_certvalidator)  # they import parts of themselves when needed
CODECS: Final = ("ascii", "latin_1", "utf_8", "utf_8_sig", "utf_16", "utf_16_be", "utf_16_le", "idna", "unicode_escape")


def one_loop() -> None:
    """Later `asyncio.run` would open sockets, which the cage refuses: one loop made before serves all."""
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())

    def run(work: Coroutine[Any, Any, Any], **_more: Any) -> Any:
        return loop.run_until_complete(work)

    asyncio.run = run  # type: ignore[assignment]


def warm() -> None:
    """Every part of the libraries imported, and a paper of one empty page signed and checked once."""
    for package in LATE:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            with contextlib.suppress(ImportError):  # parts for which we do not install what they need
                importlib.import_module(found.name)
    for name in CODECS:
        codecs.lookup(name)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    authority = certificates.new_authority("warm", at=at)
    signer = certificates.new_certificate(authority, "warm", "CH", at=at)
    verification.verify(pades.sign(_page(), signer, at=at, label="warm"), authority.certificate)
    verification.verify(b"%PDF-1.7\nnothing", authority.certificate)


def _page() -> bytes:
    made = BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        tree = pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot, ParentTree=pikepdf.Dictionary(Nums=[]))
        whole = file.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Document))
        tree.K = pikepdf.Array([whole])
        file.Root.StructTreeRoot = file.make_indirect(tree)
        file.attachments[verification.OPINION_NAME] = b"{}"
        file.save(made)
    return made.getvalue()


def main() -> int:
    one_loop()
    warm()
    cage.lock(cage.make_filter(), memory=MEMORY, seconds=CPU_SECONDS, written=WRITTEN)
    length = int.from_bytes(sys.stdin.buffer.read(4), "big")
    request = json.loads(sys.stdin.buffer.read(length))
    found = verification.verify(sys.stdin.buffer.read(request["size"]), request["root"])
    words = {
        "intact": found.intact,
        "reason": found.reason.value,
        "signed_by": found.signed_by,
        "signed_at": found.signed_at.isoformat() if found.signed_at else None,
        "sha256": found.sha256,
    }
    sys.stdout.write(json.dumps(words))
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
