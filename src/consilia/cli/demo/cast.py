"""The people of the demo, the docs and the tests: invented, and the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody with an account. `key` names them in tests; `roles` are those of accounts.models.Role."""

    key: str
    email: str
    given_name: str
    family_name: str
    language: str = "en"
    roles: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class ExpertCharacter(Character):
    """An expert with the licence of her country."""

    title: str = "Dr"
    country: str = "DE"
    specialities: tuple[str, ...] = ("medical_oncology",)
    languages: tuple[str, ...] = ("en",)
    institutions: tuple[str, ...] = ()
    authority: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class PatientCharacter(Character):
    """A patient: her own account, her own records."""

    birth_date: date = date(1971, 5, 9)
    sex: str = "female"
    country: str = "PT"
    identifiers: tuple[tuple[str, str], ...] = field(default=())


ANA = PatientCharacter(
    "ana",
    "ana@example.org",
    "Ana",
    "Costa",
    about="patient in Portugal, has a case",
    birth_date=date(1971, 5, 9),
    country="PT",
)
MALLORY = PatientCharacter(
    "mallory",
    "mallory@example.org",
    "Mallory",
    "Stone",
    about="another patient",
    birth_date=date(1980, 1, 2),
    country="IE",
)
ROSA = PatientCharacter(
    "rosa",
    "",
    "Rosa",
    "Costa",
    about="Bruno's mother; has no account of her own",
    birth_date=date(1944, 9, 30),
    country="PT",
)
BRUNO = Character("bruno", "bruno@example.org", "Bruno", "Costa", about="acts for his mother")
EVA = Character("eva", "eva@example.org", "Eva", "Lindner", roles=("coordinator",), about="coordinator, the desk")
PRIYA = Character("priya", "priya@example.org", "Priya", "Anand", roles=("editor",), about="medical editor")
MARTA = Character("marta", "marta@example.org", "Marta", "Silva", roles=("administrator",), about="administrator")
TOM = Character("tom", "tom@example.org", "Tom", "Becker", roles=("administrator",), about="second administrator")
INES = Character("ines", "ines@example.org", "Ines", "Moreau", roles=("auditor",), about="privacy officer")
LENA = Character("lena", "lena@example.org", "Lena", "Okafor", roles=("translator",), about="translator")
LYDIA = Character("lydia", "lydia@example.org", "Lydia", "Horvat", roles=("lawyer",), about="lawyer, reviews content")

WEBER = ExpertCharacter(
    "weber",
    "weber@example.org",
    "Anna",
    "Weber",
    about="expert in Germany",
    country="DE",
    languages=("de", "en", "it"),
    institutions=("Klinikum Nordheim",),
    authority="Landesärztekammer (demo)",
    number="DEMO-DE-1",
)
LEVI = ExpertCharacter(
    "levi",
    "levi@example.org",
    "Noam",
    "Levi",
    about="expert in Israel",
    country="IL",
    languages=("he", "en"),
    institutions=("Carmel View Hospital",),
    authority="Ministry of Health (demo)",
    number="DEMO-IL-1",
)
MILLER = ExpertCharacter(
    "miller",
    "miller@example.org",
    "Grace",
    "Miller",
    about="expert in the United States",
    country="US",
    languages=("en",),
    institutions=("Lakeside Cancer Center",),
    authority="State Medical Board (demo)",
    number="DEMO-US-1",
)

PATIENTS = (ANA, MALLORY)
EXPERTS = (WEBER, LEVI, MILLER)
STAFF = (EVA, PRIYA, MARTA, TOM, INES, LENA, LYDIA)
EVERYBODY: tuple[Character, ...] = (*PATIENTS, BRUNO, *STAFF, *EXPERTS)
