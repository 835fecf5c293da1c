"""Order and selection of a million closed trades: a few columns in memory, everything else stays on disk.

A closed life is a number here, its place in these columns; what it says is read from the store when it is looked at.
An index is never changed: a newer one is made from it. Building and sorting take long enough to be done in a thread;
numpy lets go of the interpreter meanwhile. Orders, and columns that are only sorted by, are parked. It knows no SQL.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from core.money import ZERO
from core.store.history import TradeFilter
from core.store.parking import parked, rest
from core.symbols import LINEAR, settle_coin

Int = npt.NDArray[np.int64]
Order = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

# What a pending result is among whole numbers of 1e-8; NaN plays that part among the others.
PENDING: Final = np.iinfo(np.int64).min
BASE: Final = ("row_id", "closed_ms", "net_pnl_e8", "symbol", "side", "closed_by")
CODED: Final = ("symbol", "side", "closed_by")
_TYPES: Final[Mapping[str, Any]] = {
    "row_id": np.int32, "closed_ms": np.int64, "net_pnl_e8": np.int64,
    "symbol": np.uint16, "side": np.uint8, "closed_by": np.uint16,
}  # fmt: skip
_COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip
# Columns that stay in memory: small, or looked into row by row. The others are parked.
_AT_HAND: Final = frozenset({"row_id", *CODED})
_ALWAYS_KNOWN: Final = frozenset({*CODED, "row_id", "closed_ms"})
Spell = Callable[[str, str], str]


class Totals(Struct, frozen=True, kw_only=True):
    """What a selection adds up to. ``net_e8``: the sum in units of 1e-8, to which each trade was rounded, of those
    ``summed``: known ones of contracts that are settled in dollars, as their names tell."""

    trades: int = 0
    wins: int = 0
    losses: int = 0
    pending: int = 0
    summed: int = 0
    net_e8: int = 0


class ClosedTerm(Struct, frozen=True, kw_only=True):
    """What a row must say or, with ``is_not``, must not: a word in one of ``columns``, or a column compared.

    ``number`` is compared with the amount of ``columns[0]`` when there is a ``sign``; what is not known never fits.
    """

    columns: tuple[str, ...] = CODED
    word: str = ""
    sign: str = ""
    number: Decimal = ZERO
    is_not: bool = False


class Names:
    """Texts as small numbers, shared by every index of one history; a text never changes its number."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def codes(self, texts: Iterable[str]) -> list[int]:
        """The numbers of texts; new texts get new ones."""
        known = self._codes
        return [known[text] if text in known else known.setdefault(text, len(known)) for text in texts]

    def code(self, text: str) -> int | None:
        """The number of a text, None if no trade has it."""
        return self._codes.get(text)

    def all(self) -> list[str]:
        """Every text, by its number."""
        return list(self._codes)


