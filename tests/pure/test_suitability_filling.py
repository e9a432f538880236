"""A paper or a study finds its place by kind and title, in doubt none: a wrong place is worse than an empty one."""

from __future__ import annotations

import pytest

from consilia.clinical import library
from consilia.suitability.filling import IMAGING_STUDY, PresentRecord, fills

HOLD = library.load()
ITEMS = {item.id: item for case_type in HOLD.case_types() for item in HOLD.checklist(case_type).items}
BROAD = {"lab_general", "imaging_report", "pathology_report", "procedure_report", "timeline", "questions"}
BROAD |= {"doctor_report", "treatment_plan", "history_physical", "past_illness", "discharge_summary", "medication_list"}
"""Items that any paper of a kind may fill, whatever its title."""


def places(record: PresentRecord) -> set[str]:
    return {item.id for item in ITEMS.values() if fills(record, item)} - BROAD


@pytest.mark.parametrize(
    ("kind", "title", "item"),
    [
        ("lab_report", "PSA value", "lab_psa"),
        ("lab_report", "Laboratory: CEA", "lab_cea"),
        ("lab_report", "TSH and free T4", "lab_thyroid"),
        ("lab_report", "Thyroglobulin", "lab_thyroglobulin"),
        ("lab_report", "NT-proBNP", "lab_ntprobnp"),
        ("lab_report", "Creatinine, eGFR", "lab_kidney"),
        ("lab_report", "Leberwerte", "lab_liver"),
        ("lab_report", "CSF: oligoclonal bands", "lab_csf"),
        ("lab_report", "Autoantikörper", "lab_autoimmune"),
        ("lab_report", "Faecal calprotectin", "calprotectin"),
        ("lab_report", "C-reactive protein", "lab_crp"),
        ("pathology_report", "Bone marrow biopsy", "bone_marrow"),
        ("pathology_report", "Flow cytometry", "flow_cytometry"),
        ("pathology_report", "Cytogenetics", "cytogenetics"),
        ("radiology_report", "CT of the neck", "ct_neck"),
        ("radiology_report", "CT head without contrast", "ct_head"),
        ("radiology_report", "MRI prostate, multiparametric", "mri_prostate"),
        ("radiology_report", "RM prostata multiparametrica", "mri_prostate"),
        ("radiology_report", "MRI of the liver", "mri_liver"),
        ("radiology_report", "IRM du bassin", "mri_pelvis"),
        ("radiology_report", "MR-Enterographie", "mr_enterography"),
        ("radiology_report", "Röntgen Hüfte rechts", "xray_hip"),
        ("radiology_report", "X-ray of both knees", "xray_knee"),
        ("radiology_report", "RX rodilla derecha", "xray_knee"),
        ("radiology_report", "MRI right knee", "mri_joint"),
        ("radiology_report", "Schilddrüsensonographie", "us_thyroid"),
        ("radiology_report", "Scintigrafia tiroidea", "thyroid_scan"),
        ("radiology_report", "LOMBER VERTEBRA MR İNCELEMESİ", "mri_spine"),
        ("radiology_report", "МРТ поясничного отдела позвоночника", "mri_spine"),
        ("radiology_report", "Rezonans magnetyczny kręgosłupa", "mri_spine"),
        ("radiology_report", "Ultrassonografia da tireoide", "us_thyroid"),
        ("radiology_report", "УЗИ щитовидной железы", "us_thyroid"),
        ("radiology_report", "Рентгенография коленных суставов", "xray_knee"),
        ("radiology_report", "Ressonância magnética do joelho", "mri_joint"),
        ("cardiology_report", "ЭхоКГ", "echo"),
        ("function_test", "Espirometria", "lung_function"),
        ("radiology_report", "Ultrasound of the kidneys", "us_kidney"),
        ("radiology_report", "Ecografia epatica", "us_liver"),
        ("radiology_report", "Transvaginal ultrasound", "us_pelvis"),
        ("function_test", "FibroScan", "elastography"),
        ("function_test", "Perimetry", "eye_field"),
        ("function_test", "OCT of the retina", "eye_oct"),
        ("function_test", "Fundus photographs", "eye_fundus"),
        ("consultation_note", "Ophthalmology letter", "eye_report"),
        ("consultation_note", "Frauenärztlicher Bericht", "gyn_report"),
        ("consultation_note", "Visita ginecologica", "gyn_report"),
        ("progress_note", "Growth chart", "growth_chart"),
        ("letter", "Impfausweis", "vaccinations"),
        ("discharge_summary", "Neonatal unit", "birth_history"),
        ("patient_statement", "Seizure diary", "seizure_diary"),
        ("patient_statement", "Fever and travel", "fever_travel"),
        ("patient_statement", "Family tree", "pedigree"),
        ("patient_statement", "WOMAC score", "symptom_score"),
    ],
)
def test_a_paper_is_put_where_its_title_says(kind, title, item):
    assert places(PresentRecord(kind, title=title)) == {item}


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("lab_report", "Ana Costa, laboratory of 12 October"),
        ("lab_report", "Blood values"),
        ("lab_report", "Laborbefund Anca Popescu"),
        ("radiology_report", "X-ray of the hand"),
        ("radiology_report", "CT"),
        ("radiology_report", "MRI"),
        ("radiology_report", "Ultrasound"),
        ("pathology_report", "Skin biopsy"),
        ("consultation_note", "Letter of the family doctor"),
        ("function_test", "Appointment in Oct 2026"),
        ("letter", "Report on Rene Müller"),
        ("appointment_letter", "MRI prostate"),
        ("not_medical", "Growth chart of tomatoes"),
        ("unknown", "PSA value"),
    ],
)
def test_a_title_that_says_too_little_fills_no_place_of_its_own(kind, title):
    assert places(PresentRecord(kind, title=title)) == set()


@pytest.mark.parametrize(
    ("modality", "part", "title", "found"),
    [
        ("CT", "HEAD", "", {"ct_head"}),
        ("CT", "HEAD", "CT angiography of the head", {"ct_head", "cta_head"}),
        ("MR", "BRAIN", "", {"mri_brain"}),
        ("MR", "HEAD", "TOF MR angiography brain", {"mri_brain", "mra_head"}),
        ("MR", "ABDOMEN", "", set()),
        ("MR", "ABDOMEN", "MR enterography", {"mr_enterography"}),
        ("US", "HEART", "", {"echo"}),
        ("US", "HEART", "Stress echo", {"echo", "stress_echo"}),
        ("US", "ABDOMEN", "", set()),
        ("DX", "KNEE", "", {"xray_knee"}),
        ("CR", "HIP", "", {"xray_hip"}),
        ("OPT", "EYE", "", {"eye_oct"}),
        ("XC", "", "", {"photos"}),
        ("MR", "", "", set()),
    ],
)
def test_a_study_is_put_by_modality_and_part_and_by_its_title_where_these_are_not_enough(modality, part, title, found):
    assert places(PresentRecord(IMAGING_STUDY, modality=modality, body_part=part, title=title)) == found
