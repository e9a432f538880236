"""The draft as the case gives it: a verdict for each stated thing, an answer for each question, in the case's words."""

from __future__ import annotations

from consilia.cases.models import Case
from consilia.opinions.content import DraftAnswer, DraftContent, DraftDiagnosis, DraftTherapy


def first(case: Case) -> DraftContent:
    """An empty draft with the patient's questions and the first doctor's words already in it."""
    return completed(DraftContent(), case)


def completed(draft: DraftContent, case: Case) -> DraftContent:
    """The draft with every question and stated thing of the case as it stands now; no word of the expert is lost.

    The editor may have reworded or added a question since the draft was begun.
    """
    return draft.model_copy(
        update={
            "diagnoses": _diagnoses(draft, case),
            "therapies": _therapies(draft, case),
            "answers": _answers(draft, case),
        }
    )


def _diagnoses(draft: DraftContent, case: Case) -> tuple[DraftDiagnosis, ...]:
    if not draft.diagnoses:
        return (DraftDiagnosis(stated_id="1", stated=case.stated_diagnosis),)
    return draft.diagnoses


def _therapies(draft: DraftContent, case: Case) -> tuple[DraftTherapy, ...]:
    if not draft.therapies and case.proposed_therapy.strip():
        return (DraftTherapy(proposed_id="1", proposed=case.proposed_therapy),)
    return draft.therapies


def _answers(draft: DraftContent, case: Case) -> tuple[DraftAnswer, ...]:
    known = {answer.number: answer for answer in draft.answers}
    asked = {one.number: one.key_text or one.text for one in case.questions.all()}
    answers = [
        known.get(number, DraftAnswer(number=number)).model_copy(update={"question": words})
        for number, words in asked.items()
    ]
    # An answer to a question that is gone stays, so that its words are not lost; the checks name it.
    return tuple(answers) + tuple(answer for number, answer in known.items() if number not in asked)
