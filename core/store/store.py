"""The store of one account: journal, history and audit trail on disk, for the manager.

Every method that writes returns once its change is committed: intents and executions are on the disk by then
(synchronous FULL), the rest survives a crash of the program and may lose its last moments to a power cut. Nothing
blocks the loop. Records go in and come out frozen; what the exchange said is kept as it was said.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection

from core.clock import Clock, SystemClock
from core.errors import BadValue
from core.intents import Intent
from core.model import AuditEvent, ClosedTrade, Command, Execution, Order, PositionKey, Seen
from core.store import audit, closed_figures, facts, history, journal
from core.store.audit import AuditVerdict
from core.store.facts import Window
from core.store.files import BALLAST_BYTES, Place
from core.store.history import MAX_PAGE, DailyTotal, TradeFilter, TradeKey, TradePage
from core.store.keeper import Keeper
from core.store.records import JournalledIntent

T = TypeVar("T")
# A transaction writes this many records at most, 3 to 12 ms, so that the journal never waits long.
BATCH = 200
FAR = 2**62
_ANY = TradeFilter()


class Store:
    """One account's store. Make it with ``open``; use it on the loop that opened it; ``close`` it.

    Every method raises StoreError: ``disk_full`` and ``disk_error`` (try again later; nothing of that call was kept),
    ``store_overloaded``, ``store_closed``. A damaged file is replaced and the call carried out, without an error.
    """

    def __init__(self, keeper: Keeper, clock: Clock) -> None:
        self._keeper = keeper
        self._clock = clock

    @classmethod
    async def open(
        cls,
        place: Place,
        *,
        clock: Clock | None = None,
        tell: Callable[[AuditEvent], None] = lambda event: None,
        ballast_bytes: int = BALLAST_BYTES,
    ) -> Store:
        """Lock the place, bring its file to the present version, and start.

        Reading works at once; writes wait for the check of the whole file, which runs meanwhile.

        Args:
            tell: called on the loop with what the operator must know: damage, restored copies, a full disk.
        Raises:
            StoreError: ``already_running`` (with ``pid``), ``newer_schema``, ``foreign_file``, ``wrong_account``,
                ``network_share``, ``read_only``, ``disk_full``. Nothing was changed then.
        """
        clock = clock or SystemClock()
        keeper = Keeper(place, clock, tell, ballast_bytes)
        await keeper.open()
        return cls(keeper, clock)

    async def close(self) -> None:
        """Carry out what waits, close the file, release the lock; safe twice."""
        await self._keeper.close()

    async def tend(self) -> None:
        """Daily copies and the ballast, until cancelled: a task beside the others."""
        await self._keeper.tend()

    async def checked(self) -> None:
        """Wait until the file has been checked: from then on writes go through."""
        await self._keeper.checked()

    @property
    def is_writable(self) -> bool:
        """Whether this process holds the account's lock. Without it, no action may be sent to the exchange."""
        return self._keeper.is_writable

    # ---- the journal of intents -----------------------------------------------------------------------------------

    async def journal_intent(self, command: Command, intent: Intent) -> None:
        """Enter an intent; await this before sending. Ahead of everything else, and on the disk when it returns.

        Raises:
            BadValue: ``intent_known``: that command_id or order_link_id was journalled before. Do not send.
            StoreError: nothing was kept. Do not send.
        """
        await self._keeper.journal(lambda connection: journal.add(connection, command, intent))

    async def note_intent_state(self, command: Command) -> bool:
        """Note a journalled command as it is now, all of it; the same again changes nothing (returns False).

        Raises:
            BadValue: ``intent_unknown``, or ``intent_transition`` out of a final state.
        """
        at_ms = self._clock.now_ms()
        return await self._keeper.journal(lambda connection: journal.note(connection, command, at_ms))

    async def open_intents(self, now_ms: int | None = None) -> list[JournalledIntent]:
        """Every intent without a verdict, oldest first: to be resolved before any action is enabled.

        Args:
            now_ms: also those that may still turn up at that time: their ids are the only ones that may be used.
        """
        return await self._keeper.read(lambda connection: journal.open_ones(connection, now_ms))

    async def load_intent(self, intent_id: str) -> JournalledIntent | None:
        """One intent with its latest state."""
        return await self._keeper.read(lambda connection: journal.one(connection, intent_id))

    # ---- what the exchange reported -------------------------------------------------------------------------------

    async def append_executions(
        self, executions: Iterable[Execution], window: tuple[str, int, int] | None = None
    ) -> int:
        """Append executions, on the disk when it returns; known ones change nothing. Returns how many were new.

        Args:
            window: (scope, from_ms, until_ms): these are all executions of that stretch; noted with the last of them.
        """
        *first, last = _batches(executions)
        added = await self._write_all(facts.add_executions, first, durable=True)
        end = partial(facts.add_executions, records=last, window=window)
        return added + await self._keeper.write(end, durable=True)

    async def load_executions(
        self, since_ms: int = 0, until_ms: int | None = None, *, category: str | None = None, symbol: str | None = None
    ) -> list[Execution]:
        """Executions since a time, up to, not including, another, oldest first; all in memory, so mind the times."""
        parts = self.executions(since_ms, until_ms, category=category, symbol=symbol)
        return [execution async for part in parts for execution in part]

    async def executions(
        self, since_ms: int = 0, until_ms: int | None = None, *, category: str | None = None, symbol: str | None = None
    ) -> AsyncIterator[list[Execution]]:
        """The same in parts, for rebuilding and exporting."""
        look = partial(facts.executions_slice, since_ms=since_ms, until_ms=until_ms, category=category, symbol=symbol)
        key: Window | None = None
        while True:
            part, key = await self._keeper.read(partial(look, after=key))
            yield part
            if key is None:
                return

    async def executions_page(
        self, before: Window | None = None, limit: int = 200, symbol: str | None = None
    ) -> tuple[list[Execution], Window | None]:
        """A page of executions, newest first, and the key to ask for the next page with; None at the end."""
        _check_limit(limit)
        return await self._keeper.read(lambda c: facts.executions_page(c, before, limit, symbol))

    async def last_execution_ms(self, category: str) -> int | None:
        """The time of the newest execution kept of a category; None without any."""
        return await self._keeper.read(lambda c: facts.last_execution_ms(c, category))

    async def append_orders(self, orders: Iterable[Order]) -> int:
        """Append orders as reported; the same report twice is one row. Returns how many were new."""
        return await self._write_all(facts.add_orders, _batches(orders))

    async def note_window(self, scope: str, from_ms: int, until_ms: int) -> None:
        """Note that a stretch of the exchange's history has been fetched in full; stretches that touch become one."""
        if until_ms <= from_ms:
            raise BadValue("empty_window", field="until_ms", value=until_ms)
        await self._keeper.write(lambda c: facts.add_window(c, scope, from_ms, until_ms))

    async def windows(self, scope: str) -> list[Window]:
        """The stretches of a scope fetched in full: (from, until), oldest first; what lies between is missing."""
        return await self._keeper.read(lambda c: facts.windows(c, scope))

    async def set_label(self, order_link_id: str, reason: str) -> None:
        """Keep the reason of an exit by its order; the last one given counts."""
        at_ms = self._clock.now_ms()
        await self._keeper.write(lambda c: facts.set_label(c, order_link_id, reason, at_ms))

    async def labels(self) -> dict[str, str]:
        """Every reason registered, by order_link_id."""
        return await self._keeper.read(facts.labels)

    # ---- closed trades --------------------------------------------------------------------------------------------

    async def save_lives(self, trades: Iterable[ClosedTrade], gone: Iterable[str] = ()) -> int:
        """Insert closed trades, or replace those of the same life_id. Returns how many differed from what was kept.

        Args:
            gone: life ids that a better fold (older executions have been fetched) no longer knows; they are removed
                together with the first batch, unless they are among ``trades``.
        """
        first, *rest = _batches(trades)
        kept = {trade.life_id for batch in rest for trade in batch}
        begin = partial(history.save, trades=first, gone=[life_id for life_id in gone if life_id not in kept])
        return await self._keeper.write(begin) + await self._write_all(history.save, rest)

    async def closed_trades_page(
        self, before: TradeKey | None = None, limit: int = 256, filters: TradeFilter = _ANY
    ) -> TradePage:
        """A page of closed trades, newest first by (closed_ms, life_id), and the key of the next one.

        Paging by key: trades that close meanwhile neither repeat nor hide a row. A long page, and one with filters that
        no index answers, takes several turns of the worker; none of them keeps the journal waiting.
        """
        _check_limit(limit)
        found: list[ClosedTrade] = []
        while True:
            at_once = min(limit - len(found), history.AT_ONCE)
            look = partial(history.page_slice, before=before, limit=at_once, wanted=filters)
            page, edge = await self._keeper.read(look)
            found += page.trades
            before = page.next or edge
            if before is None or len(found) == limit:
                return TradePage(found, page.next)

    async def closed_trades(self, filters: TradeFilter = _ANY) -> AsyncIterator[list[ClosedTrade]]:
        """All closed trades that fit, newest first, in pages; for exports."""
        key: TradeKey | None = None
        while True:
            page = await self.closed_trades_page(key, 1_000, filters)
            if page.trades:
                yield page.trades
            key = page.next
            if key is None:
                return

    async def closed_trades_by_id(self, life_ids: Sequence[str]) -> list[ClosedTrade]:
        """The closed trades of these life ids that are kept, in the order asked for."""
        return await self._keeper.read(lambda c: history.by_ids(c, life_ids))

    async def closed_trades_by_row(self, row_ids: Sequence[int]) -> dict[int, ClosedTrade]:
        """The closed trades in these rows, by row; for a table that knows its order already (ClosedHistory)."""
        _check_limit(max(1, len(row_ids)))
        return await self._keeper.read(lambda c: history.by_rows(c, row_ids))

    async def closed_trades_columns(
        self, names: Sequence[str], after: int, limit: int, until: int | None = None
    ) -> list[tuple[Any, ...]]:
        """Some columns of a slice of closed trades by row, see ``history.columns_slice``."""
        _check_limit(limit)
        return await self._keeper.read(lambda c: history.columns_slice(c, names, after, limit, until))

    async def closed_trades_figures(self, after: TradeKey, limit: int) -> list[tuple[Any, ...]]:
        """What statistics need of a slice of closed trades, oldest first, see ``closed_figures.figures_slice``."""
        _check_limit(limit)
        return await self._keeper.read(lambda c: closed_figures.figures_slice(c, after, limit))

    async def closed_trades_count(self) -> int:
        """How many closed trades are kept; not counted when asked."""
        return await self._keeper.read(history.count)

    async def lives_begun_before(self, at_ms: int) -> dict[PositionKey, int]:
        """By key, when the first of its lives began that were open at a time and have ended since."""
        return await self._keeper.read(lambda c: history.begun_before(c, at_ms))

    async def incomplete_lives(self, since_ms: int) -> list[ClosedTrade]:
        """The trades closed since a time whose executions do not tell all of them; newest first, 2,000 at most."""
        return await self._keeper.read(lambda c: history.incomplete(c, since_ms))

    async def seen_extremes(self, since_ms: int) -> list[tuple[str, Decimal, Decimal]]:
        """(life_id, best_pnl, worst_pnl) of the trades closed since a time of which marks were seen."""
        return await self._keeper.read(lambda c: history.seen_extremes(c, since_ms))

    async def keep_seen(self, seen: Seen) -> None:
        """Keep what only this desk saw, for its next run."""
        await self._keeper.write(lambda c: facts.keep_seen(c, seen))

    async def seen(self) -> Seen:
        """What the last run kept."""
        return await self._keeper.read(facts.seen)

    async def daily_totals(self, since_day: int = -FAR, until_day: int = FAR) -> list[DailyTotal]:
        """Exact totals per UTC day and coin, oldest first; days count from 1970-01-01."""
        return await self._keeper.read(lambda c: history.totals(c, since_day, until_day))

    # ---- audit trail ----------------------------------------------------------------------------------------------

    async def append_audit(self, events: Iterable[AuditEvent]) -> int:
        """Append events to the hash chain. Returns how many."""
        return await self._write_all(audit.add, _batches(events))

    async def audit_page(self, before: int | None = None, limit: int = 200) -> tuple[list[AuditEvent], int | None]:
        """A page of events, newest first, and the key to ask for the next page with; None at the end."""
        _check_limit(limit)
        return await self._keeper.read(lambda c: audit.page(c, before, limit))

    async def verify_audit(self) -> AuditVerdict:
        """Check the whole chain: changed, removed, inserted and missing rows are found."""
        link, verdict = audit.Link(), None
        while verdict is None:
            link, verdict = await self._keeper.read(partial(audit.check_slice, link=link))
        return verdict

    async def _write_all(
        self, add: Callable[[Connection, list[T]], int], batches: list[list[T]], *, durable: bool = False
    ) -> int:
        """Write batches, a transaction each. Returns the sum of what each says."""
        return sum([await self._keeper.write(_adding(add, batch), durable=durable) for batch in batches])


def _adding(add: Callable[[Connection, list[T]], int], batch: list[T]) -> Callable[[Connection], int]:
    return lambda connection: add(connection, batch)


def _batches(records: Iterable[T]) -> list[list[T]]:
    """The records in order, cut into transactions; one empty one when there are none."""
    everything = list(records)
    return [everything[start : start + BATCH] for start in range(0, max(1, len(everything)), BATCH)]


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MAX_PAGE:
        raise BadValue("bad_limit", field="limit", value=limit)
