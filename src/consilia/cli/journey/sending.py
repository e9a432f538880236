"""Sends files as the page's script does: resumable pieces by tus 1.0, going on where the server says it stopped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Final

from consilia.cli.journey.browser import Answer, Browser
from consilia.cli.journey.pages import Page, Stuck

TUS: Final = "1.0.0"
PIECE: Final = 400_000  # bytes; files above it come in several
CREATED, DONE = 201, 204


def send_all(browser: Browser, page: Page, files: Mapping[str, bytes]) -> int:
    """Sends every file to the address that the page's own form names; returns how many pieces there were."""
    drops = [one.get("data-tus-endpoint") for one in page.tree.iter("form") if one.get("data-tus-endpoint")]
    if not drops:
        raise Stuck(f"{page.path} offers no way to send files")
    return sum(send(browser, drops[0], path, content) for path, content in files.items())


def send(browser: Browser, endpoint: str, path: str, content: bytes) -> int:
    """One file. Begun before, it goes on with the bytes that are missing."""
    place, pieces = _begin(browser, endpoint, path, len(content)), 0
    offset = int(_good(browser.ask("HEAD", place, Tus_Resumable=TUS), 200).headers["upload-offset"])
    while offset < len(content):
        piece = content[offset : offset + PIECE]
        kind = "application/offset+octet-stream"
        answer = browser.ask(
            "PATCH",
            place,
            piece,
            Content_Type=kind,
            Upload_Offset=str(offset),
            X_CSRFToken=browser.csrf,
            Tus_Resumable=TUS,
        )
        offset = int(_good(answer, DONE).headers["upload-offset"])
        pieces += 1
    return pieces


def _begin(browser: Browser, endpoint: str, path: str, size: int) -> str:
    key = hashlib.sha256(f"{path}:{size}".encode()).hexdigest()
    told = ",".join(f"{name} {_plain(value)}" for name, value in (("relativePath", path), ("key", key)))
    answer = browser.ask(
        "POST",
        endpoint,
        b"",
        Upload_Length=str(size),
        Upload_Metadata=told,
        X_CSRFToken=browser.csrf,
        Tus_Resumable=TUS,
    )
    return str(_good(answer, CREATED).headers["location"])


def _good(answer: Answer, status: int) -> Answer:
    if answer.status != status:
        words = answer.content[:200].decode(errors="replace")
        raise Stuck(f"{answer.address} answers {answer.status}, not {status}: {words}")
    return answer


def _plain(words: str) -> str:
    return base64.b64encode(words.encode()).decode()
