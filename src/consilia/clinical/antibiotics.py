"""Antibiotics: the AWaRe group of an antibiotic where the pack is there, and nothing that the table does not say.

Source: WHO AWaRe classification 2023 (CC BY-NC-SA 3.0 IGO), content pack `aware`; without the pack all is unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from consilia.clinical.grounds import Grounds, grounds, rows_of
from consilia.clinical.library import Library
from consilia.clinical.medicine_rows import AntibioticRow, Group
from consilia.clinical.substances import Found, Suggested, find, nearly, plain

KIND = "antibiotics"


class WhyNoGroup(StrEnum):
    """Why there is no group."""

    NO_TABLE = "no_table"
    """The pack was left out."""
    NOT_IN_TABLE = "not_in_table"
    """No antibiotic of the table has this name; it may be one all the same."""
    CONFIRM_NAME = "confirm_name"
    """The spelling differs: a person says whether a suggested antibiotic is meant."""
    ROUTE_DECIDES = "route_decides"
    """The group differs by route, and the route was not said."""


@dataclass(frozen=True, slots=True)
class AwareGroup:
    """The group of an antibiotic, by INN as in the table; `routes` are those it holds for, empty = not by route.

    `on_essential_list` (WHO 2023) is True only if that holds for every one of these routes.
    """

    inn: str
    group: Group
    routes: tuple[str, ...]
    on_essential_list: bool
    edition: str
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class UnknownGroup:
    """No group. `suggested` are INNs to ask a person about; `by_route` the groups among which the route decides."""

    why: WhyNoGroup
    suggested: tuple[str, ...] = ()
    by_route: tuple[tuple[str, Group], ...] = ()


class WhyNone(StrEnum):
    """Why no narrower alternative is stated."""

    NO_TABLE = "no_table"
    NOT_IN_TABLE = "not_in_table"
    NO_USES_IN_TABLE = "no_uses_in_table"
    """The table names groups and no uses; that two antibiotics serve the same use is for a physician to say."""


@dataclass(frozen=True, slots=True)
class NoneStated:
    """No alternative is named, and why."""

    why: WhyNone


def group(library: Library, said: str, *, route: str = "") -> AwareGroup | UnknownGroup:
    """The AWaRe group of an antibiotic by INN or another name of it, in any capitals; `route` is "iv", "oral" or "".

    Parts of a combination stand in any order, with "/", "+", "and" or a hyphen between them. One part of a combination
    is not the combination.
    """
    rows = rows_of(library, KIND, AntibioticRow)
    if not rows:
        return UnknownGroup(WhyNoGroup.NO_TABLE)
    wanted = _spellings(library, said)
    named = [row for row in rows if _parts(row.inn) in wanted]
    if not named:
        return _not_named(library, rows, said)
    chosen = [row for row in named if not route or row.route in ("", route)]
    groups = {row.aware_group for row in chosen}
    if len(groups) > 1:
        return UnknownGroup(WhyNoGroup.ROUTE_DECIDES, by_route=tuple((row.route, row.aware_group) for row in chosen))
    if not chosen:
        return UnknownGroup(WhyNoGroup.NOT_IN_TABLE)
    return AwareGroup(
        inn=chosen[0].inn,
        group=groups.pop(),
        routes=tuple(row.route for row in chosen if row.route),
        on_essential_list=all(row.on_eml_2023 == "yes" for row in chosen),
        edition=chosen[0].edition,
        grounds=grounds(library, KIND, chosen),
    )


def _not_named(library: Library, rows: tuple[AntibioticRow, ...], said: str) -> UnknownGroup:
    inns = {row.inn for row in rows}
    found = find(library, said)
    brands = tuple(inn for inn in found.suggested if inn in inns) if isinstance(found, Suggested) else ()
    near = tuple(dict.fromkeys((*nearly({inn: inn for inn in inns}, said), *brands)))
    return UnknownGroup(WhyNoGroup.CONFIRM_NAME, near) if near else UnknownGroup(WhyNoGroup.NOT_IN_TABLE)


def narrower_alternative(library: Library, said: str) -> NoneStated:
    """A narrower antibiotic of the same use: none is stated, because no table of this library names uses."""
    rows = rows_of(library, KIND, AntibioticRow)
    wanted = _spellings(library, said)
    if not rows:
        return NoneStated(WhyNone.NO_TABLE)
    known = any(_parts(row.inn) in wanted for row in rows)
    return NoneStated(WhyNone.NO_USES_IN_TABLE if known else WhyNone.NOT_IN_TABLE)


Parts = tuple[str, ...]


@lru_cache(maxsize=4096)
def _parts(name: str) -> Parts:
    return tuple(sorted(part.strip() for part in re.split(r"[/+&,]|\band\b", plain(name)) if part.strip()))


def _spellings(library: Library, said: str) -> set[Parts]:
    """The name as said, with hyphens as separators, and either with other names replaced by the INN."""
    as_said = {_parts(said), _parts(said.replace("-", "/"))}
    return as_said | {tuple(sorted(_inn(library, part) for part in parts)) for parts in as_said}


def _inn(library: Library, part: str) -> str:
    found = find(library, part)
    return plain(found.inn) if isinstance(found, Found) else part
