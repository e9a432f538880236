"""`consilia content approvals FOLDER` copies the approvals that were given on the pages, to be committed."""

from __future__ import annotations

import argparse
import sys

from consilia.cases import content
from consilia.clinical import approvals


def run(words: argparse.Namespace) -> int:
    """Writes a file for each approval and withdrawal; what holds nothing is named and not copied."""
    found, faults = approvals.read((content.approvals_folder(),))
    for one in found.found:
        path = words.folder / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(one.toml())
        print(f"{path}: {one.state} by {one.by}")
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    print(f"{len(found.found)} files. Put the folder into one of content as {approvals.FOLDER}/.", file=sys.stderr)
    return 1 if faults else 0
