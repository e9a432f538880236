"""Health card: opens SMART Health Cards (a FHIR bundle in a signed token) and names SMART Health Links.

The signature is not checked here: its key lies with the issuer on the network. What is shown says so. A link is
never followed. Source: SMART Health Cards Framework 1.4 (compact JWS, DEFLATE), SMART Health Links.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from typing import Any, Final

from consilia.formats.limits import LIMITS
from consilia.formats.verdicts import Reason, Unreadable, Verdict

CARD: Final = "application/smart-health-card"
TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")
NUMERIC: Final = re.compile(r"shc:/(?:\d+/\d+/)?((?:\d\d){20,})")
LINK: Final = re.compile(r"shlink:/[A-Za-z0-9_-]{20,}")
OFFSET: Final = 45  # of the numeric form: each pair of digits is a letter's code less 45


def tokens_in(words: str) -> list[str]:
    """Compact tokens of a text: plain, or in the numeric form of QR codes."""
    digits = [match[1] for match in NUMERIC.finditer(words)]
    spelled = ["".join(chr(int(pairs[at : at + 2]) + OFFSET) for at in range(0, len(pairs) - 1, 2)) for pairs in digits]
    return spelled or TOKEN.findall(words)


def tokens_of(value: Any) -> list[str]:
    """Tokens of a card file ({"verifiableCredential": [...]}) or of a FHIR Parameters resource."""
    if not isinstance(value, dict):
        return []
    found = value.get("verifiableCredential")
    items = found if isinstance(found, list) else []
    parameters = value.get("parameter")
    for parameter in parameters if isinstance(parameters, list) else []:
        if isinstance(parameter, dict) and parameter.get("name") == "verifiableCredential":
            items = [*items, parameter.get("valueString")]
    return [item for item in items if isinstance(item, str) and TOKEN.fullmatch(item)]


def payload_of(token: str) -> bytes:
    """The JSON inside a token, inflated under a limit; raises Unreadable."""
    body = token.split(".")[1]
    try:
        data = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except (binascii.Error, ValueError) as error:
        raise Unreadable(Verdict.UNREADABLE, Reason.DAMAGED) from error
    if data[:1] in {b"{", b"["}:
        return data
    inflater = zlib.decompressobj(-15)
    try:
        plain = inflater.decompress(data, LIMITS.card_bytes)
    except zlib.error as error:
        raise Unreadable(Verdict.UNREADABLE, Reason.DAMAGED) from error
    if inflater.unconsumed_tail:
        raise Unreadable(Verdict.BOMB, Reason.RATIO)
    if not inflater.eof:
        raise Unreadable(Verdict.TRUNCATED, Reason.CUT_OFF)
    return plain


def bundle_of(credential: Any) -> tuple[str, dict[str, Any] | None]:
    """(issuer, FHIR bundle) of a parsed payload."""
    issuer = credential.get("iss") if isinstance(credential, dict) else ""
    inner = credential.get("vc") if isinstance(credential, dict) else None
    subject = inner.get("credentialSubject") if isinstance(inner, dict) else None
    bundle = subject.get("fhirBundle") if isinstance(subject, dict) else None
    return (issuer if isinstance(issuer, str) else ""), bundle if isinstance(bundle, dict) else None
