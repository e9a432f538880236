"""An opinion as the expert wrote it, laid out for reading: sections of items with their sources; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from consilia.opinions.content import Cited, DraftAxis, DraftContent, Source
from consilia.opinions.terms import RECORD_KINDS, SourceKind
from consilia.web.desk import opinion_words as words

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Chip:
    """A source beneath a statement; `url` opens the record at the page."""

    id: str
    label: str
    url: str
    quote: str


@dataclass(frozen=True, slots=True)
class Item:
    """One statement: its heading and status, its words by label, what it rests on."""

    title: Words
    status: Words = ""
    tone: str = "brand"
    rows: tuple[tuple[Words, str], ...] = ()
    chips: tuple[Chip, ...] = ()
    general: bool = False
    confidence: str = ""
    unfounded: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: Words
    items: tuple[Item, ...]


class Layout:
    """Lays one draft out; the case's id is for the links of its sources."""

    def __init__(self, case_id: UUID, draft: DraftContent) -> None:
        self.case_id, self.draft = case_id, draft

    def sections(self) -> tuple[Section, ...]:
        """All parts that hold something, in the order in which the opinion prints them."""
        found = (
            Section("plain", _("The plain page"), self._plain()),
            Section("summary", _("Summary"), self._summary()),
            Section("answers", _("Answers"), self._answers()),
            Section("diagnoses", _("Diagnoses"), self._diagnoses()),
            Section("therapies", _("Proposed treatment"), self._therapies()),
            Section("findings", _("Findings"), self._findings()),
            Section("alternatives", _("Alternatives"), self._alternatives()),
            Section("examinations", _("Further examinations"), self._examinations()),
            Section("medicines", _("Advice on medicines"), self._medicines()),
            Section("agreement", _("Agreement with the first opinion"), self._agreement()),
            Section("signs", _("Alarm signs, and what not to stop"), self._notes()),
            Section("declaration", _("Declaration"), self._declaration()),
            Section("sources", _("Sources"), self._sources()),
        )
        return tuple(section for section in found if section.items)

    def _item(
        self,
        title: Words,
        said: Cited,
        rows: Iterable[tuple[Words, object]],
        *,
        status: Words = "",
        tone: str = "brand",
        confidence: str = "",
    ) -> Item:
        chips = tuple(self._chip(source) for id_ in said.sources if (source := self.draft.source(id_)))
        return Item(title, status, tone, _filled(rows), chips, said.general_knowledge, confidence, not said.is_founded)

    def _chip(self, source: Source) -> Chip:
        return Chip(source.id, source.label, self._address(source), source.quote)

    def _address(self, source: Source) -> str:
        """The page of the record; "" for literature and for what names no record of ours."""
        try:
            record = UUID(source.record_id)
        except ValueError:
            return ""
        if source.kind not in RECORD_KINDS:
            return ""
        if source.kind is SourceKind.RECORD_IMAGE:
            return reverse("desk:study", args=[self.case_id, record])
        return reverse("desk:record", args=[self.case_id, record]) + f"?page={source.page or 1}"

    def _plain(self) -> tuple[Item, ...]:
        plain = self.draft.plain
        rows = _filled(
            (
                (_("What we think"), plain.what_we_think),
                (_("How sure"), plain.how_sure),
                (_("What next"), plain.what_next),
                (_("What to ask"), "\n".join(plain.what_to_ask)),
            )
        )
        return (Item("", rows=rows),) if rows else ()

    def _summary(self) -> tuple[Item, ...]:
        said = self.draft.summary
        first = self._item(said.title, said, ((_("In short"), said.in_short), (_("Summary"), said.words)))
        timeline = tuple(self._item(entry.when, entry, (("", entry.words),)) for entry in said.timeline)
        return (first, *timeline) if first.rows or timeline else ()

    def _answers(self) -> tuple[Item, ...]:
        return tuple(
            self._item(
                f"{one.number}. {one.question}",
                one,
                (
                    (_("Short answer"), one.short),
                    (_("Explanation"), one.explanation),
                    (_("What would change it"), one.would_change),
                ),
                confidence=one.confidence or "",
                status="" if one.short.strip() else _("Not answered"),
                tone="amber",
            )
            for one in self.draft.answers
        )

    def _diagnoses(self) -> tuple[Item, ...]:
        items = []
        for one in self.draft.diagnoses:
            verdict, tone = words.DIAGNOSIS[one.verdict] if one.verdict else (_("No verdict yet"), "grey")
            rows = (
                (_("Why"), one.words),
                (_("Code (ICD-10)"), one.icd10),
                (_("Stage"), one.stage),
                (_("What else it could be"), one.differential),
                (_("What would change it"), one.would_change),
            )
            level = one.certainty or ""
            items.append(self._item(one.stated, one, rows, status=verdict, tone=tone, confidence=level))
        for more in self.draft.additional_diagnoses:
            rows_more = ((_("Code (ICD-10)"), more.icd10), (_("Stage"), more.stage))
            level = more.certainty or ""
            items.append(self._item(more.words, more, rows_more, status=_("Added"), confidence=level))
        return tuple(items)

    def _therapies(self) -> tuple[Item, ...]:
        items = []
        for one in self.draft.therapies:
            verdict, tone = words.THERAPY[one.verdict] if one.verdict else (_("No verdict yet"), "grey")
            rows = (
                (_("Urgency"), _joined(words.URGENCY[one.urgency] if one.urgency else "", one.when)),
                (_("Why"), one.reason),
                (_("Harm of waiting"), one.harm_of_waiting),
            )
            items.append(self._item(one.proposed, one, rows, status=verdict, tone=tone))
        return tuple(items)

    def _findings(self) -> tuple[Item, ...]:
        return tuple(
            self._item(
                words.FINDING[one.kind] if one.kind else _("Finding"),
                one,
                (("", one.words), (_("Measured"), one.measurement)),
            )
            for one in self.draft.findings
        )

    def _alternatives(self) -> tuple[Item, ...]:
        items = []
        for one in self.draft.alternatives:
            guideline = _joined(one.guideline.body, one.guideline.year, one.guideline.grade)
            rows = (
                (_("Guideline"), guideline),
                (_("Evidence"), one.evidence),
                (_("What it costs the person"), one.burden.words),
                (_("Radiation"), one.burden.radiation),
                (_("Days in hospital"), one.burden.hospital_days),
                (_("Eligible"), one.eligible),
                (_("Available"), one.available),
            )
            items.append(self._item(one.option, one, rows, status=words.LINE[one.line] if one.line else ""))
        return tuple(items)

    def _examinations(self) -> tuple[Item, ...]:
        return tuple(
            self._item(
                one.name,
                one,
                (
                    (_("Purpose"), one.purpose),
                    (_("What it would change"), one.would_change),
                    (_("Urgency"), _joined(words.URGENCY[one.urgency] if one.urgency else "", one.when)),
                    (_("Radiation"), one.radiation),
                ),
                status=_("Needs a referral by a local doctor"),
            )
            for one in self.draft.examinations
        )

    def _medicines(self) -> tuple[Item, ...]:
        return tuple(
            self._item(
                one.inn,
                one,
                (
                    (_("Dose"), one.dose),
                    (_("Duration"), one.duration),
                    (_("What to watch"), one.monitoring),
                    (_("Interactions"), one.interactions),
                    (_("When not to be taken"), one.contraindications),
                    (_("A narrower alternative"), one.narrower_alternative),
                ),
                status=_("Advice, no prescription"),
            )
            for one in self.draft.medicines
        )

    def _agreement(self) -> tuple[Item, ...]:
        axes = (
            (_("Diagnosis"), self.draft.agreement.diagnosis),
            (_("Treatment"), self.draft.agreement.treatment),
            (_("Outlook"), self.draft.agreement.prognosis),
        )
        return tuple(_axis(title, axis) for title, axis in axes if axis.grade or axis.words)

    def _notes(self) -> tuple[Item, ...]:
        signs = (self._item(_("Alarm sign"), one, (("", one.words),)) for one in self.draft.alarm_signs)
        kept = (self._item(_("Do not stop alone"), one, (("", one.words),)) for one in self.draft.do_not_stop)
        return (*signs, *kept)

    def _declaration(self) -> tuple[Item, ...]:
        said = self.draft.declaration
        rows = _filled((("", "\n".join(said.sentences)), (_("Interests"), said.interests)))
        made = _("Made") if said.made else _("Not made yet")
        return (Item("", made, "green" if said.made else "amber", rows),)

    def _sources(self) -> tuple[Item, ...]:
        because = {one.source: one.words for one in self.draft.justifications}
        return tuple(
            Item(
                "",
                rows=_filled(
                    (
                        (_("Quoted"), one.quote),
                        (_("Reference"), one.reference),
                        (_("Why it differs"), because.get(one.id, "")),
                    )
                ),
                chips=(self._chip(one),),
            )
            for one in self.draft.sources
        )


def _axis(title: Words, axis: DraftAxis) -> Item:
    grade = words.GRADE[axis.grade] if axis.grade else ""
    causes = ", ".join(str(words.CAUSE[cause]) for cause in axis.causes)
    return Item(title, grade, "brand", _filled(((_("Because of"), causes), ("", axis.words))))


def _filled(rows: Iterable[tuple[Words, object]]) -> tuple[tuple[Words, str], ...]:
    return tuple((label, str(value)) for label, value in rows if value and str(value).strip())


def _joined(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part)
