"""Snapshots of the book: what is held now as one frozen picture, whose unchanged parts are the objects of before.

It derives and adds up; what is held, and what is believed, is core.book's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from core.analytics.periods import Periods
from core.audit_trail import AuditTrail
from core.commands import CommandLog
from core.events import Account
from core.key_doctor import may_send
from core.ledger import Ledger
from core.markets import Markets
from core.model import ClosedTrade, Links, Position, PositionKey, Snapshot, StopChange
from core.rows import derive, total_unrealised, with_open
from core.tapes import TakenBack

# The environment in which nothing may be sent until somebody says so.
LIVE = "live"


class Snapshots:
    """``shown`` is the newest one. ``changed`` names the parts that have to be made anew for the next.

    Args:
        on_life: is told what became of each closed life, with the snapshot that shows it first.
    """

    def __init__(
        self, environment: str, account: str, started_ms: int, on_life: Callable[[ClosedTrade | TakenBack], None]
    ) -> None:
        self._on_life = on_life
        self._started_ms = started_ms
        self._periods = Periods(started_ms)
        self._trades_revision = self._commands_revision = self._trail_revision = -1
        self._stale = {"orders", "executions", "maps"}
        self.shown = Snapshot(
            environment=environment, account=account, as_of_ms=started_ms, is_armed=environment != LIVE
        )

    def changed(self, *parts: str) -> None:
        """These parts are not what was shown: orders, executions, maps (contracts and fees)."""
        self._stale.update(parts)

    def forget_ledger(self) -> None:
        """Another ledger begins: nothing of it was shown yet."""
        self._trades_revision = -1
        self.changed("orders", "executions")

    def set(self, **parts: Any) -> None:
        """Show what the book does not hold itself: is_armed, notes, backfill, leftovers, alerts."""
        self.shown = replace(self.shown, **parts)

    def prepare(self, ledger: Ledger, links: Links, now_ms: int) -> Iterator[None]:
        """Add up a long past in slices, before the first snapshot that shows it.

        When the desk started, and what is today, is the exchange's time from here on, as that of the trades.
        """
        lives, self._periods = ledger.lives, Periods(links.exchange_ms(self._started_ms))
        return self._periods.prepare(lives.closed(), links.exchange_ms(now_ms), lives.rewrites, lives.forgotten)

    def take(
        self,
        ledger: Ledger,
        markets: Markets,
        commands: CommandLog,
        *,
        account: Account,
        links: Links,
        trail: AuditTrail,
        stop_changes: Mapping[PositionKey, tuple[StopChange, ...]],
        now_ms: int,
        now_mono: float,
    ) -> Snapshot:
        """The next one."""
        _refresh_rows(ledger, markets, commands, account, now_mono)
        old, stale = self.shown, self._stale
        positions = ledger.holdings.shown(old.positions)
        unrealised = total_unrealised(positions)
        equity = ledger.equity.now(positions, now_ms)
        self.shown = replace(
            old,
            version=old.version + 1,
            as_of_ms=now_ms,
            links=links,
            wallet=ledger.equity.wallet,
            positions=positions,
            executions=tuple(reversed(ledger.executions)) if "executions" in stale else old.executions,
            commands=old.commands if self._commands_revision == commands.revision else commands.all(),
            is_read_only=not may_send(account),
            key_expires_ms=account.expires_ms,
            stop_changes=stop_changes,
            is_resuming=commands.is_resuming,
            events=old.events if self._trail_revision == trail.revision else tuple(trail.lines),
            unrealised_pnl=unrealised,
            equity=equity,
            equity_curve=ledger.equity.curve,
            day_start=ledger.equity.day_start,
            **self._orders_part(old, ledger),
            **self._trades_part(old, ledger, links.exchange_ms(now_ms), positions, unrealised),
            **self._maps_part(markets),
        )
        stale.clear()
        self._commands_revision, self._trail_revision = commands.revision, trail.revision
        return self.shown

    def _orders_part(self, old: Snapshot, ledger: Ledger) -> dict[str, Any]:
        """The open orders, and which of them protect nothing: one that is gone is no leftover any more."""
        if "orders" not in self._stale:
            return {}
        orders = ledger.orders.newest_first()
        leftovers = old.leftovers and old.leftovers & {order.order_id for order in orders}
        return {"orders": orders, "leftovers": leftovers}

    def _trades_part(
        self, old: Snapshot, ledger: Ledger, now_ms: int, positions: tuple[Position, ...], unrealised: Decimal | None
    ) -> dict[str, Any]:
        trades = old.closed_trades
        if self._trades_revision != ledger.lives.revision:
            self._trades_revision = ledger.lives.revision
            trades = ledger.lives.closed()
            for change in ledger.lives.take_changes():
                self._on_life(change)
        sessions = self._periods.update(trades, now_ms, ledger.lives.rewrites, ledger.lives.forgotten)
        session = with_open(sessions["start"], positions, unrealised, ledger.equity.wallet)
        return {"closed_trades": trades, "sessions": sessions, "session": session}

    def _maps_part(self, markets: Markets) -> dict[str, Any]:
        part: dict[str, Any] = {"prices": markets.prices()}
        if "maps" in self._stale:
            part |= {"instruments": markets.instruments(), "fee_rates": markets.fee_rates()}
        return part


def _refresh_rows(ledger: Ledger, markets: Markets, commands: CommandLog, account: Account, now_mono: float) -> None:
    """Derive the stale rows from what was reported."""
    closing = {c.key for c in commands.open() if c.kind == "close"}
    ledger.holdings.refresh(
        lambda key, position: derive(
            position,
            markets.price(key[:2]),
            ledger.lives.life(key),
            margin_mode=account.margin_mode,
            is_closing=key in closing,
            now_mono=now_mono,
        )
    )
