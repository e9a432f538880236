"""The room of images as a page draws it: which stack, where its frames are, what can stand beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consilia.records import queries as records
from consilia.records.queries import CaseStack
from consilia.web.templatetags.moments import day

FIRST: Final = re.compile(r"/0(\.png|/)$")  # the end of the address of the first frame
# Centre and width in Hounsfield units: "Windowing (CT)", Radiopaedia.org; ranges there are given by their middle.
CT_WINDOWS: Final = (
    (_("Soft tissue of the abdomen"), 50, 400),
    (_("Mediastinum"), 50, 350),
    (_("Lung"), -600, 1500),
    (_("Bone"), 400, 1800),
    (_("Liver"), 30, 150),
    (_("Brain"), 40, 80),
)


@dataclass(frozen=True, slots=True)
class Beside:
    """A stack of the case that can stand beside the one that is open."""

    address: str
    frames: int
    words: str


@dataclass(frozen=True, slots=True)
class Room:
    """A stack with the picture that stands open (`index` from 0).

    `frames`: the address of a frame as PNG with {index} for its place; `address`: of the series in DICOMweb, "" where
    only the plain viewer can show it; `kept`: how a cited key image was seen.
    """

    frames: str
    first: str
    index: int
    count: int
    window: tuple[float, float] | None
    address: str
    beside: tuple[Beside, ...]
    presets: tuple[tuple[Any, int, int], ...]
    kept: Mapping[str, Any] | None = None

    @property
    def number(self) -> int:
        """The place of the picture as people count."""
        return self.index + 1

    @property
    def before(self) -> int:
        """The number of the picture before, 0 for none."""
        return self.index

    @property
    def after(self) -> int:
        """The number of the next picture, 0 for none."""
        return self.index + 2 if self.index + 1 < self.count else 0


def room(
    case_id: UUID,
    series_id: UUID,
    *,
    root: str,
    frame: Callable[[UUID, int], str],
    index: int,
    count: int,
    window: tuple[float, float] | None,
    said: Callable[[str], str] = str,
    kept: Mapping[str, Any] | None = None,
) -> Room:
    """The room of one series. `root`: "cases" or "seats" of DICOMweb; `said`: how a series is named to this reader."""
    stacks = records.case_stacks(case_id)
    mine = next((one for one in stacks if one.series_id == series_id), None)
    is_whole = mine is not None and mine.frames == count  # what is held is shown by the plain viewer only
    others = [one for one in stacks if one.series_id != series_id] if is_whole else []
    return Room(
        frames=FIRST.sub(r"/{index}\1", frame(series_id, 0)),
        first=frame(series_id, index),
        index=index,
        count=count,
        window=window,
        address=_address(case_id, mine, root) if mine and is_whole else "",
        beside=tuple(Beside(_address(case_id, one, root), one.frames, _words(one, said)) for one in others),
        presets=CT_WINDOWS if mine and mine.modality == "CT" else (),
        kept=kept,
    )


def _address(case_id: UUID, one: CaseStack, root: str) -> str:
    path = f"studies/{one.study_uid}/series/{one.series_uid}"
    return reverse("dicomweb:resource" if root == "cases" else "dicomweb:seat", args=[case_id, path])


def _words(one: CaseStack, said: Callable[[str], str]) -> str:
    count = ngettext("%(n)s picture", "%(n)s pictures", one.frames) % {"n": one.frames}
    name = " ".join(filter(None, (one.modality, said(one.description or one.study_description))))
    return ", ".join(filter(None, (day(one.on, "year"), name, count)))
