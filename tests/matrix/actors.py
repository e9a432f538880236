"""Who asks: each actor's session, the words of what she is, and her live relation to each case, written by hand."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import MappingProxyType

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from tests import cast, make
from tests.cast import Character
from tests.matrix import people

NOBODY, HALF, FULL = "nobody", "half", "full"
REVIEW, DELIVERED = "review", "delivered"
STAGES = (REVIEW, DELIVERED)
OBJECTS = ("own", "sibling", "foreign", "erased", "absent")
OF_ANA = ("ana_review", "ana_delivered", "ana_closed", "ana_collecting", "ana_unprocessed")
OF_MALLORY = ("mallory_review", "mallory_delivered")
OF_ROSA = ("rosa_review", "rosa_delivered", "rosa_collecting")
LIVING = (*OF_ANA, *OF_MALLORY, *OF_ROSA, "otto_review")
ANA_S = {
    REVIEW: ("ana_review", "ana_collecting", "mallory_review", "ana_erased", "absent"),
    DELIVERED: ("ana_delivered", "ana_closed", "mallory_delivered", "ana_erased", "absent"),
}
MALLORY_S = {
    REVIEW: ("mallory_review", "mallory_delivered", "ana_review", "ana_erased", "absent"),
    DELIVERED: ("mallory_delivered", "mallory_review", "ana_delivered", "ana_erased", "absent"),
}
ROSA_S = {
    REVIEW: ("rosa_review", "rosa_collecting", "ana_review", "ana_erased", "absent"),
    DELIVERED: ("rosa_delivered", "rosa_review", "ana_delivered", "ana_erased", "absent"),
}
OTTO_S = dict.fromkeys(STAGES, ("otto_review", "rosa_review", "mallory_review", "ana_erased", "absent"))
CLOSED_S = dict.fromkeys(STAGES, ("ana_closed", "ana_review", "mallory_review", "ana_erased", "absent"))


UNPROCESSED_S = dict.fromkeys(STAGES, ("ana_unprocessed", "ana_review", "mallory_review", "ana_erased", "absent"))


def _to(cases: Iterable[str], word: str) -> Mapping[str, frozenset[str]]:
    return MappingProxyType(dict.fromkeys(cases, frozenset({word})))


@dataclass(frozen=True)
class Actor:
    """`relations`: case -> words that hold between this actor and that case now; `words` hold whatever the case."""

    key: str
    who: Character | None = None
    session: str = FULL
    roles: frozenset[str] = frozenset()
    relations: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cases: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: ANA_S)
    link: str = ""  # the kind of her link: hospital or doctor
    link_lives: bool = False

    @property
    def words(self) -> frozenset[str]:
        words = {"everybody"} | ({"holder"} if self.link_lives else set())
        if self.key == "doctor_live":
            words.add("unlocked")  # this browser has given the code
        if self.session != NOBODY:
            words.add("account")
        if self.session == FULL:
            words |= {"signed_in", *(f"role:{role}" for role in self.roles)}
        return frozenset(words)

    @property
    def is_expert(self) -> bool:
        return "expert" in self.roles or self.key.startswith("expert")

    @property
    def is_of_the_case(self) -> bool:
        return self.key in {"owner", "other_patient", "proxy_live", "proxy_expired"}


def _expert(key: str, who: Character, **more: object) -> Actor:
    return Actor(f"expert_{key}", who, roles=frozenset({"expert"}), **more)  # type: ignore[arg-type]


def _staff(key: str, who: Character, *roles: str, **more: object) -> Actor:
    return Actor(key, who, roles=frozenset(roles), **more)  # type: ignore[arg-type]


ACTORS = (
    Actor("anonymous", session=NOBODY),
    Actor("owner", people.ANA, relations=_to(OF_ANA, "patient")),
    Actor("other_patient", people.MALLORY, relations=_to(OF_MALLORY, "patient"), cases=MALLORY_S),
    Actor("proxy_live", people.BRUNO, relations=_to(OF_ROSA, "proxy"), cases=ROSA_S),
    Actor("proxy_expired", people.CARL, cases=OTTO_S),
    _expert("accepted", people.ACCEPTED, relations=_to(("ana_review", "ana_delivered"), "expert")),
    _expert("invited", people.INVITED, relations=_to(("ana_review",), "expert_invited")),
    _expert("declined", people.DECLINED),
    _expert("consent_withdrawn", people.UNCONSENTED),
    _expert("licence_expired", people.LICENCE_OVER),
    _expert("licence_unchecked", people.LICENCE_UNCHECKED),
    _expert("suspended", people.SUSPENDED),
    Actor("expert_role_revoked", people.ROLELESS),
    _expert("case_closed", people.AFTERWARDS, cases=CLOSED_S),
    _expert("processing_withdrawn", people.UNPROCESSED, cases=UNPROCESSED_S),
    _staff("translator", cast.LENA, "translator"),
    _staff("lawyer", people.LAWYER, "lawyer"),
    _staff("physician", people.PHYSICIAN, "physician"),
    _staff("coordinator", cast.EVA, "coordinator", relations=_to(LIVING, "coordinator")),
    _staff("editor", cast.PRIYA, "editor", relations=_to(LIVING, "editor")),
    _staff("administrator", cast.MARTA, "administrator"),
    _staff("glass", cast.TOM, "administrator", relations=_to(("ana_review", "ana_delivered"), "glass")),
    _staff("auditor", cast.INES, "auditor", relations=_to(LIVING, "auditor")),
    Actor("half_authenticated", people.HALF, session=HALF),
    Actor("deactivated", people.CLOSED_ACCOUNT, session=NOBODY),
    Actor("hospital_live", session=NOBODY, link="hospital", link_lives=True),
    *(Actor(f"hospital_{end}", session=NOBODY, link="hospital") for end in ("finished", "revoked", "over")),
    Actor("doctor_live", session=NOBODY, link="doctor", link_lives=True),
    Actor("doctor_wrong_code", session=NOBODY, link="doctor", link_lives=True),
    *(Actor(f"doctor_{end}", session=NOBODY, link="doctor") for end in ("over", "revoked", "guessed")),
    Actor("sign_in_link_live", session=NOBODY, link="sign_in", link_lives=True),
    Actor("sign_in_link_used", session=NOBODY, link="sign_in"),
    Actor("demo_link", session=NOBODY, link="demo", link_lives=True),
)
BY_KEY = {actor.key: actor for actor in ACTORS}


def relation(actor: Actor, case: str) -> frozenset[str]:
    return actor.relations.get(case, frozenset())


class Browser:
    """A client of one actor; every request begins with the cookies of the first."""

    def __init__(self, actor: Actor) -> None:
        self.client = Client(raise_request_exception=False, SERVER_NAME="localhost")
        if actor.who is not None:
            _sign_in(self.client, actor)
        self.kept = {name: morsel.value for name, morsel in self.client.cookies.items()}

    def fresh(self) -> Client:
        self.client.cookies = SimpleCookie(self.kept)
        return self.client

    def keep(self) -> None:
        """What is in the browser now belongs to it from now on."""
        self.kept = {name: morsel.value for name, morsel in self.client.cookies.items()}


def _sign_in(client: Client, actor: Actor) -> None:
    """A session as the sign-in pages leave it; with the second factor unless it is half."""
    assert actor.who is not None
    person = make.person(actor.who)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    later = time.time() + 4 * 3600  # the matrix runs longer than a step-up counts
    given = [{"method": "code", "at": later}]
    if not Authenticator.objects.filter(user=person).exists():
        TOTP.activate(person, generate_totp_secret())
        RecoveryCodes.activate(person)
    if actor.session == FULL:
        given.append({"method": "mfa", "type": "totp", "at": later})
    session = client.session
    session["account_authentication_methods"] = given
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
