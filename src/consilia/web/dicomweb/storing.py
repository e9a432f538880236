"""Store (STOW-RS, PS3.18 section 10.5): the objects of one request go into the quarantine of one case.

The body is streamed into the vault part by part. A part is acknowledged only when its end was seen: what a broken
connection cut off is not kept and not named.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import ChunkIter, InterBoundaryIter, LazyStream
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.utils.http import parse_header_parameters

from consilia.cases.access import Reader
from consilia.formats import dicom_meta
from consilia.formats.dicom_meta import Named
from consilia.intake import actions
from consilia.kernel.refusal import Refused
from consilia.vault.drafts import Draft
from consilia.vault.errors import VaultError, VaultFull

JSON: Final = "application/dicom+json"
PIECE: Final = 256 * 1024
TOGETHER: Final = 50  # objects that are kept in one transaction
LONGEST_BOUNDARY: Final = 200
LONGEST_HEADERS: Final = 4096  # of one part
# Failure reasons of PS3.4 table B.2-1 and annex C.4.2, in tag (0008,1197).
OUT_OF_RESOURCES: Final = 0xA700
NOT_UNDERSTOOD: Final = 0xC000


class Body:
    """The body as it comes; a connection that breaks is its end.

    `length` None is a body in chunks (RFC 9112 section 7.1), which archives send by default: Django gives the body of
    a request without a length as empty, so the stream of a server that ends it by itself is read instead.
    """

    def __init__(self, request: HttpRequest, length: int | None) -> None:
        self.read_some = request.read if length is not None else request.META["wsgi.input"].read
        self.rest = length

    def read(self, num_bytes: int | None = None, /) -> bytes:
        wanted = num_bytes or PIECE
        try:
            chunk = self.read_some(wanted if self.rest is None else min(wanted, self.rest))
        except UnreadablePostError:
            chunk = b""
        if self.rest is not None:
            self.rest -= len(chunk)
        return bytes(chunk)


@dataclass(frozen=True, slots=True)
class Part:
    """A part that lies in a draft; `named` None for what is no DICOM file."""

    draft: Draft
    named: Named | None


@dataclass(slots=True)
class Told:
    """What the answer says of each part; `whole`: parts whose end was seen, that wait to be kept together."""

    whole: list[tuple[Named, Draft]] = field(default_factory=list)
    kept: list[Named] = field(default_factory=list)
    failed: list[tuple[Named | None, int]] = field(default_factory=list)


def store(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Keeps each DICOM file of the body as an upload of this reader and says which came.

    200 when all were kept, 202 when some were, 409 when none was; 400 and 415 for what is no such body.
    """
    kind, parameters = parse_header_parameters(request.headers.get("Content-Type", ""))
    boundary = parameters.get("boundary", "").encode("latin-1", "replace")
    if kind != "multipart/related" or parameters.get("type", "application/dicom").lower() != "application/dicom":
        return _words("Send multipart/related with parts of application/dicom.", 415)
    length = None if _is_chunked(request) else int(request.META.get("CONTENT_LENGTH") or 0)
    if not 0 < len(boundary) <= LONGEST_BOUNDARY or length == 0:
        return _words("The body has no boundary or no length.", 400)
    if reasons := actions.reasons_against(reader):
        return _words("\n".join(one.reason for one in reasons), 409)
    told = Told()
    try:
        is_whole = _take(Body(request, length), boundary, reader, told)
    except Refused as refused:  # meanwhile the case took no more
        return _words("\n".join(one.reason for one in refused.refusals), 409)
    return _answer(told, is_whole=is_whole)


def _is_chunked(request: HttpRequest) -> bool:
    chunked = request.headers.get("Transfer-Encoding", "").lower() == "chunked"
    return chunked and not request.META.get("CONTENT_LENGTH") and bool(request.META.get("wsgi.input_terminated"))


def _take(body: Body, boundary: bytes, reader: Reader, told: Told) -> bool:
    """Hands each part to intake when its boundary was seen; whether that was so of every part. Raises Refused."""
    with ExitStack() as drafts:
        waiting: Part | None = None
        is_part = False
        for stream in InterBoundaryIter(LazyStream(ChunkIter(_readable(body), PIECE)), b"--" + boundary):
            if waiting is not None:
                _whole(waiting, reader, told)
                waiting = None
            start = stream.read(LONGEST_HEADERS)
            end = start.find(b"\r\n\r\n")
            if end >= 0:
                stream.unget(start[end + 4 :])
                waiting = _drafted(stream, reader, told, drafts)
            elif is_part and start.strip() and not start.startswith(b"--"):  # nor what follows the last boundary
                told.failed.append((None, NOT_UNDERSTOOD))
            is_part = True  # only what stands before the first boundary is none
        _keep(reader, told)
        return waiting is None


def _readable(body: Body) -> Any:
    """The stubs know only Django's own streams; what it needs is `read`."""
    return body


def _drafted(stream: LazyStream, reader: Reader, told: Told, drafts: ExitStack) -> Part | None:
    """The part in a draft; None for an empty one (what stands before the first boundary) and when the disk is full."""
    head = b""
    draft: Draft | None = None
    try:
        for piece in stream:
            if draft is None:
                draft = drafts.enter_context(Draft(reader.case_id))
            if len(head) < dicom_meta.HEAD:
                head += piece[: dicom_meta.HEAD - len(head)]
            draft.write(piece)
        if draft is not None:
            draft.finish()
    except VaultFull:
        if draft is not None:
            draft.forget()
        told.failed.append((dicom_meta.named(head), OUT_OF_RESOURCES))
        return None
    return Part(draft, dicom_meta.named(head)) if draft is not None else None


def _whole(part: Part, reader: Reader, told: Told) -> None:
    if part.named is None:
        part.draft.forget()
        told.failed.append((None, NOT_UNDERSTOOD))
        return
    told.whole.append((part.named, part.draft))
    if len(told.whole) >= TOGETHER:
        _keep(reader, told)


def _keep(reader: Reader, told: Told) -> None:
    """Keeps what is whole; many objects wait for the disk and the database once."""
    whole, told.whole = told.whole, []
    files = [actions.Coming(f"{named.instance}.dcm", draft) for named, draft in whole]
    try:
        actions.adopt(reader, files, at=timezone.now())
    except VaultError:
        told.failed += [(named, OUT_OF_RESOURCES) for named, _draft in whole]
    else:
        told.kept += [named for named, _draft in whole]


def _answer(told: Told, *, is_whole: bool) -> HttpResponse:
    """The Store Instances Response Module (PS3.18 annex I) as DICOM JSON."""
    module: dict[str, Any] = {}
    if told.kept:
        module["00081199"] = {"vr": "SQ", "Value": [_reference(one) for one in told.kept]}
    if told.failed:
        module["00081198"] = {"vr": "SQ", "Value": [_failure(*one) for one in told.failed]}
    if is_whole and told.kept and not told.failed:
        status = 200
    else:
        status = 202 if told.kept else 409 if is_whole and told.failed else 400
    return HttpResponse(json.dumps(module, separators=(",", ":")), content_type=JSON, status=status)


def _reference(one: Named) -> dict[str, Any]:
    return {
        "00081150": {"vr": "UI", "Value": [one.sop_class]},
        "00081155": {"vr": "UI", "Value": [one.instance]},
    }


def _failure(one: Named | None, reason: int) -> dict[str, Any]:
    return (_reference(one) if one else {}) | {"00081197": {"vr": "US", "Value": [reason]}}


def _words(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
