"""What a request carries: forms that the views take, headers of resumable uploads, and the things people own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone
from tests import make
from tests.matrix import people
from tests.matrix.actors import ACTORS, BY_KEY, Browser
from tests.matrix.cells import Cell
from tests.matrix.world import World
from tests.pages.test_account_passkeys import Device

from consilia.accounts.models import SignIn, SignInLink
from consilia.cases import actions as cases
from consilia.cases import content
from consilia.cases.models import Purpose
from consilia.intake.models import UploadLink
from consilia.reports.models import Share

Form = Mapping[str, str]

TUS = {"HTTP_TUS_RESUMABLE": "1.0.0", "HTTP_UPLOAD_OFFSET": "3", "HTTP_UPLOAD_LENGTH": "4"}
PIECE = "application/offset+octet-stream"


def of(world: World, cell: Cell) -> dict[str, object]:
    """Arguments of django.test.Client.generic for this cell."""
    if "tus" in cell.address:
        data = b"abc" if cell.method == "PATCH" else b""
        return {"data": data, "content_type": PIECE if data else "application/octet-stream", **TUS}
    if cell.method != "POST":
        return {}
    form = urlencode(FORMS.get(cell.address, _nothing)(world, cell))
    return {"data": form, "content_type": "application/x-www-form-urlencoded"}


def _nothing(_world: World, _cell: Cell) -> Form:
    return {}


def _consent(_world: World, _cell: Cell) -> Form:
    read = content.library().consent_text(Purpose.TERMS.value)
    return {"purpose": Purpose.TERMS.value, "sha256": read.sha256}


def _patient_of(world: World, cell: Cell) -> Form:
    actor = BY_KEY[cell.actor]
    return {"patient": str(world.tales[actor.cases[cell.stage][0]].patient.pk)}


def _expert(world: World, _cell: Cell) -> Form:
    return {"expert": str(world.others["expert_id"])}


# Forms without which a view does nothing or answers 404 by itself; all others are sent empty.
def _urgent(_world: World, _cell: Cell) -> Form:
    return {"note": "It got worse since yesterday."}


def _name(_world: World, _cell: Cell) -> Form:
    return {"kind": "pathology_report", "day": "2026-10-05"}


FORMS: dict[str, Callable[[World, Cell], Form]] = {
    "desk:urgent": _urgent,
    "expert:urgent": _urgent,
    "patient:urgent": _urgent,
    "desk:held": lambda _world, _cell: {"decision": "release", "reason": "It is hers, I called."},
    "desk:set-aside": lambda _world, _cell: {"reason": "a recipe"},
    "desk:name-paper": _name,
    "patient:name-paper": _name,
    "desk:study-set-aside": lambda _world, _cell: {"reason": "a picture of a dog"},
    "desk:seat-plan": lambda _world, _cell: {"country": "DE", "speciality": "medical_oncology"},
    "desk:invite": _expert,
    "desk:content-reviewer-end": lambda _world, _cell: {"email": people.LAWYER.email, "role": "lawyer"},
    "desk:answer": lambda _world, _cell: {"answer": "No."},
    "desk:note": lambda _world, _cell: {"text": "A note."},
    "patient:case-consents": _consent,
    "patient:record-unlock": lambda _world, _cell: {"password": "guessed"},
    "patient:case-consent-withdraw": _consent,
    "patient:case-start": _patient_of,
    "patient:condition": lambda _world, _cell: {"applies": "no"},
}


def things_of_people(world: World) -> None:
    """A browser of each person, and whose mandate is whose; passkeys nobody has."""
    now = timezone.now()
    browsers: dict[str, object] = {}
    for actor in ACTORS:
        if actor.who is not None:
            row = SignIn.objects.create(
                person=make.person(actor.who), session_key=f"elsewhere-{actor.key}", way="code", began_at=now
            )
            browsers[actor.key] = row.pk
    mandates: dict[str, object] = world.others["mandates"]  # type: ignore[assignment]
    world.others |= {
        "sign_in_id": browsers,
        "mandate_id": {"proxy_live": mandates[people.BRUNO.email], "proxy_expired": mandates[people.CARL.email]},
        "pk": {key: _passkey(key) for key in ("owner", "other_patient")},
        "hashes": {
            "hospital": UploadLink.objects.order_by("pk").values_list("secret_hash", flat=True).last(),
            "sign_in": SignInLink.objects.values_list("secret_hash", flat=True).first(),
            "demo": "forged",
            "doctor": Share.objects.order_by("pk").values_list("secret_hash", flat=True).last(),
        },
    }


def _passkey(actor: str) -> int:
    """A passkey in the list of one's own; nobody can sign in with it."""
    who = BY_KEY[actor].who
    assert who is not None
    options = {"publicKey": {"challenge": "none", "user": {"id": actor}}}
    data = {"name": "key", "credential": json.loads(Device().register(options))}
    row = Authenticator.objects.create(user=make.person(who), type=Authenticator.Type.WEBAUTHN, data=data)
    return int(row.pk)


def self_checks(browsers: Mapping[str, Browser]) -> None:
    """Patients have done a self-check in this browser, and no case has taken it over yet."""
    for actor in ("owner", "other_patient", "proxy_live"):
        check = cases.keep_self_check({}, "suitable", {}, "PT", at=timezone.now())
        session = browsers[actor].fresh().session
        session["self_check_id"] = str(check.pk)
        session.save()


def open_shares(world: World, browsers: Mapping[str, Browser]) -> None:
    """The doctor with a live link has typed the code; the other one has typed a wrong one."""
    for actor, right in (("doctor_live", True), ("doctor_wrong_code", False)):
        code = str(world.others[f"{actor}_code"])
        browser = browsers[actor]
        client = browser.fresh()
        client.post(
            reverse("doctor:report-door", args=[world.secrets[actor]]), {"code": code if right else f"{code[1:]}x"}
        )
        browser.keep()
