"""The generated references that belong to no single room: settings, commands and the life of a case, as Markdown."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping

from consilia.cases import states
from consilia.cli.commands import COMMANDS

ENVIRONMENT = "consilia.config.environment"  # a name, not an import: the settings stand above this room


def settings_page() -> str:
    known: Mapping[str, str] = importlib.import_module(ENVIRONMENT).KNOWN
    opening = (
        "# Settings\n\nAll settings are environment variables. A name with `_FILE` at its end gives a file that holds "
        "the value, for secrets. An unknown `CONSILIA_` name stops the start.\n\n"
    )
    return opening + table(("Name", "Meaning"), ((f"`{name}`", meaning) for name, meaning in sorted(known.items())))


def commands_page() -> str:
    rows = ((f"`consilia {command.word}`", command.purpose) for command in COMMANDS if command.there())
    return "# Commands\n\n" + table(("Command", "What it does"), rows)


def states_page() -> str:
    """The table and the diagram of a case's life, from the same rows that the pages print."""
    rows = (
        (
            f"`{state.value}`",
            str(state.label),
            row.turn.value,
            clock(row),
            str(row.patient_sees),
            str(row.now_possible),
            str(row.if_nobody_moves),
        )
        for state, row in states.TABLE.items()
    )
    columns = ("State", "Name", "Whose turn", "Promise", "The patient sees", "Possible now", "If nobody moves")
    return f"# The life of a case\n\n{diagram()}\n\n{table(columns, rows)}"


def clock(row: states.Row) -> str:
    if row.business_days:
        return f"{row.business_days} business day{'s' if row.business_days > 1 else ''}"
    if row.promise:
        return f"{row.promise.total_seconds() / 3600:g} hours"
    return ""


def diagram() -> str:
    """The ways between states; leaving is possible from most states and is left out so that the picture stays clear."""
    leaving = states.ENDS - {states.State.CLOSED}
    ways = [
        f"    {state.value} --> {after.value}"
        for state, allowed in states.ALLOWED.items()
        for after in sorted(allowed - leaving)
    ]
    return "```mermaid\nstateDiagram-v2\n" + "\n".join(ways) + "\n```"


def table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
