"""What is true, from the paper exchange's own books: every revision of every position, and the lives its ledger shows.

It shares nothing with the core's arithmetic: lives are made of the ledger's own money.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from core.lives import MAX_CLOSED
from core.model import ClosedTrade, Position, PositionKey, Snapshot
from core.paper.engine import Event, Exchange
from core.paper.ledger import Execution
from core.trades import life_id

ZERO = Decimal(0)
# The exchange rounds each amount that it books to 8 decimals, and a coin value of an inverse fill once more.
ROUNDING = Decimal("0.00000003")


class Revision(NamedTuple):
    """One state of a position as the exchange told it. ``at`` is virtual seconds."""

    at: float
    seq: int
    updated_ms: int
    side: str
    size: Decimal


class TrueLife:
    """One life by the ledger: flat to flat."""

    def __init__(self, key: PositionKey, first: Execution, side: str) -> None:
        self.key = key
        self.name = life_id(key, first.exec_id)
        self.side = side
        self.opened_ms = first.time_ms
        self.closed_ms: int | None = None
        self.entered = self.size = self.net = self.funding = ZERO
        self.fees = ZERO
        self.exits: dict[str, Decimal] = {}
        self.fills: list[str] = []
        self.entry_prices: list[Decimal] = []
        self.exit_prices: list[Decimal] = []
        self.rows = 0

    @property
    def exited(self) -> Decimal:
        """Everything that left it."""
        return sum(self.exits.values(), ZERO)


class Truth:
    """The exchange's history, seen from inside."""

    def __init__(self, exchange: Exchange, now: Callable[[], float]) -> None:
        self._exchange = exchange
        self._now = now
        self.revisions: dict[PositionKey, list[Revision]] = defaultdict(list)
        self._lives: dict[PositionKey, list[TrueLife]] = {}
        self._rows_seen = -1
        for position in exchange.venue.ledger.positions.values():
            key = PositionKey(position.instrument.category, position.instrument.symbol, position.idx)
            revision = Revision(now(), position.seq, position.updated_ms, position.side, position.size)
            self.revisions[key].append(revision)

    def see(self, events: Iterable[Event]) -> None:
        """Take note of what the exchange tells."""
        for event in events:
            if event.topic == "position":
                for row in event.data:
                    self._note(row)

    def _note(self, row: dict[str, Any]) -> None:
        key = PositionKey(row["category"], row["symbol"], row["positionIdx"])
        fresh = Revision(self._now(), row["seq"], int(row["updatedTime"] or 0), row["side"], Decimal(row["size"]))
        known = self.revisions[key]
        if not known or known[-1][1:] != fresh[1:]:
            known.append(fresh)

    # ---- positions --------------------------------------------------------------------------------------------------

    def position_rows(self) -> dict[PositionKey, dict[str, Any]]:
        """The exchange's row of every open position."""
        exchange = self._exchange
        rows = [("linear", row) for coin in ("USDT", "USDC") for row in exchange.positions("linear", settle_coin=coin)]
        rows += [("inverse", row) for row in exchange.positions("inverse")]
        return {PositionKey(category, row["symbol"], row["positionIdx"]): row for category, row in rows}

    def revision_of(self, position: Position) -> Revision | None:
        """The true revision that a shown position repeats, if it repeats one."""
        wanted = (position.seq, position.updated_ms, position.side, position.size)
        return next((r for r in self.revisions[position.key] if r[1:] == wanted), None)

    def superseded_at(self, position: Position) -> float | None:
        """When a newer revision than the shown one came to be; None while it is the newest."""
        order = (position.seq, position.updated_ms)
        return next((r.at for r in self.revisions[position.key] if (r.seq, r.updated_ms) > order), None)

    def was_flat_since(self, key: PositionKey, seq: int) -> bool:
        """Whether the key was flat at or after a sequence."""
        return any(not r.size and r.seq >= seq for r in self.revisions[key])

    # ---- lives ------------------------------------------------------------------------------------------------------

    def lives(self) -> dict[PositionKey, list[TrueLife]]:
        """All lives of every key, oldest first; the last one may be open."""
        executions = self._exchange.venue.ledger.executions
        if self._rows_seen != len(executions):
            self._rows_seen, self._lives = len(executions), lives_of(executions)
        return self._lives

    def life_at(self, key: PositionKey, seq: int) -> TrueLife | None:
        """The life that is open after everything up to a cross sequence."""
        rows = [row for row in self._exchange.venue.ledger.executions if _key(row) == key and row.seq <= seq]
        past = lives_of(rows).get(key, [])
        return past[-1] if past and past[-1].closed_ms is None else None

    def fills_after(self, key: PositionKey, seq: int) -> list[str]:
        """The ids of the fills since a cross sequence."""
        executions = self._exchange.venue.ledger.executions
        return [e.exec_id for e in executions if _key(e) == key and e.seq > seq and e.exec_type != "Funding"]

    def closed_lives(self) -> list[TrueLife]:
        """Every life that ended."""
        return [life for past in self.lives().values() for life in past if life.closed_ms is not None]

    # ---- agreement --------------------------------------------------------------------------------------------------

    def differences(self, shown: Snapshot) -> list[str]:
        """In what a snapshot differs from the exchange now."""
        return [
            *self._positions_differ(shown),
            *self._orders_differ(shown),
            *self._wallet_differs(shown),
            *self._lives_differ(shown),
        ]

    def _positions_differ(self, shown: Snapshot) -> Iterable[str]:
        rows = self.position_rows()
        ours = {p.key: p for p in shown.positions}
        for key in sorted(rows.keys() | ours.keys()):
            row, position = rows.get(key), ours.get(key)
            if row is None or position is None:
                yield f"{key}: {'missing' if position is None else 'phantom'}"
                continue
            theirs = _facts(row)
            mine = (
                position.side,
                position.size,
                position.entry_price,
                position.leverage,
                position.take_profit,
                position.stop_loss,
                position.trailing_stop,
                position.seq,
                position.updated_ms,
            )
            if mine != theirs:
                yield f"{key}: {mine} is {theirs}"

    def _orders_differ(self, shown: Snapshot) -> Iterable[str]:
        rows = [row for category in ("linear", "inverse") for row in self._exchange.open_orders(category)]
        theirs = {
            row["orderId"]: (row["orderStatus"], Decimal(row["qty"]), Decimal(row["leavesQty"]), row["triggerPrice"])
            for row in rows
        }
        ours = {o.order_id: (o.status, o.qty, o.leaves_qty, _text(o.trigger_price)) for o in shown.orders}
        for name in sorted(theirs.keys() | ours.keys()):
            mine, there = ours.get(name), theirs.get(name)
            if mine is None or there is None or mine[:3] != there[:3] or Decimal(mine[3]) != Decimal(there[3] or 0):
                yield f"order {name[:8]}: {mine} is {there}"

    def _wallet_differs(self, shown: Snapshot) -> Iterable[str]:
        balance = Decimal(self._exchange.wallet()["totalWalletBalance"])
        if shown.wallet is None or shown.wallet.wallet_balance != balance:
            yield f"wallet: {shown.wallet and shown.wallet.wallet_balance} is {balance}"

    def _lives_differ(self, shown: Snapshot) -> Iterable[str]:
        lives = self.lives()
        closed = {life.name: life for life in self.closed_lives()}
        ours = {trade.life_id: trade for trade in shown.closed_trades}
        # Of many the newest are in memory; the others are on the disk.
        newest_first = sorted(closed.values(), key=lambda life: life.closed_ms or 0, reverse=True)
        past_memory = {life.name for life in newest_first[MAX_CLOSED:]}
        for name in sorted(closed.keys() | ours.keys()):
            life, trade = closed.get(name), ours.get(name)
            if life is None:
                yield f"invented trade {_say(trade)}"
            elif trade is None and life.name not in past_memory:
                yield f"missing trade {_say(life)}"
            elif trade is not None:
                yield from trade_differs(trade, life)
        for position in shown.positions:
            past = lives[position.key]
            if past:
                yield from position_differs(position, past[-1])


