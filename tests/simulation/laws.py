"""What must hold, at every snapshot, after every step, and once the network is well: the invariants V of RELIABILITY 6.

``Laws`` watches one desk. A law that is broken while the desk publishes is raised at the end of the step: the desk
itself survives a subscriber that fails.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from core.analytics.metrics import summarise
from core.executions import OUR_ORDER_PREFIX
from core.model import REQUESTS_MOST_PER_S, ClosedTrade, Position, PositionKey, Snapshot
from core.reconcile import Discrepancy, orphan_stops
from tests.simulation.truth import ROUNDING, TrueLife, trade_differs
from tests.simulation.world import World

ZERO = Decimal(0)
# Nothing older than this may be shown as fresh: lists lag, frames are late, and the poll comes every five seconds.
STALE_S = 10.0
MONO_AT_START = 1_000.0

# Notes that an honest exchange must never cause, however bad the network is.
FORBIDDEN = frozenset({"sequence_reset", "frame_refused", "new_ledger", "discrepancy_pnl_differs"})


class Laws:
    """The invariants of one world. ``renew`` when another desk is started."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._broken: list[AssertionError] = []
        self.renew()

    def renew(self) -> None:
        """Another desk begins: its versions and rows have nothing to do with those before."""
        self._last: Snapshot | None = None
        self._newest: dict[PositionKey, tuple[int, int]] = {}
        self._first = self._counted = len(self._world.network.requests)
        self._world.notices.clear()

    # ---- at every snapshot ------------------------------------------------------------------------------------------

    def see(self, shown: Snapshot) -> None:
        """Judge a snapshot as it is published; what is broken is kept for ``check``."""
        try:
            self._judge(shown)
        except AssertionError as error:
            self._broken.append(error)
        self._last = shown

    def _judge(self, shown: Snapshot) -> None:
        last = self._last
        assert last is None or shown.version > last.version, "V34: the version did not increase"
        assert len({p.key for p in shown.positions}) == len(shown.positions), "V9: a key is shown twice"
        for position in shown.positions:
            self._judge_position(position)
        if last is not None:
            self._judge_departures(last, shown)
        self._judge_totals(shown)

    def _judge_position(self, position: Position) -> None:
        assert position.size > 0, f"V3: {position}"
        assert position.side in {"Buy", "Sell"}, f"V3: {position}"
        assert self._world.truth.revision_of(position), f"V7: never was so: {position}"
        order = (position.seq, position.updated_ms)
        assert order >= self._newest.get(position.key, order), f"V16: went back: {position}"
        self._newest[position.key] = order
        superseded = self._world.truth.superseded_at(position)
        heard = position.received_mono - MONO_AT_START
        assert superseded is None or heard <= superseded + STALE_S, f"V14: old and shown as fresh: {position}"
        _judge_figures(position)

    def _judge_departures(self, last: Snapshot, shown: Snapshot) -> None:
        """V5 and V6: what left the book was flat, and a note says on what evidence."""
        here = {p.key for p in shown.positions}
        for position in last.positions:
            if position.key not in here:
                key = position.key
                assert self._world.truth.was_flat_since(key, position.seq), f"V5: closed without being flat: {key}"
                notes = [n for n in self._world.notices if n.code == "position_closed" and n.key == key]
                assert notes, f"V5: no note: {key}"
                assert notes[-1].details["evidence"] in {"E1", "E2"}, f"V5: no evidence: {notes[-1]}"

    def _judge_totals(self, shown: Snapshot) -> None:
        """V34: totals are those of the rows beside them."""
        pnl = [p.unrealised_pnl for p in shown.positions if p.settle_coin in {"USDT", "USDC"}]
        whole = None if None in pnl else sum((x for x in pnl if x is not None), ZERO)
        assert shown.unrealised_pnl == whole, "V34: unrealised PnL is not the sum of its rows"
        assert shown.session.active_positions == len(shown.positions), "V34: the count is not that of the rows"
        assert max(len(shown.events), len(shown.executions)) <= 1_000, "V32: a list has no bound"

    # ---- after every step -------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Everything that must hold between two steps."""
        if self._broken:
            raise self._broken[0]
        shown = self._world.snapshot
        self._check_statistics(shown)
        self._check_lives(shown)
        self._check_exits(shown)
        self._check_averages(shown)
        self._check_commands()
        self._check_requests()
        assert not self._world.manager.subscriber_failures, "V33: a subscriber failed"
        for note in self._world.notices:
            assert note.code not in FORBIDDEN, note

    def _check_statistics(self, shown: Snapshot) -> None:
        """V19: kept up to date equals counted anew."""
        session = shown.sessions["start"]
        counted = session.wins + session.losses + session.break_even + session.pending
        assert counted == session.closed_trades, "V19: counts do not add up"
        since = [trade for trade in shown.closed_trades if trade.closed_ms >= session.started_ms]
        assert session == summarise(since, session.started_ms), "V19: not what a recomputation gives"

    def _check_exits(self, shown: Snapshot) -> None:
        """V4: what entered and is not held any more is what the partial exits say.

        So between two snapshots without an entry they differ by as much as the size. Of rows whose fills have all been
        heard of, and no later ones: those two come by different ways.
        """
        heard = {execution.exec_id for execution in shown.executions}
        for position in shown.positions:
            life = self._world.truth.life_at(position.key, position.seq)
            later = self._world.truth.fills_after(position.key, position.seq)
            if life and heard.issuperset(life.fills) and heard.isdisjoint(later):
                out = sum((part.qty for part in position.partial_exits), ZERO)
                assert out == life.entered - position.size, f"V4: exits of {out}, {life.entered} entered: {position}"

    def _check_averages(self, shown: Snapshot) -> None:
        """V20: an average lies between the prices that it is one of, those of exits as well."""
        for position in shown.positions:
            life = self._world.truth.life_at(position.key, position.seq)
            if life:
                _judge_average(position.category, position.size, position.entry_price, life.entry_prices, life.rows)
        closed = {life.name: life for life in self._world.truth.closed_lives()}
        for trade in shown.closed_trades:
            life = closed.get(trade.life_id)
            if life and trade.entry_price is not None and trade.exit_price is not None:
                of = trade.category, life.entered
                _judge_average(*of, trade.entry_price, life.entry_prices, life.rows)
                _judge_average(*of, trade.exit_price, life.exit_prices, life.rows)

    def _check_lives(self, shown: Snapshot) -> None:
        """V1, V11: quantities add up; money is proven or absent."""
        for trade in shown.closed_trades:
            is_proven = trade.is_complete or trade.pnl_source == "closed_pnl"
            assert (trade.net_pnl is not None) == is_proven, f"V11: {trade}"
            if trade.is_complete and trade.net_pnl is not None:
                assert trade.gross_pnl is not None
                assert trade.net_pnl == trade.gross_pnl - (trade.fees or ZERO) + (trade.funding or ZERO), (
                    f"V11: {trade}"
                )
                out = sum((part.qty for part in trade.exits), ZERO)
                assert out >= trade.peak_size, f"V1: less left than was held: {trade}"
        self._check_tapes()

    def _check_tapes(self) -> None:
        """V1 and V2, from inside: what entered a life left it or is held, an execution is in one life."""
        tapes = self._world.manager.engine.book.lives._tapes.values()
        names = [execution.exec_id for tape in tapes for execution in tape.executions]
        assert len(set(names)) == len(names), "V2: an execution is counted twice"
        for life in (tape.life for tape in tapes if tape.life is not None):
            out = sum((part.qty for part in life.exits), ZERO)
            assert out == life.exited_qty, f"V1: {life}"
            assert life.cost is None or life.entered_qty - out == abs(life.size), f"V1: {life}"

    def _check_commands(self) -> None:
        """V22, V23, V25: one open command for one thing, one order per intent, never more than asked."""
        named = [c for c in self._world.snapshot.commands if c.is_open]
        things = [(c.kind, c.key, c.order_id if c.kind in {"cancel", "amend"} else "") for c in named]
        assert len(things) == len(set(things)), f"V22: {named}"
        by_link: dict[str, list[Decimal]] = {}
        for order in self._world.exchange.venue.shelf.everything():
            if order.link_id.startswith(OUR_ORDER_PREFIX):
                by_link.setdefault(order.link_id, []).append(order.filled)
        for command in self._world.snapshot.commands:
            filled = by_link.get(command.order_link_id or "", [])
            assert len(filled) <= 1, f"V23: {command}"
            assert not filled or command.qty is None or filled[0] <= command.qty, f"V25: {command}"

    def _check_requests(self) -> None:
        """V35: in no second more requests of one desk than a full bucket and what refills; looks at the new ones."""
        requests, most = self._world.network.requests, 2 * REQUESTS_MOST_PER_S
        if self._counted > len(requests):  # the record was begun anew
            self._first = self._counted = 0
        for at in range(max(self._counted, self._first + most), len(requests)):
            first, last = requests[at - most][0], requests[at][0]
            assert last - first >= 1.0 - 1e-6, f"V35: more than {most} requests from {first} to {last}"
        self._counted = len(requests)

    # ---- once the network is well -----------------------------------------------------------------------------------

    def check_agreement(self) -> None:
        """The book has converged: it is the exchange's, exactly, and says so when asked again."""
        self.check()
        world = self._world
        assert not world.differences(), world.differences()
        self._check_money()
        for one in self._reconcile():
            assert one.kind == "orphan_stop", f"V8: the same truth made a difference: {one}"
        for one in self._reconcile():
            raise AssertionError(f"V8: a second reconciliation found {one}")
        assert not world.differences(), world.differences()
        self._check_stops()

    def _reconcile(self) -> list[Discrepancy]:
        """What a reconciliation did; what it only shows may be shown again."""
        found = self._world.do(self._world.manager.reconcile_positions())
        return [one for one in found if one.done != "shown"]

    def _check_stops(self) -> None:
        """V26: no stop order of ours outlives its position, or it is shown."""
        shown = self._world.snapshot
        for order in orphan_stops(shown.orders, shown.positions):
            assert order.order_id in shown.leftovers, f"V26: {order}"
            assert not order.order_link_id.startswith(OUR_ORDER_PREFIX), f"V26: ours, and still there: {order}"

    def check_history(self) -> None:
        """V30: what is on disk is what happened: no life is missing, none was kept that a better fold took back."""
        world = self._world
        world.run(2)
        page = world.do(world.manager.get_closed_page(limit=1_000))
        kept = {trade.life_id: trade for trade in page.trades}
        true = {life.name: life for life in world.truth.closed_lives()}
        assert kept.keys() == true.keys(), f"V30: missing {true.keys() - kept.keys()}, too much {_of(kept, true)}"
        wrong = [line for name, trade in kept.items() for line in trade_differs(trade, true[name])]
        assert not wrong, f"V30: {wrong}"

    def _check_money(self) -> None:
        """V12: what the wallet gained by trading is what the lives say."""
        shown = self._world.snapshot
        nets: dict[str, list[Decimal | None]] = {}
        for trade in shown.closed_trades:
            nets.setdefault(trade.settle_coin, []).append(trade.net_pnl)
        for position in shown.positions:
            nets.setdefault(position.settle_coin, []).append(position.realised_pnl)
        rows = len(self._world.exchange.venue.ledger.executions)
        for coin, results in nets.items():
            total = sum((r for r in results if r is not None), ZERO)
            booked = self._world.exchange.venue.ledger.coins[coin].realised
            assert None not in results, f"V12: a result is not known: {coin}"
            assert abs(total - booked) <= ROUNDING * rows, f"V12: {coin} {total} is {booked}"


