"""Position rows of poll after poll: what did not change is not translated again. Holds no truth, only a short cut."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from core.bybit import fields, translate, wire
from core.errors import BadValue
from core.model import Position


class PositionReader:
    """Translates the rows of one category's REST answers.

    A row that equals the previous one of its key, mark price aside, costs a comparison: a sync of 500 positions in
    which only marks moved takes a third of the time (benchmarks/stream_decode.py).
    """

    def __init__(self, category: str) -> None:
        self._category = category
        self._known: dict[tuple[str, int], tuple[wire.PositionRow, Position]] = {}

    def read(self, rows: Iterable[wire.PositionRow], mono: float) -> tuple[Position, ...]:
        """As ``translate.position`` of each row, with source ``rest``.

        Raises:
            BadFrame: a row does not fit.
        """
        return tuple([self._same(row, mono) or self._new(row, mono) for row in rows])

    def _same(self, row: wire.PositionRow, mono: float) -> Position | None:
        known = self._known.get((row.symbol, row.position_idx))
        if known is None or replace(row, mark_price="") != known[0]:
            return None
        try:
            mark = fields.price_or_none(row.mark_price, "markPrice")
        except BadValue:
            return None
        if mark is None:
            return replace(known[1], mark_price=None, mark_source="", mark_mono=0.0, received_mono=mono)
        return replace(known[1], mark_price=mark, mark_source="rest", mark_mono=mono, received_mono=mono)

    def _new(self, row: wire.PositionRow, mono: float) -> Position:
        position = translate.position(row, self._category, "rest", mono)
        self._known[row.symbol, row.position_idx] = (replace(row, mark_price=""), position)
        return position