def lives_of(executions: Iterable[Execution]) -> dict[PositionKey, list[TrueLife]]:
    """The lives that rows of the ledger make, by key."""
    found: dict[PositionKey, list[TrueLife]] = defaultdict(list)
    for execution in sorted(executions, key=_order):
        key = _key(execution)
        _take(found[key], key, execution)
    return found


def _key(execution: Execution) -> PositionKey:
    instrument = execution.order.instrument
    return PositionKey(instrument.category, instrument.symbol, execution.position_idx)


def trade_differs(trade: ClosedTrade, life: TrueLife) -> Iterable[str]:
    """In what a closed trade differs from the life that it names."""
    said = (trade.side, trade.opened_ms, trade.closed_ms, {e.order_id: e.qty for e in trade.exits})
    true = (life.side, life.opened_ms, life.closed_ms, life.exits)
    if said != true:
        yield f"trade {_say(life)}: {said} is {true}"
    if trade.net_pnl is None or abs(trade.net_pnl - life.net) > ROUNDING * life.rows:
        yield f"trade {_say(life)}: net {trade.net_pnl} is {life.net}"
    if trade.funding is None or abs(trade.funding - life.funding) > ROUNDING * life.rows:
        yield f"trade {_say(life)}: funding {trade.funding} is {life.funding}"


