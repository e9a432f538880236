"""In which role a person acts on her own account, for the trail: her role in the service, else patient."""

from __future__ import annotations

from typing import Final

from consilia.accounts.models import REVIEWERS, Person, Role, RoleGrant
from consilia.kernel import actor
from consilia.kernel.actor import Actor

# Of several roles the one that sees most of patients names the person, as in cases.access.Reader.role.
ORDER: Final = (
    (Role.EXPERT, actor.EXPERT),
    (Role.EDITOR, actor.EDITOR),
    (Role.COORDINATOR, actor.COORDINATOR),
    (Role.ADMINISTRATOR, actor.ADMINISTRATOR),
    (Role.AUDITOR, actor.AUDITOR),
    (Role.TRANSLATOR, actor.TRANSLATOR),
    *((role, actor.REVIEWER) for role in REVIEWERS),
)


def of(person: Person) -> Actor:
    """The person with the first role of ORDER that she holds now; a patient when she holds none."""
    held = set(RoleGrant.objects.filter(person=person, revoked_at=None).values_list("role", flat=True))
    return Actor(person.pk, next((name for role, name in ORDER if role in held), actor.PATIENT))
