"""The reasons of a proposal in words: what speaks for an expert and what against, each a short sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consilia.cases.queries.desk_case import speciality_words
from consilia.kernel import country, language
from consilia.matching.proposing import Why


@dataclass(frozen=True, slots=True)
class Said:
    """One reason as pages and invitations keep it."""

    code: str
    words: str
    speaks_for: bool

    def as_row(self) -> dict[str, str]:
        """As an assignment keeps it."""
        return {"code": self.code, "words": self.words, "speaks_for": "yes" if self.speaks_for else "no"}


def said(reasons: Iterable[Why], spoken: str) -> tuple[Said, ...]:
    """All reasons in order, in a language."""
    return tuple(Said(why.code, words(why, spoken), why.speaks_for) for why in reasons)


def words(why: Why, spoken: str) -> str:
    """One reason; an unknown code is shown as it is."""
    match why.code:
        case "speciality":
            return speciality_words(why.detail, spoken)
        case "report_language":
            return _("Writes %s, the language of the report") % language.language_name(why.detail, spoken)
        case "needs_translation":
            return _("Does not write %s: the opinion must be translated") % language.language_name(why.detail, spoken)
        case "reads":
            return _("Reads %s, a language of the records") % language.language_name(why.detail, spoken)
        case "another_school":
            return _("Works in %s, another country than the treating doctor") % country.country_name(why.detail, spoken)
        case "free":
            free = int(why.detail)
            return ngettext("Has room for %d more case", "Has room for %d more cases", free) % free
        case "not_registered":
            return _("Has no checked licence of %s") % country.country_name(why.detail, spoken)
        case _:
            return _AGAINST[why.code]() if why.code in _AGAINST else why.code


_AGAINST = {
    "no_speciality": lambda: _("Has no speciality of this case type"),
    "full": lambda: _("Has no room for another case now"),
    "conflict_institution": lambda: _("Belongs to the house or is the doctor whose plan is in question"),
    "asked_already": lambda: _("Has been asked in this case already"),
    "not_verified": lambda: _("Waits for verification by a second person"),
    "suspended": lambda: _("Is suspended"),
    "no_licence": lambda: _("Has no checked licence that is valid today"),
    "no_account": lambda: _("Has a closed account"),
}