def position_differs(position: Position, life: TrueLife) -> Iterable[str]:
    """In what an open position's life differs from the true one."""
    said = (position.life_id, position.size, {e.order_id: e.qty for e in position.partial_exits})
    true = (life.name, life.size, life.exits)
    if said != true:
        yield f"{position.key}: life {said} is {true}"
    if position.realised_pnl is None or abs(position.realised_pnl - life.net) > ROUNDING * life.rows:
        yield f"{position.key}: realised {position.realised_pnl} is {life.net}"


def _take(past: list[TrueLife], key: PositionKey, execution: Execution) -> None:
    """Enter one row of the ledger into the lives of its key."""
    life = past[-1] if past and past[-1].closed_ms is None else None
    if execution.exec_type == "Funding":
        if life:
            life.funding -= execution.fee
            life.net -= execution.fee
            life.rows += 1
        return
    closing, fee = execution.closed_size, execution.fee
    if closing:
        assert life is not None
        share = fee * closing / execution.qty
        life.exits[execution.order.order_id] = life.exits.get(execution.order.order_id, ZERO) + closing
        life.fills.append(execution.exec_id)
        life.exit_prices.append(execution.price)
        life.size -= closing
        life.net += execution.pnl - share
        life.rows += 1
        fee -= share
        if not life.size:
            life.closed_ms = execution.time_ms
            life = None
    opening = execution.qty - closing
    if opening:
        if life is None:
            life = TrueLife(key, execution, execution.side)
            past.append(life)
        life.fills.append(execution.exec_id)
        life.entry_prices.append(execution.price)
        life.entered += opening
        life.size += opening
        life.net -= fee
        life.rows += 1


def _order(execution: Execution) -> tuple[int, int, Decimal, str]:
    """The ledger's own order, but for fills of one match that all open or all close: they are told apart by id."""
    opened = execution.qty - execution.closed_size
    share = opened / execution.qty if opened and execution.closed_size else Decimal(opened > 0) * 2
    return execution.time_ms, execution.seq, share, execution.exec_id


def _facts(row: dict[str, Any]) -> tuple[Any, ...]:
    prices = [_price(row[name]) for name in ("takeProfit", "stopLoss", "trailingStop")]
    return (
        row["side"],
        Decimal(row["size"]),
        Decimal(row["avgPrice"]),
        _price(row["leverage"]),
        *prices,
        row["seq"],
        int(row["updatedTime"]),
    )


def _price(text: str) -> Decimal | None:
    return Decimal(text) if text and Decimal(text) else None


def _text(value: Decimal | None) -> str:
    return "0" if value is None else str(value)


def _say(one: TrueLife | ClosedTrade | None) -> str:
    if isinstance(one, TrueLife):
        return f"{one.key} {one.name}"
    return f"{one.symbol} {one.position_idx} {one.life_id}" if one else ""
