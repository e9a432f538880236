"""Writes NOTICE: what is installed with Consilia, by whom, under which licence. `--check` says whether it is stale."""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAD = """Consilia
Copyright the authors of Consilia. Licensed under the Apache License, Version 2.0.

Consilia does not copy the works below into its source; set-up installs them. Written by script/parts/notice.py.

"""


def python_packages() -> list[str]:
    """The locked packages of the server, with the licence that each one states."""
    names = re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", (ROOT / "requirements/base.txt").read_text(), re.M)
    lines = []
    for name, version in names:
        try:
            words = metadata.metadata(name)
        except metadata.PackageNotFoundError:  # locked for another platform
            continue
        classifiers = [c.rpartition(" :: ")[2] for c in words.get_all("Classifier", []) if c.startswith("License ::")]
        first_line = (words.get("License") or "").split("\n")[0]
        stated = words.get("License-Expression") or ", ".join(classifiers) or first_line
        lines.append(f"{name} {version}: {stated[:100] or 'see its files'}")
    return lines


def front_end_packages() -> list[str]:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    rows = lock.get("packages", {}).items()
    return sorted(
        f"{path.removeprefix('node_modules/')} {row['version']}: {row.get('license', 'see its files')}"
        for path, row in rows
        if path.startswith("node_modules/") and not row.get("dev")
    )


def notice() -> str:
    python, front_end = python_packages(), front_end_packages()
    return HEAD + "Python packages\n" + "\n".join(python) + "\n\nFront-end packages\n" + "\n".join(front_end) + "\n"


def main() -> int:
    target = ROOT / "NOTICE"
    wanted = notice()
    if target.exists() and target.read_text() == wanted:
        return 0
    if "--check" in sys.argv:
        print("NOTICE is stale. Run: .venv/bin/python script/parts/notice.py")
        return 1
    target.write_text(wanted)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
