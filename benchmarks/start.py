"""How long a second start of the server takes, beside the least that Django itself takes on this machine.

    python benchmarks/start.py [ROUNDS]

Starts `consilia serve` in a data folder of its own: the first time with the demo, then ROUNDS times again, and once
`django.setup()` alone before each. Prints `name value goal number`: seconds until ready, and their ratio.
"""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL, RATIO = 5.0, 10.0  # seconds until a second start is ready; times `django.setup()`
READY = "Consilia is ready"


def environment(home: str) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    own = {"CONSILIA_HOME": home, "CONSILIA_PORT": port, "DJANGO_SETTINGS_MODULE": "consilia.config.settings"}
    return {**os.environ, **own, "CONSILIA_SETUP": "base", "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}


def started(given: dict[str, str]) -> float:
    """Seconds from the call of `script/server` until it says that it is ready; it is stopped again."""
    begun = time.monotonic()
    server = subprocess.Popen(["script/server"], cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        if not any(READY in line for line in server.stdout):
            raise SystemExit("the server did not become ready")
        return time.monotonic() - begun
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate()


def least(given: dict[str, str]) -> float:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", "import django; django.setup()"], env=given, check=True)
    return time.monotonic() - begun


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory(prefix="consilia-start-") as home:
        given = environment(home)
        first = started(given)
        pairs = [(least(given), started(given)) for _round in range(rounds)]
    second = statistics.median(again for _least, again in pairs)
    ratio = statistics.median(again / alone for alone, again in pairs)
    print(f"# the first start, with the demo: {first:.1f} s")
    print(f"start_seconds {second:.2f} goal {GOAL:g}{'' if second <= GOAL else '   OVER'}")
    print(f"start_to_django {ratio:.2f} goal {RATIO:g}{'' if ratio <= RATIO else '   OVER'}")
    return int(second > GOAL or ratio > RATIO)


if __name__ == "__main__":
    raise SystemExit(main())
