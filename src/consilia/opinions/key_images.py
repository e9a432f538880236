"""Key images: how a picture was seen when an expert cited it, so that it is reopened exactly so. Pure.

Places are in pixels of the frame, column and row, the middle of the upper left pixel at 0, 0.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from consilia.kernel.refusal import NotFound

MOST_MARKS = 40
LONGEST = 40_000  # characters of what a page posts

Pixel = Annotated[float, Field(ge=-100_000, le=100_000, allow_inf_nan=False)]
Point = tuple[Pixel, Pixel]


class Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(Closed):
    """A window: values of the picture, in Hounsfield units for a CT."""

    center: Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
    width: Annotated[float, Field(ge=1, le=1e6, allow_inf_nan=False)]


class Mark(Closed):
    """A measurement or an arrow. `points`: 2 of a length, 3 of an angle, 4 ends of an ellipse's axes, tip and end of an
    arrow; `words`: what stood beside it: "49.7 mm"."""

    kind: Literal["length", "angle", "ellipse", "arrow"]
    points: Annotated[tuple[Point, ...], Field(min_length=2, max_length=4)]
    words: Annotated[str, StringConstraints(max_length=200)] = ""


class View(Closed):
    """`zoom` 1 is the whole frame within the pane; `middle` the point of the frame that stood in the middle of it."""

    window: Level | None = None
    inverted: bool = False
    zoom: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = 1
    middle: Point | None = None
    marks: Annotated[tuple[Mark, ...], Field(max_length=MOST_MARKS)] = ()


class KeyImage(View):
    """A view with the picture that it is of: SOP instance UID and frame from 1."""

    instance: Annotated[str, StringConstraints(pattern=r"^[0-9.]{1,64}$")]
    frame: Annotated[int, Field(ge=1, le=1_000_000)]

    @property
    def view(self) -> View:
        """How it was seen, without which picture it is."""
        return View.model_validate(self.model_dump(exclude={"instance", "frame"}))


def posted(words: str) -> KeyImage | None:
    """What the viewer of the page says of the picture that stands open; None where it says nothing.

    Raises NotFound for anything else: it is our own script that writes it.
    """
    if not words:
        return None
    try:
        return KeyImage.model_validate_json(words[:LONGEST])
    except ValidationError:
        raise NotFound from None


def said(view: View) -> str:
    """The words of its marks in one line: "49.7 mm; lesion"."""
    return "; ".join(dict.fromkeys(mark.words.strip() for mark in view.marks if mark.words.strip()))
