"""DICOMweb of one case (PS3.18): search, headers, originals, frames and pictures of what counts in it.

Everything lies within the case of the address: a search by PatientID never leaves it, and a foreign UID is absent.
Sent bytes are the stored ones: nothing is decoded here.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET
from PIL import Image

from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Right
from consilia.intake import deciding
from consilia.kernel.refusal import Invalid, NotFound
from consilia.records import imaging, looks, pictures, pseudonyms
from consilia.records.models import Instance
from consilia.records.pseudonyms import Copy, NotCopied
from consilia.vault import queries as vault
from consilia.web import access
from consilia.web.dicomweb import accepting, kept, matching, resources, searching
from consilia.web.dicomweb.accepting import Form
from consilia.web.dicomweb.resources import Resource, What
from consilia.web.expert.showing import note_picture

JSON: Final = "application/dicom+json"
JSON_FORMS: Final = (JSON, "application/json")
AGAIN_AFTER: Final = "5"  # seconds until the worker has probably described a large study
NOT_TAKEN: Final = "Nothing that this server has fits the Accept header."
SMALL: Final = 128  # pixels of the longer side of a thumbnail


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked in which case; `is_lean`: headers name nobody, and files are pseudonymous copies.

    `rows` are the instances of the resource; for the headers of studies and series only their ids (`members`).
    """

    case_id: UUID
    request: HttpRequest
    found: Resource
    accepted: Sequence[Form]
    is_lean: bool
    rows: Sequence[Instance] = ()
    members: Mapping[UUID, Sequence[UUID]] = field(default_factory=dict)


@access.case_right(Right.READ_RECORDS)
@require_GET
def resource(request: HttpRequest, reader: Reader, path: str) -> HttpResponseBase:
    """The resource that `path` names below the root of the case, for her, her proxies and the desk."""

    def note(study_id: UUID) -> None:
        entity = ("study", study_id)
        looks.went_on(reader.case_id, Kind.STUDY_OPENED, entity, actor=reader.actor, at=timezone.now())

    return _answered(request, reader, path, note, is_lean=False)


@access.case_right(Right.READ_AS_EXPERT)
@require_GET
def seat(request: HttpRequest, reader: Reader, path: str) -> HttpResponseBase:
    """The same for an expert: headers without identity, frames and pictures; files as pseudonymous copies."""

    def note(study_id: UUID) -> None:
        note_picture(reader, Kind.STUDY_OPENED, ("study", study_id), at=timezone.now())

    return _answered(request, reader, path, note, is_lean=True)


def _answered(
    request: HttpRequest, reader: Reader, path: str, note: Callable[[UUID], None], *, is_lean: bool
) -> HttpResponseBase:
    found = resources.named(path)
    accepted = accepting.forms(request.headers.get("Accept", ""))
    if found.what is What.SEARCH:
        return _private(_search(Ask(reader.case_id, request, found, accepted, is_lean)))
    study_id = imaging.study_id(reader.case_id, found.study)  # a study outside of the case is absent
    until = kept.until()
    ask = _with_objects(Ask(reader.case_id, request, found, accepted, is_lean))
    note(study_id)
    kept.keep(request, _root(request, path), found, kept.Right(reader.case_id, is_lean, until))
    return _given(ask)


def _with_objects(ask: Ask) -> Ask:
    """With the instances that are asked for, or their ids. Raises NotFound where there are none."""
    found = ask.found
    if found.what is What.METADATA and not found.instance:
        members = imaging.members(ask.case_id, found.study, found.series)
        if not members:
            raise NotFound
        return replace(ask, members=members)
    rows = list(imaging.pictures(ask.case_id).filter(**_keys(found)))
    if not rows:
        raise NotFound
    return replace(ask, rows=rows)


def _given(ask: Ask) -> HttpResponseBase:
    try:
        return _private(ANSWERS[ask.found.what](ask))
    except imaging.NotReady:
        deciding.draw_anew(ask.case_id, at=timezone.now())
        return _private(_words("The study is being prepared.", 503, {"Retry-After": AGAIN_AFTER}))


def _root(request: HttpRequest, path: str) -> str:
    return request.path.removesuffix(path)


