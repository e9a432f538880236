"""A supervisor of two toy programs, for the tests: words are the folder for its notes."""

from __future__ import annotations

import sys
from pathlib import Path

from consilia.cli.child import Program
from consilia.cli.lock import Lock
from consilia.cli.supervisor import Supervisor


def main() -> int:
    folder = Path(sys.argv[1])
    programs = tuple(Program(name, "tests.wire.toy_program", (str(folder / name),)) for name in ("one", "two"))
    supervisor = Supervisor(programs, Lock(folder).note)
    supervisor.heed_signals()
    return supervisor.run(
        ready=lambda: all((folder / name).exists() for name in ("one", "two")),
        when_ready=(folder / "ready").touch,
    )


if __name__ == "__main__":
    sys.exit(main())
