"""`consilia docs` writes the references that are generated from the code; `--check` says which are no longer true."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

OPENING = "<!-- Written by `consilia docs`; do not edit by hand. -->\n\n"
FOLDER = Path("docs/reference")


@dataclass(frozen=True, slots=True)
class Reference:
    """A page of docs/reference and the function, without arguments, that returns its Markdown."""

    page: str
    module: str
    function: str

    def there(self) -> bool:
        """A room offers its page when its first feature is built; one that is not there yet owes none."""
        try:
            return importlib.util.find_spec(self.module) is not None
        except ModuleNotFoundError:
            return False

    def text(self) -> str:
        write: Callable[[], str] = getattr(importlib.import_module(self.module), self.function)
        return OPENING + write().strip() + "\n"


# To add a page: one line here. The function is pure and sorted, so that the page changes only when its subject does.
REFERENCES = (
    Reference("settings.md", "consilia.cli.references", "settings_page"),
    Reference("commands.md", "consilia.cli.references", "commands_page"),
    Reference("states.md", "consilia.cli.references", "states_page"),
    Reference("rights.md", "consilia.web.references", "rights_page"),
    Reference("dicomweb.md", "consilia.web.dicomweb.conformance", "statement"),
    Reference("audit.md", "consilia.audit.references", "kinds_page"),
    Reference("content.md", "consilia.clinical.references", "library_page"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is stale")


def run(words: argparse.Namespace) -> int:
    stale = [reference for reference in REFERENCES if reference.there() and not fresh(reference, write=not words.check)]
    for reference in stale:
        print(f"{FOLDER / reference.page} {'is stale' if words.check else 'written'}")
    if stale and words.check:
        print("Run: consilia docs", file=sys.stderr)
        return 1
    return 0


def fresh(reference: Reference, *, write: bool) -> bool:
    """Whether the page says what the code says; writes it when asked to."""
    path, text = FOLDER / reference.page, reference.text()
    if path.exists() and path.read_text() == text:
        return True
    if write:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return False
