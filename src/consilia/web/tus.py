"""The resumable upload protocol tus 1.0 over the vault: what is acknowledged is on disk, whatever is killed.

Core, creation, creation-with-upload, termination, checksum (sha256) and expiration. A body is streamed into the vault
and never held whole; a piece with a checksum is held, because it must not be kept when the checksum does not fit.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _

from consilia.cases.access import Reader
from consilia.intake import actions, policy
from consilia.kernel.ids import new_secret
from consilia.kernel.refusal import Invalid, Refused
from consilia.vault.errors import VaultBusy, VaultFull, WrongOffset

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
BODY = "application/offset+octet-stream"
CHUNK = 256 * 1024  # bytes that are read at a time
LARGEST_CHECKED = 16 * 1024 * 1024  # bytes of a piece with a checksum
KEPT_FOR = timedelta(days=7)  # an upload that nobody goes on with; intake.jobs.sweep
CHECKSUM_MISMATCH = 460

Address = Callable[[UUID], str]


class Answer(Exception):
    """Ends a request with a status and a sentence that the page shows as it is."""

    def __init__(self, status: int, words: str = "") -> None:
        super().__init__(words)
        self.status = status
        self.words = words


def collection(request: HttpRequest, reader: Reader, address: Address) -> HttpResponse:
    """OPTIONS says what this server can; POST begins an upload and may bring its first bytes along."""
    if request.method == "OPTIONS":
        return _options()
    return _answered(request, lambda: _create(request, reader, address))


def single(request: HttpRequest, reader: Reader, upload_id: UUID) -> HttpResponse:
    """HEAD says where to go on, PATCH brings the next piece, DELETE gives the upload up."""
    work = {"HEAD": _head, "PATCH": _patch, "DELETE": _delete}
    if request.method == "OPTIONS":
        return _options()
    return _answered(request, lambda: work[request.method or ""](request, reader, upload_id))


def _options() -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            "Tus-Resumable": VERSION,
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(policy.LARGEST),
            "Tus-Checksum-Algorithm": "sha256",
        },
    )


def _answered(request: HttpRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Every way in which a piece is not taken, as tus names it; a stranger's 404 is the page of everybody."""
    try:
        if request.headers.get("Tus-Resumable") != VERSION:
            raise Answer(412, _("This server speaks version 1.0.0 of the protocol."))
        response = work()
    except Answer as answer:
        response = _said(answer.status, answer.words)
    except WrongOffset as wrong:
        response = _said(409, _("This piece does not begin where the last one ended."))
        response.headers["Upload-Offset"] = str(wrong.durable)
    except VaultBusy:
        response = _said(423, _("The last piece is still being written. Please try again in a moment."))
    except VaultFull:
        response = _said(
            507, _("There is no room left on our side. What has arrived is kept; please go on later. We were told.")
        )
    except Refused as refused:
        status = 413 if any(reason.code == "too_large" for reason in refused.refusals) else 403
        response = _said(status, " ".join(str(reason.reason) for reason in refused.refusals))
    except Invalid as invalid:
        response = _said(400, " ".join(invalid.fields.values()))
    except UnreadablePostError:  # the sender went away; what came is kept, and nobody reads this answer
        response = _said(400, _("The connection broke off. What has arrived is kept."))
    response.headers["Tus-Resumable"] = VERSION
    if response.status_code == 412:
        response.headers["Tus-Version"] = VERSION
    return response


def _said(status: int, words: str) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")


def _create(request: HttpRequest, reader: Reader, address: Address) -> HttpResponse:
    size = _number(request, "Upload-Length")
    told = metadata(request.headers.get("Upload-Metadata", ""))
    path = told.get("relativePath") or told.get("filename") or told.get("name") or ""
    at = timezone.now()
    upload = actions.open_upload(reader, path=path, size=size, key=told.get("key") or new_secret(), at=at)
    response = HttpResponse(status=201)
    if size == 0:
        actions.close(reader, upload.pk, at=at)
    elif request.content_type == BODY and _length(request):
        offset = actions.append(reader, upload.pk, 0, _body(request, size), at=at)
        response.headers["Upload-Offset"] = str(offset)
    response.headers["Location"] = address(upload.pk)
    return _expires(response, at)


def _head(request: HttpRequest, reader: Reader, upload_id: UUID) -> HttpResponse:
    offset, size = actions.progress(reader, upload_id, at=timezone.now())
    response = HttpResponse(status=200, headers={"Upload-Offset": str(offset), "Upload-Length": str(size)})
    response.headers["Cache-Control"] = "no-store"
    return response


def _patch(request: HttpRequest, reader: Reader, upload_id: UUID) -> HttpResponse:
    if request.content_type != BODY:
        raise Answer(415, _("A piece of a file has the type %s.") % BODY)
    if "Content-Length" not in request.headers:
        raise Answer(411, _("Say how long the piece is."))
    offset, at = _number(request, "Upload-Offset"), timezone.now()
    durable, size = actions.progress(reader, upload_id, at=timezone.now())
    if offset != durable:  # before the body is read
        raise WrongOffset(durable)
    durable = actions.append(reader, upload_id, offset, _body(request, size - offset), at=at)
    return _expires(HttpResponse(status=204, headers={"Upload-Offset": str(durable)}), at)


def _delete(request: HttpRequest, reader: Reader, upload_id: UUID) -> HttpResponse:
    actions.discard(reader, upload_id, at=timezone.now())
    return HttpResponse(status=204)


def _expires(response: HttpResponse, at: datetime) -> HttpResponse:
    response.headers["Upload-Expires"] = http_date((at + KEPT_FOR).timestamp())
    return response


def _body(request: HttpRequest, room: int) -> Iterator[bytes]:
    """The body in chunks; with a checksum only after it was found to fit. Raises Answer 413, 400, 460."""
    if _length(request) > room:
        raise Answer(413, _("This piece is longer than what was announced."))
    checksum = request.headers.get("Upload-Checksum")
    return _streamed(request) if checksum is None else _checked(request, checksum)


def _streamed(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(CHUNK):
        yield chunk


def _checked(request: HttpRequest, checksum: str) -> Iterator[bytes]:
    name, _space, wanted = checksum.partition(" ")
    if name != "sha256":
        raise Answer(400, _("We know checksums of the kind sha256."))
    if _length(request) > LARGEST_CHECKED:
        raise Answer(413, _("A piece with a checksum may have 16 MB at most."))
    held = list(_streamed(request))
    digest = hashlib.sha256()
    for chunk in held:
        digest.update(chunk)
    if not hmac.compare_digest(base64.b64encode(digest.digest()).decode(), wanted.strip()):
        raise Answer(CHECKSUM_MISMATCH, _("The piece changed on its way and was not kept. It will be sent again."))
    return iter(held)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        raise Answer(400, _("The length of the piece is no number.")) from None


def _number(request: HttpRequest, header: str) -> int:
    words = request.headers.get(header, "")
    if not (words.isascii() and words.isdigit() and len(words) <= 18):
        raise Answer(400, _("The header %s is missing or no number.") % header)
    return int(words)


def metadata(header: str) -> dict[str, str]:
    """Upload-Metadata: pairs of a key and a base64 value; what cannot be read is left out."""
    found: dict[str, str] = {}
    for pair in header.split(","):
        key, _space, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found
