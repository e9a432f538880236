"""All text components under one name; a misspelt argument of a tag fails when the template is compiled.

icons      icon
acts       button, link_button, disabled_action
forms      error_summary, field, radio_row
surfaces   tag, status, card, summary_list, empty_state, banner_draft, term, notice
courses    turn_card, thread, task_list, clock_strip, meter
evidence   source_chip, confidence, seal, file_row, compare_claims
moments    filters day, moment, ago, until, span; tag when

Each module says in its first lines how its tags are written; templates/components/README.md adds the classes.
"""

from __future__ import annotations

from consilia.web.templatetags import acts, courses, evidence, forms, icons, moments, surfaces
from consilia.web.templatetags.library import register

__all__ = ["acts", "courses", "evidence", "forms", "icons", "moments", "register", "surfaces"]
