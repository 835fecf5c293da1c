"""What reaches the log: no secret in any disguise, no forged line, and never an error at the caller."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.logs import Redactor, redactor, set_up

SECRET = "c4nary/Secret+Value=77"


@pytest.fixture
def log_folder(tmp_path: Path) -> Iterator[Path]:
    """Logging as the desk sets it up; the root logger is put back afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    folder = tmp_path / "logs"
    set_up(folder, "DEBUG")
    yield folder
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = before
    root.setLevel(level)
    logging.getLogger("ccxt").setLevel(logging.NOTSET)


def written(folder: Path) -> str:
    return (folder / "quarterdeck.log").read_text(encoding="utf-8")


def disguises(secret: str) -> list[str]:
    raw = secret.encode()
    return [secret, secret[::-1], quote(secret, safe=""), base64.b64encode(raw).decode(), raw.hex(), raw.hex().upper()]


def test_a_secret_is_written_in_no_form(log_folder: Path) -> None:
    """S9, P41: message, arguments, exception and its causes."""
    redactor.hide(SECRET)
    log = logging.getLogger("anything")
    for form in disguises(SECRET):
        log.warning("key %s and %s", form, {"nested": form})
    try:
        raise ValueError(f"request with {SECRET} failed")
    except ValueError:
        log.exception("it failed")
    log.debug("GET /v5/x?api_key=KEY123456&sign=abcdef", stack_info=True)
    text = written(log_folder)
    assert text.count("\n") >= len(disguises(SECRET))
    for form in disguises(SECRET):
        assert form not in text
    assert "KEY123456" not in text


@pytest.mark.parametrize(
    "line",
    [
        "X-BAPI-SIGN: 17855f76e1c9a5",
        "'X-BAPI-API-KEY': 'topsecret'",
        '{"api_key": "topsecret", "x": 1}',
        "apiKey=topsecret&symbol=SOLUSDT",
        "api_secret = topsecret",
        '"control_token":"topsecret"',
        "Authorization: Bearer topsecret",
        "authorization=Basic topsecret",
        "sign=17855f76e1c9a5",
        "order 17855f76e1c9a5cf9283f9c2e341f86c947d2ee29bf89b1a300637f76c372539 sent",
    ],
)
def test_shapes_of_secrets_are_masked_without_knowing_them(line: str) -> None:
    cleaned = Redactor().clean(line)
    assert "topsecret" not in cleaned
    assert "17855f76e1c9a5" not in cleaned
    assert "•••" in cleaned


def test_ordinary_words_stay() -> None:
    line = "position SOLUSDT opened, order qdAB1201HXYZ7890123456789012345678 size 12.5 sequence 4711"
    assert Redactor().clean(line) == line


def test_a_secret_inside_a_longer_one_hides_both_whole() -> None:
    filter_ = Redactor()
    filter_.hide("abcdefgh")
    filter_.hide("abcdefgh-ijkl")
    assert filter_.clean("x abcdefgh-ijkl y abcdefgh z") == "x ••• y ••• z"


def test_an_empty_secret_hides_nothing() -> None:
    filter_ = Redactor()
    filter_.hide("")
    assert filter_.clean("text") == "text"


def test_no_line_can_be_forged(log_folder: Path) -> None:
    """S30, S31: line ends, escapes, direction marks and zero-width characters."""
    logging.getLogger("x").info("retMsg %s", "bad\n2026-01-01T00:00:00 ERROR forged\r\x1b[2J\u202eabc\u200b")
    lines = written(log_folder).splitlines()
    assert len(lines) == 1
    assert "\\n2026" in lines[0]
    assert not any(char in lines[0] for char in "\r\x1b\u202e\u200b")


@given(st.text(max_size=60))
def test_a_cleaned_text_has_no_control_characters_and_stays_so(text: str) -> None:
    filter_ = Redactor()
    cleaned = filter_.clean(text)
    assert not any(ord(char) < 32 and char not in "\t\n" for char in cleaned)
    assert filter_.clean(cleaned) == cleaned


def test_a_broken_log_call_is_written_and_raises_nothing(log_folder: Path) -> None:
    log = logging.getLogger("library")
    log.warning("%d items", "three")
    log.warning("%s and %s", 1)
    assert written(log_folder).count("\n") == 2
    assert "three" in written(log_folder)


def test_ccxt_is_kept_quiet_and_time_is_utc(log_folder: Path) -> None:
    logging.getLogger("ccxt.base").info("headers …")
    logging.getLogger("x").info("hello")
    (line,) = written(log_folder).splitlines()
    stamp = line.split()[0]
    assert stamp.endswith("Z")
    assert line.endswith("INFO x hello")


def test_the_folder_is_private(log_folder: Path) -> None:
    assert log_folder.stat().st_mode & 0o077 == 0
