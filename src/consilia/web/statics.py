"""How static files are sent: which never change, and what a worker that decodes pictures may do. Pure."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Final

VIEWER_PART: Final = re.compile(r"/viewer/parts/[^/]+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$")
HASHED: Final = re.compile(r"\.[0-9a-f]{12}\.[a-z0-9]+$")
# The decoders of compressed pictures are WebAssembly with glue that compiles code; they run in a worker of their own.
DECODER_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'"
)


def is_immutable(_path: str, url: str) -> bool:
    """Whether the bytes under this address never change."""
    return bool(HASHED.search(url) or VIEWER_PART.search(url))


def add_headers(headers: MutableMapping[str, str], _path: str, url: str) -> None:
    """A worker obeys the policy that came with its own file, not that of the page."""
    if VIEWER_PART.search(url):
        headers["Content-Security-Policy"] = DECODER_POLICY
