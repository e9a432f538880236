"""Object format: AES-256-GCM segments that can be read at random, and in which no cut, swap or mix goes unseen.

Layout: header (32 bytes) | sealed segment 0 .. n-1 | seal (80 bytes).
  header    magic 8, version 1, kind 1, two zero bytes, segment size 4 (big endian), object id 16
  segment   nonce 12, ciphertext (segment size bytes, the last one 0 .. segment size), tag 16
  seal      nonce 12, ciphertext of (name 32, size 8, segments 8, 4 zero bytes), tag 16
Associated data of each: case id 16, header 32, index 8, flag 1 (body, last, state, seal). The header is thereby
authenticated with every segment. `name` of the seal is the SHA-256 that the object is filed under, so that two
objects of one case cannot be exchanged even for a reader who wants only one range.
Nonces are random: NIST SP 800-38D, 8.3 allows 2^32 per key, that is 256 TiB a case with 64 KiB segments.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from consilia.vault.errors import Damaged

MAGIC: Final = b"CONSILIA"
VERSION: Final = 1
SMALLEST, LARGEST = 64 * 1024, 1024 * 1024
USUAL: Final = 64 * 1024
NONCE, TAG = 12, 16
OVERHEAD: Final = NONCE + TAG

_HEADER = struct.Struct(">8sBB2xI16s")
_BOUND = struct.Struct(">16s32sQB")
_SEAL = struct.Struct(">32sQQ4x")
HEADER_SIZE: Final = _HEADER.size
SEAL_SIZE: Final = _SEAL.size + OVERHEAD

ORIGINAL, DERIVED = 0, 1
BODY, LAST, STATE, SEAL = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Header:
    """The first 32 bytes of an object: kind (ORIGINAL or DERIVED), segment size in bytes, object id (16 bytes)."""

    kind: int
    segment_size: int
    object_id: bytes

    def packed(self) -> bytes:
        return _HEADER.pack(MAGIC, VERSION, self.kind, self.segment_size, self.object_id)

    @classmethod
    def unpacked(cls, raw: bytes) -> Header:
        """Raises Damaged for anything that we did not write."""
        if len(raw) != HEADER_SIZE:
            raise Damaged("the header is cut")
        magic, version, kind, segment_size, object_id = _HEADER.unpack(raw)
        header = cls(kind, segment_size, object_id)
        known = magic == MAGIC and version == VERSION and kind in (ORIGINAL, DERIVED)
        if not known or not SMALLEST <= segment_size <= LARGEST or header.packed() != raw:
            raise Damaged("the header is not one of ours")
        return header


def new_header(kind: int, segment_size: int = USUAL) -> Header:
    return Header(kind, segment_size, os.urandom(16))


@dataclass(frozen=True, slots=True)
class Seal:
    """What an object says about itself: file name (32 bytes), plaintext size in bytes, number of segments."""

    name: bytes
    size: int
    segments: int


class Cipher:
    """Seals and opens the parts of one object under the data key (32 bytes) of its case."""

    __slots__ = ("_aead", "_case", "_head", "header")

    def __init__(self, key: bytes, case_id: UUID, header: Header) -> None:
        self.header = header
        self._aead = AESGCM(key)
        self._case = case_id.bytes
        self._head = header.packed()

    def _bound(self, index: int, flag: int) -> bytes:
        return _BOUND.pack(self._case, self._head, index, flag)

    def seal(self, plain: bytes | memoryview, index: int, flag: int) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._aead.encrypt(nonce, plain, self._bound(index, flag))

    def open(self, sealed: bytes | memoryview, index: int, flag: int) -> bytes:
        """Raises Damaged when one bit, the place, the case or the object is another than when it was sealed."""
        try:
            return self._aead.decrypt(bytes(sealed[:NONCE]), sealed[NONCE:], self._bound(index, flag))
        except (InvalidTag, ValueError) as error:
            raise Damaged(f"part {index} does not verify") from error

    def seal_end(self, name: bytes, size: int) -> bytes:
        return self.seal(_SEAL.pack(name, size, segments_of(size, self.header.segment_size)), 0, SEAL)

    def open_end(self, sealed: bytes) -> Seal:
        return Seal(*_SEAL.unpack(self.open(sealed, 0, SEAL)))


def segments_of(size: int, segment_size: int) -> int:
    """Number of segments of a plaintext of `size` bytes; an empty one has one empty segment."""
    return max(1, -(-size // segment_size))


def position(index: int, segment_size: int) -> int:
    """Where sealed segment `index` begins in the file, in bytes."""
    return HEADER_SIZE + index * (segment_size + OVERHEAD)


def file_size(size: int, segment_size: int) -> int:
    """Length of the whole file for a plaintext of `size` bytes."""
    return HEADER_SIZE + segments_of(size, segment_size) * OVERHEAD + size + SEAL_SIZE


def cut(tail: bytes, chunk: bytes | memoryview, segment_size: int) -> tuple[list[memoryview], bytes]:
    """Full segments that certainly have a successor, and the bytes (0 .. segment size) that remain.

    A full segment is held back until another byte comes, because the last one is sealed with its own flag.
    """
    data = memoryview(b"".join((tail, chunk)))
    full = max(0, (len(data) - 1) // segment_size)
    parts = [data[number * segment_size : (number + 1) * segment_size] for number in range(full)]
    return parts, bytes(data[full * segment_size :])


ReadAt = Callable[[int, int], bytes]


class Reader:
    """Random access to one sealed object; every byte it returns has been authenticated.

    `read_at(offset, length)` returns ciphertext. Raises Damaged on opening when header, seal, name or length
    do not fit together, and on reading when a segment does not verify.
    """

    __slots__ = ("_cipher", "_kept", "_kept_index", "_read_at", "_segments", "_step", "name", "size")

    def __init__(self, read_at: ReadAt, length: int, key: bytes, case_id: UUID, kind: int, name: bytes) -> None:
        header = Header.unpacked(read_at(0, HEADER_SIZE))
        self._cipher = Cipher(key, case_id, header)
        self._read_at, self._step = read_at, header.segment_size
        seal = self._cipher.open_end(read_at(max(0, length - SEAL_SIZE), SEAL_SIZE))
        if header.kind != kind or seal.name != name:
            raise Damaged("another object lies under this name")
        if length != file_size(seal.size, self._step) or seal.segments != segments_of(seal.size, self._step):
            raise Damaged("the file is longer or shorter than it was")
        self.name, self.size, self._segments = name, seal.size, seal.segments
        self._kept_index, self._kept = -1, b""

    def read(self, offset: int, length: int) -> bytes:
        """Plaintext from `offset`, at most `length` bytes, shorter at the end, empty beyond it."""
        end = min(self.size, offset + length)
        if offset < 0 or offset >= end:
            return b""
        first, last = offset // self._step, (end - 1) // self._step
        plain = b"".join(self._opened(first, last))
        start = offset - first * self._step
        return plain[start : start + end - offset] if start or len(plain) != end - offset else plain

    def chunks(self, segments: int = 16) -> Iterator[bytes]:
        """The whole plaintext in order, `segments` segments at a time; an empty object gives nothing."""
        for first in range(0, self._segments, segments):
            plain = b"".join(self._opened(first, min(first + segments, self._segments) - 1))
            if plain:
                yield plain

    def _opened(self, first: int, last: int) -> list[bytes]:
        if first == last == self._kept_index:
            return [self._kept]
        raw = memoryview(self._read_at(position(first, self._step), self._extent(first, last)))
        parts, step = [], self._step + OVERHEAD
        for index in range(first, last + 1):
            begin = (index - first) * step
            flag = LAST if index == self._segments - 1 else BODY
            parts.append(self._cipher.open(raw[begin : begin + step], index, flag))
        self._kept_index, self._kept = last, parts[-1]  # parsers read in small steps: keep the segment at hand
        return parts

    def _extent(self, first: int, last: int) -> int:
        end = position(last, self._step) + OVERHEAD + min(self._step, self.size - last * self._step)
        return end - position(first, self._step)
