"""Writes NOTICE: what is installed with Consilia, by whom, under which licence. `--check` says whether it is stale."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAD = """Consilia
Copyright the authors of Consilia. Licensed under the Apache License, Version 2.0.

Consilia does not copy the packages below into its source; set-up installs them. Its clinical content holds facts
that come with notices of others. Written by script/parts/notice.py.

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


def content_notices() -> list[str]:
    """What the tables of clinical content owe to others: facts that came with a licence of their own."""
    clinical = ROOT / "src/consilia/clinical"
    found = {path: tomllib.loads(path.read_text()).get("notice", "") for path in sorted(clinical.rglob("*.toml"))}
    return [f"{path.relative_to(clinical).as_posix()}: {words}" for path, words in found.items() if words]


def notice() -> str:
    parts = {
        "Python packages": python_packages(),
        "Front-end packages": front_end_packages(),
        "Clinical content (src/consilia/clinical)": content_notices(),
    }
    return HEAD + "\n\n".join("\n".join([title, *lines]) for title, lines in parts.items()) + "\n"


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
