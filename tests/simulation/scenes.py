"""Short plays for the whole desk, each with the trouble that one kind of mistake in the core would not survive.

A scene raises AssertionError when a law is broken or the desk does not arrive at the truth. test_scenes plays
them on the core as it is, test_mutants on cores with one mistake each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from core.model import PositionKey
from core.rounds import Intervals
from tests.simulation.laws import Laws, same_lives
from tests.simulation.network import LONGEST_LAG_S
from tests.simulation.world import World

MONEY = {"USDT": "5000000", "USDC": "1000000", "BTC": "40"}
SOL, LINK, BTC, USDC, COIN = "SOLUSDT", "LINKUSDT", "BTCUSDT", "ETHPERP", "BTCUSD"
QTY = {SOL: "10", LINK: "100", BTC: "0.01", USDC: "0.5", COIN: "500"}
WEEK_S = 7 * 24 * 3600.0


class Stage:
    """A world under the laws, with short names for what happens in it."""

    def __init__(self, intervals: Intervals | None = None) -> None:
        self.world = World(intervals=intervals, watch=lambda shown: self.laws.see(shown))
        self.laws = Laws(self.world)
        for coin, amount in MONEY.items():
            self.world.act("transfer", amount=amount, coin=coin)
        self.world.act("hedge", symbol=BTC)

    @property
    def network(self) -> Any:
        """The network's switches."""
        return self.world.network

    def open(self) -> None:
        """Start the desk and let it arrive."""
        self.world.start()
        self.world.manager.set_armed(True)
        self.world.converge()

    def restart(self) -> None:
        """Another desk, which remembers nothing."""
        self.world.stop()
        self.laws.renew()
        self.open()

    def trade(self, symbol: str, side: str, times: int = 1, idx: int = 0) -> None:
        """Somebody trades at market."""
        qty = format(Decimal(QTY[symbol]) * times, "f")
        assert self.world.act("trade", symbol=symbol, side=side, qty=qty, idx=idx) is not None

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and hold the laws."""
        self.world.run(seconds)
        self.laws.check()

    def agree(self, within_s: float = 30.0) -> None:
        """The network is well; the desk must arrive in time."""
        self.world.heal()
        self.world.converge(within_s)
        self.laws.check_agreement()


@contextmanager
def stage(intervals: Intervals | None = None) -> Iterator[Stage]:
    """A stage, cleared afterwards whatever happened on it."""
    made = Stage(intervals)
    try:
        yield made
    finally:
        made.world.close()


def lists_that_lie() -> None:
    """A perfect answer says that there is nothing, for half a minute: nothing leaves the book."""
    with stage() as play:
        play.open()
        play.trade(SOL, "Buy")
        play.trade(BTC, "Sell", idx=2)
        play.trade(COIN, "Buy")
        play.pass_time(1)
        play.network.failure, play.network.failing = "empty_list", 1.0
        play.pass_time(30)
        assert len(play.world.snapshot.positions) == 3
        play.agree()


def frames_in_disorder() -> None:
    """Frames come twice and in any order while positions open, grow, shrink, turn and end."""
    with stage() as play:
        play.open()
        play.network.double, play.network.shuffle_s = 0.5, 2.0
        for side, times in (("Buy", 2), ("Buy", 1), ("Sell", 1), ("Sell", 4), ("Buy", 1), ("Buy", 1), ("Buy", 3)):
            for symbol in (SOL, USDC, COIN):
                play.trade(symbol, side, times)
            play.pass_time(0.3)
        play.pass_time(3)
        play.agree()


def frames_lost() -> None:
    """No frame arrives: what the polls show is asked for, leg by leg."""
    with stage() as play:
        play.open()
        play.trade(BTC, "Buy", idx=1)
        play.trade(BTC, "Sell", idx=2)
        play.trade(SOL, "Buy", 2)
        play.trade(USDC, "Sell")
        play.pass_time(6)
        play.network.drop = 1.0
        play.trade(BTC, "Buy", idx=2)
        play.trade(SOL, "Sell")
        play.trade(USDC, "Sell")
        play.pass_time(12)
        play.agree()


def lagging_lists() -> None:
    """Lists tell the state of four seconds ago beside a stream that is up to date."""
    with stage() as play:
        play.open()
        play.trade(SOL, "Buy", 2)
        play.trade(LINK, "Sell")
        play.pass_time(6)
        play.network.past.begin()
        play.network.lag_s = LONGEST_LAG_S
        for side in ("Buy", "Sell", "Sell", "Buy"):
            play.trade(SOL, side)
            play.trade(LINK, side)
            play.pass_time(2.4)
        play.agree()


def funding_is_no_trade() -> None:
    """Funding rows carry the position's whole size and change nothing of it."""
    with stage() as play:
        play.open()
        play.trade(SOL, "Buy", 3)
        play.trade(COIN, "Sell", 2)
        for _ in range(3):
            play.world.act("fund", symbol=SOL)
            play.world.act("fund", symbol=COIN)
            play.pass_time(0.5)
        play.trade(SOL, "Sell")
        play.agree()
        play.trade(SOL, "Sell", 2)
        play.agree()