class ClosedIndex:
    """One row per closed life in the order of ``row_id``.

    Args:
        columns: arrays of equal length by name; those of ``BASE`` at least. Others are floats, NaN where unknown;
            they may be parked.
        names: the texts of each coded column.
    """

    def __init__(self, columns: Mapping[str, npt.NDArray[Any]], names: Mapping[str, Names]) -> None:
        self.columns = columns
        self.names = names
        self._orders: dict[str, Order] = {}
        self._unknowns: dict[str, int] = {}
        self._totals: Totals | None = None

    def __len__(self) -> int:
        return len(self.columns["row_id"])

    @property
    def last_row_id(self) -> int:
        """The highest row; 0 when there is none."""
        return int(self.columns["row_id"][-1]) if len(self) else 0

    def before(self, tail: int) -> ClosedIndex:
        """The same without its last rows."""
        keep = max(0, len(self) - tail)
        return ClosedIndex({name: column[:keep] for name, column in self.columns.items()}, self.names)

    def with_columns(self, more: Mapping[str, npt.NDArray[Any]]) -> ClosedIndex:
        """The same with more columns; what is sorted already stays so."""
        wider = ClosedIndex({**self.columns, **{name: parked(values) for name, values in more.items()}}, self.names)
        wider._orders, wider._unknowns, wider._totals = self._orders, self._unknowns, self._totals
        return wider

    # ---- order and selection ------------------------------------------------------------------------------------

    def is_sorted_by(self, name: str) -> bool:
        """Everything in this order is a matter of microseconds."""
        return name in self._orders and self._totals is not None and not self._unknowns[name]

    def order(self, name: str) -> Order:
        """Row numbers by a column's values, ascending; sorted once."""
        if name not in self._orders:
            values = self._sortable(name)
            self._unknowns[name] = 0 if name in _ALWAYS_KNOWN else int(np.count_nonzero(self._unknown(values)))
            # Times are all but sorted already: then the stable way is the quicker one as well.
            kind: Literal["stable"] | None = "stable" if name == "closed_ms" else None
            self._orders[name] = parked(np.argsort(values, kind=kind).astype(np.int32))
            rest(values)
        return self._orders[name]

    def _sortable(self, name: str) -> npt.NDArray[Any]:
        """Texts by their alphabet, numbers as they are."""
        if name not in CODED:
            return self.columns[name]
        texts = self.names[name].all()
        rank = np.empty(len(texts), dtype=np.int32)
        rank[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
        result: npt.NDArray[Any] = rank[self.columns[name]]
        return result

    def ordered(self, name: str, *, descending: bool, mask: Mask | None) -> Order:
        """The selected row numbers in order; those without a value come last in both directions."""
        order = self.order(name)
        unknown = self._unknowns[name]
        # A result that is not known is the least of whole numbers; numpy puts NaN last.
        split = unknown if name == "net_pnl_e8" else len(order) - unknown
        parts = [order[:split], order[split:]]
        if mask is not None:
            parts = [part[mask[part]] for part in parts]
            rest(order)
        known, without = reversed(parts) if name == "net_pnl_e8" else parts
        known = known[::-1] if descending else known
        return np.concatenate([known, without]) if len(without) else known

    def grouped(self, order: Order, name: str) -> Order:
        """The same rows with those of one symbol, side or reason together, by alphabet; inside as they were."""
        ranks = self._sortable(name)[order].astype(np.uint16)
        result: Order = order[np.argsort(ranks, kind="stable")]
        return result

    @staticmethod
    def _unknown(values: npt.NDArray[Any]) -> Mask:
        unknown: Mask = values == PENDING if values.dtype == np.int64 else np.isnan(values)
        return unknown

    def mask(
        self,
        wanted: TradeFilter,
        words: Sequence[str] = (),
        spell: Spell | None = None,
        terms: Sequence[ClosedTerm] = (),
    ) -> Mask | None:
        """Which rows fit; None when all do.

        Args:
            words: each must occur, case aside, in the row's symbol, or in what its side or reason is called.
            terms: more that has to hold; the columns that they compare must be there.
            spell: what a column's text is called on the screen; as it is without one.
        """
        parts = [*self._exact(wanted), *self._period(wanted), *self._result(wanted)]
        parts += [self._spoken(word.casefold(), spell) for word in words]
        parts += [self._holds(term, spell) for term in terms]
        return np.logical_and.reduce(parts) if parts else None

    def _exact(self, wanted: TradeFilter) -> Iterable[Mask]:
        for name in CODED:
            text = getattr(wanted, name)
            if text is not None:
                code = self.names[name].code(text)
                column = self.columns[name]
                yield column == code if code is not None else np.zeros(len(self), dtype=np.bool_)

    def _period(self, wanted: TradeFilter) -> Iterable[Mask]:
        closed: Int = self.columns["closed_ms"]
        if wanted.since_ms is not None:
            yield closed >= wanted.since_ms
        if wanted.until_ms is not None:
            yield closed < wanted.until_ms

    def _result(self, wanted: TradeFilter) -> Iterable[Mask]:
        net: Int = self.columns["net_pnl_e8"]
        match wanted.result:
            case "wins":
                yield net > 0
            case "losses":
                yield (net < 0) & (net != PENDING)
            case "break_even":
                yield net == 0
            case "pending":
                yield net == PENDING

    def _holds(self, term: ClosedTerm, spell: Spell | None) -> Mask:
        found = self._compared(term) if term.sign else self._spoken(term.word.casefold(), spell, term.columns)
        return np.logical_not(found) if term.is_not else found

    def _compared(self, term: ClosedTerm) -> Mask:
        values = self.columns[term.columns[0]]
        compare = _COMPARE[term.sign]
        if values.dtype != np.int64:
            found: Mask = compare(values, values.dtype.type(term.number))
            rest(values)
            return found
        scaled = term.number.scaleb(8)
        whole = int(scaled.to_integral_value(ROUND_FLOOR if term.sign in {"<=", ">"} else ROUND_CEILING))
        if term.sign == "=" and whole != scaled:
            return np.zeros(len(self), dtype=np.bool_)
        fits: Mask = compare(values, min(max(whole, PENDING + 1), np.iinfo(np.int64).max))
        fits &= values != PENDING
        return fits

    def _spoken(self, word: str, spell: Spell | None, columns: Iterable[str] = CODED) -> Mask:
        found = np.zeros(len(self), dtype=np.bool_)
        for name in columns:
            texts = self.names[name].all()
            hit = [word in (spell(name, text) if spell else text).casefold() for text in texts]
            if any(hit):
                found |= np.array(hit, dtype=np.bool_)[self.columns[name]]
        return found

    def totals(self, mask: Mask | None) -> Totals:
        """What the selected rows add up to."""
        net: Int = self.columns["net_pnl_e8"]
        is_money = np.array([bool(settle_coin(LINEAR, name)) for name in self.names["symbol"].all()], dtype=np.bool_)
        money = None if is_money.all() else is_money[self.columns["symbol"]]
        if mask is not None:
            return _totals(net[mask], None if money is None else money[mask])
        if self._totals is None:
            self._totals = _totals(net, money)
            rest(net)
        return self._totals


def _totals(net: Int, money: Mask | None) -> Totals:
    """``money``: which rows may be summed; None for all."""
    is_known = net != PENDING
    known = net[is_known]
    summed = known if money is None else net[is_known & money]
    return Totals(
        trades=len(net),
        wins=int(np.count_nonzero(known > 0)),
        losses=int(np.count_nonzero(known < 0)),
        pending=len(net) - len(known),
        summed=len(summed),
        net_e8=_exact_sum(summed),
    )


def _exact_sum(values: Int) -> int:
    """The sum without overflow: upper and lower halves on their own."""
    upper, lower = values >> 32, values & 0xFFFFFFFF
    return (int(upper.sum()) << 32) + int(lower.sum())


class Filling:
    """An index in the making: another one's columns, followed by rows as they are read.

    Args:
        expected: how many rows there will be, so that nothing is copied; more or fewer do no harm.
    """

    def __init__(self, index: ClosedIndex, expected: int) -> None:
        self._names = index.names
        self._used = len(index)
        room = max(expected, self._used)
        self._columns = {name: np.empty(room, dtype=column.dtype) for name, column in index.columns.items()}
        for name, column in index.columns.items():
            self._columns[name][: self._used] = column

    @property
    def fields(self) -> tuple[str, ...]:
        """What each row that is added holds, in this order."""
        return tuple(self._columns)

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Put rows behind those that are there."""
        if not rows:
            return
        end = self._used + len(rows)
        for name, values in zip(self._columns, zip(*rows, strict=True), strict=True):
            if end > len(self._columns[name]):
                self._columns[name] = np.resize(self._columns[name], end + end // 8)
            self._columns[name][self._used : end] = self._as_numbers(name, values)
        self._used = end

    def _as_numbers(self, name: str, values: Sequence[Any]) -> Sequence[Any]:
        if name in CODED:
            return self._names[name].codes(values)
        unknown = PENDING if name == "net_pnl_e8" else np.nan
        return [unknown if value is None else value for value in values]

    def done(self) -> ClosedIndex:
        """The index."""
        columns = {name: column[: self._used] for name, column in self._columns.items()}
        more = {name: columns.pop(name) for name in tuple(columns) if name not in _AT_HAND}
        return ClosedIndex(columns, self._names).with_columns(more)


def empty_index(names: Mapping[str, Names], extra: Iterable[str] = ()) -> ClosedIndex:
    """An index without rows; ``extra`` columns are floats."""
    columns = {name: np.empty(0, dtype=_TYPES.get(name, np.float64)) for name in (*BASE, *extra)}
    return ClosedIndex(columns, names)
