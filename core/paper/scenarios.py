"""Scenarios by name: which contracts, what money, which past, who acts.

``default`` six positions and a bot · ``quiet`` an empty account on a calm market · ``busy`` 200 positions, 25 ticks a
second each · ``hedge`` both sides open on two symbols, cross margin · ``storm`` crashes, gaps and trends all the time ·
``drill`` one incident after another (stop, ADL, liquidation, funding, delisting) for practice.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.paper import history
from core.paper.bot import Bot
from core.paper.history import Open, Waiting
from core.paper.instruments import Instrument, listed, numbered
from core.paper.market import Market
from core.paper.refusals import Refused
from core.paper.venue import CROSS, ISOLATED, Venue

if TYPE_CHECKING:
    from core.paper.engine import Exchange

DAY_MS = 86_400_000
BOT_SYMBOLS = ("XRPUSDT", "DOGEUSDT", "BNBUSDT", "ADAUSDT")

SIX = (
    Open(
        "SOLUSDT", "Buy", "50.0", "5", 192, 21.8, exits=((43, "15.0", "roe50"), (13, "15.0", "roe100")),
        take_profit_pct=6.2, stop_loss_pct=-15.0, trailing_pct=9.5,
    ),
    Open("BTCUSDT", "Sell", "0.120", "10", 41, 0.6, idx=2, take_profit_pct=-5.3, stop_loss_pct=1.2),
    Open("ETHUSDT", "Buy", "1.50", "8", 65, 0.8),
    Open("1000PEPEUSDT", "Buy", "210000", "3", 1360, -1.9, take_profit_pct=14.0, stop_loss_pct=-5.7),
    Open(
        "AVAXUSDT", "Sell", "80.0", "5", 411, 1.9, exits=((250, "20.0", "target"),),
        take_profit_pct=-12.9, stop_loss_pct=2.3,
    ),
    Open("LINKUSDT", "Buy", "80.0", "5", 12, -0.8, stop_loss_pct=-2.1),
)  # fmt: skip

WAITING = (
    Waiting("ETHUSDT", "Sell", "0.50", 4.5, "desk-ETHUSDT-target1", reduce_only=True),
    Waiting("LINKUSDT", "Buy", "40.0", -3.5, "desk-LINKUSDT-dip"),
    Waiting("AVAXUSDT", "Sell", "30.0", -2.5, "desk-AVAXUSDT-breakdown", conditional=True),
)

BOTH_SIDES = (
    Open("BTCUSDT", "Buy", "0.200", "10", 300, 1.1, idx=1, take_profit_pct=4.0, stop_loss_pct=-3.0),
    Open("BTCUSDT", "Sell", "0.120", "10", 95, 0.0, idx=2, stop_loss_pct=2.5),
    Open("ETHUSDT", "Buy", "2.00", "8", 200, -0.7, idx=1, exits=((60, "0.50", "trim"),)),
    Open("ETHUSDT", "Sell", "3.00", "8", 150, 0.0, idx=2, take_profit_pct=-4.0, stop_loss_pct=3.0),
    Open("SOLUSDT", "Buy", "40.0", "5", 77, 0.9, stop_loss_pct=-4.0),
    Open("ETHPERP", "Buy", "0.50", "5", 55, 0.4, stop_loss_pct=-3.0),
    Open("BTCUSD", "Sell", "2500", "5", 120, -0.8, take_profit_pct=-6.0, stop_loss_pct=3.0),
)


class Actor(Protocol):
    """Somebody who acts by the clock of the engine."""

    next_ms: int

    def act(self, now_ms: int) -> None:
        """Do what is due, and set ``next_ms``."""


@dataclass(frozen=True)
class Plan:
    """One scenario. Deposits are made before its past begins."""

    opens: tuple[Open, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    lives: int = 0
    days: int = 9
    deposits: dict[str, str] = field(default_factory=lambda: {"USDT": "12480"})
    hedged: tuple[str, ...] = ()
    margin_mode: str = ISOLATED
    grid_ms: int = 250
    agitation: float = 1.0
    numbered: int = 0
    bot_pace_ms: int = 0
    weather: bool = False
    drill: bool = False


PLANS: dict[str, Callable[[], Plan]] = {
    "default": lambda: Plan(
        opens=SIX,
        waiting=WAITING,
        lives=42,
        deposits={"USDT": "10900"},
        hedged=("BTCUSDT",),
        bot_pace_ms=30_000,
    ),
    "quiet": lambda: Plan(agitation=0.3),
    "busy": lambda: Plan(
        opens=_two_hundred(),
        lives=20,
        deposits={"USDT": "250000"},
        grid_ms=40,
        numbered=190,
        bot_pace_ms=1_000,
    ),
    "hedge": lambda: Plan(
        opens=BOTH_SIDES,
        lives=20,
        deposits={"USDT": "20000", "USDC": "1500", "BTC": "0.05"},
        hedged=("BTCUSDT", "ETHUSDT"),
        margin_mode=CROSS,
        bot_pace_ms=30_000,
    ),
    "storm": lambda: Plan(
        opens=SIX,
        lives=42,
        deposits={"USDT": "10900"},
        hedged=("BTCUSDT",),
        agitation=2.5,
        bot_pace_ms=15_000,
        weather=True,
    ),
    "drill": lambda: Plan(opens=SIX, lives=12, deposits={"USDT": "10900"}, hedged=("BTCUSDT",), drill=True),
}
NAMES = tuple(PLANS)


def plan(name: str) -> Plan:
    """The scenario of a name.

    Raises:
        ValueError: there is none; the text lists the known ones.
    """
    if name not in PLANS:
        raise ValueError(f"unknown scenario {name!r}, known are: {', '.join(NAMES)}")
    return PLANS[name]()


def _two_hundred() -> tuple[Open, ...]:
    """Ten well-known symbols and 190 numbered ones, long and short by turns."""
    known = [i for i in listed() if i.settle == "USDT"]
    return tuple(_one_of_many(number, i) for number, i in enumerate([*known, *numbered(190)]))


def _one_of_many(number: int, i: Instrument) -> Open:
    qty = (Decimal(1_000 + 37 * (number % 50)) / i.start_price).quantize(i.step)
    qty = max(i.min_qty, qty // i.step * i.step)
    long = number % 2 == 0
    stop = -8.0 if long else 8.0
    side = "Buy" if long else "Sell"
    return Open(i.symbol, side, format(qty, "f"), "5", 30 + number, 0.5 - (number % 7) / 5, stop_loss_pct=stop)


def make_venue(chosen: Plan, seed: int, start_ms: int) -> Venue:
    """The empty exchange of a scenario."""
    instruments = [*listed(), *numbered(chosen.numbered)]
    venue = Venue(Market(instruments, seed, start_ms, chosen.grid_ms, chosen.agitation), seed, start_ms)
    venue.margin_mode = chosen.margin_mode
    for symbol in chosen.hedged:
        venue.hedged[symbol] = True
    for opened in chosen.opens:
        leverage = Decimal(opened.leverage)
        venue.set_leverage(opened.symbol, leverage, leverage)
    return venue


def furnish(chosen: Plan, exchange: Exchange, seed: int) -> None:
    """Give the account its money and its past."""
    now = exchange.now_ms
    for coin, amount in chosen.deposits.items():
        exchange.venue.ledger.transfer(coin, Decimal(amount), now - (chosen.days + 1) * DAY_MS)
    history.lay_drifts(exchange, chosen.opens)
    rng = random.Random(f"{seed}:history")  # noqa: S311 - reproducible on purpose
    trades = list(history.trades_of(chosen.opens, now))
    trades.extend(history.closed_lives(exchange, rng, chosen.lives, chosen.days, chosen.opens))
    history.replay(exchange, trades)
    history.set_stops(exchange, chosen.opens)
    history.place_waiting(exchange, chosen.waiting)


def actors(chosen: Plan, exchange: Exchange, seed: int, positions_json: Path | None) -> list[Actor]:
    """Who acts in a scenario."""
    found: list[Actor] = []
    if chosen.bot_pace_ms:
        found.append(Bot(exchange, seed, BOT_SYMBOLS, chosen.bot_pace_ms, positions_json=positions_json))
    if chosen.weather:
        found.append(Weather(exchange, seed))
    if chosen.drill:
        found.append(Drill(exchange))
    return found


class Weather:
    """Regimes by chance: a crash with its recovery, a gap, or a trend, every half minute somewhere."""

    def __init__(self, exchange: Exchange, seed: int) -> None:
        self._exchange = exchange
        self._rng = random.Random(f"{seed}:weather")  # noqa: S311 - reproducible on purpose
        self._symbols = [i.symbol for i in exchange.venue.market.instruments.values()]
        self.next_ms = exchange.now_ms + 10_000

    def act(self, now_ms: int) -> None:
        """Lay the next regime over one symbol."""
        self.next_ms = now_ms + self._rng.randrange(15_000, 45_000)
        symbol = self._rng.choice(self._symbols)
        percent = format(self._rng.choice((-1, 1)) * self._rng.uniform(0.5, 3.0), ".2f")
        kind = self._rng.choice(("trend", "crash", "gap"))
        if kind == "crash":
            self._exchange.stage("move", symbol=symbol, percent="-6.00", over_ms=8_000)
            self._exchange.stage("move", symbol=symbol, percent="5.50", over_ms=120_000)
        else:
            self._exchange.stage("move", symbol=symbol, percent=percent, over_ms=90_000 if kind == "trend" else 0)


TIMETABLE: tuple[tuple[int, str, dict[str, object]], ...] = (
    (20, "move", {"symbol": "LINKUSDT", "percent": "-3.0", "over_ms": 15_000}),  # runs into its stop
    (60, "adl", {"symbol": "AVAXUSDT", "percent": "30"}),
    (90, "fund", {"symbol": "SOLUSDT"}),
    (120, "liquidate", {"symbol": "ETHUSDT"}),
    (150, "move", {"symbol": "BTCUSDT", "percent": "1.0", "over_ms": 5_000}),
    (180, "settle", {"symbol": "1000PEPEUSDT"}),
)


class Drill:
    """One incident after another, by the timetable; what cannot happen any more is left out."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._left = [(exchange.now_ms + seconds * 1_000, name, kwargs) for seconds, name, kwargs in TIMETABLE]
        self.next_ms = self._left[0][0]
        self.skipped: list[str] = []

    def act(self, now_ms: int) -> None:
        """Bring about what is due."""
        while self._left and self._left[0][0] <= now_ms:
            _, name, kwargs = self._left.pop(0)
            try:
                self._exchange.stage(name, **kwargs)
            except Refused as refused:
                self.skipped.append(str(refused))
        self.next_ms = self._left[0][0] if self._left else 1 << 62