def turned_round_through_levels() -> None:
    """One order takes several levels of the book and turns the position round on its way."""
    with stage() as play:
        play.open()
        for symbol, side in ((SOL, "Buy"), (SOL, "Sell"), (COIN, "Sell"), (COIN, "Buy")):
            times = 1 if side == ("Buy" if symbol == SOL else "Sell") else 300
            play.trade(symbol, side, times)
            play.pass_time(0.5)
        play.agree()


def older_than_its_history() -> None:
    """A position that was opened before the executions that can be read has a life without money, never with 0."""
    with stage() as play:
        play.trade(SOL, "Buy", 4)
        play.world.loop.jump(WEEK_S + 3600)
        play.world.start()
        play.pass_time(2)
        play.trade(SOL, "Sell")
        play.trade(SOL, "Sell", 3)
        play.trade(LINK, "Buy")
        play.trade(LINK, "Sell")
        play.pass_time(8)
        shown = play.world.snapshot
        assert {(t.symbol, t.is_complete) for t in shown.closed_trades} == {(SOL, False), (LINK, True)}
        assert shown.session.pending == 1, "V11: a result that nobody can know"


def many_pages() -> None:
    """More executions and positions than one page holds."""
    with stage() as play:
        for _ in range(60):
            play.trade(SOL, "Buy")
            play.trade(SOL, "Sell")
        play.trade(SOL, "Buy")
        play.open()
        play.agree()


def settings_changed() -> None:
    """Leverage changes without a trade: the same sequence, a newer time."""
    with stage(Intervals(positions_s=300.0, reconcile_s=300.0)) as play:
        play.open()
        play.trade(SOL, "Buy")
        play.trade(COIN, "Buy")
        for leverage in ("5", "20", "3"):
            for category, symbol in (("linear", SOL), ("inverse", COIN)):
                body = {"category": category, "symbol": symbol, "buyLeverage": leverage, "sellLeverage": leverage}
                assert play.world.command("set_leverage", body) is not None
            play.pass_time(0.5)
        play.agree(5)


def told_while_reading() -> None:
    """What the stream tells while a baseline is read is not lost."""
    with stage(Intervals(positions_s=300.0, reconcile_s=300.0, executions_s=300.0)) as play:
        play.open()
        play.trade(SOL, "Buy", 3)
        play.pass_time(1)
        play.network.reset_lines()
        for _ in range(24):
            play.trade(SOL, "Sell" if len(play.world.exchange.venue.ledger.executions) % 2 else "Buy")
            play.world.run(0.05)
        play.pass_time(3)
        play.agree(5)


def counted_as_they_close() -> None:
    """Statistics follow each trade that closes, wins and losses, and equal a recount."""
    with stage() as play:
        play.open()
        for number, percent in enumerate((3, -2, 1, -4, 2)):
            play.trade(SOL, "Buy", number + 1)
            mark = play.world.exchange.venue.mark(SOL) * (100 + percent) / 100
            price = format(mark, "f")
            play.world.act("price", symbol=SOL, last=price, mark=price, index=price)
            play.trade(SOL, "Sell", number + 1)
            play.pass_time(0.5)
        play.agree()
        summary = play.world.snapshot.session
        assert (summary.closed_trades, summary.wins, summary.losses) == (5, 3, 2), "V19"


