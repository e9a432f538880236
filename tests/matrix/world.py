"""The world of the matrix: built once, through the actions; cases, secrets and who stands how to which case."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from tests import cast, make
from tests.matrix import cases, people, records
from tests.matrix.cases import Tale
from tests.matrix.records import Ids

from consilia.accounts import actions as accounts
from consilia.accounts import signin
from consilia.accounts.models import Mandate
from consilia.cases import actions as case_actions
from consilia.cases import content
from consilia.clinical.approvals import Approval
from consilia.experts import actions as experts
from consilia.experts.models import Expert
from consilia.intake import links
from consilia.kernel.refusal import Invalid
from consilia.reports import shares
from consilia.review import queries

BEGAN = timedelta(days=3)
LONG_AGO = timedelta(days=70)  # every link made then is over
ABSENT = "absent"


@dataclass
class World:
    """Ids of each case by the words of addresses, secrets of links, and global ids."""

    tales: dict[str, Tale] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)  # actor -> secret of her link
    others: Ids = field(default_factory=dict)  # ids that belong to no case

    def ids(self, case: str) -> Mapping[str, object]:
        """Word of an address -> id inside the case; an absent case has none."""
        if case == ABSENT:
            return {}
        return self.tales[case].ids


def build() -> World:
    """Builds everything; takes some seconds."""
    now = timezone.now().replace(microsecond=0)
    at = now - BEGAN
    world = World()
    people.staff(at)
    _approval_taken_back(at)
    for who in people.EXPERTS:
        people.expert(who, at)
    _patients_of_ana(world, at, now)
    _others(world, at)
    _links(world, now)
    _shares(world, now)
    _ways_in(world, now)
    _people_without(world, at, now)
    return world


def _approval_taken_back(at: datetime) -> None:
    """A lawyer once approved the rules of a country and took it back: the file of it can be downloaded."""
    loaded = queries.top(content.library(), "jurisdictions", "US")
    version, sha256 = loaded.entry.version, loaded.sha256
    said = {"role": "lawyer", "state": "withdrawn", "by": people.LAWYER.given_name, "at": at}
    one = Approval(kind="jurisdictions", id="US", version=version, sha256=sha256, **said)
    path = content.approvals_folder() / one.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(one.toml())
    content.changed()


def _patients_of_ana(world: World, at: datetime, now: datetime) -> None:
    """Ana's cases: in review, delivered, signed and its consent taken back, closed, collecting, erased."""
    review = cases.in_review("ana", at, people.ACCEPTED)
    for who in (people.LICENCE_OVER, people.LICENCE_UNCHECKED, people.SUSPENDED, people.ROLELESS, people.UNCONSENTED):
        cases.seat(review, who)
    cases.declined_by(review, people.DECLINED)
    late = now - cases.HOUR
    invited = cases.ask(review, people.INVITED, late)
    desk = review.staff()
    planned = case_actions.plan_seat(
        desk, country="IL", speciality="medical_oncology", via_doctor=False, reasons=[], at=late
    )
    review.ids |= {"seat_id": planned.pk, "seat": planned.seat, "invited_seat": invited.pk}
    cases.question(review, people.ACCEPTED)
    delivered = cases.delivered("ana", at, people.ACCEPTED, people.UNCONSENTED)
    for tale in (review, delivered):
        cases.take_consent_back(tale, "FR", late)
    unprocessed = cases.signed("ana", at, people.UNPROCESSED)
    cases.take_consent_back(unprocessed, "", late)
    world.tales |= {
        "ana_unprocessed": unprocessed,
        "ana_review": review,
        "ana_delivered": delivered,
        "ana_closed": cases.closed("ana", at, people.AFTERWARDS),
        "ana_collecting": cases.collecting("ana", at),
        "ana_erased": cases.erased("ana", at),
    }
    for key in ("ana_review", "ana_delivered"):
        cases.glass(world.tales[key], now)
        cases.glass(world.tales[key], at, cast.MARTA)  # over for days


