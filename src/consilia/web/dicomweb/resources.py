"""Resources: what a path of DICOMweb names (PS3.18 sections 10.4 and 10.6). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from consilia.kernel.refusal import NotFound

UID: Final = re.compile(r"[0-9]+(\.[0-9]+)*")  # PS3.5 section 9.1; leading zeros occur in the wild
FRAMES: Final = re.compile(r"[0-9]{1,6}(,[0-9]{1,6})*")
LEVELS: Final = ("studies", "series", "instances")


class What(StrEnum):
    """What is asked of the objects that the path names."""

    SEARCH = "search"
    OBJECTS = "objects"
    METADATA = "metadata"
    FRAMES = "frames"
    RENDERED = "rendered"


@dataclass(frozen=True, slots=True)
class Resource:
    """`level` of what is searched or given: studies, series or instances; empty UIDs are open."""

    what: What
    level: str
    study: str = ""
    series: str = ""
    instance: str = ""
    frames: tuple[int, ...] = ()


def named(path: str) -> Resource:
    """The resource of a path below the root of a case. Raises NotFound for any other path."""
    parts = path.split("/")
    found = Resource(What.SEARCH, parts[0])
    depth = LEVELS.index(parts[0]) if parts[0] in LEVELS else -1
    if depth < 0:
        raise NotFound
    rest = parts[1:]
    while rest and UID.fullmatch(rest[0]) and len(rest[0]) <= 64:
        if depth != _named_levels(found) or depth > 2:  # /series/<uid> without its study names nothing
            raise NotFound
        found = replace(_with(found, depth, rest[0]), what=What.OBJECTS)
        rest = rest[1:]
        if rest and rest[0] in LEVELS[depth + 1 :]:
            depth = LEVELS.index(rest[0])
            found, rest = replace(found, what=What.SEARCH, level=rest[0]), rest[1:]
    return _ending(found, rest)


def _named_levels(found: Resource) -> int:
    return sum(1 for uid in (found.study, found.series, found.instance) if uid)


def _with(found: Resource, depth: int, uid: str) -> Resource:
    if depth == 0:
        return replace(found, study=uid)
    return replace(found, series=uid) if depth == 1 else replace(found, instance=uid)


def _ending(found: Resource, rest: list[str]) -> Resource:
    if not rest:
        return found
    if found.what is What.OBJECTS and rest == ["metadata"]:
        return replace(found, what=What.METADATA)
    if not found.instance or found.what is not What.OBJECTS:
        raise NotFound
    if rest in (["rendered"], ["thumbnail"]):
        return replace(found, what=What.RENDERED, frames=(1,))
    if len(rest) in {2, 3} and rest[0] == "frames" and FRAMES.fullmatch(rest[1]):
        numbers = tuple(int(number) for number in rest[1].split(","))
        if len(rest) == 2:
            return replace(found, what=What.FRAMES, frames=numbers)
        if rest[2] in {"rendered", "thumbnail"} and len(numbers) == 1:
            return replace(found, what=What.RENDERED, frames=numbers)
    raise NotFound
