"""`consilia content examples` prints what people corrected, in words of content alone, to mend those words against."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from consilia.cases import content
from consilia.intake import examples


def run(words: argparse.Namespace) -> int:
    """One line of JSON an example; at the end how many were recognised right, then and by today's words."""
    told = [one for one in examples.told(content.library()) if not words.wrong or one.now != one.kind]
    for one in told:
        print(json.dumps(asdict(one), ensure_ascii=False))
    then, now = (sum(getattr(one, when) == one.kind for one in told) for when in ("recognised", "now"))
    print(f"{len(told)} examples; right when the paper came: {then}, by today's words: {now}.", file=sys.stderr)
    return 0
