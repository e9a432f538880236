"""The seal: one sequence of bytes for a signed document, its hash, the expert's signature over it, its check code.

Bytes: RFC 8785 (JSON canonicalisation) of the whole document. Hash: SHA-256. Signature: Ed25519 (RFC 8032) over the
bytes. Nothing here stores a key or asks the time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Literal

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, Field, StringConstraints, TypeAdapter, ValidationError

from consilia.opinions.content import Answer, OpinionContent, Part, Short, Source, Text, Words

CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_BITS: Final = 60
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Day = Annotated[str, StringConstraints(pattern=r"^$|^[0-9]{4}(-[0-9]{2}){0,2}$")]  # a record may know only its year


class PatientBlock(Part):
    """Who it is about; stands on the patient's copy. `identifier` is the service's own number, not a national one."""

    name: Short
    born: Day = ""
    sex: Short = ""
    identifier: Short = ""
    country: Country | None = None


class Header(Part):
    """Part 1. `zone` is the IANA zone in which times are printed; `language` is the language of authority."""

    number: Short
    version: Annotated[int, Field(ge=1)] = 1
    case: Short
    language: Language
    records_until: AwareDatetime
    signed_at: AwareDatetime
    valid_until: Day
    zone: Short = "UTC"
    patient: PatientBlock
    emergency_number: Short


class Scope(Part):
    """Part 2, sentences of the content library: `asked` is the case's own, `contact` whom to call if it gets worse."""

    asked: Text
    remote: Words
    emergency: Words
    law: Words
    medicines: Words
    referral: Words
    contact: Words


class Reviewed(Part):
    """Part 3: one record, in the order of its number; `opened` None = it holds no images."""

    number: Annotated[int, Field(ge=1)]
    record_id: Short
    kind: Short
    title: Short
    date: Day = ""
    origin: Short = ""
    opened: bool | None = None
    opened_words: Short = ""
    language: Language | None = None
    translation: Short = ""
    limits: Short = ""


class Missing(Part):
    """Part 3: what was not there, and what follows from that."""

    what: Words
    follows: Text = ""


class Credentials(Part):
    """Part 16: the expert on the day of signing, as verified."""

    name: Words
    speciality: Short
    country: Country
    authority: Short
    licence_number: Short
    register_name: Short = ""
    checked_on: Day = ""
    valid_until: Day = ""
    yearly_volume: Short = ""
    words: Text = ""


class Clause(Part):
    """A clause of the content library by id, version and hash, as it was applied."""

    id: Short
    version: Annotated[int, Field(ge=1)]
    sha256: Sha256 | None = None


class SealedDocument(Part):
    """A signed opinion: all that its renderings may show, and nothing else."""

    kind: Literal["opinion"] = "opinion"
    schema_version: Literal[1] = 1
    template_version: Short
    header: Header
    scope: Scope
    records: tuple[Reviewed, ...] = Field(min_length=1)
    missing: tuple[Missing, ...] = ()
    content: OpinionContent
    credentials: Credentials
    law: tuple[Clause, ...] = Field(min_length=1)
    method: Short = ""  # how the expert confirmed: "totp", "webauthn"


class SealedAddendum(Part):
    """Later words (`addendum`) or the end of an opinion (`withdrawal`): a new document that names the one before it.

    opinion: hash of the opinion; previous: hash of the document before in the chain, the opinion or an addendum.
    """

    kind: Literal["addendum", "withdrawal"]
    schema_version: Literal[1] = 1
    template_version: Short
    header: Header
    sequence: Annotated[int, Field(ge=1)]
    opinion: Sha256
    previous: Sha256
    reason: Words
    words: Words
    answers: tuple[Answer, ...] = ()
    sources: tuple[Source, ...] = ()
    scope: Scope
    credentials: Credentials
    law: tuple[Clause, ...] = Field(min_length=1)
    method: Short = ""


Document = SealedDocument | SealedAddendum
_DOCUMENT: TypeAdapter[Document] = TypeAdapter(Annotated[Document, Field(discriminator="kind")])


@dataclass(frozen=True, slots=True)
class Seal:
    """Beside the bytes: `sha256` in hexadecimal, `signature` and `public_key` in base64, the code for people."""

    sha256: str
    signature: str
    public_key: str
    check_code: str


class Fault(StrEnum):
    BYTES_CHANGED = "bytes_changed"
    SIGNATURE_WRONG = "signature_wrong"
    OTHER_KEY = "other_key"
    NOT_CANONICAL = "not_canonical"
    CODE_WRONG = "code_wrong"


class Unreadable(ValueError):
    """Bytes that are no document of this kind."""


def canonical(document: Document) -> bytes:
    """The bytes that are hashed, signed and kept (RFC 8785, UTF-8)."""
    return bytes(rfc8785.dumps(document.model_dump(mode="json")))


def read(data: bytes) -> Document:
    """The document of canonical bytes. Raises Unreadable."""
    try:
        return _DOCUMENT.validate_json(data)
    except ValidationError as error:
        raise Unreadable(f"{error.error_count()} fields are not those of a sealed document") from None


def seal(data: bytes, private_key: bytes) -> Seal:
    """Signs canonical bytes with a raw Ed25519 key (32 bytes)."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    sha256 = hashlib.sha256(data).hexdigest()
    return Seal(
        sha256=sha256,
        signature=base64.b64encode(key.sign(data)).decode(),
        public_key=public_key(private_key),
        check_code=check_code(sha256),
    )


def verify(data: bytes, given: Seal, *, expected_key: str | None = None) -> Fault | None:
    """None when bytes, hash, signature and code belong together, and the key is the one expected, if one is given."""
    if hashlib.sha256(data).hexdigest() != given.sha256:
        return Fault.BYTES_CHANGED
    if expected_key is not None and given.public_key != expected_key:
        return Fault.OTHER_KEY
    if not _is_signed(data, given):
        return Fault.SIGNATURE_WRONG
    if given.check_code != check_code(given.sha256):
        return Fault.CODE_WRONG
    return None if _is_canonical(data) else Fault.NOT_CANONICAL


def new_key() -> bytes:
    """A new raw Ed25519 private key, 32 bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key(private_key: bytes) -> str:
    """The public half of a raw private key, base64 of 32 bytes."""
    key = Ed25519PrivateKey.from_private_bytes(private_key).public_key()
    return base64.b64encode(key.public_bytes_raw()).decode()


def check_code(sha256: str) -> str:
    """The first 60 bits of the hash for people to type: "7KQ4-M2XR-90TD" (Crockford's base 32, no I, L, O, U)."""
    number = int(sha256, 16) >> (256 - CODE_BITS)
    letters = "".join(CROCKFORD[(number >> shift) & 31] for shift in range(CODE_BITS - 5, -1, -5))
    return "-".join((letters[0:4], letters[4:8], letters[8:12]))


def read_check_code(typed: str) -> str | None:
    """A code as a person typed it, put right (small letters, O for 0, I and L for 1); None when it is none."""
    letters = "".join(typed.upper().split()).replace("-", "").translate(str.maketrans("OIL", "011"))
    if len(letters) != CODE_BITS // 5 or set(letters) - set(CROCKFORD):
        return None
    return "-".join((letters[0:4], letters[4:8], letters[8:12]))


def _is_signed(data: bytes, given: Seal) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(given.public_key, validate=True))
        key.verify(base64.b64decode(given.signature, validate=True), data)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _is_canonical(data: bytes) -> bool:
    try:
        return canonical(read(data)) == data
    except Unreadable:
        return False
