"""Packs: content under a licence of its own, one folder each, that an operator can take away or switch off.

Everything works without a pack; the answers that would come from it are then unknown.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

FOLDER = Path(__file__).parent / "packs"

NAMES = ("aware",)
"""Every pack that there can be, whether its folder is there or not."""


def folders(without: Collection[str] = ()) -> tuple[Path, ...]:
    """The folders of the packs that are there and not switched off."""
    return tuple(FOLDER / name for name in NAMES if name not in without and (FOLDER / name).is_dir())
