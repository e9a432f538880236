"""Words of the pages of values; what a vital sign is called and why a person should look at the paper."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consilia.clinical.units import WhyNot
from consilia.intake.judging.laboratory import Doubt, System

SYSTEMS: Final[dict[System, Promise]] = {
    System.NEWEST: _("as on the newest report"),
    System.CONVENTIONAL: _("conventional"),
    System.SI: _("SI"),
}
DOUBTS: Final[dict[Doubt, Promise]] = {
    Doubt.READING: _("The page could not be read for sure."),
    Doubt.UNIT: _("This unit is not usual for it."),
    Doubt.VALUE: _("Far outside a printed range, but within it if the number were in the other unit."),
}
ROLES: Final[dict[str, Promise]] = {
    "patient": _("the patient"),
    "proxy": _("the person acting for the patient"),
    "coordinator": _("the desk"),
    "editor": _("the desk"),
    "expert": _("an expert"),
}
KEPT: Final[dict[WhyNot, Promise]] = {
    WhyNot.UNKNOWN_UNIT: _("As printed: we do not know the unit."),
    WhyNot.OTHER_QUANTITY: _("As printed: there is no factor for this unit."),
    WhyNot.FEU_OR_DDU: _("As printed: the report does not say which of two D-dimer units it means."),
    WhyNot.METHOD_DEPENDENT: _("As printed: the factor depends on the laboratory's method."),
    WhyNot.NO_FIXED_FACTOR: _("As printed: there is no fixed factor."),
    WhyNot.NO_RESULT: _("As printed: this is no single number."),
}
VITALS: Final[dict[str, Promise]] = {
    "8867-4": _("Heart rate"),
    "8480-6": _("Upper blood pressure"),
    "8462-4": _("Lower blood pressure"),
    "85354-9": _("Blood pressure"),
    "29463-7": _("Body weight"),
    "8302-2": _("Body height"),
    "39156-5": _("Body mass index"),
    "8310-5": _("Body temperature"),
    "9279-1": _("Breaths a minute"),
    "2708-6": _("Oxygen saturation"),
    "2339-0": _("Blood glucose"),
}
