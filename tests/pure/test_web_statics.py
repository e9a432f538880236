"""How static files are sent: parts of the viewer never change, and its decoders obey a policy of their own."""

from __future__ import annotations

import pytest

from consilia.web import statics

PART = "/static/viewer/parts/decodeImageFrameWorker-CsHfRKdR.js"


@pytest.mark.parametrize(
    ("url", "never_changes"),
    [
        (PART, True),
        ("/static/css/base.0123456789ab.css", True),
        ("/static/viewer/viewer.js", False),
        ("/static/css/base.css", False),
        ("/static/viewer/parts/worker.js", False),
    ],
)
def test_only_a_name_with_a_hash_is_kept_for_ever(url, never_changes):
    assert statics.is_immutable("", url) is never_changes


def test_a_decoder_may_compile_and_speak_to_nobody_but_this_server():
    headers: dict[str, str] = {}
    statics.add_headers(headers, "", PART)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    for url in ("/static/viewer/viewer.js", "/static/js/page.js"):
        plain: dict[str, str] = {}
        statics.add_headers(plain, "", url)
        assert plain == {}
