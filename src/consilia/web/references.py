"""The reference of rights, printed from the code: every address with its policy, and who may do what with a case."""

from __future__ import annotations

from collections.abc import Iterable

from consilia.cases.access import RIGHTS, Relation
from consilia.web import access
from consilia.web.access import Policy

OPENING = """# Rights

Every address of the product declares who may call it, or the server does not start. A case opens through a live
relation to it; what is foreign and what is absent answer with the same 404. The authorization matrix of the tests asks
every address with every method, as everybody, for every object, and compares with a table of its own.
"""


def rights_page() -> str:
    """Markdown: addresses by name, then rights and relations, both sorted."""
    parts = (OPENING, "## Who may do what with a case", _rights(), "## Addresses", _addresses())
    return "\n\n".join(part.strip() for part in parts)


def _rights() -> str:
    relations = sorted(Relation)
    rows = (
        (f"`{right}`", *("yes" if relation in RIGHTS[right] else "" for relation in relations))
        for right in sorted(RIGHTS)
    )
    return _table(("Right", *(str(relation).replace("_", " ") for relation in relations)), rows)


def _addresses() -> str:
    rows = sorted((f"`{one.name}`", f"`{one.route}`", _policy(one.policy)) for one in access.addresses())
    return _table(("Name", "Address", "Who"), rows)


def _policy(policy: Policy | None) -> str:
    if policy is None:
        return "nobody: it declares no policy"
    kinds = {"public": "everybody", "person": "whoever has an account"}
    if policy.kind == "role":
        return "role: " + ", ".join(sorted(policy.roles))
    if policy.kind == "link":
        return f"whoever holds the link: `{policy.right}`"
    return kinds.get(policy.kind) or f"right to the case: `{policy.right}`"


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = tuple(columns)
    lines = [titles, tuple("---" for _ in titles), *(tuple(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
