"""What a package holds: every file with its place, made ones with their bytes, stored ones by their hash."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Sum
from django.utils.translation import get_language

from consilia.cases import content as library
from consilia.cases.models import Case
from consilia.formats import sniff
from consilia.formats.client import NurseryGone
from consilia.intake import concluding
from consilia.intake.judging.measured import Lab
from consilia.opinions.models import Seal
from consilia.records.models import Original
from consilia.reports import policy
from consilia.reports.package import ips, papers, pictures, tables
from consilia.reports.package.naming import Names
from consilia.reports.package.papers import Copy, File, LeftOut
from consilia.reports.package.pictures import Picture, Study
from consilia.vault.errors import VaultError

DICOMDIR: Final = "DICOMDIR"
SUMMARY: Final = "fhir/ips.json"


@dataclass(frozen=True, slots=True)
class Item:
    """One file of the package: with its bytes (`content`), or in the vault under `sha256`; `told` for the manifest."""

    place: str
    media_type: str
    kind: str
    on: date | None = None
    content: bytes | None = None
    sha256: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contents:
    """The whole package; `made` and `stored` are its files, the rest is what its page tells."""

    reference: str
    patient: str
    born: date
    language: str
    at: datetime
    files: tuple[File, ...]
    studies: tuple[Study, ...]
    held: tuple[Picture, ...]
    opinions: tuple[Seal, ...]
    left_out: tuple[Mapping[str, Any], ...]
    copies: Mapping[str, Sequence[Copy]]
    made: tuple[Item, ...]
    stored: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of what was sent goes in: different files and their bytes, before packing."""

    files: int
    size: int

    @property
    def minutes(self) -> int:
        """How long a line of 50 Mbit/s takes, in whole minutes; 0 for less than one."""
        return self.size * 8 // (50_000_000 * 60)


def extent(case_id: UUID) -> Extent:
    """One query whatever the number of files."""
    rows = Original.objects.filter(case_id=case_id, tombstone_at=None, standing__in=papers.FOLDERS)
    told = rows.order_by().values("sha256", "size").distinct().aggregate(files=Count("sha256"), size=Sum("size"))
    return Extent(told["files"], told["size"] or 0)


def gather(case: Case, *, at: datetime) -> Contents:
    """Everything that the patient may take along."""
    names = Names()
    kept, images = papers.of_case(case.pk, names), pictures.of_case(case.pk, names)
    is_delivered = not policy.against_reading(case)
    seals = tuple(_seals(case)) if is_delivered else ()
    made = [_table(name, values) for name, values in tables.of_case(case, is_delivered=is_delivered).items()]
    made.append(Item(SUMMARY, sniff.FHIR, "ips", content=ips.bundle(_summary(case, kept.files, images.studies, at))))
    if directory := pictures.directory(images.studies):
        made.append(Item(DICOMDIR, sniff.DICOMDIR, "dicomdir", content=directory))
    every = [*(one for study in images.studies for series in study.series for one in series.pictures), *images.held]
    stored = (*map(_file, kept.files), *map(_picture, every), *(item for seal in seals for item in _opinion(seal)))
    return Contents(
        reference=case.reference,
        patient=case.patient.name,
        born=case.patient.birth_date,
        language=get_language() or "en",
        at=at,
        files=kept.files,
        studies=images.studies,
        held=images.held,
        opinions=seals,
        left_out=tuple(plain(one) for one in (*kept.left_out, *images.left_out)),
        copies=kept.copies,
        made=tuple(made),
        stored=stored,
    )


def as_json(values: Any) -> bytes:
    """Readable JSON; days and moments as ISO."""
    return json.dumps(values, ensure_ascii=False, indent=1, default=_said).encode()


def plain(one: Copy | LeftOut) -> dict[str, Any]:
    """A value of the manifest as a mapping."""
    return asdict(one)


def _said(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _seals(case: Case) -> Iterator[Seal]:
    rows = Seal.objects.filter(opinion__case=case).exclude(report=None)
    yield from rows.select_related("report", "signed_by__person").order_by("opinion__assignment__seat", "sequence")


def _summary(case: Case, files: Sequence[File], studies: Sequence[Study], at: datetime) -> ips.Summary:
    kinds = library.library()
    return ips.Summary(
        case_id=case.pk,
        reference=case.reference,
        patient=case.patient,
        language=get_language() or "en",
        made_at=at,
        service=settings.CONSILIA_SERVICE_NAME,
        files=[file for file in files if file.standing == "taken"],
        studies=studies,
        labs=_labs(case, at),
        loinc={slug: kinds.kind(slug).loinc for slug in kinds.kinds()},
        story=[words for words in (case.stated_diagnosis, case.proposed_therapy, case.matters) if words.strip()],
    )


def _labs(case: Case, at: datetime) -> tuple[Lab, ...]:
    """Laboratory values of the records; a paper that cannot be read again now keeps nobody from taking it along."""
    with contextlib.suppress(NurseryGone, VaultError):
        return concluding.of_case(case.pk, at=at).labs
    return ()


def _table(name: str, values: Any) -> Item:
    return Item(f"case/{name}.json", sniff.JSON, name, content=as_json(values))


def _file(one: File) -> Item:
    first = one.papers[0] if one.papers else None
    told = {**_came(one), "title": first.title if first else "", "issuer": first.issuer if first else ""}
    if len(one.papers) > 1 or (first and first.pages):
        told["parts"] = [
            {"pages": paper.pages, "kind": paper.kind, "date": paper.on, "title": paper.title, "issuer": paper.issuer}
            for paper in one.papers
        ]
    kind = first.kind if first else ""
    return Item(one.place, one.media_type or sniff.OCTETS, kind, one.on, sha256=one.sha256, told=told)


def _picture(one: Picture) -> Item:
    uids = {"study_uid": one.row.series.study.uid, "series_uid": one.row.series.uid, "uid": one.row.uid}
    return Item(one.place, sniff.DICOM, "dicom", one.on, sha256=one.sha256, told={**_came(one), **uids})


def _came(one: File | Picture) -> dict[str, Any]:
    return {
        "standing": one.standing,
        "source": one.source,
        "sent_as": one.path,
        "received_at": one.received_at,
    }


def _opinion(seal: Seal) -> Iterator[Item]:
    signed = {"number": seal.number, "check_code": seal.check_code, "signed_at": seal.signed_at}
    proof = {"signature": seal.signature, "public_key": seal.public_key}
    day, name = seal.signed_at.date(), f"opinions/{seal.number}"
    yield Item(f"{name}.json", sniff.JSON, seal.kind, day, sha256=seal.sha256, told={**signed, **proof})
    yield Item(f"{name}.pdf", sniff.PDF, seal.kind, day, sha256=seal.report.pdf_sha256, told=signed)
    yield Item(f"{name}.fhir.json", sniff.FHIR, seal.kind, day, sha256=seal.report.fhir_sha256, told=signed)
