"""Letters that the desk starts from: neutral words that name neither a record nor what it holds."""

from __future__ import annotations

from django.utils.translation import gettext as _


def kept_out_words() -> str:
    """What the patient is told; names neither the record nor what it holds."""
    return _(
        "Among your files was one that seems to belong to another person. We have taken it out of your case, and no "
        "expert will see it. Please delete your copy, and tell us if we are wrong."
    )


def ask_first_words(given_name: str) -> str:
    """The question to the patient, to be changed before it is sent."""
    return _(
        "Dear %(name)s, in one of your files the name or the birth date differs from yours. Could you look at the "
        "held file in your records and tell us whether it is yours?"
    ) % {"name": given_name}
