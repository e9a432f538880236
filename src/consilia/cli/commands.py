"""The words of the command line, each with the module that answers to it."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A word of the command line, the module that answers to it, and what it is for."""

    word: str
    purpose: str
    tables: bool = True  # whether its module reads tables, so that Django must be ready before it is imported

    @property
    def module(self) -> str:
        return f"consilia.cli.{self.word}"

    def there(self) -> bool:
        return importlib.util.find_spec(self.module) is not None


# The module of a command offers `configure(parser)` and `run(words) -> exit code`; it is imported when it is asked for.
COMMANDS = (
    Command("serve", "start web and worker on this machine; Ctrl-C stops both", tables=False),
    Command("worker", "run the tasks that web requests leave behind", tables=False),
    Command("dicom", "receive images that archives of hospitals send by C-STORE", tables=False),
    Command("journey", "drive one whole case through a fresh instance and print a table"),
    Command("doctor", "look at this installation and say in plain words what is wrong"),
    Command("audit", "verify the trail of who saw and did what"),
    Command("backup", "write everything into one folder"),
    Command("restore", "fill an empty data folder from a backup", tables=False),
    Command("person", "add a person of the service"),
    Command("content", "check the clinical content, or print it as a book"),
    Command("intake", "read a folder of records without a server and print the case file", tables=False),
    Command("docs", "write the generated references, or check that they are fresh"),
)
