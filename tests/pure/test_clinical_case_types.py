"""A diagnosis in words or codes finds its kind of case, in doubt none; all kinds stand in order under headings."""

from __future__ import annotations

import pytest

from consilia.clinical import library
from consilia.clinical.checklists import with_always
from consilia.clinical.entries import ReviewState
from consilia.clinical.reading import LibraryError

HOLD = library.load()
LANGUAGES = ("en", "de", "fr", "es", "it")


@pytest.mark.parametrize(
    ("said", "case_type"),
    [
        ("Darmkrebs im Sigma", "colorectal_cancer"),
        ("adenocarcinoma of the colon", "colorectal_cancer"),
        ("carcinoma del retto", "colorectal_cancer"),
        ("Prostatakarzinom, Gleason 7", "prostate_cancer"),
        ("cáncer de próstata", "prostate_cancer"),
        ("Glioblastom rechts temporal", "brain_tumour"),
        ("brain tumour", "brain_tumour"),
        ("brain cancer", "brain_tumour"),
        ("tumeur du cerveau", "brain_tumour"),
        ("artrosi del ginocchio", "joint_replacement"),
        ("brain metastases", "brain_tumour"),
        ("lung cancer with brain metastases", "lung_cancer"),
        ("Lungenkrebs mit Hirnmetastasen", "lung_cancer"),
        ("breast cancer with liver metastases", "breast_cancer"),
        ("leucémie lymphoïde chronique", "lymphoma_leukaemia"),
        ("Hodgkin-Lymphom", "lymphoma_leukaemia"),
        ("melanoma on the back", "melanoma"),
        ("Weichteilsarkom am Oberschenkel", "sarcoma"),
        ("nodulo alla tiroide", "thyroid"),
        ("schwere Aortenklappenstenose, TAVI geplant", "valve"),
        ("insuffisance mitrale", "valve"),
        ("Vorhofflimmern", "arrhythmia"),
        ("fibrilación auricular", "arrhythmia"),
        ("insufficienza cardiaca", "heart_failure"),
        ("Kniearthrose, Prothese geplant", "joint_replacement"),
        ("artrosi dell'anca, protesi", "joint_replacement"),
        ("ischaemic stroke", "stroke_aneurysm"),
        ("aneurisma cerebral", "stroke_aneurysm"),
        ("Epilepsie seit der Kindheit", "epilepsy"),
        ("esclerosis múltiple", "multiple_sclerosis"),
        ("colite ulcerosa", "ibd"),
        ("Crohn's disease", "ibd"),
        ("osteomyelitis of the foot", "infection"),
        ("Marfan syndrome", "rare_disease"),
        ("nephrotisches Syndrom", "kidney"),
        ("Leberzirrhose", "liver"),
        ("glaucoma del ojo derecho", "ophthalmology"),
        ("endometriosi", "gynaecology_fibroids"),
        ("uterine fibroids", "gynaecology_fibroids"),
    ],
)
def test_words_in_five_languages_find_the_kind_of_case(said, case_type):
    assert HOLD.checklist_for(said) == case_type


@pytest.mark.parametrize(
    "said",
    [
        "paraganglioma",
        "aortic aneurysm",
        "maculopapular rash",
        "fibromyalgia",
        "parathyroid adenoma",
        "benign enlargement of the prostate",
        "pain in the knee",
        "a tumour was mentioned",
        "my child is ill",
        "knee arthroscopy",
        "hip fracture",
        "bowel cancer with lung metastases",
        "suprarenal",
        "Rückstand der Rente",
    ],
)
def test_words_that_only_sound_alike_choose_nothing(said):
    assert HOLD.checklist_for(said) == "general"


@pytest.mark.parametrize(
    ("said", "case_type"),
    [
        ("C79.3", "brain_tumour"),
        ("C79.5", "general"),
        ("I67.1", "stroke_aneurysm"),
        ("M17.0 and M16.1", "joint_replacement"),
        ("K51.9", "ibd"),
        ("H40.1", "ophthalmology"),
        ("P00.2", "paediatrics"),
    ],
)
def test_a_code_finds_the_kind_of_case(said, case_type):
    assert HOLD.checklist_for(said) == case_type


