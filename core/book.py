"""PositionBook: the only mutable truth. ``apply(event)`` on the loop, ``snapshot()`` for everybody.

A position leaves the book only on an explicit flat row; a row that is merely missing somewhere changes nothing here.
Older reports never overwrite newer ones, and applying anything twice changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from core.audit_trail import AuditTrail
from core.clock import Clock
from core.command_proofs import CommandProofs
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
from core.executions import order_of
from core.fills import Fills
from core.holdings import Holdings
from core.intents import Intent
from core.ledger import Ledger
from core.lives import Lives
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
)
from core.money import ZERO
from core.position_trail import lines_of_row, lines_of_stops
from core.pricing import PricedLives
from core.slices import AT_ONCE, Steps, drain
from core.snapshots import Snapshots
from core.stop_history import StopHistory
from core.tapes import TakenBack
from core.verdicts import stops_match, trigger_shown

Record = Execution | Order | Command | ClosedTrade | TakenBack


class PositionBook:
    """One account's positions, orders, executions and wallet.

    ``on_notice`` receives every AuditEvent as it happens, ``on_record`` what is to be kept: executions and orders that
    the exchange reported, commands that moved, and, with the next snapshot, what became of closed lives. ``ledger`` is
    what the exchange told; others read it, only the book changes it.
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
        self._on_record = on_record
        self._thread = threading.get_ident()
        self.commands = CommandLog()
        self.ledger = Ledger(self.commands.of_link)
        self._markets = Markets()
        self._trail = AuditTrail(clock, on_notice)
        self._proofs = CommandProofs(self.commands, self.ledger, self._trail, clock, on_record)
        self._fills = Fills(self.ledger, self._markets, self._proofs, self._trail, on_record)
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
                self.ledger.equity.take(event.wallet)
            case LinkChanged():
                self._links = replace(self._links, **{event.link.name: event.link})
            case BaselineTaken():
                drain(self.baseline_steps(event))
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
        self._fills.price(trade)

    def begin_earlier(self, key: PositionKey, executions: Iterable[Execution]) -> Steps[None]:
        """The past tells what was before the first execution that is known of a position; see core.lives."""
        former = self.lives.life(key)
        if (yield from self.lives.begin_earlier(key, executions, self.settle_coin(key))):
            self._proofs.follow_life(former, key)
            self.holdings.touch(key)

    def label_exit(self, order_link_id: str, reason: str) -> None:
        """Name the reason of an exit by its order."""
        self._fills.label(order_link_id, reason)

    def note(self, code: str, severity: str = "info", key: PositionKey | None = None, **details: Any) -> None:
        """Enter a line into the audit trail and tell the listeners."""
        self._trail.note(code, severity, key, **details)

    def enter(self, line: AuditEvent) -> None:
        """Enter a line that somebody else wrote."""
        self._trail.enter(line)

    def command_changed(self, command: Command) -> None:
        """A command moved: show it on its row and in the trail, and keep it."""
        self._proofs.changed(command)

    def restore_command(self, command: Command, intent: Intent | None) -> None:
        """Take over a command of an earlier run whose outcome is not known; it is asked for before anything else."""
        self._proofs.restore(command, intent)

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
        for idx in (0, 1, 2) if has_changed else ():
            self.holdings.touch(PositionKey(price.category, price.symbol, idx))

    def _on_position(self, new: Position, source: str, requested_mono: float | None) -> None:
        key, held = new.key, self.holdings.get(new.key)
        known = self.holdings.known(key)
        if known and is_older(new, known, requested_mono):
            if not was_restored(new, known, requested_mono):
                return
            self.note("sequence_reset", "warning", key, before=known.seq, after=new.seq)
            self.lives.restart(key)
        authors = self._proofs.authors(key, lambda intent: stops_match(intent, new))
        change = self._stop_history.see(held, new, self.ledger.life_id(key), authors, self._clock.now_ms())
        self._trail.note_all(lines_of_stops(change), key)
        self._proofs.by_position(new)
        if new.size == 0:
            if self.holdings.flatten(new):
                self.note("position_closed", key=key, evidence="E1" if source == "stream" else "E2")
            return
        self.holdings.hold(new)
        if self.has_baseline:
            self._trail.note_all(lines_of_row(held, new, self._proofs.asked_for_leverage), key)

    def _on_order(self, order: Order, received_mono: float | None = None) -> None:
        if not self.ledger.orders.apply(order, self._clock.monotonic() if received_mono is None else received_mono):
            return
        self._on_record(order)
        if order.stop_order_type:
            self._see_stop(order)
        self._proofs.by_order(order)
        for execution in self.ledger.legs.waiting_for(order.order_id):
            self._on_execution(execution, "stream")
        self._snapshots.changed("orders")

    def _see_stop(self, order: Order) -> None:
        key, now_ms = order.position_key, self._clock.now_ms()
        authors = self._proofs.authors(key, lambda intent: trigger_shown(intent, order))
        held = self.holdings.get(key)
        change = self._stop_history.see_order(order, held, self.ledger.life_id(key), authors, now_ms)
        self._trail.note_all(lines_of_stops(change), key)

    def _on_orders(self, listed: tuple[Order, ...], requested_mono: float) -> None:
        """A complete list of the open orders."""
        self.ledger.orders.drop_unlisted(listed, requested_mono)
        for order in listed:
            self._on_order(order, requested_mono)
        self._snapshots.changed("orders")

    def forget_leg(self, key: PositionKey) -> None:
        """A leg of a position mode that its symbol is not in any more: only flat symbols can be switched.

        The exchange has no row of it that would say so.
        """
        if self.holdings.forget(key):
            self.note("position_closed", key=key, evidence="E2", reason="mode_switched")

    def end_position(self, row: Position, evidence: str) -> None:
        """A position of which the exchange has no row any more, ended by what its executions or records prove."""
        flat = replace(row, side="", size=ZERO, received_mono=self._clock.monotonic())
        if self.holdings.flatten(flat):
            self.note("position_closed", "warning", row.key, evidence=evidence, reason="no_row")

    def forget_order(self, order: Order) -> None:
        """Take an order off the list that a complete list of open orders no longer has."""
        self.ledger.orders.forget(order)
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
        if self._fills.take(execution, source, is_told=self.has_baseline):
            self._snapshots.changed("executions")

    def settle_coin(self, key: PositionKey) -> str:
        """The coin that a key's profit is paid in; of a contract that is listed no more, what its name tells."""
        return self._fills.settle_coin(key)

    def baseline_steps(self, event: BaselineTaken) -> Steps[None]:
        """Take the account's full state. Rows go the ordinary way, so that nothing newer is overwritten.

        In slices while there is no baseline yet: a first one may bring thousands of executions. Whoever goes on in
        between waits for ``has_baseline``.
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
        if self._fills.take_waiting(is_told=not is_first):
            self._snapshots.changed("executions")
        anchoring = self.lives.anchor_steps(self.ledger.reports(baseline), baseline.started_ms)
        differing = (yield from anchoring) if is_first else drain(anchoring)
        if is_first:
            yield from self._snapshots.prepare(self.ledger, self._links, self._clock.now_ms())
        for key in differing:
            self.note("executions_differ", "warning", key)
        self.ledger.equity.take(baseline.wallet)
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
        self.ledger.begin_anew()
        self._markets.forget_prices()
        self._snapshots.forget_ledger()
        self.note("new_ledger", "warning")

    def seen(self) -> Seen | None:
        """What the next run cannot know otherwise; None while another ledger's picture may still be held."""
        return None if self.awaits_baseline else self.ledger.seen()

    def recall_seen(self, seen: Seen, since_ms: int) -> None:
        """Take what an earlier run saw, before the first baseline; see core.ledger."""
        self.ledger.recall_seen(seen, since_ms)

    # ---- what is held, and the snapshot of it ---------------------------------------------------------------------

    @property
    def holdings(self) -> Holdings:
        """The exchange's last rows as they came, and what was derived from them."""
        return self.ledger.holdings

    @property
    def lives(self) -> Lives:
        """Position lives by key, made of the executions."""
        return self.ledger.lives

    @property
    def priced(self) -> PricedLives:
        """Results of closed lives whose executions never came."""
        return self.ledger.priced

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
        return self.ledger.orders.newest_first()

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

    def unknown_contracts(self) -> set[tuple[str, str]]:
        """(category, symbol) of open positions whose contract is not known."""
        return self._markets.unknown({(p.category, p.symbol) for p in self.holdings.open})

    @property
    def last_rows(self) -> tuple[Position, ...]:
        """The exchange's last row of every key, open or flat."""
        return self.ledger.last_rows

    def snapshot(self) -> Snapshot:
        """Publish what is held now; rows that did not change are the same objects as before."""
        return self._snapshots.take(
            self.ledger,
            self._markets,
            self.commands,
            account=self._account,
            links=self._links,
            trail=self._trail,
            stop_changes=self._stop_history.changes,
            now_ms=self._clock.now_ms(),
            now_mono=self._clock.monotonic(),
        )
