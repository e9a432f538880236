"""Proposes lines for addresses that expected.tsv does not know; a person reviews them before they count.

Run: python -m tests.matrix.propose (inside an installation of its own). The proposal follows the policies and asks
which methods are answered; the review follows issue and workflow, never the policies.
"""

from __future__ import annotations

from consilia.cases.access import RIGHTS, Right
from consilia.web import access
from consilia.web.access import Address

WORDS = {"administrator_with_reason": "glass"}
LINKS = frozenset({"treating_doctor", "hospital"})  # they never open an address with a case in it


def words(address: Address) -> str:
    policy = address.policy
    if policy is None:
        return "NOBODY"
    if policy.kind == "public":
        return "everybody"
    if policy.kind == "person":
        return "account" if address.name.startswith(("account", "mfa")) else "signed_in"
    if policy.kind == "role":
        return " ".join(f"role:{role}" for role in policy.roles)
    assert policy.right is not None
    if policy.kind == "link":
        return "holder"
    return of_right(policy.right)


def of_right(right: Right) -> str:
    return " ".join(sorted(WORDS.get(str(one), str(one)) for one in RIGHTS[right] - LINKS))


def lines(known: frozenset[str] = frozenset()) -> list[str]:
    """The lines that are missing, with POST as GET; which methods are answered is seen when the matrix runs."""
    return [f"{one.name}\t{words(one)}\t{words(one)}\t-" for one in access.addresses() if one.name not in known]
