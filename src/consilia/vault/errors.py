"""Errors of the vault: each says what a caller can do about it; none carries content."""

from __future__ import annotations

from consilia.kernel.refusal import NotFound


class VaultError(Exception):
    """Base of what can go wrong between bytes and disk."""


class VaultFull(VaultError):
    """The disk (or the quota) is full; nothing acknowledged is lost and nothing is torn. Ask for space, then retry."""


class VaultBusy(VaultError):
    """Another process is writing to the same staged upload; retry shortly."""


class WrongOffset(VaultError):
    """The bytes offered do not begin where the durable bytes end; `durable` says where to continue."""

    def __init__(self, durable: int) -> None:
        super().__init__(f"the durable offset is {durable}")
        self.durable = durable


class Damaged(VaultError):
    """Stored bytes are not the bytes that were given: flipped, cut, reordered or swapped. They are never served."""


class Absent(NotFound, VaultError):
    """No such object, staged upload or key."""


class Erased(Absent):
    """The case has been erased; its key is gone for good."""
