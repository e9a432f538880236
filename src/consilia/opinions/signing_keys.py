"""The key of an expert for canonical bytes: made at the first signature, its private half encrypted in the vault."""

from __future__ import annotations

from datetime import datetime

from consilia.experts.models import Expert
from consilia.opinions import seal
from consilia.opinions.models import SigningKey
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries


def private_key(expert: Expert, at: datetime) -> bytes:
    """The raw Ed25519 private key (32 bytes) of the expert; made when there is none. Call it inside a transaction."""
    row = SigningKey.objects.select_for_update().filter(expert=expert, revoked_at=None).first()
    if row is None:
        row = _make(expert, at)
    with vault_queries.open_object(expert.pk, row.private_sha256) as stored:
        return stored.whole()


def _make(expert: Expert, at: datetime) -> SigningKey:
    key = seal.new_key()
    stored = vault.put(expert.pk, [key])  # in the vault an expert has a data key of her own, like a case
    return SigningKey.objects.create(
        expert=expert, public_key=seal.public_key(key), private_sha256=stored.sha256, made_at=at
    )


def is_known(public_key: str) -> bool:
    """True for a key that this service has given to one of its experts."""
    return SigningKey.objects.filter(public_key=public_key).exists()
