"""Identifiers: UUIDv7 keys that sort by time, and secrets that are never keys (trust: nothing sequential in URLs)."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, section 5.7)."""
    return UUID(int=uuid_utils.uuid7().int)


def new_secret() -> str:
    """256 random bits as URL-safe text, 43 characters; only its hash is ever stored."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """SHA-256 in hexadecimal, 64 characters; a 256-bit random needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
