"""Where allauth meets the house: new people, mails without health data, one step-up page, sealed secrets of apps."""

from __future__ import annotations

import base64
import os
from typing import Any, Final, cast
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from consilia.accounts import queries, session, step_up
from consilia.accounts.models import Person
from consilia.vault import keys as vault_keys

# The name under which the vault keeps the data key for the secrets of sign-in apps; no case has it.
SECOND_FACTORS: Final = UUID("00000000-0000-8000-8000-000000000001")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Our choices in allauth's flows."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("This code is not the right one. Look at the newest message and type the code again."),
        "incorrect_password": _("The password is not the right one."),
        "email_password_mismatch": _(
            "The e-mail address and the password do not belong together. You can also sign in with a code by e-mail."
        ),
        "too_many_login_attempts": _("That was tried too often. Wait five minutes, then ask for a new code."),
        "rate_limited": _("You have just asked for a code. Wait a moment, then ask again."),
    }

    def new_user(self, request: HttpRequest) -> Person:
        return Person(created_at=timezone.now(), language=get_language() or settings.LANGUAGE_CODE)

    def login(self, request: HttpRequest, user: Person) -> None:
        """Signs in with a new session key (Django cycles it) and keeps a row of this browser."""
        super().login(request, user)
        session.note_sign_in(request, user, at=timezone.now())

    def logout(self, request: HttpRequest) -> None:
        key = request.session.session_key
        super().logout(request)
        session.forget(key)

    def is_safe_url(self, url: str) -> bool:
        """Only addresses of this very host: whoever signs in is never sent elsewhere."""
        request = cast(HttpRequest, context.request)
        hosts = {request.get_host()}
        return url_has_allowed_host_and_scheme(url, allowed_hosts=hosts, require_https=request.is_secure())

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.CONSILIA_SERVICE_NAME}: {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        super().send_mail(template_prefix, email, {"service_name": settings.CONSILIA_SERVICE_NAME} | context)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """One page asks for everything: app, passkey, recovery code or a code by mail."""
        return [{"id": "step_up", "description": _("Show that it is you"), "url": reverse(step_up.PAGE)}]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """The rule of step-up holds for allauth's own pages, too."""
        return step_up.against_changing_keys(cast(HttpRequest, context.request)) is not None


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and recovery codes are sealed in the database; passkeys carry the person's name."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not the right one. Wait for the next code of the app and type that."),
    }

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(12)
        return base64.b64encode(nonce + _seal().encrypt(nonce, text.encode(), b"mfa")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.b64decode(encrypted_text)
        return _seal().decrypt(sealed[:12], sealed[12:], b"mfa").decode()

    def _get_site_name(self) -> str:
        return str(settings.CONSILIA_SERVICE_NAME)

    def generate_authenticator_name(self, user: Person, type: Any) -> str:  # noqa: A002 - allauth's name
        count = queries.second_factors(user)
        return gettext("My passkey") if count == 0 else gettext("Passkey %(number)d") % {"number": count + 1}

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.name}


def _seal() -> AESGCM:
    """A data key of its own in the vault's key store: it outlives a rotation of the master key, which re-wraps it."""
    return AESGCM(vault_keys.make_or_get(SECOND_FACTORS))
