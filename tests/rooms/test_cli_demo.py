"""The links that a start prints lead where the pages say, and printing them imports no page."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from tests import cast, make

from consilia.accounts import signin
from consilia.cli.demo import links


@pytest.mark.django_db
def test_the_printed_link_is_the_one_that_signs_in():
    ana = make.person(cast.ANA)
    (printed,) = (link for name, link in links.links() if name.startswith(ana.given_name))
    token = printed.rstrip("/").rpartition("/")[2]
    assert signin.person_of_demo_link(token) == ana
    path = signin.demo_link(ana)
    assert (
        printed.removeprefix(settings.CONSILIA_PUBLIC_URL).rpartition(token)[0]
        == path.rpartition("/demo/")[0] + "/demo/"
    )


def test_a_second_start_does_not_import_what_fills_the_demo_nor_the_pages(checkout):
    said = (
        "import django, sys; django.setup(); import consilia.cli.demo.links; "
        "print(sorted({'consilia.cli.demo.story', 'consilia.config.urls', 'pyhanko', 'numpy'} & set(sys.modules)))"
    )
    given = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True, env=given)
    assert done.stdout.strip() == "[]"
