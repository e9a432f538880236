"""Library: the reviewed content of the service, read once and frozen; every answer carries the review it stands on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeVar

from consilia.clinical import (
    checklists,
    choosing,
    entries,
    jurisdictions,
    laying,
    packs,
    practice,
    prescriptions,
    reading,
    rules,
    tables,
    texts,
)
from consilia.clinical.answers import EmergencyNumbers, LawClause
from consilia.clinical.entries import Confidence, Entry, Stamp
from consilia.kernel import country as countries
from consilia.kernel import language as languages
from consilia.kernel.refusal import NotFound

SHIPPED = Path(__file__).parent / "library"
"""The folder of content that comes with the program; overlays are laid over it in the order given."""

DEFAULT = "default"
GENERAL = "general"
ALWAYS = "always"
RIGHT_OF_ACCESS_IN_THE_EEA = "gdpr_15"

AnEntry = TypeVar("AnEntry", bound=Entry)
Folders = tuple[Path, ...]


@dataclass(frozen=True)
class Library:
    """All content by (kind, id). Lookups raise NotFound for an id that is not there, never for a country."""

    files: Mapping[tuple[str, str], reading.Loaded]
    layers: laying.Layers | None = None
    """How the files came about; None for a library that was put together by hand."""
    # Country -> what the operator confirmed for it, in words: the condition of its file (upload, platform) is met here.
    confirmed: Mapping[str, str] = field(default_factory=dict)

    # --- files ---------------------------------------------------------------------------------------------------

    def all_of(self, kind: str) -> tuple[reading.Loaded, ...]:
        """The files of one kind, by id."""
        return self._by_kind.get(kind, ())

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all files and confirmations: what was drawn from another content can be told."""
        said = [*(loaded.sha256 for _, loaded in sorted(self.files.items())), *map(str, sorted(self.confirmed.items()))]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    @cached_property
    def _by_kind(self) -> dict[str, tuple[reading.Loaded, ...]]:
        found: dict[str, list[reading.Loaded]] = {}
        for (kind, _), loaded in sorted(self.files.items()):
            found.setdefault(kind, []).append(loaded)
        return {kind: tuple(files) for kind, files in found.items()}

    def stamp(self, kind: str, identifier: str) -> Stamp:
        """(id, version, sha256) of a file, for a case to keep."""
        loaded = self._loaded(kind, identifier)
        return Stamp(identifier, loaded.entry.version, loaded.sha256)

    def _loaded(self, kind: str, identifier: str) -> reading.Loaded:
        found = self.files.get((kind, identifier))
        if found is None:
            raise NotFound(f"{kind}/{identifier}")
        return found

    def _entry(self, kind: str, identifier: str, shape: type[AnEntry]) -> AnEntry:
        entry = self._loaded(kind, identifier).entry
        assert isinstance(entry, shape)
        return entry

    @cached_property
    def _rows(self) -> dict[str, dict[str, entries.Strict]]:
        keys = {"emergency_numbers": "iso2", "document_kinds": "kind", "specialities": "id", "checklist_items": "item"}
        return {
            kind: {getattr(row, key): row for loaded in self.all_of(kind) for row in loaded.rows}
            for kind, key in keys.items()
        }

    # --- emergencies ---------------------------------------------------------------------------------------------

    def emergency_number(self, region: str, language: str = "en") -> EmergencyNumbers:
        """The numbers of a region (ISO 3166-1 alpha-2); an unknown region gives advice and no number."""
        row = self._rows["emergency_numbers"].get(region.upper())
        draft = any(loaded.entry.is_draft for loaded in self.all_of("emergency_numbers"))
        if not isinstance(row, tables.EmergencyRow):
            return self._no_number(region.upper(), language)
        doubt = {Confidence.NONE: "no_number", Confidence.LOW: "unsure_number"}.get(row.confidence, "")
        first = row.show_first or row.medical_number
        return EmergencyNumbers(
            region=row.iso2,
            show_first=first,
            then=row.then,
            medical=row.medical_number,
            also=row.also,
            police=row.police,
            fire=row.fire,
            known=bool(first),
            confidence=row.confidence,
            advice=self.text("emergency", doubt or "no_number", language) if doubt or not first else "",
            as_of=row.as_of,
            note=row.note,
            draft=draft,
        )

    def _no_number(self, region: str, language: str) -> EmergencyNumbers:
        advice = self.text("emergency", "no_number", language)
        nothing: tuple[str, ...] = ()
        return EmergencyNumbers(
            region, "", nothing, "", nothing, nothing, nothing, False, Confidence.NONE, advice, "", "", True
        )

    def regions(self) -> tuple[str, ...]:
        """Every region that has a row of emergency numbers, also those without a known number."""
        return tuple(self._rows["emergency_numbers"])

    def red_flags(self, group: str) -> rules.RedFlagGroup:
        """The emergency questions for "adult", "pregnancy" or "child"."""
        return self._entry("red_flags", group, rules.RedFlagGroup)

    def rule_groups(self) -> tuple[rules.RuleGroup, ...]:
        """The suitability rules, in the order in which they run."""
        groups = [loaded.entry for loaded in self.all_of("suitability")]
        return tuple(sorted((g for g in groups if isinstance(g, rules.RuleGroup)), key=lambda group: group.order))

    # --- records -------------------------------------------------------------------------------------------------

    def case_types(self) -> tuple[str, ...]:
        """The ids of the checklists that a case can have, `general` among them."""
        return tuple(loaded.entry.id for loaded in self.all_of("checklists") if loaded.entry.id != ALWAYS)

    def checklist(self, case_type: str) -> checklists.Checklist:
        """The list of a case type followed by what every case needs; `general` for an unknown case type."""
        known = case_type if ("checklists", case_type) in self.files and case_type != ALWAYS else GENERAL
        if known not in self._put_together:
            self._put_together[known] = self._together(known)
        return self._put_together[known]

    @cached_property
    def _put_together(self) -> dict[str, checklists.Checklist]:
        return {}  # filled when a list is first asked for; each of them is the same whoever fills it

    def _together(self, known: str) -> checklists.Checklist:
        own, always = self._loaded("checklists", known), self._loaded("checklists", ALWAYS)
        assert isinstance(own.entry, checklists.ChecklistFile)
        assert isinstance(always.entry, checklists.ChecklistFile)
        lines = checklists.with_always(own.entry, always.entry)
        together = own.sha256 + always.sha256 + self._loaded("checklist_items", "items").sha256
        return checklists.Checklist(
            id=known,
            version=own.entry.version,
            sha256=hashlib.sha256(together.encode()).hexdigest(),
            label=own.entry.label,
            items=tuple(self._item(line) for line in lines),
            draft=own.entry.is_draft or always.entry.is_draft,
        )

    def _item(self, line: checklists.Line) -> checklists.ChecklistItem:
        row = self._rows["checklist_items"][line.item]
        assert isinstance(row, tables.ItemRow)
        return checklists.ChecklistItem(
            id=row.item,
            label=row.label,
            essential=line.need == "essential",
            form=row.form,
            why=line.why or {},
            newer_than_days=line.newer_than_days,
            only_if=line.only_if.id if line.only_if else "",
            only_if_words=line.only_if.words if line.only_if else {},
            unlocks=line.unlocks,
            kinds=row.kinds,
            words=row.words,
            modality=row.modality,
            body_part=row.body_part,
            title_decides=row.title_decides == "yes",
            loinc=row.loinc,
        )

    def checklist_for(self, said: str) -> str:
        """The case type that an ICD-10 code or free words point to best; `general` when nothing or two things do."""
        return choosing.recognised(said, self._lists) or GENERAL

    def case_types_by_group(self, language: str = "en") -> tuple[choosing.Group, ...]:
        """The case types as (heading, ((id, label), ...)) for a choice on a page; `general` comes last."""
        lists = [one for one in self._lists if one.id != ALWAYS]
        return choosing.grouped(lists, self.sentences("case_groups", language), language, last=GENERAL)

    @cached_property
    def _lists(self) -> tuple[checklists.ChecklistFile, ...]:
        found = (loaded.entry for loaded in self.all_of("checklists"))
        return tuple(entry for entry in found if isinstance(entry, checklists.ChecklistFile))

    def kind(self, slug: str) -> tables.KindRow:
        """A kind of paper."""
        row = self._rows["document_kinds"].get(slug)
        if not isinstance(row, tables.KindRow):
            raise NotFound(f"document_kinds/{slug}")
        return row

    def kinds(self) -> tuple[str, ...]:
        """The slugs of all kinds of paper, in the order of the table."""
        return tuple(self._rows["document_kinds"])

    def speciality(self, identifier: str) -> tables.SpecialityRow:
        """A speciality."""
        row = self._rows["specialities"].get(identifier)
        if not isinstance(row, tables.SpecialityRow):
            raise NotFound(f"specialities/{identifier}")
        return row

    def specialities(self, case_type: str = "") -> tuple[tables.SpecialityRow, ...]:
        """All specialities, or those that serve a case type."""
        rows = [row for row in self._rows["specialities"].values() if isinstance(row, tables.SpecialityRow)]
        return tuple(row for row in rows if not case_type or case_type in row.case_types)

    # --- law -----------------------------------------------------------------------------------------------------

    def jurisdiction(self, code: str) -> jurisdictions.Jurisdiction:
        """The rules of a country; the conservative default (id "default": advice only) where none are on file."""
        loaded = self.files.get(("jurisdictions", code.upper())) or self._loaded("jurisdictions", DEFAULT)
        assert isinstance(loaded.entry, jurisdictions.Jurisdiction)
        return loaded.entry

    def data_protection(self) -> jurisdictions.DataProtection:
        """Which transfers of health data need what."""
        return self._entry("data_protection", "gdpr", jurisdictions.DataProtection)

    def clause(self, identifier: str, patient_country: str, expert_country: str, language: str = "en") -> LawClause:
        """A clause with the names of the two countries in it; `suitability.law` knows which clauses a pair needs."""
        unnamed = self.text("pairs", "default_rule", language)
        names = {
            "patient_country": countries.country_name(patient_country, language) or unnamed,
            "expert_country": countries.country_name(expert_country, language) or unnamed,
        }
        loaded = self._loaded("clauses", identifier)
        clause = loaded.entry
        assert isinstance(clause, jurisdictions.Clause)
        title, text = (entries.said(words, language).format_map(names) for words in (clause.title, clause.text))
        return LawClause(clause.id, clause.version, loaded.sha256, title, text, clause.is_draft)

    def prescription_elements(self) -> prescriptions.PrescriptionElements:
        """What a prescription needs to be used in another state of the European Economic Area; none is ever issued."""
        return self._entry("prescription_elements", "eu", prescriptions.PrescriptionElements)

    # --- practice ------------------------------------------------------------------------------------------------

    def practice_topics(self) -> tuple[str, ...]:
        """The ids of the topics in which medicine differs between countries."""
        return tuple(loaded.entry.id for loaded in self.all_of("practice_facts"))

    def practice(self, topic: str) -> practice.Topic:
        """The facts about one topic; `practice.facts` chooses and orders them for some countries."""
        return self._entry("practice_facts", topic, practice.Topic)

    # --- words ---------------------------------------------------------------------------------------------------

    def text(self, identifier: str, key: str, language: str = "en") -> str:
        """One sentence of a text set."""
        for sentence in self._entry("texts", identifier, texts.TextSet).sentence:
            if sentence.key == key:
                return entries.said(sentence.text, language)
        raise NotFound(f"texts/{identifier}/{key}")

    def sentences(self, identifier: str, language: str = "en") -> dict[str, str]:
        """All sentences of a text set by key, in page order."""
        found = self._entry("texts", identifier, texts.TextSet).sentence
        return {sentence.key: entries.said(sentence.text, language) for sentence in found}

    def limits(self, language: str = "en") -> tuple[str, ...]:
        """The sentences that are shown with every outcome of the self-check."""
        return tuple(self.sentences("limits", language).values())

    def banner(self, language: str = "en") -> str:
        """The banner above content that nobody has approved yet."""
        return self.text("banner", "draft", language)

    def consents(self) -> tuple[str, ...]:
        """The purposes that can be consented to, in the order in which they are asked."""
        found = [loaded.entry for loaded in self.all_of("consents")]
        return tuple(c.id for c in sorted((c for c in found if isinstance(c, texts.Consent)), key=lambda c: c.order))

    def consent_text(self, purpose: str, language: str = "en") -> texts.ConsentText:
        """The words of one consent as shown, with the version and hash that a consent record keeps."""
        loaded = self._loaded("consents", purpose)
        consent = loaded.entry
        assert isinstance(consent, texts.Consent)
        shown = language if language in consent.text else languages.base(language)
        words = (consent.title, consent.text, consent.if_refused, consent.if_withdrawn)
        title, text, refused, withdrawn = (entries.said(part, language) for part in words)
        return texts.ConsentText(
            id=consent.id,
            version=consent.version,
            sha256=loaded.sha256,
            language=shown if shown in consent.text else "en",
            required=consent.required,
            per_country=consent.per_country,
            title=title,
            text=text,
            if_refused=refused,
            if_withdrawn=withdrawn,
            draft=consent.is_draft,
        )

    def letter(self, kind: str, language: str, country: str) -> texts.Letter:
        """A letter, with the right of access of the country where a source names it; English where not translated."""
        loaded = self._loaded("letters", kind)
        letter = loaded.entry
        assert isinstance(letter, texts.LetterFile)
        chosen = next(tag for tag in (language, languages.base(language), "en") if tag in letter.text)
        text = letter.text[chosen]
        right = RIGHT_OF_ACCESS_IN_THE_EEA if country in self.data_protection().eea else "general"
        right = right if right in text.right else "general"
        return texts.Letter(
            id=letter.id,
            version=letter.version,
            sha256=loaded.sha256,
            language=chosen,
            right=right,
            subject=text.subject,
            body=text.body.replace("{right}", text.right[right]),
            placeholders=letter.placeholders,
            draft=letter.is_draft,
        )

    def letter_languages(self, kind: str) -> tuple[str, ...]:
        """The languages in which a letter is written."""
        return tuple(self._entry("letters", kind, texts.LetterFile).text)

    def letter_language(self, kind: str, country: str) -> str:
        """The language for a hospital of a country: the first spoken there that the letter has, else English."""
        written = self.letter_languages(kind)
        spoken = (*self.jurisdiction(country).languages, *countries.languages(country))
        return next((tag for tag in spoken if tag in written), "en")


@lru_cache(maxsize=8)
def load(folders: Folders = (), approvals: Folders = (), without: frozenset[str] = frozenset()) -> Library:
    """What `read` gives, kept for the life of the process: for content that does not change meanwhile."""
    return read(folders, approvals, without)


def read(folders: Folders = (), approvals: Folders = (), without: frozenset[str] = frozenset()) -> Library:
    """The shipped content and its packs, but those of `without`; overlay folders laid over them, later over earlier.

    Each folder of content may hold approvals; `approvals` are further folders of them.
    Raises LibraryError with every fault, each a line "file: line 3: key: what is wrong".
    """
    layers = laying.lay(SHIPPED, (*packs.folders(without), *folders), approvals)
    return Library(layers.holds, layers=layers)
