"""A body that is too large is refused before anything reads it, except where records come in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from consilia.web.access import addresses
from consilia.web.middleware import LARGEST_BODY, TAKES_FILES


@pytest.mark.django_db
def test_a_page_that_takes_no_files_refuses_a_large_body_unread(client: Client) -> None:
    answer = client.post(reverse("public:verify"), data=b"", content_type="text/plain", CONTENT_LENGTH=LARGEST_BODY + 1)
    assert answer.status_code == 413
    assert "too large" in answer.content.decode()


def test_the_doors_for_records_exist() -> None:
    assert {address.name.rpartition(":")[2] for address in addresses()} >= TAKES_FILES


def test_every_door_for_records_takes_a_large_body() -> None:
    """The views that stream into the vault, found by what they call: an archive's study was refused once."""
    streaming = {one.name.rpartition(":")[2] for one in addresses() if one.name.startswith(("doctor:add-", "patient:"))}
    assert {name for name in streaming if name.endswith(("upload", "tus", "stow"))} <= TAKES_FILES
