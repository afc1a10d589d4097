"""The public API is what tests/api.txt says, so that a change to it shows up in review."""

import difflib

from tests.make_api import API_FILE, render


def test_public_api_is_the_recorded_one():
    recorded = API_FILE.read_text(encoding="utf-8").splitlines()
    diff = difflib.unified_diff(
        recorded, render().splitlines(), "recorded", "found", n=0, lineterm=""
    )
    lines = list(diff)
    assert not lines, "\n".join([*lines, "Intended? Then run: python tests/make_api.py"])
