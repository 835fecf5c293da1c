"""PositionBook: the only mutable truth. ``apply(event)`` on the loop, ``snapshot()`` for everybody.

A position leaves the book only on an explicit flat row; a row that is merely missing somewhere changes nothing here.
Older reports never overwrite newer ones, and applying anything twice changes nothing.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from core.analytics.metrics import summarise
from core.clock import Clock
from core.commands import CommandLog
from core.events import (
    Account,
    BaselineTaken,
    Event,
    ExecutionReported,
    FeeRatesReported,
    FrameRefused,
    InstrumentsReported,
    LinkChanged,
    OrderReported,
    PositionReported,
    PriceReported,
    WalletReported,
)
from core.executions import leg_of
from core.lives import Lives
from core.model import (
    LONG,
    AuditEvent,
    Command,
    EquityPoint,
    Execution,
    Instrument,
    Links,
    Order,
    Position,
    PositionKey,
    Price,
    Snapshot,
    Wallet,
)
from core.money import ZERO
from core.rows import derive, total_unrealised, with_open
from core.trades import Checkpoint, Life

SHOWN = 1_000
REMEMBERED_ORDERS = 10_000
EQUITY_POINTS = 4_000
EQUITY_EVERY_MS = 1_000
DAY_MS = 86_400_000
# Bybit's lists may lag behind its streams by up to this.
REST_LAG_S = 5.0


class PositionBook:
    """One account's positions, orders, executions and wallet.

    ``notices`` receives every AuditEvent as it happens; ``kind`` is its code.
    """

    def __init__(self, clock: Clock, environment: str, account: str, on_notice: Callable[[AuditEvent], None]) -> None:
        self._clock = clock
        self._on_notice = on_notice
        self._thread = threading.get_ident()
        self._positions: dict[PositionKey, Position] = {}
        self._flat_marks: dict[PositionKey, tuple[int, int]] = {}
        self._orders: dict[tuple[str, str], Order] = {}
        self._order_legs: OrderedDict[str, int] = OrderedDict()
        self._hedged: set[tuple[str, str]] = set()
        self._executions: deque[Execution] = deque(maxlen=SHOWN)
        self._prices: dict[tuple[str, str], Price] = {}
        self._instruments: dict[tuple[str, str], Instrument] = {}
        self._fee_rates: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
        self._events: deque[AuditEvent] = deque(maxlen=SHOWN)
        self._equity_curve: deque[EquityPoint] = deque(maxlen=EQUITY_POINTS)
        self._wallet: Wallet | None = None
        self._wallet_upl = ZERO
        self._account = Account()
        self._links = Links()
        self.lives = Lives()
        self.commands = CommandLog()
        self._started_ms = clock.now_ms()
        self.has_baseline = False
        self._expects_new_ledger = False
        self._sorted_keys: list[PositionKey] | None = None
        self._stale_rows: set[PositionKey] = set()
        self._stale_parts: set[str] = {"orders", "executions", "trades", "commands", "events", "maps"}
        self._snapshot = Snapshot(environment=environment, account=account, as_of_ms=self._started_ms)

    # ---- facts in -------------------------------------------------------------------------------------------------

    def apply(self, event: Event) -> None:
        """Apply one checked fact. Only on the thread that made the book."""
        assert threading.get_ident() == self._thread, "the book has one writer"
        match event:
            case PriceReported():
                self._on_price(event.price)
            case PositionReported():
                self._on_position(event.position, event.source, event.requested_mono)
            case ExecutionReported():
                self._on_execution(event.execution)
            case OrderReported():
                self._on_order(event.order)
            case WalletReported():
                self._on_wallet(event.wallet)
            case LinkChanged():
                self._links = replace(self._links, **{event.link.name: event.link})
            case BaselineTaken():
                self._on_baseline(event)
            case InstrumentsReported():
                self._instruments |= {(i.category, i.symbol): i for i in event.instruments}
                self._stale_parts.add("maps")
            case FeeRatesReported():
                self._fee_rates |= {(event.category, symbol): (t, m) for symbol, t, m in event.rates}
                self._stale_parts.add("maps")
            case FrameRefused():
                self._links = replace(self._links, frames_refused=self._links.frames_refused + 1)
                self.note("frame_refused", "warning", topic=event.topic, reason=event.code, excerpt=event.excerpt)

    def set_links(self, **changes: Any) -> None:
        """Update link figures that are not events: reconciled, offset, request rate."""
        self._links = replace(self._links, **changes)

    def set_armed(self, is_armed: bool) -> None:
        """Allow or withhold actions."""
        self._snapshot = replace(self._snapshot, is_armed=is_armed)

    def label_exit(self, order_link_id: str, reason: str) -> None:
        """Name the reason of an exit by its order."""
        self.lives.label(order_link_id, reason)
        self._stale_rows |= set(self._positions)
        self._stale_parts.add("trades")

    def note(self, code: str, severity: str = "info", key: PositionKey | None = None, **details: Any) -> None:
        """Enter a line into the audit trail and tell the listeners."""
        line = AuditEvent(
            ts_ms=self._clock.now_ms(), code=code, severity=severity, key=key, details=MappingProxyType(details)
        )
        self._events.appendleft(line)
        self._stale_parts.add("events")
        self._on_notice(line)

    def command_changed(self, command: Command) -> None:
        """A command moved: show it on its row and in the trail."""
        self._stale_parts.add("commands")
        self._stale_rows.add(command.key)
        severity = {"refused": "warning", "unknown": "warning", "no_trace": "warning"}.get(command.state, "info")
        self.note(
            f"command_{command.state}",
            severity,
            command.key,
            kind=command.kind,
            qty=command.qty,
            ret_code=command.ret_code,
            detail=command.detail,
        )

    def _on_price(self, price: Price) -> None:
        held = self._prices.get((price.category, price.symbol))
        if held and held.source == "stream" and price.source != "stream" and price.ts_ms <= held.ts_ms:
            return
        self._prices[(price.category, price.symbol)] = price
        for idx in (0, 1, 2):
            key = PositionKey(price.category, price.symbol, idx)
            if key in self._positions:
                self._stale_rows.add(key)

    def _on_position(self, new: Position, source: str, requested_mono: float | None) -> None:
        key, held = new.key, self._positions.get(new.key)
        if new.position_idx:
            self._hedged.add((new.category, new.symbol))
        if self._is_older(new, held, requested_mono):
            return
        for command in list(self.commands.on_position(new)):
            self.command_changed(command)
        if new.size == 0:
            self._flatten(key, new, source)
            return
        if held is None:
            self._sorted_keys = None
        self._positions[key] = self._keep_derived(new, held)
        self._stale_rows.add(key)
        if not self.has_baseline:
            return
        if held is None:
            self.note("position_opened", key=key, side=new.side, size=new.size, entry_price=new.entry_price)
        elif held.side != new.side:
            self.note("position_flipped", "warning", key, side=new.side, size=new.size)
        elif held.size != new.size:
            self.note("position_changed", key=key, before=held.size, after=new.size)

    def _is_older(self, new: Position, held: Position | None, requested_mono: float | None) -> bool:
        """Whether the report must not overwrite what is held: by (seq, updated), then by when it was asked for."""
        if held is None:
            return (new.seq, new.updated_ms) <= self._flat_marks.get(new.key, (-2, 0)) and new.size > 0
        order, held_order = (new.seq, new.updated_ms), (held.seq, held.updated_ms)
        if order < held_order and requested_mono is not None and requested_mono - held.received_mono > REST_LAG_S:
            # Asked for long after our last word of it and still lower: the exchange was restored, REST is right.
            self.note("sequence_reset", "warning", new.key, before=held.seq, after=new.seq)
            return False
        if order != held_order:
            return order < held_order
        # The same revision again: a REST row asked for later has fresher margin and liquidation figures.
        return requested_mono is None or requested_mono < held.received_mono

    def _flatten(self, key: PositionKey, flat: Position, source: str) -> None:
        self._flat_marks[key] = (flat.seq, flat.updated_ms)
        if self._positions.pop(key, None) is not None:
            self._sorted_keys = None
            self._stale_rows.add(key)
            self.note("position_closed", key=key, evidence="E1" if source == "stream" else "E2")

    @staticmethod
    def _keep_derived(new: Position, held: Position | None) -> Position:
        """Funding figures come from tickers, not from position rows: keep them until the next price."""
        if held is None:
            return new
        return replace(new, funding_rate=held.funding_rate, next_funding_ms=held.next_funding_ms)

    def _on_order(self, order: Order) -> None:
        order_key = (order.category, order.order_id)
        held = self._orders.get(order_key)
        if held and held.updated_ms > order.updated_ms:
            return
        self._remember_leg(order)
        for command in list(self.commands.on_order(order)):
            self.command_changed(command)
        if order.is_open:
            self._orders[order_key] = order
        else:
            self._orders.pop(order_key, None)
        self._stale_parts.add("orders")

    def _remember_leg(self, order: Order) -> None:
        self._order_legs[order.order_id] = order.position_idx
        if order.position_idx:
            self._hedged.add((order.category, order.symbol))
        if len(self._order_legs) > REMEMBERED_ORDERS:
            self._order_legs.popitem(last=False)

    def _on_execution(self, execution: Execution) -> None:
        key = self._key_of(execution)
        before = self.lives.life(key) if self.has_baseline else None
        if not self.lives.add(execution, key, self._settle_coin(key)):
            return
        if self.has_baseline:
            self._note_exit(key, before, self.lives.life(key))
        self._executions.appendleft(execution)
        self._stale_parts |= {"executions", "trades"}
        self._stale_rows.add(key)

    def _note_exit(self, key: PositionKey, before: Life | None, after: Life | None) -> None:
        """Tell of a partial exit, or of a life that ended."""
        if before is None:
            return
        if after is not None and after.life_id == before.life_id and len(after.exits) > len(before.exits):
            last = after.exits[-1]
            self.note("partial_exit", key=key, qty=last.qty, price=last.price, net=last.net_pnl, reason=last.reason)
        elif after is None or after.life_id != before.life_id:
            trade = self.lives.closed_trade(before.life_id, key)
            if trade:
                self.note("trade_closed", key=key, net=trade.net_pnl, reason=trade.closed_by)

    def _key_of(self, execution: Execution) -> PositionKey:
        idx = self._order_legs.get(execution.order_id)
        if idx is None or execution.position_idx is not None:
            idx = leg_of(execution, is_hedge=(execution.category, execution.symbol) in self._hedged)
        return PositionKey(execution.category, execution.symbol, idx)

    def _settle_coin(self, key: PositionKey) -> str:
        instrument = self._instruments.get((key.category, key.symbol))
        return instrument.settle_coin if instrument else ""

    def _on_wallet(self, wallet: Wallet) -> None:
        self._wallet = wallet
        self._wallet_upl = wallet.unrealised_pnl or ZERO

    def _on_baseline(self, event: BaselineTaken) -> None:
        """Take the account's full state. Rows go the ordinary way, so that nothing newer is overwritten."""
        baseline = event.baseline
        if self._expects_new_ledger:
            self._forget_ledger()
        self._account = baseline.account
        for price in baseline.prices:
            self._on_price(price)
        for position in baseline.positions:
            self._on_position(position, "rest", baseline.started_mono)
        self._replace_orders(baseline.orders, baseline.started_ms)
        for execution in sorted(baseline.executions, key=lambda e: (e.ts_ms, e.seq, e.exec_id)):
            self._on_execution(execution)
        reports = {p.key: _checkpoint(p) for p in baseline.positions}
        for key in self.lives.anchor(reports, baseline.started_ms):
            self.note("executions_differ", "warning", key)
        self._on_wallet(baseline.wallet)
        self.has_baseline = True
        self._stale_rows |= set(self._positions)
        self._stale_parts |= {"trades", "maps"}
        self._links = replace(self._links, reconciled_ms=self._clock.now_ms(), reconciled_mono=self._clock.monotonic())

    def expect_new_ledger(self) -> None:
        """The next baseline comes from another exchange (a new paper run): it replaces everything, sequence included.

        Until it is here the old figures stay, to be shown as stale.
        """
        self._expects_new_ledger = True

    def _forget_ledger(self) -> None:
        self._expects_new_ledger = self.has_baseline = False
        for held in (self._positions, self._flat_marks, self._orders, self._order_legs, self._executions):
            held.clear()
        self._prices.clear()
        self._hedged.clear()
        self._equity_curve.clear()
        self.lives = Lives()
        self._sorted_keys = None
        self._stale_parts |= {"orders", "executions", "trades"}
        self.note("new_ledger", "warning")

    def _replace_orders(self, orders: Iterable[Order], started_ms: int) -> None:
        """A complete list of open orders ends every order that it lacks and that has not changed since it was asked."""
        listed = {(o.category, o.order_id) for o in orders}
        for order_key, order in list(self._orders.items()):
            if order_key not in listed and order.updated_ms < started_ms:
                del self._orders[order_key]
        for order in orders:
            self._on_order(order)
        self._stale_parts.add("orders")

    # ---- snapshot out ---------------------------------------------------------------------------------------------

    @property
    def open_positions(self) -> tuple[Position, ...]:
        """Positions as held, without a new snapshot."""
        return tuple(self._positions.values())

    def snapshot(self) -> Snapshot:
        """Publish what is held now; rows that did not change are the same objects as before."""
        self._refresh_rows()
        now_ms = self._clock.now_ms()
        old, stale = self._snapshot, self._stale_parts
        positions = self._sorted_positions(old.positions)
        unrealised = total_unrealised(positions)
        equity = self._live_equity(unrealised)
        self._track_equity(now_ms, equity)
        self._snapshot = replace(
            old,
            version=old.version + 1,
            as_of_ms=now_ms,
            links=self._links,
            wallet=self._wallet,
            positions=positions,
            orders=self._sorted_orders() if "orders" in stale else old.orders,
            executions=tuple(self._executions) if "executions" in stale else old.executions,
            commands=self.commands.all() if "commands" in stale else old.commands,
            events=tuple(self._events) if "events" in stale else old.events,
            unrealised_pnl=unrealised,
            equity=equity,
            equity_curve=self._curve(old.equity_curve),
            **self._trades_part(old, now_ms, positions, unrealised),
            **self._maps_part(),
        )
        stale.clear()
        return self._snapshot

    def _refresh_rows(self) -> None:
        closing = {c.key for c in self.commands.open() if c.kind == "close"}
        for key in self._stale_rows:
            position = self._positions.get(key)
            if position is not None:
                self._positions[key] = derive(
                    position,
                    self._prices.get((key.category, key.symbol)),
                    self.lives.life(key),
                    margin_mode=self._account.margin_mode,
                    is_closing=key in closing,
                    now_mono=self._clock.monotonic(),
                )
        self._stale_rows.clear()

    def _sorted_positions(self, old: tuple[Position, ...]) -> tuple[Position, ...]:
        if self._sorted_keys is None:
            self._sorted_keys = sorted(self._positions, key=lambda k: (k.symbol, k.position_idx, k.category))
        new = tuple(self._positions[key] for key in self._sorted_keys)
        return old if len(old) == len(new) and all(map(_same, old, new)) else new

    def _sorted_orders(self) -> tuple[Order, ...]:
        return tuple(sorted(self._orders.values(), key=lambda o: (o.created_ms, o.order_id), reverse=True))

    def _trades_part(
        self, old: Snapshot, now_ms: int, positions: tuple[Position, ...], unrealised: Decimal | None
    ) -> dict[str, Any]:
        if "trades" in self._stale_parts:
            trades = tuple(self.lives.closed())
            starts = {"start": self._started_ms, "today": now_ms - now_ms % DAY_MS, "7d": now_ms - 7 * DAY_MS}
            sessions = {
                name: summarise((t for t in trades if t.closed_ms >= start), start) for name, start in starts.items()
            }
            trades_part = {"closed_trades": trades, "sessions": MappingProxyType(sessions)}
        else:
            trades_part = {"closed_trades": old.closed_trades, "sessions": old.sessions}
            sessions = dict(old.sessions)
        return trades_part | {"session": with_open(sessions["start"], positions, unrealised, self._wallet)}

    def _maps_part(self) -> dict[str, Any]:
        """Prices change all the time: readers get a copy that no later event touches."""
        part: dict[str, Any] = {"prices": MappingProxyType(dict(self._prices))}
        if "maps" in self._stale_parts:
            part["instruments"] = MappingProxyType(dict(self._instruments))
            part["fee_rates"] = MappingProxyType(dict(self._fee_rates))
        return part

    def _live_equity(self, unrealised: Decimal | None) -> Decimal | None:
        wallet = self._wallet
        if wallet is None or wallet.equity is None:
            return None
        return wallet.equity if unrealised is None else wallet.equity + unrealised - self._wallet_upl

    def _track_equity(self, now_ms: int, equity: Decimal | None) -> None:
        curve = self._equity_curve
        if equity is not None and (not curve or now_ms - curve[-1].ts_ms >= EQUITY_EVERY_MS):
            curve.append(EquityPoint(now_ms, equity))

    def _curve(self, old: tuple[EquityPoint, ...]) -> tuple[EquityPoint, ...]:
        curve = self._equity_curve
        return old if old and curve and old[-1] is curve[-1] else tuple(curve)


def _same(a: object, b: object) -> bool:
    return a is b


def _checkpoint(position: Position) -> Checkpoint:
    size = position.size if position.side == LONG else -position.size
    return Checkpoint(position.seq, size, position.updated_ms)
