"""Position rows of poll after poll: what did not change is not translated again. Holds no truth, only a short cut."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat

from msgspec.structs import replace

from core.bybit import fields, translate, wire
from core.errors import BadValue
from core.model import Position


class PositionReader:
    """Translates the rows of one list, asked for again and again.

    A row that equals the one at its place in the list before, mark price aside, costs a comparison: a sync of 500
    positions of which only the marks moved takes a third of the time (benchmarks/stream_decode.py).
    """

    def __init__(self, category: str) -> None:
        self._category = category
        self._rows: Sequence[wire.PositionRow] = ()
        self._positions: Sequence[Position] = ()

    def read(self, rows: Sequence[wire.PositionRow], mono: float) -> tuple[Position, ...]:
        """As ``translate.position`` of each row, with source ``rest``.

        Raises:
            BadFrame: a row does not fit.
        """
        before = chain(self._rows, repeat(None)), chain(self._positions, repeat(None))
        positions = [
            _same(row, held, position, mono) or translate.position(row, self._category, "rest", mono)
            for row, held, position in zip(rows, *before, strict=False)
        ]
        self._rows, self._positions = rows, positions
        return tuple(positions)


def _same(
    row: wire.PositionRow, held: wire.PositionRow | None, position: Position | None, mono: float
) -> Position | None:
    if held is None or position is None:
        return None
    held.mark_price = row.mark_price
    if held != row:
        return None
    try:
        mark = fields.fresh_price(row.mark_price, "markPrice")
    except BadValue:
        return None
    if mark is None:
        return replace(position, mark_price=None, mark_source="", mark_mono=0.0, received_mono=mono)
    return replace(position, mark_price=mark, mark_source="rest", mark_mono=mono, received_mono=mono)
