"""What the words of an upload cause: alarm words reach those on call, a paper that came twice is one record."""

from __future__ import annotations

import pytest
from tests import make
from tests.cast import ANA
from tests.make import NOON

from consilia.cases import content
from consilia.cases.models import Case
from consilia.cases.queries import readiness
from consilia.intake import actions
from consilia.jobs import runner
from consilia.records.models import Original, Standing
from consilia.suitability import filling

pytestmark = pytest.mark.django_db
LETTER = (
    "Hospital San Telmo\nInforme de resonancia magnética de rodilla\nPaciente: {name}\nFecha: 03/02/2025\n"
    "Técnica: secuencias T1 y T2 en tres planos del espacio sin contraste.\n"
    "Hallazgos: menisco interno con rotura horizontal, ligamentos cruzados íntegros, derrame leve.\n"
    "Conclusión: rotura del menisco interno.\n"
)


def sent(words: str, path: str, case: Case) -> Original:
    content = words.encode()
    elena = make.reader(ANA, case)
    actions.put_whole(elena, path=path, chunks=[content], size=len(content), key=path, at=NOON)
    runner.drain(NOON)
    return Original.objects.get(case_id=case.pk, path=path)


def test_alarm_words_of_her_message_raise_the_urgent_flag_with_the_sentence():
    case = make.case_collecting(ANA)
    sent("Hola. Desde ayer tengo la ingle y los genitales dormidos. Gracias.", "nota.txt", case)
    case.refresh_from_db()
    assert case.urgent_at == NOON
    assert "Desde ayer tengo la ingle y los genitales dormidos." in case.urgent_note


def test_a_denied_symptom_raises_nothing():
    case = make.case_collecting(ANA)
    sent("Hola. No tengo dolor en el pecho en reposo.", "nota.txt", case)
    case.refresh_from_db()
    assert case.urgent_at is None


def test_the_same_words_in_another_file_are_a_copy_of_the_first():
    case = make.case_collecting(ANA)
    name = f"{ANA.given_name} {ANA.family_name}"
    first = sent(LETTER.format(name=name), "informe.txt", case)
    again = sent(LETTER.format(name=name) + "\n\n", "copia.txt", case)
    assert (first.standing, again.standing, again.reason) == (Standing.TAKEN, Standing.DUPLICATE, "same_content")
    assert again.duplicate_of == first


def test_the_same_form_of_another_day_is_a_record_of_its_own():
    case = make.case_collecting(ANA)
    name = f"{ANA.given_name} {ANA.family_name}"
    sent(LETTER.format(name=name), "informe.txt", case)
    later = sent(LETTER.format(name=name).replace("03/02/2025", "09/05/2025"), "otro.txt", case)
    assert later.standing == Standing.TAKEN


SHEET = (
    "LABORATÓRIO DO VALE\nNome: {name}\nColheita: 03/02/2025\n\n"
    "BIOQUÍMICA                   Resultado   Unidade    Valores de referência\n"
    "Proteína C reativa (CRP)     4,1         mg/L       < 5,0\n"
    "Creatinina                   0,74        mg/dL      0,50 - 1,00\n"
)


def test_a_sheet_of_values_fills_the_places_of_what_it_measured():
    case = make.case_collecting(ANA)
    name = f"{ANA.given_name} {ANA.family_name}"
    paper = sent(SHEET.format(name=name), "analises.txt", case).document
    assert paper.kind == "lab_report"
    (item,) = (one for one in content.library().checklist("joint_replacement").items if one.id == "lab_crp")
    assert filling.fills(readiness.paper(paper), item)
    assert "Creatinina" in paper.headings
