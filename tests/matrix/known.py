"""Faults that the matrix has found and that wait for their mend. A line goes when its fault is mended."""

from __future__ import annotations

from tests.matrix.cells import Cell

# A cell that shows the fault -> what is wrong.
KNOWN: dict[Cell, str] = {}


def is_known(cell: Cell) -> bool:
    """True for a cell of the same address, method and target as a known fault."""
    return any((cell.address, cell.method, cell.target) == (one.address, one.method, one.target) for one in KNOWN)
