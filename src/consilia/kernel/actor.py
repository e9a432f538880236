"""Actors: who acts, in which role, through which door; an identifier and no name, fit to stand in an audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

PATIENT: Final = "patient"
PROXY: Final = "proxy"
COORDINATOR: Final = "coordinator"
EDITOR: Final = "editor"
TRANSLATOR: Final = "translator"
EXPERT: Final = "expert"
TREATING_DOCTOR: Final = "treating_doctor"
HOSPITAL: Final = "hospital"
ADMINISTRATOR: Final = "administrator"
AUDITOR: Final = "auditor"
REVIEWER: Final = "reviewer"
SYSTEM: Final = "system"
ANONYMOUS: Final = "anonymous"

ROLES: Final = frozenset(
    {
        PATIENT,
        PROXY,
        COORDINATOR,
        EDITOR,
        TRANSLATOR,
        EXPERT,
        TREATING_DOCTOR,
        HOSPITAL,
        ADMINISTRATOR,
        AUDITOR,
        REVIEWER,
        SYSTEM,
        ANONYMOUS,
    }
)
CHANNELS: Final = frozenset({"web", "worker", "link", "cli"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `id` of the person or of the link (None: the software itself or a stranger), role of ROLES.

    `via` is the door (CHANNELS); `request_id` joins the events of one request and carries no meaning.
    Raises ValueError for a role or a door outside the closed lists.
    """

    id: UUID | None
    role: str
    via: str = "web"
    request_id: str = ""

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"{self.role!r} is not a role")
        if self.via not in CHANNELS:
            raise ValueError(f"{self.via!r} is not a channel")


def system(via: str = "worker") -> Actor:
    """The software itself: a periodic task, a command of the operator's machine."""
    return Actor(id=None, role=SYSTEM, via=via)
