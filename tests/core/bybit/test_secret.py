"""A Secret never shows itself."""

import copy
import pickle
import traceback

import pytest

from core.bybit import Connection, bybit
from core.errors import BadValue
from core.secrets import Secret

CANARY = "canary-0123456789"


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{:>10}".format, lambda secret: f"{secret!r}{secret!s}"])
def test_shows_only_the_mask(show):
    text = show(Secret(CANARY))
    assert CANARY not in text
    assert "•••" in text


def test_is_revealed_on_purpose_only():
    assert Secret(CANARY).reveal() == CANARY
    assert not hasattr(Secret(CANARY), "__dict__")


@pytest.mark.parametrize("leak", [pickle.dumps, copy.deepcopy])
def test_is_not_serialised(leak):
    with pytest.raises(TypeError):
        leak(Secret(CANARY))


def test_compares_by_value():
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")


def test_a_connection_and_its_errors_hide_it():
    connection = bybit("live", "key", Secret(CANARY))
    assert CANARY not in repr(connection)
    with pytest.raises(BadValue) as caught:
        Connection(environment="live", rest="https://evil.example", ws="wss://x", api_secret=Secret(CANARY))
    assert CANARY not in "".join(traceback.format_exception(caught.value))
