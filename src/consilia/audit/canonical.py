"""Canonical form of an event and its hash: the same bytes on every machine, so that one changed letter shows.

RFC 8785 (JSON canonicalisation) over the fields of the event; SHA-256 over that. The hash of each event holds the
hash of the one before it in its chain, therefore whoever changes one has to change all that follow, and the signed
checkpoints outside the database still know the old ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import rfc8785

FIRST: Final = "0" * 64
SERVICE_CHAIN: Final = "service"

FIELDS: Final = (
    "id",
    "chain",
    "sequence",
    "at",
    "kind",
    "actor_id",
    "role",
    "via",
    "request_id",
    "case_id",
    "patient_id",
    "entity_type",
    "entity_id",
    "purpose",
    "outcome",
    "detail",
    "previous",
)

Value = str | int | None | UUID | datetime | Mapping[str, str]


def digest(fields: Mapping[str, Value]) -> str:
    """SHA-256 (64 hexadecimal characters) of the fields named in FIELDS. Raises KeyError when one is missing."""
    return hashlib.sha256(rfc8785.dumps({name: _plain(fields[name]) for name in FIELDS})).hexdigest()


def _plain(value: Value) -> str | int | dict[str, str] | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    return dict(value) if isinstance(value, Mapping) else value