class Kept:
    """Answers frames and headers of a study to which this session proved its right a moment ago (see `kept`).

    Stands before the session is read; every other request goes on to the doors.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "GET" or not request.path.startswith(("/dicomweb/cases/", "/dicomweb/seats/")):
            return self.get_response(request)
        return _from_kept(request) or self.get_response(request)


def _from_kept(request: HttpRequest) -> HttpResponseBase | None:
    """None where a door has to be gone through."""
    parts = request.path.split("/", 4)  # "", dicomweb, cases or seats, the case, the path
    if len(parts) < 5:
        return None
    try:
        found = resources.named(parts[4])
        right = kept.find(request, _root(request, parts[4]), found)
        if right is None:
            return None
        accepted = accepting.forms(request.headers.get("Accept", ""))
        ask = Ask(right.case_id, request, found, accepted, right.is_lean)
        if not found.instance:
            members = right.members(found.study, found.series)
            return _given(replace(ask, members=members)) if members else None
        one = right.stack(found.study, found.series).get(found.instance)
        return None if one is None else _given(replace(ask, rows=[one]))
    except NotFound:
        return None  # what is absent is told behind the doors, in the words of every other absent thing


def _keys(found: Resource) -> dict[str, str]:
    keys = {"series__study__uid": found.study, "series__uid": found.series, "uid": found.instance}
    return {key: uid for key, uid in keys.items() if uid}


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """Kept by nobody but the browser that asked, and asked again each time: a right may have ended."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _words(text: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8", headers=headers)


# Search


def _search(ask: Ask) -> HttpResponse:
    if not accepting.takes(ask.accepted, *JSON_FORMS):
        return _words(NOT_TAKEN, 406)
    try:
        search = matching.asked(ask.request.GET)
    except Invalid as refused:
        return _words("\n".join(f"{name[:80]}: {why}" for name, why in refused.fields.items()), 400)
    if ask.found.level == "instances":
        rows = list(imaging.pictures(ask.case_id).filter(**_keys(ask.found)))
        answer = searching.instances(rows, search, ask.is_lean)
    else:
        search_in = searching.studies if ask.found.level == "studies" else searching.series
        answer = search_in(imaging.counted_series(ask.case_id, ask.found.study), search, ask.is_lean)
    if not answer:
        return HttpResponse(status=204)
    return HttpResponse(json.dumps(answer, ensure_ascii=False, separators=(",", ":")), content_type=JSON)


# Headers


def _metadata(ask: Ask) -> HttpResponse:
    if not accepting.takes(ask.accepted, *JSON_FORMS):
        return _words(NOT_TAKEN, 406)
    if ask.found.instance:
        (described,) = imaging.described(ask.rows)
        if described is None:
            raise NotFound
        return HttpResponse(f"[{imaging.header(ask.case_id, described, is_lean=ask.is_lean)}]", content_type=JSON)
    parts = [
        imaging.headers(ask.case_id, series_id, ids, is_lean=ask.is_lean) for series_id, ids in ask.members.items()
    ]
    sealed = parts[0] if len(parts) == 1 else _joined(parts)
    packed = "gzip" in ask.request.headers.get("Accept-Encoding", "")
    digest = hashlib.sha256(sealed).hexdigest()[:32]
    # A tag is of bytes, and those of the two codings differ (RFC 9110 section 8.8.3).
    tag = f'"{digest}-gzip"' if packed else f'"{digest}"'
    headers = {"ETag": tag, "Vary": "Accept-Encoding, Cookie"}
    if ask.request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    if packed:
        return HttpResponse(sealed, content_type=JSON, headers={**headers, "Content-Encoding": "gzip"})
    return HttpResponse(gzip.decompress(sealed), content_type=JSON, headers=headers)


def _joined(parts: Sequence[bytes]) -> bytes:
    """Several arrays as one."""
    inside = [gzip.decompress(part)[1:-1] for part in parts]
    return gzip.compress(b"[" + b",".join(part for part in inside if part) + b"]", compresslevel=1, mtime=0)


# Bytes


def _boundary() -> str:
    return secrets.token_hex(16)


