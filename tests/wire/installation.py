"""An installation with a data folder of its own, driven from outside as an operator does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Installation:
    """Runs programs and commands of one data folder, and waits for their end."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder = folder
        self.home = folder / "home"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSILIA_")}
        self.environment |= {
            "CONSILIA_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "consilia.config.settings",
            "PYTHONPATH": str(ROOT / "src"),
        }
        self.use(database)

    def use(self, database: str) -> None:
        if database:
            self.environment["CONSILIA_DATABASE_URL"] = database

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )

    def does(self, program: str) -> str:
        done = self.python("-c", program)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def consilia(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "consilia.cli", *words)
