"""Prescriptions: what a paper must hold to be dispensed in another state; for texts and advice, none is ever issued."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from consilia.clinical.entries import Entry, Identifier, Region, Strict, Words


class Element(Strict):
    """One field of a prescription. `only_if`: grounds of which one must hold, by language; empty = always."""

    id: Identifier
    part: str = Field(pattern="^(patient|authentication|prescriber|product)$")
    label: Words
    only_if: tuple[Words, ...] = ()


class PrescriptionElements(Entry):
    """The fields that a prescription needs to be used in another state of a group of countries.

    `outside` are neighbours that are often taken for members; `excluded` says which medicines it is not for.
    """

    title: Words
    countries: tuple[Region, ...] = Field(min_length=1)
    outside: tuple[Region, ...] = ()
    excluded: Words
    dispensing: Words
    use: Words
    element: tuple[Element, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_element_once(self) -> Self:
        names = [element.id for element in self.element]
        if len(names) != len(set(names)):
            raise ValueError("an element stands twice")
        return self

    def of(self, part: str) -> tuple[Element, ...]:
        """The fields of one part: patient, authentication, prescriber or product."""
        return tuple(element for element in self.element if element.part == part)
