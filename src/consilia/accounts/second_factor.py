"""Codes of a second factor or by mail, each taken at most once, with a limit of attempts."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code, normalize_user_code
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from consilia.accounts import session
from consilia.accounts.models import Person, UsedCode
from consilia.accounts.session import Way
from consilia.kernel.ids import hash_secret
from consilia.kernel.refusal import Invalid

MAIL_CODE: Final = "consilia_step_up_code"
MAIL_CODE_LASTS: Final = 600  # seconds
MAIL_CODE_ATTEMPTS: Final = 3
CODE_KEPT: Final = timedelta(minutes=10)


def take_code(request: HttpRequest, person: Person, code: str, *, at: datetime) -> Way:
    """Takes a code of the app or a recovery code and writes it into the session.

    Raises Invalid({"code": ...}) when it is wrong, used before, or was tried too often.
    """
    key = f"mfa-auth-user-{person.pk}"
    if not ratelimit.consume(request, action="login_failed", key=key):
        raise Invalid({"code": _("That was tried too often. Wait five minutes, then type the newest code.")})
    for authenticator in Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.WEBAUTHN):
        if authenticator.wrap().validate_code(code):
            use_once(person, code, at=at)
            ratelimit.clear(request, action="login_failed", key=key)
            authenticator.record_usage()
            session.note_way(request, person, Way(authenticator.type), again=True)
            return Way(authenticator.type)
    raise Invalid({"code": _("This code is not the right one. Wait for the next code of the app and type that.")})


def use_once(person: Person, code: str, *, at: datetime) -> None:
    """Marks a code as used; raises Invalid when it was used before, in whatever process."""
    # Six digits come again after a while: only the codes of the last minutes are kept.
    UsedCode.objects.filter(person=person, used_at__lt=at - CODE_KEPT).delete()
    try:
        with transaction.atomic():
            UsedCode.objects.create(person=person, code_hash=_code_hash(code), used_at=at)
    except IntegrityError as error:
        raise Invalid({"code": _("This code was used already. Wait for the next one and type that.")}) from error


def send_mail_code(request: HttpRequest, person: Person) -> None:
    """Mails a code for a step-up; raises Invalid when codes were asked for too often."""
    if not ratelimit.consume(request, action="request_login_code", key=person.email.lower()):
        raise Invalid({"code": _("You have asked for several codes. Wait a minute, then ask again.")})
    adapter = get_adapter(request)
    code = adapter.generate_login_code()
    request.session[MAIL_CODE] = {"hash": _code_hash(code), "at": time.time(), "failures": 0, "person": str(person.pk)}
    adapter.send_mail("account/email/step_up_code", person.email, {"code": code, "request": request})


def mail_code_waits(request: HttpRequest, person: Person) -> bool:
    """True while a mailed code can still be typed."""
    return _pending(request, person) is not None


def take_mail_code(request: HttpRequest, person: Person, code: str) -> None:
    """Takes the mailed code, once. Raises Invalid when it is wrong or too old; the third wrong one ends it."""
    pending = _pending(request, person)
    if pending is None:
        raise Invalid({"code": _("This code is too old. Ask for a new one.")})
    if not compare_user_code(actual=_code_hash(code), expected=pending["hash"]):
        _count_failure(request, pending)
    del request.session[MAIL_CODE]
    session.note_way(request, person, Way.CODE, again=True)


def _count_failure(request: HttpRequest, pending: dict[str, Any]) -> None:
    pending["failures"] += 1
    request.session[MAIL_CODE] = pending
    if pending["failures"] >= MAIL_CODE_ATTEMPTS:
        del request.session[MAIL_CODE]
        raise Invalid({"code": _("The code was typed wrongly three times and is void. Ask for a new one.")})
    raise Invalid({"code": _("This code is not the right one. Look at the newest message and type the code again.")})


def _pending(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    pending: dict[str, Any] | None = request.session.get(MAIL_CODE)
    if not pending or pending["person"] != str(person.pk) or time.time() - pending["at"] > MAIL_CODE_LASTS:
        return None
    return pending


def _code_hash(code: str) -> str:
    return hash_secret(normalize_user_code(code))
