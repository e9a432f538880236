"""Line: the socket of an association, read in pieces that are worth a system call.

pynetdicom 3.0 reads 4096 bytes a call, 130 calls for one slice, and gives the interpreter away at each.
"""

from __future__ import annotations

import socket
from functools import partial
from typing import Final

from pynetdicom.events import Event

PIECE: Final = 1 << 20  # bytes; what a PDU announces is not believed beyond it


def received(plain: socket.socket, count: int) -> bytearray:
    """Waits until so many bytes have come; fewer when the connection ends. Raises OSError."""
    found = bytearray()
    while len(found) < count:
        piece = plain.recv(min(count - len(found), PIECE))
        if not piece:
            break
        found += piece
    return found


def opened(event: Event) -> None:
    """The handler of a new connection; an answer of a few bytes is sent at once."""
    line = event.assoc.dul.socket
    line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.recv = partial(received, line.socket)
