"""Is this PDF one of ours, whole and unchanged? Pure on bytes, so that it can run where strangers' bytes are read.

It imports pyHanko, asn1crypto and cryptography, opens no file and no connection, and answers every input with a value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from asn1crypto import cms, parser  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from consilia.opinions import seal
from consilia.reports.verified import Reason, Verification

OPINION_NAME: Final = "opinion.json"
LARGEST: Final = 64 * 1024 * 1024  # bytes; our own are below one megabyte
_DEEPEST: Final = 16


def verify(pdf: bytes, trust_root: str) -> Verification:
    """Checks the one signature of a PDF against the service's authority (PEM). Never raises for what the PDF holds."""
    if len(pdf) > LARGEST:
        return Verification(False, Reason.TOO_LARGE)
    try:
        return _verify(pdf, _asn1(trust_root))
    except Exception:
        return Verification(False, Reason.UNREADABLE)


def attached(pdf: bytes, name: str = OPINION_NAME) -> bytes | None:
    """The bytes of an attachment, None when there is none of that name. Raises what the reader raises."""
    return _attached(PdfFileReader(BytesIO(pdf), strict=True), name)


def _verify(pdf: bytes, root: asn1_x509.Certificate) -> Verification:
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    signatures = reader.embedded_signatures
    if len(signatures) != 1:
        return Verification(False, Reason.MORE_THAN_ONE_SIGNATURE if signatures else Reason.NOT_SIGNED)
    signed_at = signatures[0].self_reported_timestamp
    reason = _judge(signatures[0], root, signed_at)
    opinion = _attached(reader, OPINION_NAME)
    if reason is Reason.INTACT and opinion is None:
        reason = Reason.NO_OPINION_INSIDE
    sha256 = hashlib.sha256(opinion).hexdigest() if opinion is not None else None
    return Verification(
        intact=reason is Reason.INTACT,
        reason=reason,
        signed_by=signatures[0].signer_cert.subject.native.get("common_name"),
        signed_at=signed_at,
        sha256=sha256,
        check_code=seal.check_code(sha256) if sha256 else None,
    )


def _judge(signature: Any, root: asn1_x509.Certificate, signed_at: datetime | None) -> Reason:
    context = ValidationContext(trust_roots=[root], moment=signed_at, allow_fetching=False)
    status = validate_pdf_signature(signature, signer_validation_context=context)
    if not (status.intact and status.valid):
        return Reason.CHANGED
    if not _is_plain(signature):
        return Reason.CHANGED
    # Nothing may follow the signature: later words are documents of their own, never additions to this file.
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        return Reason.CHANGED_AFTERWARDS
    return Reason.INTACT if status.trusted else Reason.OTHER_SIGNER


def _is_plain(signature: Any) -> bool:
    """The place of the signature holds what signing wrote there: capital hexadecimal letters, then zeros.

    No signature covers its own place, and a reader takes "a" for "A" or any padding: a changed byte would go unseen.
    """
    first, length, second, _rest = (int(number) for number in signature.byte_range)
    stream = signature.reader.stream
    stream.seek(first + length)
    place = stream.read(second - first - length)
    held = signature.pkcs7_content.hex().upper().encode()
    return place[:1] == b"<" and place[-1:] == b">" and place[1:-1] == held and _is_whole(signature.pkcs7_content)


def _is_whole(content: bytes) -> bool:
    _class, _method, _tag, header, body, trailer = parser.parse(content)
    length = len(header) + len(body) + len(trailer)
    made = cms.ContentInfo.load(content[:length])
    return made.dump(force=True) == content[:length] and not any(content[length:]) and _is_usual(made["content"])


def _is_usual(made: Any) -> bool:
    # RFC 5652, 5.1 and 5.3: neither versions nor digests nor the name of the issuer are covered by the signature, and
    # names are compared without regard to small and capital letters.
    signers, certificates = made["signer_infos"], made["certificates"]
    digests = made["digest_algorithms"].native
    if len(signers) != 1 or len(certificates) != 1 or digests != [{"algorithm": "sha256", "parameters": None}]:
        return False
    named = signers[0]["sid"].chosen["issuer"].dump() == certificates[0].chosen.issuer.dump()
    return bool(named and made["version"].native == signers[0]["version"].native == "v1")


def _attached(reader: PdfFileReader, name: str) -> bytes | None:
    tree = reader.root.get("/Names", {}).get("/EmbeddedFiles")
    for label, file in _leaves(tree, 0) if tree is not None else ():
        if str(label) == name:
            return bytes(file["/EF"]["/F"].data)
    return None


def _leaves(node: Any, depth: int) -> Iterator[tuple[Any, Any]]:
    if depth > _DEEPEST:
        return
    names = node.get("/Names", [])
    for position in range(0, len(names) - 1, 2):
        yield names[position], names[position + 1]
    for kid in node.get("/Kids", []):
        yield from _leaves(kid, depth + 1)


def _asn1(pem: str) -> asn1_x509.Certificate:
    certificate = x509.load_pem_x509_certificate(pem.encode())
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
