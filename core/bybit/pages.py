"""Every page of a list, or an error: never a part of it. Knows cursors, not rows.

Bybit sends a cursor on the last page too, so the end is an empty cursor, an empty page, or a page that is not full and
whose cursor was seen before. A full page whose cursor comes back is no end: the whole list is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import msgspec
from msgspec import Raw, Struct

from core.bybit import wire
from core.bybit.calls import Caller
from core.bybit.fields import clean
from core.errors import BadFrame, Unreachable

_R = TypeVar("_R")
_T = TypeVar("_T")

MAX_PAGES = 50
# Arrives percent-encoded and is sent back as it is: nothing that could end the value or the URL may be in it.
_CURSOR = re.compile(r"[0-9A-Za-z%:,._~=/*+|!-]{1,1000}", re.ASCII)


class Rows(Struct, Generic[_R], frozen=True):
    """All rows of a list, not translated yet. ``started_mono`` is when its first request started."""

    rows: list[_R]
    started_mono: float
    received_mono: float
    time_ms: int


async def fetch_rows(
    caller: Caller,
    path: str,
    params: dict[str, str],
    decoder: msgspec.json.Decoder[wire.Envelope[wire.Page[_R]]],
    *,
    limit: int = 0,
    max_pages: int = MAX_PAGES,
    is_private: bool = True,
    is_urgent: bool = False,
) -> Rows[_R]:
    """Follow the cursor to the end.

    Args:
        caller: sends the requests.
        path: a list endpoint.
        params: without ``limit`` and ``cursor``.
        decoder: of the whole answer.
        limit: rows per page to ask for; 0 for endpoints without pages, whose first answer is all.
        max_pages: more than this is refused.
        is_urgent: see ``Caller.read``.
    Raises:
        Unreachable: ``incomplete_pages`` or ``too_many_rows``, besides the reasons of ``Caller.read``.
    """
    rows: list[_R] = []
    seen: set[str] = set()
    query = {**params, "limit": str(limit)} if limit else params
    started: float | None = None
    for _page in range(max_pages):
        answer = await caller.read(path, query, decoder, is_private=is_private, is_urgent=is_urgent)
        started = answer.started_mono if started is None else started
        page, cursor = answer.result.rows, answer.result.next_page_cursor
        if len(page) > wire.MAX_ROWS:
            raise Unreachable("too_many_rows", path=path, rows=len(page))
        is_repeated = cursor in seen
        if is_repeated and len(page) >= limit:
            raise Unreachable("incomplete_pages", path=path, why="the cursor repeats")
        if not is_repeated:
            rows += page
        if not page or not cursor or is_repeated or not limit:
            return Rows(rows, started, answer.received_mono, answer.time_ms)
        seen.add(_checked(cursor, path))
        query["cursor"] = cursor
    raise Unreachable("incomplete_pages", path=path, why=f"more than {max_pages} pages")


def _checked(cursor: str, path: str) -> str:
    if _CURSOR.fullmatch(cursor) is None:
        raise Unreachable("incomplete_pages", path=path, why="unusable cursor", excerpt=clean(cursor))
    return cursor


def read_good_rows(
    rows: Iterable[Raw], decoder: msgspec.json.Decoder[_R], translate: Callable[[_R], _T], topic: str
) -> tuple[tuple[_T, ...], int]:
    """Decode and translate each row, leaving out what does not fit: where one odd contract must not hide the others.

    Returns:
        The good ones, and how many were left out.
    """
    good = []
    refused = 0
    for row in rows:
        try:
            good.append(translate(wire.decode(decoder, row, topic)))
        except BadFrame:
            refused += 1
    return tuple(good), refused
