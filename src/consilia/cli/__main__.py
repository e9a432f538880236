"""`consilia WORD ...` finds the command's file, reads its words and ends with its exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError

from consilia.cli.commands import COMMANDS, Command
from consilia.kernel.refusal import ConsiliaError, Refused


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command; what a person can mend is said in one sentence, anything else is a bug and rises."""
    given = list(sys.argv[1:] if words is None else words)
    offered = {command.word: command for command in COMMANDS if command.there()}
    if not given or given[0] not in offered:
        return explain(offered, given)
    command = offered[given[0]]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consilia.config.settings")
    try:
        if command.tables:
            django.setup()
        module = importlib.import_module(command.module)
        return int(module.run(parser_of(command, module).parse_args(given[1:])))
    except Refused as error:
        return say_why("\n".join(refusal.reason for refusal in error.refusals))
    except (ConsiliaError, ImproperlyConfigured) as error:
        return say_why(str(error))
    except (OperationalError, ProgrammingError) as error:
        return say_why(f"the database cannot be used ({str(error).splitlines()[0]}). consilia doctor says more.")
    except RuntimeError as error:
        if type(error).__name__ != "SettingsError":  # its room stands above this one, so it is known by name
            raise
        return say_why(str(error))


def say_why(reason: str) -> int:
    print(f"consilia: {reason}", file=sys.stderr)
    return 1


def parser_of(command: Command, module: ModuleType) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"consilia {command.word}", description=command.purpose.capitalize() + ".")
    module.configure(parser)
    return parser


def explain(offered: dict[str, Command], given: list[str]) -> int:
    """The list of commands: asked for it is an answer, after a wrong word it is an error."""
    asked = not given or given[0] in {"-h", "--help", "help"}
    if not asked:
        print(f"consilia: there is no command {given[0]!r}.\n", file=sys.stderr)
    print("Usage: consilia COMMAND ...   (consilia COMMAND --help says more)\n")
    for command in offered.values():
        print(f"  {command.word:<9} {command.purpose}")
    return 0 if asked else 2


if __name__ == "__main__":
    sys.exit(main())