def test_two_codes_of_two_kinds_choose_nothing_by_themselves():
    assert HOLD.checklist_for("C50.4, I25.1") == "general"


def test_a_code_that_two_lists_claim_leaves_the_choice_to_the_words():
    assert HOLD.checklist_for("B18.1") == "general"
    assert HOLD.checklist_for("B18.1 chronic hepatitis") == "liver"


def test_every_kind_of_case_stands_once_under_a_heading_and_anything_else_comes_last():
    groups = HOLD.case_types_by_group()
    named = [identifier for _, kinds in groups for identifier, _ in kinds]
    assert sorted(named) == sorted(HOLD.case_types())
    assert named[-1] == "general"
    assert len(groups) == 8
    assert groups[0][0] == "Cancer"


@pytest.mark.parametrize("language", LANGUAGES)
def test_kinds_of_case_and_records_are_named_in_five_languages(language):
    headings = [heading for heading, _ in HOLD.case_types_by_group(language)]
    assert all(headings)
    for case_type in HOLD.case_types():
        checklist = HOLD.checklist(case_type)
        assert checklist.label[language]
        assert all(item.label[language] for item in checklist.items), case_type


def test_an_italian_letter_names_the_record_in_italian():
    labels = {item.id: item.label["it"] for item in HOLD.checklist("breast_cancer").items}
    assert labels["mammography"] == "Mammografia"
    assert labels["pathology_report"] == "Referto istologico"


def test_what_a_list_leaves_out_of_every_case_counts_only_once_it_is_approved():
    drafted = HOLD.checklist("pathology_reread")
    assert {"doctor_report", "medication_list", "allergies"} <= {item.id for item in drafted.essential}
    own = HOLD.files["checklists", "pathology_reread"].entry
    always = HOLD.files["checklists", "always"].entry
    approved = own.model_copy(update={"review": own.review.model_copy(update={"state": ReviewState.APPROVED})})
    needs = {line.item: line.need for line in with_always(approved, always)}
    assert needs["doctor_report"] == "helpful"
    assert "medication_list" not in needs
    assert needs["questions"] == "essential"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('group = "organs"', 'group = "planets"', "group: no such group 'planets'"),
        ('group = "organs"', 'group = "organs"\nreplaces_always = ["eeg"]', "eeg is not asked for in every case"),
        ('item = "us_thyroid"', 'item = "horoscope"', "line.horoscope: no such item"),
    ],
)
def test_a_list_that_names_what_is_not_there_is_refused_by_file_and_key(tmp_path, old, new, fault):
    text = (library.SHIPPED / "checklists" / "thyroid.toml").read_text().replace('id = "thyroid"', 'id = "gland"')
    folder = tmp_path / "checklists"
    folder.mkdir()
    (folder / "gland.toml").write_text(text.replace(old, new))
    with pytest.raises(LibraryError) as caught:
        library.load((tmp_path,))
    assert "checklists/gland.toml" in str(caught.value)
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("said", "case_type"),
    [
        ("Nódulo de tireoide Bethesda III", "thyroid"),
        ("Узел щитовидной железы", "thyroid"),
        ("Рак молочной железы", "breast_cancer"),
        ("Meme kanseri, sağ", "breast_cancer"),
        ("Rak piersi", "breast_cancer"),
        ("Bel fıtığı L5-S1", "spine"),
        ("Грыжа межпозвонкового диска", "spine"),
        ("Zwyrodnienie kręgosłupa", "spine"),
        ("Гонартроз, эндопротезирование коленного сустава", "joint_replacement"),
        ("Prótese de joelho por gonartrose", "joint_replacement"),
        ("ИБС, стенокардия напряжения", "cad"),
        ("Рак предстательной железы", "prostate_cancer"),
        ("Akciğer kanseri", "lung_cancer"),
        ("C'est du même côté que le cancer", "general"),
    ],
)
def test_a_diagnosis_in_the_other_languages_of_the_intake_finds_its_list(said, case_type):
    assert library.load().checklist_for(said) == case_type
