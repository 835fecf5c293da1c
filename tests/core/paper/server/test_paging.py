"""Pages, cursors and windows."""

from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.paper.messages import Problem
from core.paper.paging import DAY_MS, WEEK_MS, page_size, take_page, time_window

NOW = 1_700_000_000_000


def row(number):
    return {"id": f"id-{number}", "time": str(NOW - number // 3)}  # threes share a time


def key(one):
    return one["id"], one["time"]


def walk(rows, size, encode=lambda cursor: cursor):
    """All rows by following cursors until an empty page, as a careful client does."""
    found, cursor, pages = [], "", 0
    while True:
        page, cursor = take_page(rows, encode(cursor), size, key)
        found += page
        pages += 1
        if not page:
            return found, pages, cursor


@given(st.integers(0, 60), st.integers(1, 25))
def test_pages_hold_everything_once(count, size):
    rows = [row(number) for number in range(count)]
    found, pages, last = walk(rows, size)
    assert found == rows
    assert pages == -(-count // size) + 1
    assert last == ""


@pytest.mark.parametrize("encode", [lambda c: c, unquote, lambda c: quote(c, safe="")])
def test_cursor_as_sent_decoded_and_encoded_again(encode):
    rows = [row(number) for number in range(10)]
    assert walk(rows, 3, encode)[0] == rows


def test_the_last_page_has_a_cursor_too():
    page, cursor = take_page([row(0)], "", 50, key)
    assert len(page) == 1
    assert "%3A" in cursor
    assert take_page([row(0)], cursor, 50, key) == ([], "")


def test_new_rows_in_front_do_not_shift_pages():
    rows = [row(number) for number in range(9)]
    first, cursor = take_page(rows, "", 4, key)
    newer = [{"id": "new", "time": str(NOW + 5)}, *rows]
    assert take_page(newer, cursor, 4, key)[0] == rows[4:8]
    assert first == rows[:4]


def test_a_row_that_left_does_not_lose_the_rest():
    rows = [row(number) for number in range(9)]
    _, cursor = take_page(rows, "", 3, key)
    assert take_page(rows[3:], cursor, 3, key)[0] == rows[3:6]
    named = sorted(rows, key=lambda one: one["id"])
    _, cursor = take_page(named, "", 3, key, by_name=True)
    assert take_page(named[3:], cursor, 3, key, by_name=True)[0] == named[3:6]


@pytest.mark.parametrize("cursor", ["x", "%", "a%3A", "%3A5", "a%3Ab", ",", "a:" + "9" * 50, "\x00"])
def test_garbage_cursors(cursor):
    with pytest.raises(Problem, match="10001"):
        take_page([row(0)], cursor, 5, key)


def test_page_sizes():
    assert page_size("", 20, 200) == 20
    assert page_size("7", 20, 200) == 7
    assert page_size("9999", 20, 200) == 200
    for text in ("0", "-1", "x", "1.5", "١٢", "9" * 40):
        with pytest.raises(Problem, match="10001"):
            page_size(text, 20, 200)


def test_windows():
    assert time_window("", "", NOW) == (NOW - WEEK_MS, NOW)
    assert time_window("", "", NOW, span_ms=DAY_MS) == (NOW - DAY_MS, NOW)
    assert time_window("1000", "", NOW) == (1000, 1000 + WEEK_MS)
    assert time_window("", str(NOW), NOW) == (NOW - WEEK_MS, NOW)
    assert time_window("0", str(WEEK_MS), NOW, span_ms=DAY_MS) == (0, WEEK_MS)


@pytest.mark.parametrize(("start", "end"), [("0", str(WEEK_MS + 1)), ("5", "4"), ("x", ""), ("", "1e9"), ("-1", "")])
def test_refused_windows(start, end):
    with pytest.raises(Problem, match="10001"):
        time_window(start, end, NOW)
