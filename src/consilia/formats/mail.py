"""Mail: takes a saved e-mail apart: its words as one file, every attachment as another, all under the upload's budget.

An e-mail is an archive here: what was attached is read like any other file. Addresses in it are never contacted,
pictures of the network never loaded.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import BinaryIO, Final

from consilia.formats import archive
from consilia.formats.dicom_shape import size_of
from consilia.formats.limits import LIMITS, Budget
from consilia.formats.plain import clean
from consilia.formats.values import Member
from consilia.formats.verdicts import Reason, Verdict

MEDIA_TYPE: Final = "message/rfc822"
HEADERS: Final = ("From", "To", "Date", "Subject")
LETTER: Final = "message.txt"
TAGS: Final = re.compile(r"<(style|script|head)\b.*?</\1>|<!--.*?-->|<[^>]{0,2000}>", re.S | re.I)
BREAKS: Final = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^>]{0,200}>", re.I)
PARTS: Final = 2_000
ENTITIES: Final = {"&nbsp;": " ", "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'"}


def _words_of(part: EmailMessage) -> str:
    try:
        content = part.get_content()
    except Exception:  # an unknown character set or broken transfer encoding: what can be seen of it
        raw = part.get_payload(decode=True)
        content = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
    words = content if isinstance(content, str) else ""
    if part.get_content_subtype() == "html":
        words = TAGS.sub(" ", BREAKS.sub("\n", words))
        for entity, letter in ENTITIES.items():
            words = words.replace(entity, letter)
    return words


def _bytes_of(part: EmailMessage) -> bytes:
    raw = part.get_payload(decode=True)
    if isinstance(raw, bytes):
        return raw
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], EmailMessage):  # a forwarded message
        return inner[0].as_bytes()
    return str(inner or "").encode("utf-8", "replace")


def _name_of(part: EmailMessage, number: int) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:  # a header that cannot be decoded
        name = ""
    if name:
        return name
    return f"forwarded {number}.eml" if part.get_content_type() == MEDIA_TYPE else f"attachment {number}"


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """Parts that are no containers; a forwarded message stays whole."""
    pending = [message]
    count = 0
    while pending and count < PARTS:
        part = pending.pop(0)
        count += 1
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            pending = [one for one in part.iter_parts() if isinstance(one, EmailMessage)] + pending
        else:
            yield part


def _is_letter(part: EmailMessage) -> bool:
    return part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment"


def _letter(message: EmailMessage, parts: list[EmailMessage]) -> str:
    """The headers that a person reads, then the words; of two forms of the same words the plain one."""
    heads = []
    for name in HEADERS:
        try:
            value = str(message.get(name, ""))
        except Exception:  # the header parser of the library stumbles over some
            value = ""
        if value:
            # With all colons the letter would look like a mail again, and would be taken apart without end.
            mark = ":" if name in {"Date", "Subject"} else ""
            heads.append(f"{name}{mark} {clean(value, most=500)}")
    plain = [part for part in parts if part.get_content_subtype() == "plain"]
    return "\n".join(heads) + "\n\n" + "\n\n".join(_words_of(part) for part in plain or parts)


def unpack(file: BinaryIO, budget: Budget, keeper: archive.Keeper) -> None:
    """The letter and every attachment to the keeper; never raises on what the file holds."""
    size = size_of(file)
    whole = Member("", Verdict.ARCHIVE, Reason.NONE, size)
    if size > LIMITS.mail_bytes:
        keeper.end(Member("", Verdict.TOO_LARGE, Reason.TOO_MANY_BYTES, size))
        return
    file.seek(0)
    message = email.message_from_bytes(file.read(), policy=email.policy.default)
    parts = list(_leaves(message))
    letters = [part for part in parts if _is_letter(part)]
    attached = [part for part in parts if not _is_letter(part)]
    keeper.end(whole)
    _give(keeper, LETTER, _letter(message, letters).encode(), budget)
    for number, part in enumerate(attached, 1):
        if number > budget.entries:
            keeper.end(Member(archive.shown(_name_of(part, number)), Verdict.TOO_LARGE, Reason.TOO_MANY_ENTRIES))
            return
        _attached(keeper, part, number, budget)


def _attached(keeper: archive.Keeper, part: EmailMessage, number: int, budget: Budget) -> None:
    try:
        name, data = _name_of(part, number), _bytes_of(part)
    except Exception:  # one broken part costs only itself
        keeper.end(Member(f"attachment {number}", Verdict.UNREADABLE, Reason.DAMAGED))
        return
    _give(keeper, name, data, budget)


def _give(keeper: archive.Keeper, name: str, data: bytes, budget: Budget) -> None:
    path = archive.shown(name)
    if refusal := archive.against_name(name):
        keeper.end(Member(path, Verdict.REFUSED, refusal))
    elif len(data) > budget.bytes:
        keeper.end(Member(path, Verdict.TOO_LARGE, Reason.BUDGET_SPENT))
    else:
        keeper.begin(path)
        for start in range(0, len(data), archive.CHUNK):
            keeper.more(data[start : start + archive.CHUNK])
        keeper.end(Member(path, Verdict.UNPACKED, Reason.NONE, len(data)))
