"""A scripted trading bot: opens, adds, takes partial exits and closes, and keeps the older bot's ``positions.json``.

It trades through the same commands as any client, quickly at first and then at its pace. It sometimes peeks at the
prices to come, so that it wins about as often as a fair strategy would after fees. Its orderLinkIds read
``bot-<symbol>-<life>-<step>``, where the step is ``open``, ``add1``, ``exit1-roe50``, ``exit2-roe100`` or
``close-<reason>``.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from core.paper.figures import floor_to, round_to
from core.paper.refusals import Refused

if TYPE_CHECKING:
    from core.paper.engine import Exchange

FIRST_MS = 3_000
QUICK_ACTIONS, QUICK_MS = 10, 5_000  # so that every table has rows within a minute
PEEK_MS, PEEK_SHARE = 300_000, 0.75
STEPS = ("add1", "exit1-roe50", "exit2-roe100", "close-target")


@dataclass
class Life:
    """What the bot knows of one of its positions."""

    number: int
    symbol: str
    side: str
    qty: Decimal
    opened_ms: int
    confidence: float
    steps: list[str] = field(default_factory=lambda: list(STEPS))
    exits: list[dict[str, object]] = field(default_factory=list)

    @property
    def link(self) -> str:
        """The orderLinkId of its opening order."""
        return f"bot-{self.symbol}-{self.number:04d}"


class Bot:
    """An actor of the engine: ``act`` is called when ``next_ms`` has come.

    Args:
        symbols: where it trades; nothing else is touched.
        pace_ms: average time between two of its actions, after the first quick ones.
        notional: of an opening order, in USDT.
    """

    def __init__(
        self,
        exchange: Exchange,
        seed: int,
        symbols: tuple[str, ...],
        pace_ms: int,
        notional: int = 1_200,
        positions_json: Path | None = None,
    ) -> None:
        self._exchange = exchange
        self._rng = random.Random(f"{seed}:bot")  # noqa: S311 - reproducible on purpose
        self._symbols = symbols
        self._pace_ms = pace_ms
        self._notional = notional
        self._file = positions_json
        self._lives: dict[str, Life] = {}
        self._closed: list[dict[str, object]] = []
        self._count = 0
        self._actions = 0
        self.next_ms = exchange.now_ms + FIRST_MS
        self.refusals: list[str] = []

    def act(self, now_ms: int) -> None:
        """One action: the oldest life takes its next step, or a new one begins."""
        self._actions += 1
        pace_ms = min(QUICK_MS, self._pace_ms) if self._actions < QUICK_ACTIONS else self._pace_ms
        self.next_ms = now_ms + self._rng.randrange(pace_ms // 2, pace_ms * 3 // 2)
        self._forget_flat(now_ms)
        free = [symbol for symbol in self._symbols if symbol not in self._lives]
        due = list(self._lives.values())
        try:
            if free and (not due or (len(due) < 3 and self._rng.random() < 0.35)):
                self._open(self._rng.choice(free), now_ms)
            elif due:
                self._next_step(due[0], now_ms)
        except Refused as refused:
            self.refusals.append(str(refused))
        self._write(now_ms)

    def _forget_flat(self, now_ms: int) -> None:
        """A stop, a liquidation or a person closed it: the life is over."""
        for symbol, life in list(self._lives.items()):
            if not self._size(symbol):
                self._end(life, now_ms, "closed elsewhere")

    def _size(self, symbol: str) -> Decimal:
        return self._exchange.venue.position(symbol, 0).size

    def _open(self, symbol: str, now_ms: int) -> None:
        market = self._exchange.venue.market
        instrument, last = market.instruments[symbol], market.quote(symbol).last
        qty = floor_to(Decimal(self._notional) / last, instrument.step)
        self._count += 1
        confidence = round(self._rng.uniform(0.55, 0.92), 2)
        life = Life(self._count, symbol, self._choose_side(symbol, last, now_ms), qty, now_ms, confidence)
        self._order(life, life.side, qty, "open", closes=False)
        self._lives[symbol] = life
        away = Decimal("0.985") if life.side == "Buy" else Decimal("1.015")
        stop = format(round_to(last * away, instrument.tick), "f")
        self._exchange.set_trading_stop(
            {"category": "linear", "symbol": symbol, "positionIdx": 0, "tpslMode": "Full", "stopLoss": stop}
        )

    def _choose_side(self, symbol: str, last: Decimal, now_ms: int) -> str:
        rises = self._exchange.venue.market.last_price(symbol, now_ms + PEEK_MS) > last
        peeks = self._rng.random() < PEEK_SHARE
        return "Buy" if rises is peeks else "Sell"

    def _next_step(self, life: Life, now_ms: int) -> None:
        step = life.steps.pop(0)
        instrument = self._exchange.venue.market.instruments[life.symbol]
        reverse = "Sell" if life.side == "Buy" else "Buy"
        size = self._size(life.symbol)
        part = max(instrument.min_qty, floor_to(life.qty * Decimal("0.4"), instrument.step))
        if step.startswith("add"):
            self._order(life, life.side, part, step, closes=False)
        elif step.startswith("close"):
            self._order(life, reverse, size, step, closes=True)
            self._end(life, now_ms, step.partition("-")[2])
        elif part < size:
            self._order(life, reverse, part, step, closes=True)
            self._note_exit(life, part, step, now_ms)

    def _order(self, life: Life, side: str, qty: Decimal, step: str, *, closes: bool) -> None:
        self._exchange.create_order(
            {
                "category": "linear",
                "symbol": life.symbol,
                "side": side,
                "orderType": "Market",
                "qty": format(qty, "f"),
                "positionIdx": 0,
                "reduceOnly": closes,
                "orderLinkId": f"{life.link}-{step}",
            }
        )

    def _last_pnl(self) -> Decimal:
        return self._exchange.venue.ledger.executions[-1].pnl

    def _note_exit(self, life: Life, qty: Decimal, step: str, now_ms: int) -> None:
        execution = self._exchange.venue.ledger.executions[-1]
        life.exits.append(
            {
                "timestamp": now_ms / 1000,
                "size": float(qty * execution.price),
                "price": float(execution.price),
                "realized_pnl": float(execution.pnl),
                "reason": step.partition("-")[2],
            }
        )

    def _end(self, life: Life, now_ms: int, reason: str) -> None:
        record = self._record(life, now_ms)
        record.update(close_time=now_ms / 1000, close_reason=reason)
        self._closed.append(record)
        del self._lives[life.symbol]

    # the older bot's file; its numbers are JSON floats, as that bot wrote them

    def _write(self, now_ms: int) -> None:
        if self._file is None:
            return
        document = {
            "open_positions": {life.link: self._record(life, now_ms) for life in self._lives.values()},
            "closed_positions": self._closed[-200:],
            "session_stats": self._statistics(),
            "last_saved": now_ms / 1000,
        }
        beside = self._file.with_suffix(".tmp")
        beside.write_text(json.dumps(document, indent=1), encoding="utf-8")
        beside.replace(self._file)

    def _record(self, life: Life, now_ms: int) -> dict[str, object]:
        position = self._exchange.venue.position(life.symbol, 0)
        mark = self._exchange.venue.mark(life.symbol)
        pnl = position.unrealised(mark) if position.size else Decimal(0)
        margin = position.entry_value / position.leverage
        return {
            "position_id": life.link,
            "symbol": life.symbol,
            "side": "buy" if life.side == "Buy" else "sell",
            "entry_price": float(position.entry_price),
            "current_price": float(mark),
            "position_size": float(position.size * mark),
            "leverage": float(position.leverage),
            "unrealized_pnl": float(pnl),
            "roe_percentage": float(pnl / margin * 100) if margin else 0.0,
            "realized_pnl": float(position.realised),
            "open_time": life.opened_ms / 1000,
            "close_time": None,
            "confidence": life.confidence,
            "open_reason": f"ML {life.side.upper()} {life.confidence:.0%}",
            "close_reason": None,
            "atr": round(1.0 + 2.0 * life.confidence, 2),
            "adx": round(18 + 20 * life.confidence, 1),
            "volatility": 2.8,
            "real_initial_margin": float(margin),
            "partial_exits": life.exits,
        }

    def _statistics(self) -> dict[str, object]:
        results = [float(str(record["realized_pnl"])) for record in self._closed]
        wins = sum(result > 0 for result in results)
        return {
            "total_trades": len(results),
            "wins": wins,
            "losses": len(results) - wins,
            "total_pnl": sum(results),
            "win_rate": 100.0 * wins / len(results) if results else 0.0,
        }
