"""PositionBook: the only mutable truth. ``apply(event)`` on the loop, ``snapshot()`` for everybody.

A position leaves the book only on an explicit flat row; a row that is merely missing somewhere changes nothing here.
Older reports never overwrite newer ones, and applying anything twice changes nothing.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from core.clock import Clock
from core.command_trail import identity_of, lines_of
from core.commands import CommandLog
from core.events import (
    Account,
    AccountReported,
    BaselineTaken,
    Event,
    ExecutionReported,
    FeeRatesReported,
    FrameRefused,
    InstrumentsReported,
    LinkChanged,
    OrderReported,
    OrdersListed,
    PositionReported,
    PriceReported,
    WalletReported,
)
from core.evidence import is_older, was_restored
from core.executions import is_known_kind, order_of
from core.holdings import Holdings
from core.intents import Intent, SetTradingStop
from core.ledger import Ledger
from core.lives import AT_ONCE, Lives, Steps, TakenBack, drain
from core.markets import Markets
from core.model import (
    Alert,
    AuditEvent,
    Backfill,
    BotNote,
    ClosedTrade,
    Command,
    Execution,
    Links,
    Order,
    Position,
    PositionKey,
    Price,
    Seen,
    Snapshot,
    StopChange,
)
from core.pricing import PricedLives
from core.snapshots import Snapshots
from core.stop_history import Authors, StopHistory
from core.symbols import settle_coin
from core.trades import Life
from core.verdicts import explains_leverage, stops_match, trigger_shown

Record = Execution | Order | Command | ClosedTrade | TakenBack

# Lines of the trail that are shown, the newest; older ones are in the store.
SHOWN = 1_000


class PositionBook:
    """One account's positions, orders, executions and wallet.

    ``on_notice`` receives every AuditEvent as it happens, ``on_record`` what is to be kept: executions and orders that
    the exchange reported, commands that moved, and, with the next snapshot, what became of closed lives.
    """

    def __init__(
        self,
        clock: Clock,
        environment: str,
        account: str,
        on_notice: Callable[[AuditEvent], None],
        on_record: Callable[[Record], None] = lambda record: None,
    ) -> None:
        self._clock = clock
        self._on_notice = on_notice
        self._on_record = on_record
        self._thread = threading.get_ident()
        self.commands = CommandLog()
        self._ledger = Ledger(self.commands.of_link)
        self._markets = Markets()
        self._events: deque[AuditEvent] = deque(maxlen=SHOWN)
        self._account = Account()
        self._links = Links()
        self._stop_history = StopHistory()
        self._snapshots = Snapshots(environment, account, clock.now_ms(), on_record)
        self.has_baseline = False
        self._expects_new_ledger = False

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
                self._on_execution(event.execution, event.source)
            case OrderReported():
                self._on_order(event.order)
            case OrdersListed():
                self._on_orders(event.orders, event.requested_mono)
            case WalletReported():
                self._ledger.equity.take(event.wallet)
            case LinkChanged():
                self._links = replace(self._links, **{event.link.name: event.link})
            case BaselineTaken():
                self._on_baseline(event)
            case AccountReported():
                self._account = event.account
            case InstrumentsReported():
                self._markets.take_instruments(event)
                self._snapshots.changed("maps")
            case FeeRatesReported():
                self._markets.take_fee_rates(event)
                self._snapshots.changed("maps")
            case FrameRefused():
                self._links = replace(self._links, frames_refused=self._links.frames_refused + 1)
                self.note("frame_refused", "warning", topic=event.topic, reason=event.code, excerpt=event.excerpt)

    def set_links(self, **changes: Any) -> None:
        """Update link figures that are not events: reconciled, offset, request rate."""
        self._links = replace(self._links, **changes)

    def set_armed(self, is_armed: bool) -> None:
        """Allow or withhold actions."""
        self._snapshots.set(is_armed=is_armed)

    def price_trade(self, trade: ClosedTrade) -> None:
        """Take over the result of a life whose executions do not come, from Bybit's own records."""
        self.priced.take(trade)
        self.lives.retell(trade)
        key = PositionKey(trade.category, trade.symbol, trade.position_idx)
        self.note("trade_priced", key=key, net=trade.net_pnl, evidence="E4", life_id=trade.life_id)

    def label_exit(self, order_link_id: str, reason: str) -> None:
        """Name the reason of an exit by its order."""
        self.lives.label(order_link_id, reason)
        self.holdings.touch_all()

    def note(self, code: str, severity: str = "info", key: PositionKey | None = None, **details: Any) -> None:
        """Enter a line into the audit trail and tell the listeners."""
        self.enter(
            AuditEvent(
                ts_ms=self._clock.now_ms(), code=code, severity=severity, key=key, details=MappingProxyType(details)
            )
        )

    def enter(self, line: AuditEvent) -> None:
        """Enter a line that somebody else wrote."""
        self._events.appendleft(line)
        self._snapshots.changed("events")
        self._on_notice(line)

    def command_changed(self, command: Command) -> None:
        """A command moved: show it on its row and in the trail, and keep it."""
        self._on_record(command)
        self.holdings.touch(command.key)
        for line in lines_of(command):
            self.note(line.code, line.severity, command.key, **line.details)

    def restore_command(self, command: Command, intent: Intent | None) -> None:
        """Take over a command of an earlier run whose outcome is not known; it is asked for before anything else."""
        self.commands.restore(command, intent, self._links.clock_offset_ms or 0)
        self.holdings.touch(command.key)
        if command.is_open:
            self.note("command_resumed", "warning", command.key, **identity_of(command))

    def prove_by(self, order: Order) -> None:
        """Let an order prove what it can about commands, also one that is known already."""
        for command in list(self.commands.on_order(order, self.holdings.get(order.position_key))):
            self.command_changed(command)

    def set_notes(self, notes: Mapping[PositionKey, BotNote]) -> None:
        """What a bot says of its positions."""
        if notes != self._snapshots.shown.notes:
            self._snapshots.set(notes=MappingProxyType(dict(notes)))

    def set_backfill(self, backfill: Backfill) -> None:
        """How far the fetching of the past has come."""
        self._snapshots.set(backfill=backfill)

    def _on_price(self, price: Price) -> None:
        has_changed, is_odd = self._markets.take_price(price)
        if is_odd:
            key = PositionKey(price.category, price.symbol, 0)
            self.note("mark_implausible", "warning", key, mark=price.mark_price, index=price.index_price)
        if not has_changed:
            return
        for idx in (0, 1, 2):
            key = PositionKey(price.category, price.symbol, idx)
            self.holdings.touch(key)

    def _on_position(self, new: Position, source: str, requested_mono: float | None) -> None:
        key, held = new.key, self.holdings.get(new.key)
        known = self.holdings.known(key)
        if known and is_older(new, known, requested_mono):
            if not was_restored(new, known, requested_mono):
                return
            self.note("sequence_reset", "warning", key, before=known.seq, after=new.seq)
            self.lives.restart(key)
        authors = self._authors(key, lambda intent: stops_match(intent, new))
        self._note_stops(self._stop_history.see(held, new, self._life_id(key), authors, self._clock.now_ms()))
        for command in list(self.commands.on_position(new)):
            self.command_changed(command)
        if new.size == 0:
            self._flatten(key, new, source)
            return
        self.holdings.hold(new)
        if self.has_baseline:
            self._note_change(held, new)

    def _life_id(self, key: PositionKey) -> str:
        life = self.lives.life(key)
        return life.life_id if life else ""

    def _authors(self, key: PositionKey, shows: Callable[[SetTradingStop], bool]) -> Authors:
        return lambda: [(name, self.commands.reason(name)) for name in self.commands.setting(key, shows)]

    def _note_stops(self, change: StopChange | None) -> None:
        """Tell how stops changed, and by whom."""
        if change is None:
            return
        triggers: dict[str, Any] = {"trigger_before": change.triggers_before, "trigger_after": change.triggers_after}
        self.note(
            "stops_changed",
            key=change.key,
            command_id=change.command_id,
            before=change.before,
            after=change.after,
            **(triggers if change.retriggered else {}),
            reason=change.reason or "elsewhere",
        )

    def _note_change(self, held: Position | None, new: Position) -> None:
        if held is None:
            self.note("position_opened", key=new.key, side=new.side, size=new.size, entry_price=new.entry_price)
        elif held.side != new.side:
            self.note("position_flipped", "warning", new.key, side=new.side, size=new.size)
        elif held.size != new.size:
            self.note("position_changed", key=new.key, before=held.size, after=new.size)
        if held and None not in {held.leverage, new.leverage} and held.leverage != new.leverage:
            asked = ((c, self.commands.intent(c.command_id)) for c in self.commands.all())
            if not any(explains_leverage(*one, new, self._clock.now_ms()) for one in asked):
                self.note("leverage_changed", "warning", new.key, before=held.leverage, after=new.leverage)

    def _flatten(self, key: PositionKey, flat: Position, source: str) -> None:
        if self.holdings.flatten(flat):
            self.note("position_closed", key=key, evidence="E1" if source == "stream" else "E2")

    def _on_order(self, order: Order, received_mono: float | None = None) -> None:
        if not self._ledger.orders.apply(order, self._clock.monotonic() if received_mono is None else received_mono):
            return
        self._on_record(order)
        if order.stop_order_type:
            self._see_stop(order)
        self.prove_by(order)
        for execution in self._ledger.legs.waiting_for(order.order_id):
            self._on_execution(execution, "stream")
        self._snapshots.changed("orders")

    def _see_stop(self, order: Order) -> None:
        key, now_ms = order.position_key, self._clock.now_ms()
        authors = self._authors(key, lambda intent: trigger_shown(intent, order))
        held = self.holdings.get(key)
        self._note_stops(self._stop_history.see_order(order, held, self._life_id(key), authors, now_ms))

    def _on_orders(self, listed: tuple[Order, ...], requested_mono: float) -> None:
        """A complete list of the open orders."""
        self._ledger.orders.drop_unlisted(listed, requested_mono)
        for order in listed:
            self._on_order(order, requested_mono)
        self._snapshots.changed("orders")

    def forget_leg(self, key: PositionKey) -> None:
        """A leg of a position mode that its symbol is not in any more: only flat symbols can be switched.

        The exchange has no row of it that would say so.
        """
        if self.holdings.forget(key):
            self.note("position_closed", key=key, evidence="E2", reason="mode_switched")

    def forget_order(self, order: Order) -> None:
        """Take an order off the list that a complete list of open orders no longer has."""
        self._ledger.orders.forget(order)
        self._snapshots.changed("orders")

    def set_leftovers(self, order_ids: frozenset[str]) -> None:
        """Stop orders that protect nothing and could not, or must not, be removed."""
        self._snapshots.set(leftovers=order_ids)

    def set_alerts(self, alerts: tuple[Alert, ...]) -> None:
        """What the guards say now; a new alert is entered into the trail once."""
        before = {(a.kind, a.key) for a in self._snapshots.shown.alerts}
        for alert in alerts:
            if (alert.kind, alert.key) not in before:
                self.note(f"alert_{alert.kind}", "warning", alert.key, **alert.details)
        self._snapshots.set(alerts=alerts)

    def _on_execution(self, execution: Execution, source: str) -> None:
        key = self._ledger.legs.place(execution, is_listed=source != "stream")
        if key is None:
            return
        execution, is_kept = replace(execution, position_idx=key.position_idx), source == "store"
        before = self.lives.life(key) if self.has_baseline else None
        if not self.lives.add(execution, key, self.settle_coin(key)):
            return
        if not is_kept and is_known_kind(execution):
            self._on_record(execution)
        elif not is_kept:
            # What is on disk stays as it is: a row that was spoilt on its way must not be it. Lists bring it again.
            self.note("execution_unknown", "warning", key, exec_type=execution.exec_type, qty=execution.qty)
        self._prove_by_execution(execution, before)
        if self.has_baseline:
            self._note_exit(key, before, self.lives.life(key))
        self._ledger.show(execution)
        self._snapshots.changed("executions")
        self.holdings.touch(key)

    def _prove_by_execution(self, execution: Execution, life: Life | None) -> None:
        """Count an execution for the command that made its order, and tell when it hit another life than was meant."""
        ours = self.commands.of_link(execution.order_link_id)
        if ours and ours.kind == "close" and ours.life_id and life and life.life_id != ours.life_id:
            self.note("command_hit_other_life", "warning", ours.key, **identity_of(ours), filled=execution.qty)
        for command in list(self.commands.on_execution(execution)):
            self.command_changed(command)

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

    def order_leg(self, execution: Execution) -> int | None:
        """The position_idx of an execution's order, if that was seen lately or is ours, or None."""
        return self._ledger.order_leg(execution)

    @property
    def waiting(self) -> tuple[Execution, ...]:
        """Executions that are in no life yet: which leg they belong to is not known."""
        return self._ledger.legs.waiting

    def settle_coin(self, key: PositionKey) -> str:
        """The coin that a key's profit is paid in; of a contract that is listed no more, what its name tells."""
        known = self._markets.instrument((key.category, key.symbol)) or self.holdings.get(key)
        return known.settle_coin if known else settle_coin(key.category, key.symbol)

    def _on_baseline(self, event: BaselineTaken) -> None:
        drain(self.baseline_steps(event))

    def baseline_steps(self, event: BaselineTaken) -> Steps[None]:
        """Take the account's full state. Rows go the ordinary way, so that nothing newer is overwritten.

        In slices of a few milliseconds as long as there is no baseline yet: a first one may bring thousands of
        executions. Whoever goes on in between waits for ``has_baseline``.
        """
        baseline = event.baseline
        if self._expects_new_ledger:
            self._forget_ledger()
        is_first = not self.has_baseline
        self._account = baseline.account
        for price in baseline.prices:
            self._on_price(price)
        for position in baseline.positions:
            self._on_position(position, "rest", baseline.started_mono)
        self._on_orders(baseline.orders, baseline.started_mono)
        for number, execution in enumerate(sorted(baseline.executions, key=order_of)):
            self._on_execution(execution, "rest")
            if is_first and number % AT_ONCE == 0:
                yield
        anchoring = self.lives.anchor_steps(self._ledger.reports(baseline), baseline.started_ms)
        differing = (yield from anchoring) if is_first else drain(anchoring)
        if is_first:
            yield from self._snapshots.prepare(self._ledger, self._clock.now_ms())
        for key in differing:
            self.note("executions_differ", "warning", key)
        self._ledger.equity.take(baseline.wallet)
        self.has_baseline = True
        self.holdings.touch_all()
        self._snapshots.changed("orders", "maps")
        self._links = replace(self._links, reconciled_ms=self._clock.now_ms(), reconciled_mono=self._clock.monotonic())

    def expect_new_ledger(self) -> None:
        """The next baseline comes from another exchange (a new paper run): it replaces everything, sequence included.

        Until it is here the old figures stay, to be shown as stale.
        """
        self._expects_new_ledger = True

    def _forget_ledger(self) -> None:
        self._expects_new_ledger = self.has_baseline = False
        self._ledger = Ledger(self.commands.of_link)
        self._markets.forget_prices()
        self._snapshots.forget_ledger()
        self.note("new_ledger", "warning")

    def seen(self) -> Seen | None:
        """What the next run cannot know otherwise; None while another ledger's picture may still be held."""
        if self.awaits_baseline:
            return None
        return self._ledger.seen()

    def recall_seen(self, seen: Seen) -> None:
        """Take what an earlier run saw, before the first baseline."""
        self._ledger.recall_seen(seen)

    # ---- what is held, and the snapshot of it ---------------------------------------------------------------------

    @property
    def holdings(self) -> Holdings:
        """The exchange's last rows as they came, and what was derived from them."""
        return self._ledger.holdings

    @property
    def lives(self) -> Lives:
        """Position lives by key, made of the executions."""
        return self._ledger.lives

    @property
    def priced(self) -> PricedLives:
        """Results of closed lives whose executions never came."""
        return self._ledger.priced

    @property
    def links(self) -> Links:
        """The ways to the exchange as they are now, without a new snapshot."""
        return self._links

    def row(self, key: PositionKey) -> Position | None:
        """The exchange's last row of an open position, as it came: nothing derived, no life."""
        return self.holdings.get(key)

    @property
    def open_orders(self) -> tuple[Order, ...]:
        """Open orders as held, without a new snapshot."""
        return self._ledger.orders.newest_first()

    @property
    def open_positions(self) -> tuple[Position, ...]:
        """Positions as held, without a new snapshot."""
        return self.holdings.open

    @property
    def account(self) -> Account:
        """What the account and the key are allowed, by the last baseline."""
        return self._account

    @property
    def awaits_baseline(self) -> bool:
        """Whether there is no complete picture yet of the exchange that is followed now."""
        return self._expects_new_ledger or not self.has_baseline

    def unexplained(self, before_mono: float) -> Iterator[tuple[PositionKey, int]]:
        """Rows received before a moment whose size the executions do not arrive at: key and sequence."""
        return self._ledger.unexplained(before_mono)

    def unknown_contracts(self) -> set[tuple[str, str]]:
        """(category, symbol) of open positions whose contract is not known."""
        return self._markets.unknown({(p.category, p.symbol) for p in self.holdings.open})

    @property
    def last_rows(self) -> tuple[Position, ...]:
        """The exchange's last row of every key, open or flat."""
        return self._ledger.last_rows

    def snapshot(self) -> Snapshot:
        """Publish what is held now; rows that did not change are the same objects as before."""
        return self._snapshots.take(
            self._ledger,
            self._markets,
            self.commands,
            account=self._account,
            links=self._links,
            events=lambda: tuple(self._events),
            stop_changes=self._stop_history.changes,
            now_ms=self._clock.now_ms(),
            now_mono=self._clock.monotonic(),
        )
