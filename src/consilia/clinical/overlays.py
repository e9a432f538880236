"""Overlays: how a later folder replaces an earlier one; a draft in a safety kind only adds, it never takes away.

Stated precisely, for every facts: the assessment with a draft overlay is at least as severe as without it. Approved
content replaces whole files by id; so does a draft in a kind that holds no safety rule, or one with a new id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from consilia.clinical.checklists import ChecklistFile, more_needed
from consilia.clinical.entries import Entry, Strict
from consilia.clinical.jurisdictions import DataProtection, ForeignDoctor, Jurisdiction, Prescribing, Route
from consilia.clinical.reading import Loaded
from consilia.clinical.rules import Action, Outcome, RedFlag, RedFlagGroup, Rule, RuleGroup
from consilia.clinical.tables import TableHeader
from consilia.clinical.texts import Consent, TextSet

OVER = " + draft "
"""Stands between the paths of a file and of the draft that joined it."""

SAFETY_TEXTS = frozenset({"limits", "emergency", "medicines"})
"""Text sets whose sentences a draft can neither drop nor change."""

Severe = TypeVar("Severe", ForeignDoctor, Prescribing, Route)


def newly(over: Loaded, default: Jurisdiction | None) -> Loaded:
    """A file of an overlay whose id is new: a draft may add limits, never a ground to be suitable."""
    entry = over.entry
    if not entry.is_draft:
        return over
    if isinstance(entry, RuleGroup):
        return replace(over, entry=entry.model_copy(update={"rule": _limits(entry.rule)}))
    if isinstance(entry, Jurisdiction) and default is not None:
        return replace(over, entry=stricter(entry, default))
    return over


def _limits(found: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return tuple(rule for rule in found if rule.outcome is not Outcome.SUITABLE)


def laid_over(base: Loaded, over: Loaded) -> Loaded:
    """The file that holds when `over` has the same kind and id as `base`."""
    join = _JOINS.get(base.kind)
    if join is None or not over.entry.is_draft:
        return over
    entry, rows = join(base, over)
    if entry is base.entry:
        return base
    digest = hashlib.sha256((base.sha256 + over.sha256).encode()).hexdigest()
    return Loaded(base.kind, entry, digest, f"{base.path}{OVER}{over.path}", rows)


Joined = tuple[Entry, tuple[Strict, ...]]


def _rules(base: Loaded, over: Loaded) -> Joined:
    old, new = base.entry, over.entry
    assert isinstance(old, RuleGroup)
    assert isinstance(new, RuleGroup)
    known = {rule.id: rule for rule in old.rule}
    added: list[Rule] = []
    for rule in _limits(new.rule):
        if rule == known.get(rule.id):
            continue
        added.append(rule.model_copy(update={"id": f"{rule.id}-draft"}) if rule.id in known else rule)
    # Where only the first match counts, an added rule stands behind the old ones and cannot hide them.
    return _marked(old, new, rule=(*old.rule, *added), example=old.example), ()


def _flags(base: Loaded, over: Loaded) -> Joined:
    old, new = base.entry, over.entry
    assert isinstance(old, RedFlagGroup)
    assert isinstance(new, RedFlagGroup)
    drafts = {flag.id: flag for flag in new.flag}
    kept = [_worse(flag, drafts.pop(flag.id, flag)) for flag in old.flag]
    return _marked(old, new, flag=(*kept, *drafts.values()), example=old.example), ()


def _worse(flag: RedFlag, draft: RedFlag) -> RedFlag:
    worst = Action.CALL_NOW if Action.CALL_NOW in (flag.action, draft.action) else Action.TODAY
    return flag.model_copy(
        update={"action": worst, "case_types": tuple(dict.fromkeys(flag.case_types + draft.case_types))}
    )


def _countries(base: Loaded, over: Loaded) -> Joined:
    old, new = base.entry, over.entry
    assert isinstance(old, Jurisdiction)
    assert isinstance(new, Jurisdiction)
    return stricter(old, new), ()


def stricter(old: Jurisdiction, new: Jurisdiction) -> Jurisdiction:
    """The stricter of two files about the same country, field by field; other words stay those of the old one."""
    expert = old.expert.model_copy(
        update={
            "prescribe_without_exam": _later(old.expert.prescribe_without_exam, new.expert.prescribe_without_exam),
            "platform_registration": old.expert.platform_registration or new.expert.platform_registration,
        }
    )
    foreign = _later(old.patient.foreign_doctor, new.patient.foreign_doctor)
    joined = {
        "route": _later(old.route, new.route),
        "clause": old.clause or new.clause,
        "expert_must_not_operate": old.expert_must_not_operate or new.expert_must_not_operate,
        "expert": expert,
        "patient": old.patient.model_copy(update={"foreign_doctor": foreign}),
        "upload": old.upload if old.upload.blocked else new.upload,
        "example": old.example,
    }
    return old.model_copy(update={"review": new.review, "version": max(old.version, new.version), **joined})


def _later(old: Severe, new: Severe) -> Severe:
    order = list(type(old))
    return max(old, new, key=order.index)


def _lists(base: Loaded, over: Loaded) -> Joined:
    old, new = base.entry, over.entry
    assert isinstance(old, ChecklistFile)
    assert isinstance(new, ChecklistFile)
    drafts = {line.item: line for line in new.line}
    kept = [more_needed(line, drafts.pop(line.item, line)) for line in old.line]
    return _marked(old, new, line=(*kept, *drafts.values()), example=old.example), ()


def _sentences(base: Loaded, over: Loaded) -> Joined:
    old, new = base.entry, over.entry
    assert isinstance(old, TextSet)
    assert isinstance(new, TextSet)
    if old.id not in SAFETY_TEXTS:
        return new, ()
    known = {sentence.key for sentence in old.sentence}
    added = tuple(sentence for sentence in new.sentence if sentence.key not in known)
    return _marked(old, new, sentence=(*old.sentence, *added)), ()


def _clauses(base: Loaded, over: Loaded) -> Joined:
    return base.entry, ()


def _consents(base: Loaded, over: Loaded) -> Joined:
    old, new = base.entry, over.entry
    assert isinstance(old, Consent)
    assert isinstance(new, Consent)
    asked = {"required": old.required or new.required, "per_country": old.per_country or new.per_country}
    return new.model_copy(update=asked), ()


def _data_protection(base: Loaded, over: Loaded) -> Joined:
    old, new = base.entry, over.entry
    assert isinstance(old, DataProtection)
    assert isinstance(new, DataProtection)
    return _marked(
        old,
        new,
        eea=tuple(code for code in old.eea if code in new.eea),
        adequate=tuple(code for code in old.adequate if code in new.adequate),
        localisation_watchlist={**new.localisation_watchlist, **old.localisation_watchlist},
    ), ()


def _numbers(base: Loaded, over: Loaded) -> Joined:
    old, new = base.entry, over.entry
    assert isinstance(old, TableHeader)
    assert isinstance(new, TableHeader)
    known = {getattr(row, "iso2", "") for row in base.rows}
    added = tuple(row for row in over.rows if getattr(row, "iso2", "") not in known)
    return _marked(old, new), (*base.rows, *added)


def _marked(old: Entry, new: Entry, **changes: object) -> Entry:
    """The old entry with changes, carrying the draft's review, so that its banner is shown."""
    return old.model_copy(update={"review": new.review, "version": max(old.version, new.version), **changes})


_JOINS: dict[str, Callable[[Loaded, Loaded], Joined]] = {
    "suitability": _rules,
    "red_flags": _flags,
    "jurisdictions": _countries,
    "data_protection": _data_protection,
    "emergency_numbers": _numbers,
    "checklists": _lists,
    "texts": _sentences,
    "clauses": _clauses,
    "consents": _consents,
}
"""The safety kinds and how a draft joins them."""
