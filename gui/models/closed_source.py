"""Where the Closed table's rows come from: the disk's whole history, or what this session has seen if there is none.

Both answer the same questions: a selection in an order, and some of its rows. Gui code knows the disk's history only
as an object that the manager hands out.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from gui import text, words
from gui.models import closed, query
from gui.models.sums import DOLLARS

if TYPE_CHECKING:
    from core.manager import ClosedHistory, ClosedView
    from core.model import ClosedTrade

DAY_MS: Final = 86_400_000
# The store's name of what each column's ranks sort by.
SORTS: Final = {
    "symbol.line0": "symbol",
    "symbol.side": "side",
    "closed.line0": "closed_ms",
    "closed.line1": "held_ms",
    "size.line0": "peak_size",
    "price.line0": "entry_price",
    "price.line1": "exit_price",
    "net.line0": "net_pnl_e8",
    "net.line1": "move_pct",
    "costs.line0": "fees",
    "costs.line1": "funding",
    "reason.line0": "closed_by",
}
NEWEST_FIRST: Final = ("closed.line0", True)


# What is compared when an amount is asked of a column: the store's name of each line's value.
AMOUNTS: Final = {
    ("size", 0): "peak_size",
    ("price", 0): "entry_price",
    ("price", 1): "exit_price",
    ("net", 0): "net_pnl_e8",
    ("net", 1): "move_pct",
    ("costs", 0): "fees",
    ("costs", 1): "funding",
}
TEXTS: Final = {"symbol": ("symbol", "side"), "reason": ("closed_by",)}


class Wish(NamedTuple):
    """What the Closed table is to show, in which order (column.rank, descending), and by what put together."""

    period: str = "all"
    symbol: str = ""
    result: str = ""
    words: tuple[str, ...] = ()
    order: tuple[str, bool] = NEWEST_FIRST
    group: str = ""

    @property
    def is_narrow(self) -> bool:
        """Not everything is shown."""
        return self._replace(order=NEWEST_FIRST, group="") != Wish()


class Sums(NamedTuple):
    """What a selection adds up to; ``net`` of those in dollars, without pending ones, None where all are in coins."""

    trades: int = 0
    wins: int = 0
    losses: int = 0
    net: Decimal | None = Decimal(0)


class Selection(NamedTuple):
    """Rows in order: a view of the disk's history, or records in memory."""

    size: int
    sums: Sums
    view: ClosedView | None = None
    records: Sequence[ClosedTrade] = ()


def period_ms(period: str, now_ms: int) -> tuple[int | None, int | None]:
    """From and until (UTC days) of ``all``, ``today``, ``yesterday``, a number of days that ends today, or of days
    by name, both within: ``2026-11-01..2026-11-20``."""
    midnight = now_ms // DAY_MS * DAY_MS
    first, between, last = period.partition("..")
    if between:
        return _midnight_ms(first), _midnight_ms(last) + DAY_MS
    if period == "all":
        return None, None
    if period == "yesterday":
        return midnight - DAY_MS, midnight
    days = 1 if period == "today" else int(period)
    return midnight - (days - 1) * DAY_MS, None


def _midnight_ms(day: str) -> int:
    return (datetime.date.fromisoformat(day) - datetime.date(1970, 1, 1)).days * DAY_MS


def spell(column: str, code: str) -> str:
    """What a text of the store is called on the screen."""
    if column == "side":
        return text.side_name(code)
    return words.reason(code) if column == "closed_by" else code


async def open_on_disk(history: ClosedHistory, wish: Wish, now_ms: int, *, is_fresh: bool = True) -> Selection:
    """Select from everything on disk, or (not ``is_fresh``) from what was known of it. Raises StoreError."""
    from core.manager import ClosedTerm, TradeFilter  # loaded long since, by whoever made the history

    since, until = period_ms(wish.period, now_ms)
    wanted = TradeFilter(symbol=wish.symbol or None, since_ms=since, until_ms=until, result=wish.result or None)
    name, descending = wish.order
    terms = [
        ClosedTerm(columns=one.columns, word=one.word, sign=one.sign, number=one.number, is_not=one.is_not)
        for one in asked_for(wish.words)
    ]
    view = await history.open(
        wanted,
        terms=terms,
        sort=SORTS[name],
        descending=descending,
        group=wish.group or None,
        spell=spell,
        is_fresh=is_fresh,
    )
    totals = view.totals
    net = Decimal(totals.net_e8).scaleb(-8) if totals.summed or totals.pending == totals.trades else None
    sums = Sums(totals.trades, totals.wins, totals.losses, net)
    return Selection(view.size, sums, view)


