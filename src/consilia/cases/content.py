"""The one loaded content library of this process, with the operator's folders, approvals and confirmations.

It is read again when somebody approved or withdrew something; folders are looked at when the process starts, and then.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings

from consilia.clinical import last_good
from consilia.clinical import library as clinical_library
from consilia.clinical.last_good import Standing
from consilia.kernel.ids import new_id

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was loaded, and the mark of the approvals with which it was."""

    mark: tuple[int, int]
    standing: Standing


MARK = "changed"

_lock = threading.Lock()
_kept: Kept | None = None


def library() -> clinical_library.Library:
    """The content that holds."""
    return standing().library


def standing() -> Standing:
    """The content that holds and, where the operator's folders are faulty, why it is not theirs."""
    global _kept  # noqa: PLW0603 - one library for the process, read once by whoever comes first
    mark = _mark()
    kept = _kept
    if kept is None or kept.mark != mark:
        with _lock:
            kept = _kept
            if kept is None or kept.mark != mark:
                kept = _kept = Kept(mark, _opened())
    return kept.standing


def place() -> Path:
    """The folder of this installation for content: its approvals and the last good copy."""
    return Path(settings.CONSILIA_HOME) / "content"


def approvals_folder() -> Path:
    """Where approvals given on the pages are kept as files."""
    return place() / "approvals"


def changed() -> None:
    """Tells every process of this installation to read the content again."""
    approvals_folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    # A new name each time: two changes within one tick of the clock are still two.
    fresh = approvals_folder() / f"{new_id()}.mark"
    fresh.touch()
    fresh.replace(approvals_folder() / MARK)


def _mark() -> tuple[int, int]:
    try:
        found = (approvals_folder() / MARK).stat()
    except OSError:
        return (0, 0)
    return (found.st_ino, found.st_mtime_ns)


def _opened() -> Standing:
    found = last_good.open_library(
        settings.CONSILIA_CONTENT_FOLDERS,
        (approvals_folder(),),
        place() / "last-good",
        without=settings.CONSILIA_CONTENT_WITHOUT,
    )
    for fault in found.faults:
        log.error("content: %s", fault)
    confirmed = replace(found.library, confirmed=settings.CONSILIA_LAW_CONFIRMED)
    return replace(found, library=confirmed)
