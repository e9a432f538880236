"""The records of a case before its experts: one line each, and one shelf for everybody who asks what stands where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from consilia.cases import content
from consilia.cases.queries import expert_names as names_of
from consilia.formats.dicom_classes import study_title
from consilia.kernel.language import language_name
from consilia.records.covering import Names
from consilia.records.models import Document, Original, Standing, Study

JUDGED = (Standing.TAKEN, Standing.HELD, Standing.REMOVED)
OF_PAPER = ("kind", "title", "document_date", "language", "issuer", "pages", "has_page_images")
OF_ORIGINAL = ("case_id", "standing", "claims", "path", "sha256", "first_page", "last_page", "tombstone_at")


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record that the expert may open."""

    id: UUID
    kind: str  # document or study
    title: str
    note: str
    on: date | None
    slug: str = ""  # the kind of a paper in the catalogue
    heading: str = ""  # the paper's own, covered


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every paper and study of a case, held and removed ones too: for rooms that judge, never for a template.

    `studies`: one row a study and modality, with how many images are taken and held.
    """

    papers: tuple[Document, ...]
    studies: tuple[Mapping[str, Any], ...]

    @property
    def standings(self) -> dict[str, Standing]:
        """Record id (a document's original, or a study) -> taken, held or removed; one taken image takes a study."""
        found = {str(paper.original_id): Standing(paper.original.standing) for paper in self.papers}
        taken, held = (_with(self.studies, name) for name in ("taken", "held"))
        for key in {str(row["pk"]) for row in self.studies}:
            found[key] = Standing.TAKEN if key in taken else Standing.HELD if key in held else Standing.REMOVED
        return found

    def originals(self, wanted: Iterable[str]) -> list[Original]:
        """The originals of those papers; studies and what is not here are left out."""
        ids = set(wanted)
        return [paper.original for paper in self.papers if str(paper.original_id) in ids]


def _with(rows: Iterable[Mapping[str, Any]], name: str) -> set[str]:
    return {str(row["pk"]) for row in rows if row[name]}


def shelf(case_id: UUID) -> Shelf:
    """All of them in two queries, whatever their number; who may see which is decided by the caller."""
    papers = Document.objects.filter(original__case_id=case_id, original__standing__in=JUDGED)
    fields = (*OF_PAPER, *(f"original__{name}" for name in OF_ORIGINAL))
    image = "series__instances"
    standing = f"{image}__original__standing"
    studies = (
        Study.objects.filter(case_id=case_id, series__instances__isnull=False)
        .values("pk", "study_date", "description", "series__modality")
        .annotate(
            taken=Count(image, filter=Q(**{standing: Standing.TAKEN})),
            held=Count(image, filter=Q(**{standing: Standing.HELD})),
        )
    )
    return Shelf(tuple(papers.select_related("original").only(*fields)), tuple(studies))


def lines(found: Shelf, names: Names, language: str) -> tuple[RecordLine, ...]:
    """What is taken, newest first; held, removed and unread files have no line.

    `names`: those of the head; what a record claims of other people is covered in its own line, too.
    """
    rows = [_paper_line(one, names, language) for one in found.papers if _is_shown(one.original)]
    rows += _study_lines([row for row in found.studies if row["taken"]], names)
    return tuple(sorted(rows, key=lambda line: (line.on or date.min, line.title), reverse=True))


def _is_shown(original: Original) -> bool:
    return original.standing == Standing.TAKEN and original.tombstone_at is None


def kind_words(kind: str) -> str:
    """The kind of a paper in words of the library, the first of several."""
    library = content.library()
    label = library.kind(kind).label if kind in library.kinds() else _("Document")
    return label[:1].upper() + label[1:].partition(",")[0]


def heading(document: Document, names: Names) -> str:
    """The paper's own heading, covered; nothing for one that only machines read."""
    return names_of.readable(names_of.covered_words(document.title, names))


def title(document: Document, names: Names) -> str:
    """The kind of the paper; of an unknown kind its own heading."""
    known = document.kind != "unknown"
    return kind_words(document.kind) if known else heading(document, names) or kind_words(document.kind)


def _paper_line(document: Document, names: Names, language: str) -> RecordLine:
    covered = names_of.with_claims(names, document.original.claims)
    own, called = heading(document, covered), title(document, covered)
    tongue = language_name(document.language, language) if document.language else ""
    note = ", ".join(filter(None, (own if own != called else "", tongue)))
    return RecordLine(document.original_id, "document", called, note, document.document_date, document.kind, own)


def _study_lines(rows: Sequence[Mapping[str, Any]], names: Names) -> list[RecordLine]:
    """One line a study: the modalities, how many pictures."""
    groups: dict[UUID, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["pk"], []).append(row)
    found = []
    for study_id, parts in groups.items():
        first = parts[0]
        modalities = "/".join(sorted({part["series__modality"] for part in parts}))
        called = study_title(modalities, names_of.covered_words(first["description"], names))
        note = _("%(count)d images") % {"count": sum(part["taken"] for part in parts)}
        found.append(RecordLine(study_id, "study", called, note, first["study_date"]))
    return found
