"""A setting that leaves something out takes no word that means nothing."""

from __future__ import annotations

import pytest

from consilia.clinical import packs
from consilia.config import environment

NAME = "CONSILIA_CONTENT_WITHOUT"


def test_packs_are_left_out_by_name_and_a_misspelt_one_stops_the_start(monkeypatch):
    monkeypatch.setenv(NAME, "")
    assert environment.some_of(NAME, packs.NAMES) == frozenset()
    monkeypatch.setenv(NAME, " aware ,")
    assert environment.some_of(NAME, packs.NAMES) == {"aware"}
    monkeypatch.setenv(NAME, "awre")
    with pytest.raises(environment.SettingsError, match="awre; known: aware"):
        environment.some_of(NAME, packs.NAMES)
