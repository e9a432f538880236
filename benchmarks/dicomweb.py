"""DICOMweb of a case beside an unmodified Orthanc: headers, frames, searches, and ingest beside what the disk allows.

    python benchmarks/dicomweb.py [--quick] [--slices 600]      --quick: 200 slices, 10,000 other studies, one round

Both servers run on this machine, are asked by the same client and alternate; medians of 3 rounds. Ours answers with a
session, the right to the case, the trail and encryption at rest; Orthanc asks nobody who he is. Prints one line a
figure, `name value goal number` (ratio; at least the goal), then the table.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

from dicomweb_ingest import c_store, stow
from dicomweb_peer import Orthanc, Peer, free_port

ROOT = Path(__file__).resolve().parent.parent
UID = "1.2.826.0.1.3680043.8.498.9"
STUDY, SERIES = f"{UID}.1", f"{UID}.2"
METADATA = f"studies/{STUDY}/series/{SERIES}/metadata"
FRAMES = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
AT_ORTHANC = 5_000  # studies of the peer that is searched
CLIENTS = 8
# Of us within the case, of the peer among all: that is what each can be asked.
SEARCHES = {
    "search_patient_id": ("PatientID=77", "PatientID=P77"),
    "search_name": ("PatientName=COSTA*", "PatientName=FAMILY77*"),
    "search_list_of_100": ("limit=100", "limit=100"),
}


def prepare(home: Path) -> None:
    """A fresh data folder and Django, before anything of ours is imported."""
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    os.environ["CONSILIA_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "consilia.config.settings"
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)


def slices(count: int, study: str = UID) -> list[bytes]:
    """A CT of `count` slices of 512 x 512 with noise, as a scanner writes its header; UIDs begin with `study`."""
    import numpy  # noqa: PLC0415
    from tests import samples_formats  # noqa: PLC0415

    noise = numpy.random.default_rng(7).normal(0, 60, (512, 512)).astype("<i2")
    found = []
    for number in range(1, count + 1):
        changes: dict[str, Any] = {
            "PatientName": "COSTA^ANA",
            "PatientBirthDate": "19710509",
            "PatientID": "77",
            "StudyInstanceUID": f"{study}.1",
            "SeriesInstanceUID": f"{study}.2",
            "SOPInstanceUID": f"{study}.3.{number}",
            "SOPClassUID": "1.2.840.10008.5.1.4.1.1.2",
            "Modality": "CT",
            "StudyDescription": "CT thorax",
            "SeriesDescription": "axial 1.0",
            "SeriesNumber": 2,
            "InstanceNumber": number,
            "ImagePositionPatient": [-250.0, -250.0, float(number)],
            "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
            "PixelSpacing": [0.7, 0.7],
            "SliceThickness": 1.0,
            "FrameOfReferenceUID": f"{UID}.4",
            "RescaleSlope": 1,
            "RescaleIntercept": -1024,
            "KVP": 120,
            "Manufacturer": "Maker",
            "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
            "Rows": 512,
            "Columns": 512,
            "BitsStored": 16,
            "HighBit": 15,
            "PixelRepresentation": 1,
            "PixelData": numpy.roll(noise, number * 37).tobytes(),
        }
        found.append(samples_formats.dicom(**changes))
    return found


def take(files: list[bytes], folder: Path) -> tuple[UUID, float, str]:
    """The case, seconds from the first byte of a ZIP to records with their headers, and a session's cookie."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415
    from tests import cast, make  # noqa: PLC0415

    from consilia.intake import actions  # noqa: PLC0415
    from consilia.jobs import runner  # noqa: PLC0415
    from consilia.records.models import Instance, Standing  # noqa: PLC0415

    case = make.case_collecting(at=timezone.now())
    ana = make.reader(cast.ANA, case)
    note = b"A note that starts the readers, as in a server that runs"
    actions.put_whole(ana, path="note.txt", chunks=[note], size=len(note), key="0", at=timezone.now())
    runner.drain(timezone.now())
    packed = folder / "study.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for number, content in enumerate(files):
            archive.writestr(f"IM{number:05d}", content)
    size = packed.stat().st_size
    begun = time.perf_counter()
    with packed.open("rb") as file:
        chunks = iter(lambda: file.read(1 << 20), b"")
        actions.put_whole(ana, path="study.zip", chunks=chunks, size=size, key="1", at=timezone.now())
    runner.drain(timezone.now())
    spent = time.perf_counter() - begun
    packed.unlink()
    taken = Instance.objects.filter(original__standing=Standing.TAKEN).count()
    if taken != len(files):
        raise SystemExit(f"{taken} of {len(files)} slices were taken")
    client = Client()
    client.force_login(make.person(cast.ANA))
    return case.pk, spent, f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def floor(files: list[bytes], folder: Path) -> float:
    """Seconds of the least that a careful disk needs: hash each file, write it, sync it."""
    begun = time.perf_counter()
    for number, content in enumerate(files):
        hashlib.sha256(content).digest()
        with (folder / f"floor-{number}").open("wb") as file:
            file.write(content)
            os.fsync(file.fileno())
    spent = time.perf_counter() - begun
    for path in folder.glob("floor-*"):
        path.unlink()
    return spent


