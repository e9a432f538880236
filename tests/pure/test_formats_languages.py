"""Whose a paper is and of which day it is can be told in every language of the first release, right to left, too."""

from __future__ import annotations

import pytest

from consilia.formats import claims, dates
from consilia.formats.values import ClaimKind, DateKind, Line, PageText

PAPERS = {
    "pt": ("Nome do paciente: Ana Costa", "Data de nascimento: 09/05/1971", "Data do exame: 2 de março de 2026"),
    "nl": ("Naam patiënt: Ana Costa", "Geboortedatum: 09-05-1971", "Onderzoeksdatum: 2 maart 2026"),
    "pl": ("Imię i nazwisko: Ana Costa", "Data urodzenia: 09.05.1971", "Data badania: 2 marca 2026"),
    "ru": ("ФИО: Коста Ана", "Дата рождения: 09.05.1971", "Дата исследования: 2 марта 2026 г."),
    "tr": ("Hasta adı soyadı: Ana Costa", "Doğum tarihi: 09.05.1971", "Tetkik tarihi: 2 Mart 2026"),
    "uk": ("ПІБ: Коста Ана", "Дата народження: 09.05.1971", "Дата дослідження: 2 березня 2026 р."),
    "ar": ("اسم المريضة: آنا كوستا", "تاريخ الميلاد: 09/05/1971", "تاريخ الفحص: 2 مارس 2026"),
    "ar_SY": ("الاسم: آنا كوستا", "تاريخ الولادة: ٠٩/٠٥/١٩٧١", "تاريخ الفحص: ٢ آذار ٢٠٢٦"),
    "he": ("שם המטופלת: אנה קוסטה", "תאריך לידה: 09.05.1971", "תאריך בדיקה: 2 במרץ 2026"),
}


def page(lines: tuple[str, ...]) -> list[PageText]:
    return [
        PageText(1, 600.0, 800.0, tuple(Line(text, 40, 40 + 20 * n, 400, 52 + 20 * n) for n, text in enumerate(lines)))
    ]


@pytest.mark.parametrize("language", PAPERS)
def test_name_birth_date_and_day_are_told(language):
    found, days = claims.find(page(PAPERS[language]))
    said = {claim.kind: claim.value for claim in found}
    assert said[ClaimKind.NAME] == PAPERS[language][0].partition(": ")[2]
    assert said[ClaimKind.BIRTH_DATE] == "1971-05-09"
    assert [(day.kind, day.value) for day in days] == [(DateKind.EXAMINATION, "2026-03-02")]


@pytest.mark.parametrize(
    ("language", "printed"), [("ru", "Дата печати"), ("tr", "Yazdırma tarihi"), ("he", "תאריך הדפסה")]
)
def test_the_day_of_printing_is_not_the_day_of_the_paper(language, printed):
    _found, days = claims.find(page((*PAPERS[language], f"{printed}: 01.04.2026")))
    assert [(day.kind, day.value) for day in days] == [
        (DateKind.EXAMINATION, "2026-03-02"),
        (DateKind.PRINTED, "2026-04-01"),
    ]


def test_every_release_language_has_its_months_and_labels():
    released = {"en", "de", "fr", "es", "it", "pt", "ru", "tr", "uk", "pl", "nl", "ar", "he"}
    assert released <= set(dates.LANGUAGES)
    sections = [claims.TABLE["name"], claims.TABLE["birth_date"], *claims.TABLE["date"].values()]
    assert all(released <= set(by_language) for by_language in sections)
