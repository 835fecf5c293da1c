"""What is said of a refused key: each cause its own sentence, with Bybit's code and a way out (P38)."""

import pytest

from core.errors import AuthFailed
from core.links import _REFUSALS
from gui import error_words


@pytest.mark.parametrize(("ret_code", "cause"), sorted(_REFUSALS.items()))
def test_a_cause_is_named_and_what_to_do_about_it(ret_code: int, cause: str) -> None:
    said = error_words.error(AuthFailed(cause))
    assert f"({ret_code})" in said
    named, _, way_out = said.partition(":")
    assert named
    assert len(way_out.split()) >= 3


def test_no_two_causes_say_the_same() -> None:
    said = {error_words.error(AuthFailed(cause)) for cause in {*_REFUSALS.values(), "stream_auth_failed", "no_key"}}
    assert len(said) == len(set(_REFUSALS.values())) + 2
