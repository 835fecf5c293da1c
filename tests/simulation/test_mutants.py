"""Cores with one mistake each, of the kinds that desks have made: a scene or a law must catch every one of them.

Here a piece of the core is replaced on purpose, because the mistake is the subject.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from core import book, executions, ledger, lives, reading, refresh, rows, snapshots, tapes, trades
from core.analytics import periods
from core.bybit import gateway
from core.bybit.calls import Caller
from core.bybit.gateway import Gateway
from core.bybit.pages import Rows
from core.events import PositionReported
from core.holdings import Holdings
from core.legs import Legs
from core.lives import Lives
from core.manager import PositionManager
from core.model import ClosedTrade, Execution, Position, PositionKey
from core.refresh import Refresh
from core.subscribers import Subscribers
from core.sweep import StopSweep
from core.sync import Sync
from core.trades import Life
from tests.simulation import scenes
from tests.simulation.scenes import Scene

ZERO = Decimal(0)
Patch = pytest.MonkeyPatch


class Mutant(NamedTuple):
    """A mistake, the scene that catches it, how it is made, and by which law it is caught where that is the subject."""

    mistake: str
    caught_by: Scene
    make: Callable[[Patch], None]
    law: str = ""


def missing_is_flat(patch: Patch) -> None:
    """A row that the list lacks is taken for closed."""

    async def conclude(self: Refresh, rows: Iterable[Position], started: float) -> tuple[()]:
        listed = {row.key for row in rows}
        lacked = [held for held in self._book.open_positions if held.key not in listed]
        flat = (replace(held, size=ZERO, side="", received_mono=started) for held in lacked)
        await self._apply(*(PositionReported(row, "rest", started) for row in flat))
        return ()

    patch.setattr(Refresh, "_ask_absent", conclude)


def sequence_is_ignored(patch: Patch) -> None:
    """The report that came last is believed."""
    patch.setattr(book, "is_older", lambda new, known, requested_mono: False)


def only_sequence_counts(patch: Patch) -> None:
    """An equal sequence with a newer time is dropped."""
    patch.setattr(book, "is_older", lambda new, known, requested_mono: new.seq <= known.seq)


def rest_always_wins(patch: Patch) -> None:
    """A row that was asked for is believed whatever it says."""
    real = book.is_older
    patch.setattr(book, "is_older", lambda new, known, asked: asked is None and real(new, known, asked))


def first_row_only(patch: Patch) -> None:
    """``list[0]``: the other leg of hedge mode is never looked at."""
    real = Gateway.fetch_position

    async def first(self: Gateway, category: str, symbol: str, **more: Any) -> tuple[Position, ...]:
        return (await real(self, category, symbol, **more))[:1]

    patch.setattr(Gateway, "fetch_position", first)


def evidence_is_ignored(patch: Patch) -> None:
    """An explicit flat row does not close."""
    patch.setattr(Holdings, "flatten", lambda self, flat: False)


def unknown_is_zero(patch: Patch) -> None:
    """A result that nobody can know is booked as 0."""
    patch.setattr(trades, "unknown_life", _with_money(trades.unknown_life))
    patch.setattr(tapes, "unknown_life", _with_money(tapes.unknown_life))


def _with_money(real: Callable[..., Life]) -> Callable[..., Life]:
    return lambda *args, **kwargs: replace(real(*args, **kwargs), gross_pnl=ZERO)


def funding_is_a_fill(patch: Patch) -> None:
    """Funding rows change the size by the quantity that they carry."""
    patch.setattr(executions, "FILLS", executions.FILLS | executions.PAYMENTS)


def funding_is_paid_back(patch: Patch) -> None:
    """Funding with the wrong sign."""
    patch.setattr(trades, "_fund", lambda life, e: replace(life, funding=life.funding + e.fee))


def fills_count_twice(patch: Patch) -> None:
    """A repeated execution is another one."""
    real = Lives.add

    def add(self: Lives, execution: Execution, key: PositionKey, settle_coin: str) -> bool:
        self._seen.clear()
        return real(self, execution, key, settle_coin)

    patch.setattr(Lives, "add", add)


def ids_order_a_match(patch: Patch) -> None:
    """Fills of one match are sorted by their ids alone."""

    def order(execution: Execution) -> tuple[int, int, int, str]:
        return execution.ts_ms, execution.seq, 0, execution.exec_id

    for module in (executions, ledger, lives, tapes, book):
        patch.setattr(module, "order_of", order)


def arrival_orders_fills(patch: Patch) -> None:
    """Executions are folded as they arrive."""

    def order(execution: Execution) -> tuple[int, int, int, str]:
        return 0, 0, 0, ""

    for module in (executions, lives, tapes):
        patch.setattr(module, "order_of", order)


def turning_closes_only(patch: Patch) -> None:
    """What is left of a fill that turns a position round is lost."""
    real = trades._reduce_or_flip

    def reduce(*args: Any) -> tuple[Life | None, ClosedTrade | None]:
        life, trade = real(*args)
        return (None if trade else life), trade

    patch.setattr(trades, "_reduce_or_flip", reduce)


def one_settle_coin(patch: Patch) -> None:
    """Positions settled in USDC are outside of every list."""
    for module in (reading, refresh):
        patch.setattr(module, "SCOPES", tuple(scope for scope in reading.SCOPES if scope[1] != "USDC"))


def first_page_only(patch: Patch) -> None:
    """A list ends with its first page."""

    async def fetch(
        caller: Caller, path: str, params: dict[str, str], decoder: Any, *, limit: int = 0, **more: Any
    ) -> Rows[Any]:
        more.pop("max_pages", None)
        query = {**params, "limit": str(limit)} if limit else params
        answer = await caller.read(path, query, decoder, **more)
        return Rows(answer.result.rows, answer.started_mono, answer.received_mono, answer.time_ms)

    patch.setattr(gateway, "fetch_rows", fetch)


def held_frames_are_dropped(patch: Patch) -> None:
    """What the stream tells while a baseline is read is thrown away."""

    def replay(self: Sync) -> None:
        self._held = None

    patch.setattr(Sync, "_replay", replay)


def legs_are_netted(patch: Patch) -> None:
    """Executions of hedge mode are taken for one-way mode."""
    patch.setattr(Legs, "_leg", lambda self, execution, **known: 0)


def present_mode_is_forever(patch: Patch) -> None:
    """Fills of before are taken for the mode that the exchange shows now; a contract without a position has one way."""

    def leg(self: Legs, execution: Execution, **known: bool) -> int:
        legs = (PositionKey(execution.category, execution.symbol, idx) for idx in (1, 2))
        return executions.leg_of(replace(execution, position_idx=None), is_hedge=any(map(self._is_open, legs)))

    patch.setattr(Legs, "_leg", leg)


def losses_are_forgotten(patch: Patch) -> None:
    """A summary kept up to date misses what a recount finds."""
    real = periods._Period.add

    def add(self: Any, newest_first: tuple[ClosedTrade, ...]) -> None:
        real(self, tuple(t for t in newest_first if t.net_pnl is not None and t.net_pnl > 0))

    patch.setattr(periods._Period, "add", add)


def newest_exit_only(patch: Patch) -> None:
    """A row tells of its last partial exit and forgets those before."""
    real = rows.derive

    def derive(*args: Any, **more: Any) -> Position:
        row = real(*args, **more)
        return replace(row, partial_exits=row.partial_exits[-1:])

    patch.setattr(snapshots, "derive", derive)


def leverage_is_forgotten(patch: Patch) -> None:
    """ROE on the whole value instead of the margin."""
    real = rows.initial_margin
    patch.setattr(rows, "initial_margin", lambda *args: real(*args[:3], Decimal(1)))


def entry_and_exit_are_swapped(patch: Patch) -> None:
    """A closed trade shows the price that it ended at as the one that it began at."""
    real = trades._close

    def close(*args: Any) -> ClosedTrade:
        trade = real(*args)
        return replace(trade, entry_price=trade.exit_price, exit_price=trade.entry_price)

    patch.setattr(trades, "_close", close)


def stops_are_left(patch: Patch) -> None:
    """A stop that could not be seen to be gone is taken for cancelled."""

    async def treat(self: StopSweep, order: Any) -> bool:
        return True

    patch.setattr(StopSweep, "_cancel", treat)


def failures_are_swallowed(patch: Patch) -> None:
    """A subscriber's error is nobody's business."""

    def tell(self: Subscribers, kind: str, value: object) -> None:
        for callback in list(self._callbacks[kind]):
            try:
                callback(value)
            except ValueError:
                continue

    patch.setattr(Subscribers, "_tell", tell)


def one_failure_stops_all(patch: Patch) -> None:
    """The first subscriber that fails is the last one that is called."""

    def tell(self: Subscribers, kind: str, value: object) -> None:
        try:
            for callback in list(self._callbacks[kind]):
                callback(value)
        except ValueError:
            self.failures += 1

    patch.setattr(Subscribers, "_tell", tell)


def accepted_is_done(patch: Patch) -> None:
    """A close takes the position off the book when the exchange acknowledged it."""
    real = PositionManager.close_position

    async def close(self: PositionManager, key: PositionKey, *args: Any, **more: Any) -> Any:
        command = await real(self, key, *args, **more)
        self.engine.book.holdings.forget(key)
        return command

    patch.setattr(PositionManager, "close_position", close)


def ids_are_made_up(patch: Patch) -> None:
    """A life is named by when it was seen, not by what began it."""
    count = iter(range(10**6))
    patch.setattr(trades, "life_id", lambda key, first: f"L{next(count)}")


MUTANTS = (
    Mutant("missing is flat", scenes.lists_that_lie, missing_is_flat),
    Mutant("the sequence is ignored", scenes.frames_in_disorder, sequence_is_ignored),
    Mutant("only the sequence counts", scenes.settings_changed, only_sequence_counts),
    Mutant("REST always wins", scenes.lagging_lists, rest_always_wins),
    Mutant("list[0]", scenes.frames_lost, first_row_only),
    Mutant("closed evidence is ignored", scenes.the_same_past, evidence_is_ignored),
    Mutant("an unknown result is 0", scenes.older_than_its_history, unknown_is_zero),
    Mutant("funding is a fill", scenes.funding_is_no_trade, funding_is_a_fill),
    Mutant("funding has the wrong sign", scenes.funding_is_no_trade, funding_is_paid_back),
    Mutant("fills count twice", scenes.frames_in_disorder, fills_count_twice),
    Mutant("ids order the fills of a match", scenes.turned_round_through_levels, ids_order_a_match),
    Mutant("arrival orders the fills", scenes.frames_in_disorder, arrival_orders_fills),
    Mutant("a turn closes only", scenes.frames_in_disorder, turning_closes_only),
    Mutant("one settle coin", scenes.frames_lost, one_settle_coin),
    Mutant("the first page only", scenes.many_pages, first_page_only),
    Mutant("held frames are dropped", scenes.told_while_reading, held_frames_are_dropped),
    Mutant("legs are netted", scenes.the_same_past, legs_are_netted),
    Mutant("the present mode is forever", scenes.a_mode_switched_unseen, present_mode_is_forever),
    Mutant("statistics miss losses", scenes.counted_as_they_close, losses_are_forgotten),
    Mutant("only the newest exit is shown", scenes.taken_out_in_parts, newest_exit_only, "V4"),
    Mutant("ROE forgets the leverage", scenes.taken_out_in_parts, leverage_is_forgotten, "V20"),
    Mutant("entry and exit are swapped", scenes.counted_as_they_close, entry_and_exit_are_swapped, "V20"),
    Mutant("stops are left", scenes.a_stop_left_behind, stops_are_left),
    Mutant("failures are swallowed", scenes.a_listener_that_fails, failures_are_swallowed),
    Mutant("one failure stops all", scenes.a_listener_that_fails, one_failure_stops_all),
    Mutant("accepted is done", scenes.closed_by_the_desk, accepted_is_done),
    Mutant("life ids are made up", scenes.the_same_past, ids_are_made_up),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.mistake)
def test_a_mistake_is_caught(mutant: Mutant, monkeypatch: Patch) -> None:
    mutant.make(monkeypatch)
    with pytest.raises(AssertionError, match=mutant.law or None):
        mutant.caught_by()