def _judge_figures(position: Position) -> None:
    """V20: the sign of the PnL, and ROE on the one documented base: the value at entry by the leverage (DESIGN 3)."""
    if position.leverage:
        base = _value(position.category, position.size, position.entry_price) / position.leverage
        assert position.initial_margin == base, f"V20: the base of ROE is not {base}: {position}"
    pnl, mark = position.unrealised_pnl, position.mark_price
    if pnl is None or mark is None:
        return
    move = (mark - position.entry_price) * (1 if position.side == "Buy" else -1)
    assert (pnl > 0) == (move > 0), f"V20: the sign of the PnL: {position}"
    assert (pnl < 0) == (move < 0), f"V20: the sign of the PnL: {position}"
    if position.roe_pct is not None and position.initial_margin is not None:
        assert position.roe_pct == pnl / position.initial_margin * 100, f"V20: ROE: {position}"


def _judge_average(category: str, qty: Decimal, average: Decimal, prices: list[Decimal], rows: int) -> None:
    """V20 in the coin that is booked, whose every amount the exchange rounds."""
    values = [_value(category, qty, price) for price in prices]
    slack, value = ROUNDING * rows, _value(category, qty, average)
    assert min(values) - slack <= value <= max(values) + slack, f"V20: {average} is no average of {prices}"


def _value(category: str, qty: Decimal, price: Decimal) -> Decimal:
    return qty / price if category == "inverse" else qty * price


def _of(kept: dict[str, ClosedTrade], true: dict[str, TrueLife]) -> list[ClosedTrade]:
    return [trade for name, trade in kept.items() if name not in true]


def same_lives(before: Snapshot, after: Snapshot) -> list[str]:
    """V10 and V30: how two desks differ that look at the same past; ids included. Marks are seen once only."""
    ours = {t.life_id: replace(t, best_pnl=None, worst_pnl=None) for t in before.closed_trades}
    theirs = {t.life_id: replace(t, best_pnl=None, worst_pnl=None) for t in after.closed_trades}
    found = [f"{name}: {ours.get(name)} is {theirs.get(name)}" for name in ours if ours[name] != theirs.get(name)]
    found += [f"{name}: was not there" for name in theirs if name not in ours]
    rows = {p.key: (p.life_id, p.realised_pnl, p.partial_exits, p.fees, p.funding) for p in before.positions}
    for position in after.positions:
        now = (position.life_id, position.realised_pnl, position.partial_exits, position.fees, position.funding)
        if rows.get(position.key) != now:
            found.append(f"{position.key}: {rows.get(position.key)} is {now}")
    return found