def other_studies(count: int) -> None:
    """Studies of other people's cases, written in bulk: they only have to be in the way."""
    from django.utils import timezone  # noqa: PLC0415

    from consilia.kernel.ids import new_id  # noqa: PLC0415
    from consilia.records.models import Instance, Original, Series, Standing, Study  # noqa: PLC0415

    for start in range(0, count, 5_000):
        studies, series, originals, instances = [], [], [], []
        for number in range(start, min(start + 5_000, count)):
            case = new_id()
            study = Study(case_id=case, uid=f"{UID}.5.{number}")
            one = Series(study=study, uid=f"{UID}.6.{number}", modality="CT")
            original = Original(
                case_id=case, path="a", sha256="0" * 64, size=1, standing=Standing.TAKEN, received_at=timezone.now()
            )
            studies.append(study)
            series.append(one)
            originals.append(original)
            instances.append(Instance(series=one, original=original, uid=f"{UID}.7.{number}", sop_class="1"))
        for rows in (studies, series, originals, instances):
            type(rows[0]).objects.bulk_create(rows)  # type: ignore[attr-defined]


def many_small(count: int) -> list[bytes]:
    """Studies of one small image each, for the peer that is searched."""
    from tests import samples_formats  # noqa: PLC0415

    return [
        samples_formats.dicom(
            PatientID=f"P{number}",
            PatientName=f"FAMILY{number}^GIVEN",
            StudyInstanceUID=f"{UID}.8.{number}",
            SeriesInstanceUID=f"{UID}.9.{number}",
            SOPInstanceUID=f"{UID}.10.{number}",
        )
        for number in range(count)
    ]