def select_in_memory(trades: Sequence[ClosedTrade], wish: Wish, now_ms: int) -> Selection:
    """Select from what the session has seen."""
    since, until = period_ms(wish.period, now_ms)
    terms = asked_for(wish.words)
    found = [
        trade
        for trade in trades
        if (since is None or trade.closed_ms >= since)
        and (until is None or trade.closed_ms < until)
        and wish.symbol in ("", trade.symbol)
        and wish.result in ("", result_of(trade))
        and all(_holds(trade, term) for term in terms)
    ]
    ordered = _ordered(found, *wish.order)
    if wish.group:
        ordered.sort(key=lambda trade: str(getattr(trade, wish.group)))
    return Selection(len(found), sums_of(found), None, ordered)


def result_of(trade: ClosedTrade) -> str:
    """wins, losses, break_even or pending, as the store calls them."""
    net = trade.net_pnl
    return "pending" if net is None else "wins" if net > 0 else "losses" if net < 0 else "break_even"


def sums_of(trades: Sequence[ClosedTrade]) -> Sums:
    """What trades add up to."""
    known = [(trade.net_pnl, trade.settle_coin in DOLLARS) for trade in trades if trade.net_pnl is not None]
    money = [net for net, is_money in known if is_money]
    total = sum(money, Decimal(0)) if money or not known else None
    return Sums(len(trades), sum(net > 0 for net, _ in known), sum(net < 0 for net, _ in known), total)


class Term(NamedTuple):
    """A term of the filter as the history takes it; see ClosedTerm."""

    columns: tuple[str, ...]
    word: str = ""
    sign: str = ""
    number: Decimal = Decimal(0)
    is_not: bool = False


def asked_for(typed: Sequence[str]) -> list[Term]:
    """What was typed, in the history's own names; what cannot be asked of it is a plain word."""
    return [_term(one) for one in query.taken_apart(" ".join(typed), closed.columns())]


def _term(one: query.Asked) -> Term:
    everywhere = ("symbol", "side", "closed_by")
    if one.column is None:
        return Term(everywhere, one.word, is_not=one.is_not)
    if one.sign == ":":
        return Term(TEXTS.get(one.column.name, everywhere), one.word, is_not=one.is_not)
    line = one.line if isinstance(one.line, int) else 0
    field = AMOUNTS.get((one.column.name, line))
    if field is None or one.number is None:
        return Term(everywhere, one.word, is_not=one.is_not)
    return Term((field,), "", one.sign, one.number, one.is_not)


def _holds(trade: ClosedTrade, term: Term) -> bool:
    if not term.sign:
        spoken = [spell(name, getattr(trade, name)).casefold() for name in term.columns]
        return any(term.word in said for said in spoken) != term.is_not
    name = term.columns[0].removesuffix("_e8")
    value = closed.move_pct(trade) if name == "move_pct" else getattr(trade, name)
    return (value is not None and query.COMPARE[term.sign](value, term.number)) != term.is_not


def _ordered(trades: list[ClosedTrade], name: str, descending: bool) -> list[ClosedTrade]:
    """By a rank's own values, those without one last."""
    column_name, _, rank_name = name.partition(".")
    column = next(column for column in closed.columns() if column.name == column_name)
    value_of = next(rank.value for rank in column.ranks() if rank.name == rank_name)
    known = [trade for trade in trades if value_of(trade) is not None]
    known.sort(key=value_of, reverse=descending)
    return known + [trade for trade in trades if value_of(trade) is None]
