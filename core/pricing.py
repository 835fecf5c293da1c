"""What a life brought whose executions do not come, by Bybit's own closed-PnL records (evidence E4).

``price`` is pure: the records of a life must cover its exits exactly, or it stays pending. A record grows while its
order fills, so that a sum which falls short is a sum too early; nothing is shared out and nothing is guessed.
``PricedLives`` keeps such results for the lives they belong to, until their executions come. When to ask is
core.missing's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from decimal import Decimal

from msgspec.structs import replace

from core.executions import reason_of_kind
from core.formulas import HUNDRED
from core.model import ClosedPnl, ClosedTrade, PartialExit, PositionKey
from core.money import EXACT, ZERO, fixed
from core.trades import mean_price, value_of

SOURCE = "closed_pnl"
# A record may be written this much after the row that shows the position flat.
LATE_MS = 1_000
MAX_LIVES = 2_000


def price(
    trade: ClosedTrade, records: Iterable[ClosedPnl], since_ms: int, next_ms: int | None = None
) -> ClosedTrade | None:
    """The trade with the money that Bybit's records show.

    Args:
        trade: pending, with its ``gap``.
        records: of any contract and time, each order once, in its newest state.
        since_ms: no exit of the life is older: when it began, or when the one before it ended.
        next_ms: when the next life of its key began, if one did.
    Returns:
        Net = Σ closedPnl + the funding that executions show.
        None unless the records cover the exits exactly and each tells its fees, which very old ones do not.
    """
    if trade.gap is None:
        return None
    until_ms = trade.closed_ms + LATE_MS if next_ms is None else min(trade.closed_ms + LATE_MS, next_ms)
    mine = {
        record.order_id: record
        for record in records
        if _is_of_key(record, trade) and since_ms <= _begun_ms(record) <= max(until_ms, trade.closed_ms)
    }
    if not _covers(mine, trade, trade.gap.qty) or any(_fees(record) is None for record in mine.values()):
        return None
    return _with_money(trade, list(mine.values()), trade.gap.funding)


def _is_of_key(record: ClosedPnl, trade: ClosedTrade) -> bool:
    """Whether a record closed the trade's side of its contract; in hedge mode the side names the leg."""
    return (record.category, record.symbol) == (trade.category, trade.symbol) and record.side != trade.side


def _begun_ms(record: ClosedPnl) -> int:
    return record.created_ms or record.updated_ms


def _covers(mine: dict[str, ClosedPnl], trade: ClosedTrade, missing: Decimal) -> bool:
    """Whether the records are those of the life's exits: all that executions show, and as much more as is missing."""
    exits = {part.order_id: part.qty for part in trade.exits}
    total = sum(exits.values(), missing)
    if not total or sum((record.closed_size for record in mine.values()), ZERO) != total:
        return False
    return all(name in mine and mine[name].closed_size >= qty for name, qty in exits.items())


def _with_money(trade: ClosedTrade, records: list[ClosedPnl], funding: Decimal) -> ClosedTrade:
    result = _total(record.closed_pnl for record in records)
    costs = _total(fee for record in records if (fee := _fees(record)) is not None)
    exits = _exits(trade, records)
    return replace(
        trade,
        entry_price=_mean(trade.category, [(record.closed_size, record.entry_price) for record in records]),
        exit_price=_mean(trade.category, [(record.closed_size, record.exit_price) for record in records]),
        gross_pnl=EXACT.add(result, costs),
        fees=costs,
        funding=funding,
        net_pnl=EXACT.add(result, funding),
        exits=exits,
        closed_by=exits[-1].reason,
        pnl_source=SOURCE,
    )


def _exits(trade: ClosedTrade, records: list[ClosedPnl]) -> tuple[PartialExit, ...]:
    """One exit per record, in order: what executions show in full stays theirs."""
    known = {part.order_id: part for part in trade.exits}
    exits = []
    for record in sorted(records, key=lambda r: (r.updated_ms, r.order_id)):
        part = known.get(record.order_id)
        is_whole = part is not None and part.qty == record.closed_size and part.gross_pnl is not None
        exits.append(part if part is not None and is_whole else _exit(trade, record, part))
    return tuple(exits)


def _exit(trade: ClosedTrade, record: ClosedPnl, known: PartialExit | None) -> PartialExit:
    fees, fee = _fees(record), record.close_fee
    assert fees is not None  # a record that does not tell them prices nothing
    assert fee is not None
    gross = EXACT.add(record.closed_pnl, fees)
    return PartialExit(
        order_id=record.order_id,
        order_link_id=known.order_link_id if known else "",
        ts_ms=record.updated_ms,
        qty=record.closed_size,
        price=record.exit_price,
        share_pct=fixed(EXACT.divide(EXACT.multiply(record.closed_size, HUNDRED), trade.peak_size)),
        gross_pnl=gross,
        fee=fee,
        net_pnl=EXACT.subtract(gross, fee),
        reason=reason_of_kind(record.exec_type) or (known.reason if known else ""),
    )


def _fees(record: ClosedPnl) -> Decimal | None:
    """The record's share of the opening fees and its closing fee; older records do not tell."""
    if record.open_fee is None or record.close_fee is None:
        return None
    return EXACT.add(record.open_fee, record.close_fee)


def _total(amounts: Iterable[Decimal]) -> Decimal:
    total = ZERO
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def _mean(category: str, parts: list[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The average of prices over their quantities, as positions average them."""
    known = [(qty, at) for qty, at in parts if at > 0]
    return mean_price(category, _total(qty for qty, _ in known), _total(value_of(category, *part) for part in known))


class PricedLives:
    """Results from records, by life; also how earlier runs left lives whose executions did not come."""

    def __init__(self) -> None:
        self._lives: OrderedDict[str, ClosedTrade] = OrderedDict()

    def take(self, trade: ClosedTrade) -> None:
        """Keep a result until the life's executions come."""
        self._lives[trade.life_id] = trade
        if len(self._lives) > MAX_LIVES:
            self._lives.popitem(last=False)

    def drop(self, life_id: str) -> None:
        """The executions came, or the life never was."""
        self._lives.pop(life_id, None)

    def all(self) -> tuple[ClosedTrade, ...]:
        """Every result held."""
        return tuple(self._lives.values())

    def told_of(self, trade: ClosedTrade) -> ClosedTrade:
        """The trade as records priced it, if it has a gap and they did; a trade without one as it is."""
        known = self._lives.get(trade.life_id)
        if known is None or trade.gap is None:
            return trade
        if known.net_pnl is None:
            # When it ended was seen then, and is not to be seen in what is missing.
            return replace(trade, closed_ms=min(known.closed_ms, trade.closed_ms))
        return replace(known, gap=trade.gap, best_pnl=trade.best_pnl, worst_pnl=trade.worst_pnl)


def key_of(trade: ClosedTrade) -> PositionKey:
    """The position key that a trade was of."""
    return PositionKey(trade.category, trade.symbol, trade.position_idx)