def _objects(ask: Ask) -> HttpResponseBase:
    """The stored files, byte for byte, one part each; for an expert pseudonymous copies of those that have one."""
    if ask.is_lean:
        return _copies(ask)
    if not accepting.objects(ask.accepted, [one.transfer_syntax for one in ask.rows]):
        return _words(NOT_TAKEN, 406)
    boundary = _boundary()
    kind = f'multipart/related; type="application/dicom"; boundary={boundary}'
    return StreamingHttpResponse(_parts(ask.rows, boundary), content_type=kind)


def _parts(rows: Sequence[Instance], boundary: str) -> Iterator[bytes]:
    for one in rows:
        yield _part_head(boundary, one.transfer_syntax)
        with closing(vault.open_object(one.original.case_id, one.original.sha256)) as stored:
            yield from stored.chunks()
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _part_head(boundary: str, transfer_syntax: str) -> bytes:
    syntax = f"; transfer-syntax={transfer_syntax}" if transfer_syntax else ""
    return f"--{boundary}\r\nContent-Type: application/dicom{syntax}\r\n\r\n".encode()


def _copies(ask: Ask) -> HttpResponseBase:
    """Raises NotFound where not even the first one can be given."""
    copies = _given_copies(ask.rows)
    first = next(copies, None)
    if first is None:
        raise NotFound
    if not accepting.objects(ask.accepted, [first.transfer_syntax]):
        return _words(NOT_TAKEN, 406)
    boundary = _boundary()
    kind = f'multipart/related; type="application/dicom"; boundary={boundary}'
    return StreamingHttpResponse(_copy_parts(chain([first], copies), boundary), content_type=kind)


def _given_copies(rows: Sequence[Instance]) -> Iterator[Copy]:
    for one in rows:
        with suppress(NotCopied):
            yield pseudonyms.copy(one)


def _copy_parts(copies: Iterable[Copy], boundary: str) -> Iterator[bytes]:
    for one in copies:
        yield _part_head(boundary, one.transfer_syntax)
        yield from one.chunks()
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _frames(ask: Ask) -> HttpResponse:
    if len(ask.found.frames) > imaging.MOST_FRAMES:
        return _words(f"At most {imaging.MOST_FRAMES} frames can be asked for at once.", 400)
    try:
        stored, frames = imaging.frames(ask.rows[0], ask.found.frames)
    except imaging.TooMuch:
        return _words("These frames are too large to be given at once: ask for fewer.", 400)
    given = accepting.frame(ask.accepted, stored, len(frames))
    if given is None:
        return _words(NOT_TAKEN, 406)
    kind = f"{given.media}; transfer-syntax={given.syntax}"
    if not given.is_multipart:
        return HttpResponse(frames[0], content_type=kind)
    boundary = _boundary()
    head = f"--{boundary}\r\nContent-Type: {kind}\r\n\r\n".encode()
    body = b"".join(head + frame + b"\r\n" for frame in frames) + f"--{boundary}--\r\n".encode()
    return HttpResponse(body, content_type=f'multipart/related; type="{given.media}"; boundary={boundary}')


def _rendered(ask: Ask) -> HttpResponse:
    """A frame in the window of its file, as JPEG (the default of PS3.18) or PNG."""
    form = next((kind for kind in ("image/jpeg", "image/png") if accepting.takes(ask.accepted, kind)), "")
    if not form:
        return _words(NOT_TAKEN, 406)
    png = pictures.frame(pictures.FrameOf(ask.rows[0], ask.found.frames[0]))
    is_small = ask.request.path.endswith("/thumbnail")
    if form == "image/png" and not is_small:
        return HttpResponse(png, content_type=form)
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if is_small:
        picture.thumbnail((SMALL, SMALL))
    out = io.BytesIO()
    picture.save(out, form.removeprefix("image/").upper(), quality=90)
    return HttpResponse(out.getvalue(), content_type=form)


Answer = Callable[[Ask], HttpResponseBase]
ANSWERS: Final[dict[What, Answer]] = {
    What.METADATA: _metadata,
    What.OBJECTS: _objects,
    What.FRAMES: _frames,
    What.RENDERED: _rendered,
}
