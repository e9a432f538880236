"""Files of a plain form, for patients and for links: each is taken by itself, one that fails costs only itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consilia.cases.access import Reader
from consilia.intake import actions
from consilia.kernel.refusal import Refused
from consilia.vault.errors import Absent, VaultFull
from consilia.web.pouring import Poured, Pouring


def prepare(request: HttpRequest, reader: Reader) -> None:
    """Sets the handler that streams into the vault. Raises Refused before a byte of the body is read."""
    if reasons := actions.reasons_against(reader):
        raise Refused(*reasons)
    request.upload_handlers = [Pouring(request, reader.case_id)]


def take(request: HttpRequest, reader: Reader) -> int:
    """Hands every file that came to intake and says what happened; returns how many were taken."""
    taken = 0
    pouring = request.upload_handlers[0]
    assert isinstance(pouring, Pouring)
    try:
        for file in request.FILES.getlist("files"):
            if isinstance(file, Poured):
                taken += _one(request, reader, file)
    finally:
        pouring.forget()
    if pouring.is_full:
        messages.error(request, _("There is no room left on our side. Please send the rest later. We were told."))
    if taken:
        words = ngettext("%(n)s file is here and is being read.", "%(n)s files are here and are being read.", taken)
        messages.success(request, words % {"n": taken})
    elif not pouring.is_full:
        messages.warning(request, _("No file came. Choose at least one file and send it once more."))
    return taken


def _one(request: HttpRequest, reader: Reader, file: Poured) -> int:
    try:
        actions.adopt(reader, [file.coming], at=timezone.now())
    except (Absent, VaultFull):
        messages.error(request, _("The file “%s” could not be kept. Please send it again.") % file.coming.path)
        return 0
    return 1
