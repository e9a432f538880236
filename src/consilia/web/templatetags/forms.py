"""Forms that keep the words typed: a summary of what to mend, fields with label, hint and error, rows of full words.

`{% error_summary form %}` (several forms: `{% error_summary form also=other %}`) links each error to its field
`{% field form.email label="" hint="" width="short" %}` label, hint, error, input; choices become a fieldset
`{% radio_row form.verdict legend="" %}` one row of full words, stacked on a phone (verdicts, how sure)
"""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect

from consilia.web.templatetags.library import register

WIDTHS = {"", "short", "medium", "code"}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm, *, also: BaseForm | None = None) -> dict[str, Any]:
    """What must be mended before the form is taken; nothing when there is nothing."""
    forms = [given for given in (form, also) if given is not None and given.errors]
    general = [error for given in forms for error in given.non_field_errors()]
    fields = [(anchor(bound), named(bound), error) for given in forms for bound in given for error in bound.errors]
    return {"general": general, "fields": fields}


def named(bound: BoundField) -> str:
    """The label as the beginning of a sentence about it."""
    label = str(bound.label)
    return label if label.endswith(("?", ".", ":")) else f"{label}:"


def anchor(bound: BoundField) -> str:
    """The id to jump to: the field, or its first choice."""
    return f"{bound.auto_id}_0" if shape(bound) == "choices" else bound.id_for_label or str(bound.auto_id)


def shape(bound: BoundField) -> str:
    """How the field is laid out: choices, check, file or line."""
    match bound.field.widget:
        case RadioSelect() | CheckboxSelectMultiple():
            return "choices"
        case CheckboxInput():
            return "check"
        case FileInput():
            return "file"
        case _:
            return "line"


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, label: str = "", hint: str = "", width: str = "") -> dict[str, Any]:
    """One field; `width` is short, medium or code."""
    if width not in WIDTHS:
        raise ValueError(f"no width named {width!r}")
    helped = hint or bound.help_text
    described = [f"{bound.auto_id}_helptext"] if helped else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    drawn = shape(bound)
    if drawn != "choices" and described:
        bound.field.widget.attrs["aria-describedby"] = " ".join(described)
    return {
        "bound": bound,
        "label": label or bound.label,
        "hint": helped,
        "width": width,
        "shape": drawn,
        "described": " ".join(described),
        "optional": not bound.field.required and drawn == "line",
    }


@register.inclusion_tag("components/radio_row.html")
def radio_row(bound: BoundField, *, legend: str = "", quiet: bool = False) -> dict[str, Any]:
    """One row of choices in full words; `quiet` keeps the legend for screen readers only."""
    return {"bound": bound, "legend": legend or bound.label, "quiet": quiet, "many": len(list(bound)) > 4}
