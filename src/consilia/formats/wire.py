"""Wire: how the nursery and those who ask it speak; requests with open files over a socket, answers over a pipe.

A request is one datagram of JSON with descriptors (SCM_RIGHTS). The answer comes from the child through a pipe that
the asker made, as frames: 4 bytes length of a JSON header, 4 bytes length of a blob, header, blob. Nobody trusts the
child: lengths are bounded before anything is read, and values are validated by the asker.
"""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from collections.abc import Sequence
from typing import Any, Final

from consilia.formats.limits import LIMITS

LENGTHS: Final = struct.Struct("!II")
REQUEST_BYTES: Final = 180_000
DESCRIPTORS: Final = 253  # SCM_MAX_FD of the kernel


def send(channel: socket.socket, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
    """One message; raises OSError when the other side is gone."""
    data = json.dumps(message).encode()
    if len(data) > REQUEST_BYTES:
        raise ValueError("request too long")
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    channel.sendmsg([data], rights)


def receive(channel: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """The next message and its descriptors; (None, []) at the end."""
    space = socket.CMSG_SPACE(DESCRIPTORS * array.array("i").itemsize)
    data, ancillary, _flags, _address = channel.recvmsg(REQUEST_BYTES, space)
    descriptors = array.array("i")
    for level, kind, payload in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(payload[: len(payload) - len(payload) % descriptors.itemsize])
    return (json.loads(data) if data else None), list(descriptors)


def write_frame(descriptor: int, header: bytes, blob: bytes | memoryview = b"") -> None:
    """One frame, whole."""
    for part in (LENGTHS.pack(len(header), len(blob)), header, blob):
        left = memoryview(part)
        while left:
            left = left[os.write(descriptor, left) :]


class Broken(Exception):
    """The child's answer cannot be used."""


def _exactly(descriptor: int, count: int) -> bytes:
    parts = []
    while count:
        part = os.read(descriptor, min(count, 1 << 20))
        if not part:
            raise Broken("ended")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_frame(descriptor: int) -> tuple[bytes, bytes] | None:
    """The next frame (header, blob), None at the end; raises Broken."""
    first = os.read(descriptor, 1)
    if not first:
        return None
    header, blob = LENGTHS.unpack(first + _exactly(descriptor, LENGTHS.size - 1))
    if header > LIMITS.reading_bytes or blob > max(LIMITS.picture_bytes, LIMITS.frame_bytes):
        raise Broken("too large")
    return _exactly(descriptor, header), _exactly(descriptor, blob)
