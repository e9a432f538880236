"""Checking: what one file of the library promises about another, and what no library may be without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from consilia.clinical import checklists, jurisdictions, medicine_rows, rules, tables, texts
from consilia.clinical.reading import Loaded

Files = Mapping[tuple[str, str], Loaded]

NEEDED = (
    ("emergency_numbers", "world"),
    ("document_kinds", "kinds"),
    ("specialities", "specialities"),
    ("checklist_items", "items"),
    ("red_flags", "adult"),
    ("red_flags", "pregnancy"),
    ("red_flags", "child"),
    ("suitability", "safety"),
    ("checklists", "always"),
    ("checklists", "general"),
    ("jurisdictions", "default"),
    ("data_protection", "gdpr"),
    ("clauses", "default"),
    ("clauses", "eu_distance_care"),
    ("texts", "emergency"),
    ("texts", "limits"),
    ("texts", "banner"),
    ("texts", "placeholders"),
    ("texts", "pairs"),
    ("texts", "readiness"),
    ("texts", "case_groups"),
    ("texts", "right_of_access"),
    ("prescription_elements", "eu"),
    ("reviewers", "reviewers"),
)


def faults_across(files: Files) -> list[str]:
    """Every broken promise as a line "file: key: what is wrong"; empty when all is well."""
    missing = [f"{kind}/{name}.toml: file: is missing" for kind, name in NEEDED if (kind, name) not in files]
    if missing:
        return missing
    return [
        *_safety(files),
        *_checklists(files),
        *_clauses(files),
        *_letters(files),
        *_tables(files),
        *_analytes(files),
    ]


def _safety(files: Files) -> Iterator[str]:
    """An alarm now is an emergency and an alarm today a doctor first, in every library, approved or not."""
    safety = files["suitability", "safety"]
    assert isinstance(safety.entry, rules.RuleGroup)
    kept = {(rule.when.fact, rule.when.values, rule.outcome) for rule in safety.entry.rule}
    for fact, outcome in (("alarm_now", rules.Outcome.EMERGENCY), ("alarm_today", rules.Outcome.SEE_DOCTOR_FIRST)):
        if (fact, ("yes",), outcome) not in kept:
            yield f"{safety.path}: rule: the rule {fact} = yes -> {outcome} must stay"
    seen: set[str] = set()
    for (kind, _), loaded in files.items():
        if kind == "suitability" and isinstance(loaded.entry, rules.RuleGroup):
            for rule in loaded.entry.rule:
                if rule.id in seen:
                    yield f"{loaded.path}: rule.{rule.id}: this id stands in another group"
                seen.add(rule.id)


def _checklists(files: Files) -> Iterator[str]:
    items = {row.item: row for row in files["checklist_items", "items"].rows if isinstance(row, tables.ItemRow)}
    headings = files["texts", "case_groups"].entry
    every = files["checklists", "always"].entry
    assert isinstance(headings, texts.TextSet)
    assert isinstance(every, checklists.ChecklistFile)
    groups = {sentence.key for sentence in headings.sentence}
    always = {line.item for line in every.line}
    for (kind, _), loaded in files.items():
        if kind == "checklists" and isinstance(loaded.entry, checklists.ChecklistFile):
            for line in loaded.entry.line:
                if line.item not in items:
                    yield f"{loaded.path}: line.{line.item}: no such item"
            if loaded.entry.group not in groups:
                yield f"{loaded.path}: group: no such group {loaded.entry.group!r}"
            for item in set(loaded.entry.replaces_always) - always:
                yield f"{loaded.path}: replaces_always: {item} is not asked for in every case"


def _clauses(files: Files) -> Iterator[str]:
    for (kind, _), loaded in files.items():
        if kind == "jurisdictions" and isinstance(loaded.entry, jurisdictions.Jurisdiction):
            clause = loaded.entry.clause
            if clause and ("clauses", clause) not in files:
                yield f"{loaded.path}: clause: no such clause {clause!r}"


def _letters(files: Files) -> Iterator[str]:
    grounds = files["texts", "right_of_access"].entry
    assert isinstance(grounds, texts.TextSet)
    known = {sentence.key for sentence in grounds.sentence}
    for (kind, _), loaded in files.items():
        if kind == "letters" and isinstance(loaded.entry, texts.LetterFile):
            for tag, text in loaded.entry.text.items():
                for right in sorted(set(text.right) - known):
                    yield f"{loaded.path}: text.{tag}.right: texts/right_of_access has no sentence for {right!r}"


def _tables(files: Files) -> Iterator[str]:
    table = files["checklist_items", "items"]
    kinds = {row.kind for row in files["document_kinds", "kinds"].rows if isinstance(row, tables.KindRow)}
    for row in table.rows:
        assert isinstance(row, tables.ItemRow)
        for kind in row.kinds:
            if kind not in kinds:
                yield f"{table.path}: {row.item}: no such kind {kind!r}"


def _analytes(files: Files) -> Iterator[str]:
    rows = [(loaded, row) for (_, _), loaded in files.items() for row in loaded.rows]
    units = {row.id for _, row in rows if isinstance(row, medicine_rows.LaboratoryUnitRow)}
    for loaded, row in rows:
        if isinstance(row, tables.AnalyteNameRow):
            for name in set(row.units) - units:
                yield f"{loaded.path}: {row.id}: laboratory_units has no row {name!r}"
