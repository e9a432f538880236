"""Loosening: whether other content lets through what the content before held back; in doubt it says that it may.

Rules are compared by what they decide: every rule of either library is tried with every value of the facts it names,
all other facts speaking for an opinion and all other facts unknown. Law, questions and lists are compared by field.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping

from consilia.clinical.checklists import ChecklistFile
from consilia.clinical.jurisdictions import Clause, DataProtection, Jurisdiction
from consilia.clinical.library import DEFAULT, Library
from consilia.clinical.overlays import SAFETY_TEXTS
from consilia.clinical.reading import Loaded
from consilia.clinical.rules import FACTS, UNKNOWN, Action, RedFlagGroup, Rule
from consilia.clinical.tables import EmergencyRow
from consilia.clinical.texts import Consent, TextSet
from consilia.suitability.assessing import judged
from consilia.suitability.examples import GOOD

Files = Mapping[tuple[str, str], Loaded]
MOST = 5000  # combinations tried for one rule


def loosened(old: Files, new: Files) -> tuple[str, ...]:
    """A sentence for each way in which the new files hold back less than the old ones; empty when none does."""
    return (*_rules(old, new), *(line for key in sorted(old) for line in _entry(key, old, new)))


def _entry(key: tuple[str, str], old: Files, new: Files) -> Iterator[str]:
    compare = _COMPARED.get(key[0])
    if compare is None:
        return
    after = new.get(key)
    if after is None and key[0] == "jurisdictions":
        after = new.get(("jurisdictions", DEFAULT))  # without a file of its own a country is under the default
    name = "/".join(key)
    if after is None:
        yield f"{name}: is gone"
        return
    if old[key].entry.is_draft and not after.entry.is_draft:
        yield f"{name}: becomes approved, so that it replaces what it lies over"
    yield from (f"{name}: {line}" for line in compare(old[key], after))


# --- rules -------------------------------------------------------------------------------------------------------


def _rules(old: Files, new: Files) -> Iterator[str]:
    before, after = Library(old), Library(new)
    told: set[str] = set()
    for rule in (rule for library in (before, after) for group in library.rule_groups() for rule in group.rule):
        for facts in _facts(rule):
            was, now = judged(facts, before)[0], judged(facts, after)[0]
            line = f"suitability: around the rule {rule.id}: {was} becomes {now}"
            if now.severity < was.severity and line not in told:
                told.add(line)
                yield f"{line}, for example where {_said(rule, facts)}"


def _facts(rule: Rule) -> Iterator[dict[str, str]]:
    names = sorted(set(rule.when.facts()))
    ways = itertools.product(*((*FACTS[name], UNKNOWN) for name in names))
    for values in itertools.islice(ways, MOST):
        mine = dict(zip(names, values, strict=True))
        yield {**GOOD, **mine}
        yield {**dict.fromkeys(FACTS, UNKNOWN), **mine}


def _said(rule: Rule, facts: Mapping[str, str]) -> str:
    return " and ".join(f"{name.replace('_', ' ')} is {facts[name]}" for name in sorted(set(rule.when.facts())))


# --- the other kinds ---------------------------------------------------------------------------------------------


def _flags(old: Loaded, new: Loaded) -> Iterator[str]:
    was, now = old.entry, new.entry
    assert isinstance(was, RedFlagGroup)
    assert isinstance(now, RedFlagGroup)
    known = {flag.id: flag for flag in now.flag}
    for flag in was.flag:
        after = known.get(flag.id)
        if after is None:
            yield f"the emergency question {flag.id} is gone"
        elif flag.action is Action.CALL_NOW and after.action is Action.TODAY:
            yield f"a yes to {flag.id} means a doctor today instead of a call now"
        elif flag.question != after.question:
            yield f"the emergency question {flag.id} has other words"


def _law(old: Loaded, new: Loaded) -> Iterator[str]:
    """Every field that a draft could only make stricter must not have become milder."""
    was, now = old.entry, new.entry
    assert isinstance(was, Jurisdiction)
    assert isinstance(now, Jurisdiction)
    for name, before, after in (
        ("route", was.route, now.route),
        ("foreign doctor", was.patient.foreign_doctor, now.patient.foreign_doctor),
        ("prescribe without exam", was.expert.prescribe_without_exam, now.expert.prescribe_without_exam),
    ):
        order = list(type(before))
        if order.index(after) < order.index(before):
            yield f"{name}: {before} becomes {after}"
    for name, held, holds in (
        ("the upload is no longer blocked", was.upload.blocked, now.upload.blocked),
        ("no platform of the country is asked any more", _platform(was), _platform(now)),
        ("the expert may be the one who operates", was.expert_must_not_operate, now.expert_must_not_operate),
    ):
        if held and not holds:
            yield name
    if was.clause and was.clause != now.clause:
        yield f"the clause {was.clause} is no longer printed"
    if (was.retention.years or 0) > (now.retention.years or 0):
        yield f"records are kept {now.retention.years or 'unknown'} instead of {was.retention.years} years"


def _platform(law: Jurisdiction) -> bool:
    return law.expert.platform_registration


def _lists(old: Loaded, new: Loaded) -> Iterator[str]:
    was, now = old.entry, new.entry
    assert isinstance(was, ChecklistFile)
    assert isinstance(now, ChecklistFile)
    known = {line.item: line for line in now.line}
    for line in was.line:
        after = known.get(line.item)
        if after is None:
            yield f"{line.item} is no longer asked for"
            continue
        if line.need == "essential" and after.need != "essential":
            yield f"{line.item} is no longer essential"
        if line.newer_than_days and (after.newer_than_days or line.newer_than_days + 1) > line.newer_than_days:
            yield f"{line.item} may be older than {line.newer_than_days} days"


def _numbers(old: Loaded, new: Loaded) -> Iterator[str]:
    known = {row.iso2: row for row in new.rows if isinstance(row, EmergencyRow)}
    for row in old.rows:
        assert isinstance(row, EmergencyRow)
        after = known.get(row.iso2)
        if after is None:
            yield f"{row.iso2} has no row any more"
        elif (row.show_first, row.then, row.medical_number) != (after.show_first, after.then, after.medical_number):
            yield f"{row.iso2} has another number to call"


def _transfers(old: Loaded, new: Loaded) -> Iterator[str]:
    was, now = old.entry, new.entry
    assert isinstance(was, DataProtection)
    assert isinstance(now, DataProtection)
    for name in ("eea", "adequate"):
        added = sorted(set(getattr(now, name)) - set(getattr(was, name)))
        if added:
            yield f"{name} has more countries: {', '.join(added)}"
    gone = sorted(set(was.localisation_watchlist) - set(now.localisation_watchlist))
    if gone:
        yield f"no longer watched for data that must stay in the country: {', '.join(gone)}"


def _sentences(old: Loaded, new: Loaded) -> Iterator[str]:
    was, now = old.entry, new.entry
    assert isinstance(was, TextSet)
    assert isinstance(now, TextSet)
    if was.id not in SAFETY_TEXTS:
        return
    known = {sentence.key: sentence.text for sentence in now.sentence}
    for sentence in was.sentence:
        if sentence.key not in known:
            yield f"the sentence {sentence.key} is gone"
        elif known[sentence.key] != sentence.text:
            yield f"the sentence {sentence.key} has other words"


def _clauses(old: Loaded, new: Loaded) -> Iterator[str]:
    was, now = old.entry, new.entry
    assert isinstance(was, Clause)
    assert isinstance(now, Clause)
    if was.text != now.text:
        yield "the clause has other words"


def _consents(old: Loaded, new: Loaded) -> Iterator[str]:
    was, now = old.entry, new.entry
    assert isinstance(was, Consent)
    assert isinstance(now, Consent)
    if was.required and not now.required:
        yield "is no longer needed for a case"
    if was.per_country and not now.per_country:
        yield "is no longer asked for each country"


def _groups(old: Loaded, new: Loaded) -> Iterator[str]:
    return iter(())  # what they decide is compared for all groups together


_COMPARED: dict[str, Callable[[Loaded, Loaded], Iterator[str]]] = {
    "suitability": _groups,
    "red_flags": _flags,
    "jurisdictions": _law,
    "checklists": _lists,
    "emergency_numbers": _numbers,
    "data_protection": _transfers,
    "texts": _sentences,
    "clauses": _clauses,
    "consents": _consents,
}
"""The safety kinds, as overlays know them."""
