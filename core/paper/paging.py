"""Pages, cursors and time windows of Bybit's list endpoints.

A cursor names the last row of the page before, so pages stay right while new rows arrive in front. It is accepted as
sent (percent-encoded), decoded once, or encoded twice. A last page that has rows carries a cursor too, as on Bybit.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any
from urllib.parse import quote, unquote

from core.paper.messages import Problem

DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS

Row = Mapping[str, Any]
Key = Callable[[Row], tuple[str, str]]


def page_size(text: str, default: int, largest: int) -> int:
    """Read ``limit``: absent gives the default, too much gives the largest.

    Raises:
        Problem: 10001 for anything but a whole number above zero.
    """
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and int(text) > 0):
        raise Problem(10001, "params error: limit invalid")
    return min(int(text), largest)


def take_page(rows: Iterable[Row], cursor: str, size: int, key: Key, *, by_name: bool = False) -> tuple[list[Row], str]:
    """Cut the page after ``cursor``.

    Args:
        rows: newest first, or by ascending name with ``by_name``; may be gone through twice, and not to the end.
        key: the (name, ms) of a row; the pair is unique within ``rows``.
    Returns:
        The page and the cursor to send; the cursor of an empty page is ``""``.
    Raises:
        Problem: 10001, a cursor that this exchange never gave.
    """
    start = _start(rows, cursor, key, by_name) if cursor else 0
    page = list(islice(rows, start, start + size))
    return page, _cursor(key(page[0]), key(page[-1])) if page else ""


def until_cursor(end_ms: int, cursor: str) -> int:
    """The end of a window of a list that is newest first: what is newer than the cursor's row need not be made.

    Raises:
        Problem: as ``take_page``.
    """
    return min(end_ms, int(_last_of(cursor)[1])) if cursor else end_ms


def _start(rows: Iterable[Row], cursor: str, key: Key, by_name: bool) -> int:
    name, ms = _last_of(cursor)
    count = 0
    for row in rows:
        count += 1
        if key(row) == (name, ms):
            return count
    # the row has left the list since (an order filled, a position closed): go on with what comes after its place
    later = (
        index for index, row in enumerate(rows) if (key(row)[0] > name if by_name else _number(key(row)[1]) < int(ms))
    )
    return next(later, count)


def _cursor(first: tuple[str, str], last: tuple[str, str]) -> str:
    return quote(f"{first[0]}:{first[1]},{last[0]}:{last[1]}", safe="")


def _last_of(cursor: str) -> tuple[str, str]:
    text = cursor
    for _ in range(2):
        text = unquote(text)
    name, colon, ms = text.rpartition(",")[2].rpartition(":")
    if not (colon and name and ms.isascii() and ms.isdecimal() and len(ms) <= 19):
        raise Problem(10001, "params error: cursor invalid")
    return name, ms


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0


def time_window(start: str, end: str, now_ms: int, *, span_ms: int = WEEK_MS) -> tuple[int, int]:
    """Apply Bybit's window rule to ``startTime`` and ``endTime``; both ends are included.

    Neither gives the last ``span_ms``, one gives ``span_ms`` from or up to it, both may be 7 days apart.

    Raises:
        Problem: 10001, bounds that are no times, reversed or more than 7 days apart.
    """
    since, until = _time(start, "startTime"), _time(end, "endTime")
    if since is None and until is None:
        return now_ms - span_ms, now_ms
    if since is None:
        assert until is not None
        return until - span_ms, until
    if until is None:
        return since, since + span_ms
    if until < since:
        raise Problem(10001, "params error: startTime is later than endTime")
    if until - since > WEEK_MS:
        raise Problem(10001, "The time range between startTime and endTime cannot exceed 7 days")
    return since, until


def _time(text: str, name: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise Problem(10001, f"params error: {name} invalid")
    return int(text)
