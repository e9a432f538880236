"""Proof: every hostile file over real HTTP into a fresh installation: a verdict each, none lost, none harmful."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.wire import upload_place
from tests.wire.upload_place import Place, kill

PATIENCE = 1800.0  # seconds for the worker to read them all; 8 minutes on two quiet cores
GROWTH = 30  # MB by which the web process may grow
STANDS = """
import json, django
django.setup()
from consilia.intake.models import Upload
from consilia.jobs import queries as jobs
from consilia.records.models import Original
rows = list(Original.objects.values_list("standing", "reason"))
own = {str(u.pk): u.sha256 for u in Upload.objects.all()}
lost = [u.path for u in Upload.objects.all() if not Original.objects.filter(upload_id=u.pk, path=u.path).exists()]
print(json.dumps({"states": list(Upload.objects.values_list("state", flat=True)), "rows": rows, "own": own,
    "lost": lost, "dead": len(jobs.dead())}))
"""

WHOLE = """
import hashlib, json, django
django.setup()
from consilia.records.models import Original
from consilia.vault import queries as vault
rows = Original.objects.exclude(sha256="").values_list("case_id", "sha256").distinct()
print(json.dumps([hashlib.sha256(vault.open_object(case, own).whole()).hexdigest() for case, own in rows]))
"""


def main() -> list[str]:
    """Runs on an installation of its own; needs the folder of hostile files (CONSILIA_TEST_DATA)."""
    folder = Path(os.environ.get("CONSILIA_TEST_DATA", "")) / "badinput"
    if not folder.is_dir():
        return ["FAILED: CONSILIA_TEST_DATA names no folder of hostile files"]
    with tempfile.TemporaryDirectory(prefix="consilia-hostile-") as home:
        return run(upload_place.fresh(Path(home)), sorted(path for path in folder.rglob("*") if path.is_file()))


def run(place: Place, paths: list[Path]) -> list[str]:
    web, worker = place.web(), place.start("consilia.worker")
    began = time.monotonic()
    try:
        before = megabytes(web)
        answers, hashes = send(place, paths)
        after = megabytes(web)
        found = settled(place)
    finally:
        kill(web)
        kill(worker)  # by now it has nothing to do; if it has, the figure says so
    return told(place, answers, hashes, found, after - before, time.monotonic() - began)


def send(place: Place, paths: list[Path]) -> tuple[Counter[int], Counter[str]]:
    """Each file with its announcement in one request; the answers, and the hashes of what was sent."""
    answers: Counter[int] = Counter()
    hashes: Counter[str] = Counter()
    for path in paths:
        content = path.read_bytes()
        name = base64.b64encode(str(path.name).encode()).decode()
        status, _headers = place.ask(
            "POST",
            f"/patient/cases/{place.case}/records/uploads/",
            content,
            Content_Type="application/offset+octet-stream",
            Upload_Length=str(len(content)),
            Upload_Metadata=f"filename {name}",
        )
        answers[status] += 1
        hashes[hashlib.sha256(content).hexdigest()] += 1
    return answers, hashes


def settled(place: Place) -> dict[str, list[object]]:
    """What stands once nothing waits any more, or once patience is at its end."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found: dict[str, list[object]] = json.loads(place.installation.does(STANDS))
        if "quarantined" not in found["states"] or time.monotonic() > deadline:
            return found
        time.sleep(3)


def told(
    place: Place, answers: Counter[int], hashes: Counter[str], found: dict, growth: int, seconds: float
) -> list[str]:  # fmt: skip
    kept = Counter(found["own"].values())
    whole = set(json.loads(place.installation.does(WHOLE)))
    faults = {
        "an upload was refused": set(answers) != {201},
        "what was acknowledged is not what was sent": kept != hashes,
        f"{len(set(hashes) - whole)} files do not come back byte for byte": not set(hashes) <= whole,
        f"{len(found['lost'])} files have no verdict": bool(found["lost"]),
        f"{found['dead']} jobs were given up": bool(found["dead"]),
        f"uploads are {dict(Counter(found['states']))}": set(found["states"]) != {"sorted"},
        f"the web process grew by {growth} MB": growth > GROWTH,
    }
    standings = Counter(standing for standing, _reason in found["rows"])
    return [
        *(f"FAILED: {fault}" for fault, is_so in faults.items() if is_so),
        f"{sum(hashes.values())} hostile files in {seconds:.0f} s: answers {dict(answers)}, "
        f"{len(found['lost'])} without a verdict, {found['dead']} jobs given up, web process {growth:+d} MB",
        "standings with what archives held: " + ", ".join(f"{count} {name}" for name, count in standings.most_common()),
    ]


def megabytes(process: subprocess.Popen[bytes]) -> int:
    """Resident memory of the web process and of granian's worker beneath it."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    sizes = [Path(f"/proc/{pid}/status").read_text() for pid in (str(process.pid), *children)]
    return sum(int(line.split()[1]) for text in sizes for line in text.splitlines() if line.startswith("VmRSS")) // 1024