class Ours(Peer):
    """Our server on the data folder, as `consilia serve` runs it."""

    def __init__(self, home: Path, case: UUID, cookie: str) -> None:
        port = free_port()
        environment = {**os.environ, "CONSILIA_HOME": str(home), "CONSILIA_PORT": str(port), "CONSILIA_DEMO": "0"}
        self.dicom_port = free_port()
        environment |= {"PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
        environment |= {"CONSILIA_DICOM_PORT": str(self.dicom_port)}
        command = [sys.executable, "-m", "consilia.cli", "serve"]
        self.server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        assert self.server.stdout is not None
        if not any("Consilia is ready" in line for line in self.server.stdout):
            raise SystemExit("our server did not become ready")
        self.root = f"http://127.0.0.1:{port}"
        super().__init__(f"{self.root}/dicomweb/cases/{case}", {"Cookie": cookie})

    def stop(self) -> None:
        self.server.send_signal(signal.SIGINT)
        self.server.communicate()


def measured(ours: Ours, peer: Orthanc, count: int, rounds: int) -> dict[str, tuple[float, float, float, float]]:
    """name -> (ours, peer, ratio, goal); a ratio above 1 is ours faster or smaller."""
    for server in (ours, peer):  # a viewer searches before it asks for headers
        server.get("studies")
    first_peer, status, body = peer.get(METADATA)
    first_own, own_status, own = ours.get(METADATA, **{"Accept-Encoding": "gzip"})
    if (status, own_status) != (200, 200) or len(json.loads(gzip.decompress(own))) != len(json.loads(body)) != 0:
        raise SystemExit(f"headers: {status} and {own_status}")
    warm: list[tuple[float, float]] = []
    frames: list[tuple[float, float]] = []
    searches: dict[str, list[tuple[float, float]]] = {name: [] for name in SEARCHES}
    paths = [f"studies/{STUDY}/series/{SERIES}/instances/{UID}.3.{n}/frames/1" for n in range(1, count + 1)]
    for _round in range(rounds):
        warm.append(
            (
                statistics.median(ours.get(METADATA, **{"Accept-Encoding": "gzip"})[0] for _time in range(5)),
                statistics.median(peer.get(METADATA)[0] for _time in range(2)),
            )
        )
        frames.append((ours.rate(paths, CLIENTS, Accept=FRAMES), peer.rate(paths, CLIENTS, Accept=FRAMES)))
        for name, (own_query, their_query) in SEARCHES.items():
            searches[name].append(
                (
                    statistics.median(ours.get(f"studies?{own_query}")[0] for _time in range(9)),
                    statistics.median(peer.get(f"studies?{their_query}")[0] for _time in range(9)),
                )
            )

    def middle(pairs: list[tuple[float, float]], of: int) -> float:
        return statistics.median(pair[of] for pair in pairs)

    found = {
        "metadata_first": (first_own * 1e3, first_peer * 1e3, first_peer / first_own, 40.0),
        "metadata_bytes": (len(own) / 1e6, len(body) / 1e6, len(body) / len(own), 100.0),
    }
    for name, pairs, goal in (
        ("metadata_warm", warm, 30.0),
        *((name, pairs, 10.0) for name, pairs in searches.items()),
    ):
        ratio = statistics.median(theirs / own for own, theirs in pairs)
        found[name] = (middle(pairs, 0) * 1e3, middle(pairs, 1) * 1e3, ratio, goal)
    ratio = statistics.median(own / theirs for own, theirs in frames)
    found["frames_8_clients"] = (middle(frames, 0), middle(frames, 1), ratio, 1.2)
    return found


def a_link() -> tuple[UUID, str]:
    """A new case that a hospital may send to, and the secret of its link."""
    from django.utils import timezone  # noqa: PLC0415
    from tests import cast, make  # noqa: PLC0415

    from consilia.intake import links  # noqa: PLC0415
    from consilia.intake.models import UploadLink  # noqa: PLC0415

    case = make.case_collecting(at=timezone.now())
    ana = make.reader(cast.ANA, case)
    made = links.make(ana, kind=UploadLink.Kind.HOSPITAL, label="Hospital", at=timezone.now())
    return case.pk, made.secret


def until_records(case: UUID, count: int) -> float:
    """The moment at which all are records with their headers, looked for twenty times a second."""
    from consilia.records.models import Instance, Standing  # noqa: PLC0415

    for _look in range(6_000):
        if Instance.objects.filter(series__study__case_id=case, original__standing=Standing.TAKEN).count() == count:
            return time.perf_counter()
        time.sleep(0.05)
    raise SystemExit(f"not all of {count} objects became records")


def ingested(ours: Ours, peer: Orthanc, count: int, rounds: int, space: Path) -> dict[str, tuple[float, ...]]:
    """Objects a second, ours and the peer's, the same bytes alternating; every round a study of its own."""
    from consilia.intake.links import ae_title  # noqa: PLC0415

    names = ("stow_acknowledged", "stow_records", "cstore_acknowledged", "cstore_records")
    pairs: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    case, secret = a_link()  # the readers are started, as in a server that runs
    stow(f"{ours.root}/doctor/add/{secret}/dicomweb", slices(4, f"{UID}.99"))
    until_records(case, 4)
    for number in range(rounds):
        for way in ("stow", "cstore"):
            files = slices(count, f"{UID}.{100 + number}.{len(way)}")
            case, secret = a_link()
            begun = time.perf_counter()
            if way == "stow":
                spent = stow(f"{ours.root}/doctor/add/{secret}/dicomweb", files)
                records = until_records(case, count) - begun
                theirs = stow(peer.base, files)
            else:
                files_at = time.perf_counter()
                spent = c_store(ours.dicom_port, ae_title(secret), files, space / "send")
                records = until_records(case, count) - files_at
                theirs = c_store(peer.dicom_port, "PEER", files, space / "send")
            pairs[f"{way}_acknowledged"].append((count / spent, count / theirs))
            pairs[f"{way}_records"].append((count / records, count / theirs))
    found = {}
    for name, goal in zip(names, (1.5, 1.5, 2.0, 2.0), strict=True):
        own, their = (statistics.median(pair[of] for pair in pairs[name]) for of in (0, 1))
        found[f"ingest_{name}"] = (own, their, statistics.median(one / two for one, two in pairs[name]), goal)
    return found


def copied(case: UUID, files: list[bytes], space: Path, rounds: int) -> dict[str, tuple[float, ...]]:
    """Milliseconds of a pseudonymous copy, ours from the vault with its second reading, beside dcmanon from a file."""
    try:
        import dcmanon  # noqa: PLC0415
    except ImportError:
        print("# deidentified: dcmanon is not here (pip install dcmanon)")
        return {}
    from consilia.records import imaging, pseudonyms  # noqa: PLC0415

    paths = []
    for number, content in enumerate(files[:200]):
        paths.append(space / f"plain-{number}.dcm")
        paths[-1].write_bytes(content)
    rows = list(imaging.pictures(case)[: len(paths)])
    peer, pairs = dcmanon.Anonymizer(), []
    for _round in range(rounds):
        begun = time.perf_counter()
        for one in rows:
            b"".join(pseudonyms.copy(one).chunks())
        between = time.perf_counter()
        for path in paths:
            peer.anonymize(str(path))
        pairs.append((between - begun, time.perf_counter() - between))
    own, theirs = (statistics.median(pair[of] for pair in pairs) / len(rows) * 1e3 for of in (0, 1))
    return {"deidentified": (own, theirs, statistics.median(two / one for one, two in pairs), 1.0)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--slices", type=int, default=0)
    words = parser.parse_args()
    count = words.slices or (200 if words.quick else 600)
    others, rounds = (10_000, 1) if words.quick else (100_000, 3)
    space = Path(tempfile.mkdtemp(prefix="consilia-dicomweb-"))
    peer = ours = None
    try:
        prepare(space / "home")
        files = slices(count)
        least = floor(files, space)
        case, spent, cookie = take(files, space)
        peer = Orthanc(space / "orthanc")
        stored = peer.take(files)
        peer.take(many_small(AT_ORTHANC if not words.quick else AT_ORTHANC // 5))
        other_studies(others)
        time.sleep(4)  # until the peer calls its studies stable
        ours = Ours(space / "home", case, cookie)
        found = measured(ours, peer, count, rounds)
        found |= ingested(ours, peer, count, rounds, space)
        found |= copied(case, files, space, rounds)
        found["ingest_zip_by_floor"] = (spent, least, least / spent, 0.4)
        found["ingest_zip_by_peer_rest"] = (count / spent, count / stored, stored / spent, 1.5)
        for name, (_own, _theirs, ratio, goal) in found.items():
            print(f"{name} {ratio:.3g} goal {goal:g}")
        print(f"# {count} slices; {peer.version}; ours, theirs: ms (headers, searches), MB (bytes), s (floor), 1/s")
        for name, (own, theirs, _ratio, _goal) in found.items():
            print(f"# {name:26} {own:10.3f} {theirs:10.3f}")
        return 0
    finally:
        for server in (ours, peer):
            if server is not None:
                server.stop()
        shutil.rmtree(space, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
