"""Passkeys through the real pages, with an authenticator made of software: set up, sign in, step up, and no forgery."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestedCredentialData

from consilia.accounts import actions, signin
from consilia.accounts.models import Person, Role

pytestmark = pytest.mark.django_db
PRESENT_AND_VERIFIED, HOLDS_KEY = 0x05, 0x40
PLACE = "testserver"


@dataclass
class Device:
    """A telephone that keeps one passkey (WebAuthn level 2, sections 6.1 and 7)."""

    user_handle: str = ""
    credential: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def _seen(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": f"https://{PLACE}"}).encode()

    def _head(self, flags: int) -> bytes:
        return hashlib.sha256(PLACE.encode()).digest() + bytes([flags]) + (0).to_bytes(4, "big")

    def register(self, options: dict) -> str:
        asked = options["publicKey"]
        self.user_handle = asked["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        held = AttestedCredentialData.create(Aaguid.NONE, self.credential, public)
        attested = {
            "fmt": "none",
            "attStmt": {},
            "authData": self._head(PRESENT_AND_VERIFIED | HOLDS_KEY) + bytes(held),
        }
        return self._answer(
            {
                "clientDataJSON": websafe_encode(self._seen("webauthn.create", asked["challenge"])),
                "attestationObject": websafe_encode(cbor.encode(attested)),
            }
        )

    def answer(self, options: dict) -> str:
        seen = self._seen("webauthn.get", options["publicKey"]["challenge"])
        head = self._head(PRESENT_AND_VERIFIED)
        signature = self.key.sign(head + hashlib.sha256(seen).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(seen),
                "authenticatorData": websafe_encode(head),
                "signature": websafe_encode(signature),
                "userHandle": self.user_handle,
            }
        )

    def _answer(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.credential)
        extensions = {"credProps": {"rk": True}}
        whole = {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": extensions}
        return json.dumps(whole | {"response": response})


@pytest.fixture(autouse=True)
def real_use(settings):
    settings.CONSILIA_DEMO = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()


@pytest.fixture
def weber() -> Person:
    """An expert."""
    person = actions.add_person("weber@example.org", "Jonas", "Weber", language="en", at=timezone.now())
    actions.grant_role(person, Role.EXPERT, by=None, at=timezone.now())
    return person


def data_of(page) -> dict:
    text = page.content.decode().partition('<script id="js_data" type="application/json">')[2]
    return json.loads(text.partition("</script>")[0])


def set_up(person: Person) -> tuple[Client, Device]:
    client, device = Client(), Device()
    client.post(signin.new_link(person, at=timezone.now()))
    options = data_of(client.get("/account/keys/passkeys/add/"))["creation_options"]
    words = {"name": "my telephone", "passwordless": "on", "credential": device.register(options)}
    answer = client.post("/account/keys/passkeys/add/", words)
    assert answer.headers["Location"] == "/account/keys/recovery/"
    return client, device


def test_an_expert_sets_a_passkey_up_and_may_work_at_once(weber):
    client, _device = set_up(weber)
    assert client.get("/account/secure/").headers["Location"] == "/account/"
    assert "my telephone" in client.get("/account/settings/").content.decode()


def test_a_passkey_alone_signs_in_and_counts_as_both_factors(weber):
    _client, device = set_up(weber)
    fresh = Client()
    options = fresh.get("/account/sign-in/passkey/", headers={"accept": "application/json"}).json()["request_options"]
    fresh.post("/account/sign-in/passkey/", {"credential": device.answer(options)})
    assert fresh.session["_auth_user_id"] == str(weber.pk)
    assert fresh.get("/account/secure/").headers["Location"] == "/account/"


def test_another_key_that_claims_to_be_hers_opens_nothing(weber):
    _client, device = set_up(weber)
    thief = Device(user_handle=device.user_handle, credential=device.credential)
    fresh = Client()
    options = fresh.get("/account/sign-in/passkey/", headers={"accept": "application/json"}).json()["request_options"]
    fresh.post("/account/sign-in/passkey/", {"credential": thief.answer(options)})
    assert "_auth_user_id" not in fresh.session


def test_an_answer_cannot_be_played_twice(weber):
    _client, device = set_up(weber)
    fresh = Client()
    options = fresh.get("/account/sign-in/passkey/", headers={"accept": "application/json"}).json()["request_options"]
    answer = device.answer(options)
    fresh.post("/account/sign-in/passkey/", {"credential": answer})
    other = Client()
    other.get("/account/sign-in/passkey/", headers={"accept": "application/json"})
    other.post("/account/sign-in/passkey/", {"credential": answer})
    assert "_auth_user_id" not in other.session


@pytest.mark.parametrize("nonsense", ["", "{", "[]", "{}", '{"response": {"userHandle": 7}}', "null", '"x"'])
def test_nonsense_instead_of_a_passkey_is_an_answer_and_no_crash(weber, nonsense):
    fresh = Client()
    fresh.get("/account/sign-in/passkey/", headers={"accept": "application/json"})
    assert fresh.post("/account/sign-in/passkey/", {"credential": nonsense}).status_code < 500
    client, _device = set_up(weber)
    age(client)
    client.get("/account/step-up/")
    page = client.post("/account/step-up/passkey/", {"credential": nonsense})
    assert "could not be read" in page.content.decode()


def age(client: Client) -> None:
    store = client.session
    for record in store["account_authentication_methods"]:
        record["at"] -= 301
    store.save()


def test_a_passkey_steps_up(weber):
    client, device = set_up(weber)
    age(client)
    assert client.get("/account/password/").headers["Location"].startswith("/account/step-up/")
    options = data_of(client.get("/account/step-up/?next=/account/password/"))["request_options"]
    words = {"credential": device.answer(options), "next": "/account/password/"}
    assert client.post("/account/step-up/passkey/", words).headers["Location"] == "/account/password/"
    assert client.get("/account/password/").status_code == 200


def test_the_last_passkey_of_an_expert_stays_and_a_second_one_may_go(weber):
    client, _device = set_up(weber)
    (first,) = Authenticator.objects.filter(user=weber, type="webauthn")
    assert client.post(f"/account/keys/passkeys/{first.pk}/remove/").status_code == 409
    options = data_of(client.get("/account/keys/passkeys/add/"))["creation_options"]
    client.post("/account/keys/passkeys/add/", {"name": "key ring", "credential": Device().register(options)})
    assert client.post(f"/account/keys/passkeys/{first.pk}/remove/").status_code == 302
    assert Authenticator.objects.filter(user=weber, type="webauthn").count() == 1


def test_nobody_removes_or_renames_the_passkey_of_somebody_else(weber):
    set_up(weber)
    (key,) = Authenticator.objects.filter(user=weber, type="webauthn")
    mallory = actions.add_person("mallory@example.org", "M", "M", language="en", at=timezone.now())
    stranger = Client()
    stranger.post(signin.new_link(mallory, at=timezone.now()))
    assert stranger.post(f"/account/keys/passkeys/{key.pk}/remove/").status_code == 404
    assert stranger.post(f"/account/keys/passkeys/{key.pk}/rename/", {"name": "x"}).status_code == 404


def test_a_key_is_changed_by_no_method_but_its_form(weber):
    client, _device = set_up(weber)
    key = Authenticator.objects.get(user=weber, type="webauthn").pk
    pages = ["/account/keys/passkeys/add/", f"/account/keys/passkeys/{key}/rename/"]
    assert [client.put(page).status_code for page in pages] == [405, 405]
