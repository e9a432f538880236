"""Kept rights: a viewer asks for hundreds of frames in a second, and its right is looked up once in three.

The first request for the frames or headers of a series goes through every door: session, second factor, the live right
to the case, the trail. What it proved is kept in the memory of this process, for this session, this case and this
study, and requests of the same kind are answered from it. A right that ends, a session that is signed out and a record
that is removed end here after three seconds at the latest; nothing prolongs what is kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from consilia.records import imaging
from consilia.records.models import Instance
from consilia.web.dicomweb.resources import Resource, What

SECONDS = 3.0  # revocation must work within five
MOST = 500  # rights that are kept at once
KEEPING = frozenset({What.FRAMES, What.METADATA})

Key = tuple[str, str, str]  # session, root of the case, study


@dataclass(slots=True)
class Right:
    """A right to the pictures of one study that was proved a moment ago; `until` on the monotonic clock."""

    case_id: UUID
    is_lean: bool
    until: float
    _stacks: dict[str, dict[str, Instance]] = field(default_factory=dict)
    _members: dict[str, dict[UUID, list[UUID]]] = field(default_factory=dict)

    def stack(self, study: str, series: str) -> dict[str, Instance]:
        """UID -> instance of a series, as they counted when it was first asked for under this right."""
        if series not in self._stacks:
            rows = imaging.pictures(self.case_id).filter(series__study__uid=study, series__uid=series)
            self._stacks[series] = {one.uid: one for one in rows}
        return self._stacks[series]

    def members(self, study: str, series: str) -> dict[UUID, list[UUID]]:
        """The same as ids, for headers."""
        if series not in self._members:
            self._members[series] = imaging.members(self.case_id, study, series)
        return self._members[series]


_rights: dict[Key, Right] = {}


def keep(request: HttpRequest, root: str, found: Resource, right: Right) -> None:
    """Keeps what this request proved; without a session cookie nothing is kept."""
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not session or not found.series or found.what not in KEEPING or SECONDS <= 0:
        return
    if len(_rights) >= MOST:
        _rights.clear()
    _rights.setdefault((session, root, found.study), right)


def find(request: HttpRequest, root: str, found: Resource) -> Right | None:
    """The right of this session to this study, if it was proved less than three seconds ago."""
    if found.what not in KEEPING or not found.series:
        return None
    key = (request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""), root, found.study)
    right = _rights.get(key)
    if right is None:
        return None
    if right.until <= time.monotonic():
        _rights.pop(key, None)
        return None
    return right


def forget() -> None:
    """Forgets every right that is kept."""
    _rights.clear()


def until() -> float:
    """When a right that is proved now ends."""
    return time.monotonic() + SECONDS
