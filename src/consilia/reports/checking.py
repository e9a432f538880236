"""Checking paper that a stranger brings: compared with what we issued, and read only in a locked child of its own.

A file that is byte for byte one of ours is known by its hash and is never parsed. Any other file goes to
`consilia.reports.checking_child`, which has no file, no network and no secret, and answers with a few short values.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, Final

from django.db import transaction
from django.utils import timezone

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.formats import keeper
from consilia.kernel.actor import ANONYMOUS, Actor
from consilia.opinions import seal as seals
from consilia.opinions import sealing
from consilia.opinions.models import Seal
from consilia.opinions.seal import Document
from consilia.reports import pdf_keys
from consilia.reports.models import Report
from consilia.reports.verified import Reason, Verification

LARGEST: Final = 20 * 1024 * 1024  # bytes; our own paper is below one megabyte
SECONDS: Final = 30.0
AT_ONCE: Final = 2  # children at a time in one process; whoever comes meanwhile is asked to try again
_places = threading.BoundedSemaphore(AT_ONCE)


class Answer(StrEnum):
    """What the page can say."""

    GENUINE = "genuine"
    SUPERSEDED = "superseded"  # genuine, and an addendum exists
    WITHDRAWN = "withdrawn"  # genuine, and taken back
    FORGOTTEN = "forgotten"  # signed here and unchanged, but no longer kept
    CHANGED = "changed"
    UNKNOWN = "unknown"
    KNOWN_CODE = "known_code"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Chain:
    """What a code alone may tell: when signed, what came later and when. No name, nothing of the case."""

    signed_at: datetime
    check_code: str
    addenda: tuple[datetime, ...]
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer; `document` only for who holds the paper itself, `signed_by` as the paper's certificate says it."""

    answer: Answer
    chain: Chain | None = None
    document: Document | None = None
    sha256: str = ""
    signed_by: str = ""
    signed_at: datetime | None = None


def code(typed: str) -> Checked:
    """A check code as it was typed: known or not, and what came later."""
    wanted = seals.read_check_code(typed)
    row = Seal.objects.filter(check_code=wanted, opinion__case__tombstone_at=None).first() if wanted else None
    if row is None:
        return Checked(Answer.UNKNOWN)
    _note(row)
    chain = _chain(row)
    return Checked(_later(chain, Answer.KNOWN_CODE), chain)


def paper(file: BinaryIO, size: int) -> Checked:
    """A PDF that somebody holds. `file` is read from its beginning and kept nowhere."""
    if size > LARGEST:
        return Checked(Answer.TOO_LARGE)
    file.seek(0)
    content = file.read(LARGEST + 1)
    report = _issued(hashlib.sha256(content).hexdigest())
    return _known(report.seal) if report else _foreign(content)


def _issued(sha256: str) -> Report | None:
    rows = Report.objects.filter(pdf_sha256=sha256, case__tombstone_at=None)
    return rows.select_related("seal__opinion").first()


def _known(row: Seal) -> Checked:
    """Its words are those of the paper itself: the hash says that the two are one."""
    _note(row)
    chain = _chain(row)
    document = seals.read(sealing.canonical_bytes(row))
    return Checked(_later(chain, Answer.GENUINE), chain, document, sha256=row.sha256)


def _foreign(content: bytes) -> Checked:
    """Bytes that we did not issue: changed, of somebody else, or ours from before an erasure."""
    root = pdf_keys.trust_root()
    if not root:
        return Checked(Answer.UNKNOWN)
    if not _places.acquire(blocking=False):
        return Checked(Answer.BUSY)
    try:
        found = in_child(content, root)
    finally:
        _places.release()
    return _judged(found)


def _judged(found: Verification) -> Checked:
    row = Seal.objects.filter(sha256=found.sha256).first() if found.sha256 else None
    if found.intact and row is None:
        return Checked(Answer.FORGOTTEN, signed_by=found.signed_by or "", signed_at=found.signed_at)
    if row is not None:
        _note(row)
        return Checked(Answer.CHANGED, _chain(row))
    if found.reason in {Reason.CHANGED, Reason.CHANGED_AFTERWARDS}:
        return Checked(Answer.CHANGED)
    unreadable = found.reason in {Reason.UNREADABLE, Reason.TOO_LARGE}
    return Checked(Answer.UNREADABLE if unreadable else Answer.UNKNOWN)


def in_child(content: bytes, root: str) -> Verification:
    """The verdict of a locked child; one that dies or takes too long could not read the file."""
    request = json.dumps({"root": root, "size": len(content)}).encode()
    with contextlib.ExitStack() as stack:
        given = stack.enter_context(os.fdopen(os.memfd_create("paper", os.MFD_CLOEXEC), "wb+"))
        given.write(len(request).to_bytes(4, "big") + request + content)
        given.seek(0)
        try:
            done = subprocess.run(
                [sys.executable, "-m", "consilia.reports.checking_child"],
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=keeper.environment(),
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Verification(False, Reason.UNREADABLE)
    return _validated(done.stdout) if done.returncode == 0 else Verification(False, Reason.UNREADABLE)


def _validated(said: bytes) -> Verification:
    """Exactly the values that a child may answer with; anything else is no answer."""
    try:
        words = json.loads(said[:4096])
        signed_at = datetime.fromisoformat(words["signed_at"]) if words["signed_at"] else None
        return Verification(
            intact=words["intact"] is True,
            reason=Reason(words["reason"]),
            signed_by=str(words["signed_by"])[:200] if words["signed_by"] else None,
            signed_at=signed_at,
            sha256=str(words["sha256"])[:64] if words["sha256"] else None,
            check_code=None,
        )
    except (ValueError, KeyError, TypeError):
        return Verification(False, Reason.UNREADABLE)


def _chain(row: Seal) -> Chain:
    later = Seal.objects.filter(opinion_id=row.opinion_id, sequence__gt=row.sequence)
    kinds = list(later.values_list("kind", "signed_at"))
    return Chain(
        signed_at=row.signed_at,
        check_code=row.check_code,
        addenda=tuple(at for kind, at in kinds if kind == Seal.Kind.ADDENDUM),
        withdrawn_at=next((at for kind, at in kinds if kind == Seal.Kind.WITHDRAWAL), None),
    )


def _later(chain: Chain, otherwise: Answer) -> Answer:
    if chain.withdrawn_at:
        return Answer.WITHDRAWN
    return Answer.SUPERSEDED if chain.addenda else otherwise


@transaction.atomic
def _note(row: Seal) -> None:
    """The patient can see that her opinion was checked, and when; who checked is not known."""
    audit.record(
        Kind.REPORT_VERIFIED,
        case_id=row.opinion.case_id,
        actor=Actor(None, ANONYMOUS),
        entity=("opinion", row.opinion_id),
        at=timezone.now(),
    )