def taken_out_in_parts() -> None:
    """Positions shrink by several orders, grow in between, and each part is told."""
    with stage() as play:
        play.open()
        for symbol in (SOL, COIN):
            play.trade(symbol, "Buy", 4)
        for side in ("Sell", "Sell", "Buy", "Sell"):
            for symbol in (SOL, COIN):
                play.trade(symbol, side)
            play.pass_time(0.5)
        play.agree()
        assert {len(position.partial_exits) for position in play.world.snapshot.positions} == {3}


def a_stop_left_behind() -> None:
    """A stop of ours that outlives its position is found and cancelled, one of a bot is shown."""
    with stage() as play:
        play.open()
        play.trade(SOL, "Buy")
        for link in ("qdSIM0left", "bot-left"):
            body = {"category": "linear", "symbol": SOL, "side": "Sell", "orderType": "Market", "qty": "1"}
            trigger = {"triggerPrice": "100.000", "triggerDirection": 2, "reduceOnly": True, "orderLinkId": link}
            assert play.world.order({**body, **trigger}) is not None
        play.pass_time(2)
        play.trade(SOL, "Sell")
        play.pass_time(10)
        assert {o.order_link_id for o in play.world.snapshot.orders} == {"bot-left"}, "V26"
        assert len(play.world.snapshot.leftovers) == 1, "V26"
        play.agree()


def a_listener_that_fails() -> None:
    """A subscriber that raises is counted, and stops nobody."""
    with stage() as play:
        heard: list[object] = []
        play.world.start()

        def fail(_line: object) -> None:
            raise ValueError

        play.world.manager.subscribe("opened", fail)
        play.world.manager.subscribe("opened", heard.append)
        play.world.converge()
        play.trade(SOL, "Buy")
        play.world.run(1)
        assert len(heard) == 1, "V40: another subscriber was not served"
        assert play.world.manager.subscriber_failures == 1, "V33: a failure was not counted"


def the_same_past() -> None:
    """A desk that starts later tells the same lives, with the same ids."""
    with stage() as play:
        play.open()
        for _ in range(2):
            for symbol in (SOL, USDC, COIN):
                play.trade(symbol, "Buy", 2)
                play.trade(symbol, "Sell")
                play.trade(symbol, "Sell", 3)
                play.trade(symbol, "Buy", 2)
            play.trade(BTC, "Buy", 2, idx=1)
            play.trade(BTC, "Sell", 2, idx=1)
            play.pass_time(1)
        play.agree()
        before = play.world.snapshot
        play.restart()
        assert not same_lives(before, play.world.snapshot), "V10"


def a_mode_switched_unseen() -> None:
    """A contract is switched out of hedge mode and back while nobody looks, and trades in both."""
    with stage() as play:
        play.open()
        play.network.cut()
        for idx, side, mode in ((2, "Sell", "0"), (0, "Buy", "3"), (1, "Buy", "0")):
            play.trade(BTC, side, idx=idx)
            play.trade(BTC, "Buy" if side == "Sell" else "Sell", idx=idx)
            assert play.world.command("switch_mode", {"category": "linear", "symbol": BTC, "mode": mode}) is not None
        play.pass_time(1)
        play.agree()
        assert {trade.position_idx for trade in play.world.snapshot.closed_trades} == {0, 1, 2}


def closed_by_the_desk() -> None:
    """The desk closes half and then all: reduced by what was asked, once, and told when the exchange proved it."""
    with stage() as play:
        play.open()
        play.trade(SOL, "Buy", 2)
        play.pass_time(1)
        key = PositionKey("linear", SOL, 0)
        play.network.delay_s = 1.0
        play.world.do(play.world.manager.close_position(key, Decimal(QTY[SOL])))
        play.pass_time(4)
        assert play.world.snapshot.position(SOL).size == Decimal(QTY[SOL]), "V25"
        play.world.do(play.world.manager.close_position(key))
        play.pass_time(4)
        assert not play.world.snapshot.positions
        play.agree()


Scene = Callable[[], None]
SCENES: tuple[Scene, ...] = (
    lists_that_lie,
    frames_in_disorder,
    frames_lost,
    lagging_lists,
    funding_is_no_trade,
    turned_round_through_levels,
    older_than_its_history,
    many_pages,
    settings_changed,
    told_while_reading,
    counted_as_they_close,
    taken_out_in_parts,
    a_stop_left_behind,
    a_listener_that_fails,
    the_same_past,
    a_mode_switched_unseen,
    closed_by_the_desk,
)