def _others(world: World, at: datetime) -> None:
    """The same for Mallory; Rosa, for whom Bruno acts; Otto, for whom Carl acted until two days ago."""
    review = cases.in_review("mallory", at, people.ELSEWHERE)
    cases.question(review, people.ELSEWHERE)
    review.ids |= _seat_of(review)
    rosa = cases.in_review("rosa", at, people.ELSEWHERE)
    cases.question(rosa, people.ELSEWHERE)
    world.tales |= {
        "mallory_review": review,
        "mallory_delivered": cases.delivered("mallory", at, people.ELSEWHERE),
        "rosa_review": rosa,
        "rosa_delivered": cases.delivered("rosa", at, people.ELSEWHERE),
        "rosa_collecting": cases.collecting("rosa", at),
        "otto_review": cases.collecting("otto", at),
    }


def _seat_of(tale: Tale) -> Ids:
    """A planned seat that nobody has been asked for."""
    words = {"country": "IL", "speciality": "medical_oncology"}
    one = case_actions.plan_seat(tale.staff(), via_doctor=False, reasons=[], at=tale.at, **words)
    return {"seat_id": one.pk, "seat": one.seat}


def _links(world: World, now: datetime) -> None:
    """Links for hospitals: live, finished, taken back, over."""
    tale = world.tales["ana_review"]
    for actor in ("hospital_live", "hospital_finished", "hospital_revoked", "hospital_over"):
        made = records.link(tale.teller, now - (LONG_AGO if actor == "hospital_over" else cases.HOUR))
        world.secrets[actor] = made.secret
        if actor == "hospital_live":
            through = links.resolve(made.secret, at=now)
            tale.ids["live_link"] = made.link.pk
            tale.ids["upload_through_link"] = records.begin_upload(through, now)
        if actor == "hospital_finished":
            links.finish(links.resolve(made.secret, at=now), at=now)
        if actor == "hospital_revoked":
            links.revoke(tale.teller, made.link.pk, at=now)


def _shares(world: World, now: datetime) -> None:
    """Links for the doctor at home: live, over, taken back, one whose code nobody knows."""
    tale = world.tales["ana_delivered"]
    for actor in ("doctor_live", "doctor_over", "doctor_revoked", "doctor_wrong_code", "doctor_guessed"):
        made = cases.share(tale, now - (LONG_AGO if actor == "doctor_over" else cases.HOUR))
        world.secrets[actor] = made.secret
        world.others[f"{actor}_code"] = made.code
        if actor == "doctor_revoked":
            shares.revoke(tale.teller, made.share_id, at=now)
        for _guess in range(5 if actor == "doctor_guessed" else 0):
            with contextlib.suppress(Invalid):
                shares.unlock(made.secret, "000000" if made.code != "000000" else "111111", at=now)


def _ways_in(world: World, now: datetime) -> None:
    """Links by which somebody signs in: one that works, one that was used, one of the demo."""
    ana = make.person(people.ANA)
    for actor in ("sign_in_link_live", "sign_in_link_used"):
        world.secrets[actor] = signin.new_link(ana, at=now).rstrip("/").rpartition("/")[2]
    signin.use_link(world.secrets["sign_in_link_used"], at=now)
    world.secrets["demo_link"] = signin.demo_link(ana).rstrip("/").rpartition("/")[2]


def _people_without(world: World, at: datetime, now: datetime) -> None:
    """What has ended since: an account, a suspension, a role; and a licence that nobody has checked."""
    boss = make.person(cast.TOM)
    accounts.deactivate(make.person(people.CLOSED_ACCOUNT), by=boss, at=now)
    experts.suspend(people.expert(people.SUSPENDED, at).pk, reason="asked by the authority", by=boss, at=now)
    people.without_role(people.ROLELESS, now)
    people.licence_nobody_checked(people.LICENCE_UNCHECKED, now)
    people.licence_elsewhere(people.LICENCE_OVER, at)
    asked = Expert.objects.get(person__email=people.NEVER.email)
    foreign = Expert.objects.get(person__email=people.ACCEPTED.email)
    mandates: dict[str, UUID] = dict(Mandate.objects.values_list("proxy__email", "pk"))
    world.others |= {
        "expert_id": asked.pk,
        "licence_id": asked.licences.get().pk,
        "foreign_licence_id": foreign.licences.get().pk,
        "mandates": mandates,
    }
