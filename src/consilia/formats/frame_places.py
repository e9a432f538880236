"""Where each frame of an image lies in its file, so that serving one is one read and no parser. Pure.

Source: DICOM PS3.5 section 8.1.1 and annex A.4 (native and encapsulated pixel data), PS3.3 C.7.6.3.1.8.
"""

from __future__ import annotations

import itertools

from consilia.formats.dicom_shape import DEFLATED, Shape

Place = tuple[int, int]  # offset and length in bytes


def native(shape: Shape, *, frame_bits: int, frames: int) -> tuple[tuple[Place, ...], ...]:
    """One place a frame of uncompressed pixel data; empty where frames do not begin at whole bytes.

    `frame_bits` = rows x columns x samples x bits allocated. Of a deflated file nothing lies in the stored bytes.
    """
    if shape.transfer_syntax == DEFLATED or not shape.pixel_bytes or frame_bits <= 0 or frames < 1:
        return ()
    if frame_bits % 8 and frames > 1:
        return ()
    length = (frame_bits + 7) // 8
    start = shape.pixels[0][0]
    if length * frames > shape.pixel_bytes:
        return ()
    return tuple(((start + number * length, length),) for number in range(frames))


def encapsulated(shape: Shape, *, frames: int) -> tuple[tuple[Place, ...], ...]:
    """The fragments of each frame of compressed pixel data; empty where nobody can tell to which they belong."""
    fragments = shape.pixels
    if shape.transfer_syntax == DEFLATED or shape.pixel_bytes or not fragments or frames < 1:
        return ()
    if frames == 1:
        return (fragments,)
    if len(fragments) == frames:
        return tuple((place,) for place in fragments)
    return _by_table(shape, frames)


def _by_table(shape: Shape, frames: int) -> tuple[tuple[Place, ...], ...]:
    """Offsets count from the first byte of the first fragment's item, 8 bytes before its value."""
    table, fragments = shape.offset_table, shape.pixels
    if len(table) != frames or table[0] != 0 or any(one >= after for one, after in itertools.pairwise(table)):
        return ()
    base = fragments[0][0] - 8
    starts = {base + offset for offset in table}
    if not starts <= {start - 8 for start, _length in fragments}:
        return ()
    found: list[list[Place]] = []
    for start, length in fragments:
        if start - 8 in starts:
            found.append([])
        found[-1].append((start, length))
    return tuple(tuple(places) for places in found)
