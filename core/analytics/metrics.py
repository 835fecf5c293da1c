"""Session statistics: closed trades → one summary. Pure but for the Tally that counts; definitions of DESIGN section 3.

A win has net > 0, a loss net < 0. Trades whose result is not proven are counted as pending and enter no money figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from core.formulas import HUNDRED
from core.model import ClosedTrade, SessionSummary
from core.money import EXACT, ZERO

# Coins whose amounts may be added to each other; a trade settled in another coin counts as won or lost, unsummed.
USD_COINS = frozenset({"USDT", "USDC"})


def _ratio(numerator: Decimal, denominator: Decimal | int) -> Decimal | None:
    return numerator / denominator if denominator else None


class Drawdown:
    """Largest fall of a running sum of results from its highest point so far (which starts at 0)."""

    def __init__(self) -> None:
        self.total = self._peak = self._low = self.worst = ZERO

    def add(self, result: Decimal) -> None:
        """Take the next result."""
        self.total = EXACT.add(self.total, result)
        self._peak = max(self._peak, self.total)
        self._low = min(self._low, self.total)
        self.worst = max(self.worst, EXACT.subtract(self._peak, self.total))

    def join(self, later: Drawdown) -> None:
        """Take all that another one has taken."""
        deepest = EXACT.add(self.total, later._low)
        self.worst = max(self.worst, later.worst, EXACT.subtract(self._peak, deepest))
        self._peak = max(self._peak, EXACT.add(self.total, later._peak))
        self._low = min(self._low, deepest)
        self.total = EXACT.add(self.total, later.total)


class Streaks:
    """Results in a row that all won or all lost. ``first`` and ``last``: the runs at both ends, losses negative."""

    def __init__(self) -> None:
        self.longest_win = self.longest_loss = self.first = self.last = self._count = 0

    def add(self, result: Decimal) -> None:
        """Take the next result; zero ends a run."""
        step = (result > 0) - (result < 0)
        self._count += 1
        self.last = self.last + step if self.last * step > 0 else step
        if abs(self.last) == self._count:  # one run so far
            self.first = self.last
        self._remember(self.last)

    def join(self, later: Streaks) -> None:
        """Take all that another one has taken."""
        if not later._count:
            return
        is_joined = self.last * later.first > 0 or not self._count
        across = self.last + later.first if is_joined else later.first
        self._remember(later.longest_win)
        self._remember(-later.longest_loss)
        self._remember(across)
        if is_joined and abs(self.last) == self._count:
            self.first = across
        self.last = across if abs(later.last) == later._count else later.last
        self._count += later._count

    def _remember(self, run: int) -> None:
        self.longest_win = max(self.longest_win, run)
        self.longest_loss = max(self.longest_loss, -run)


_COUNTS: Final = (
    "_trades", "_wins", "_losses", "_known", "_holds", "_hold_ms", "_money_wins", "_money_losses", "_money_trades",
)  # fmt: skip
_SUMS: Final = ("_profit", "_loss", "_fees", "_funding")


class Tally:
    """Counts closed trades one by one, in order of closing; the same trades give the same summary to the last digit.

    Args:
        newest_first: they come in the opposite order. Only which streak is the present one depends on it.
    """

    def __init__(self, *, newest_first: bool = False) -> None:
        self._newest_first = newest_first
        self._streaks = Streaks()
        self._trades = self._wins = self._losses = self._known = 0
        self._holds = self._hold_ms = 0
        self._money_wins = self._money_losses = self._money_trades = 0
        self._profit = self._loss = self._fees = self._funding = ZERO
        self._curve = Drawdown()

    def add(self, trade: ClosedTrade) -> None:
        """Count the next trade to have closed."""
        self._trades += 1
        if trade.is_complete:
            self._holds += 1
            self._hold_ms += trade.closed_ms - trade.opened_ms
        net = trade.net_pnl
        if net is None:
            return
        self._known += 1
        self._wins += net > 0
        self._losses += net < 0
        self._streaks.add(net)
        if trade.settle_coin in USD_COINS:
            self._add_money(trade, net)

    def _add_money(self, trade: ClosedTrade, net: Decimal) -> None:
        self._money_trades += 1
        self._money_wins += net > 0
        self._money_losses += net < 0
        self._profit = EXACT.add(self._profit, max(net, ZERO))
        self._loss = EXACT.add(self._loss, min(net, ZERO))
        self._fees = EXACT.add(self._fees, trade.fees or ZERO)
        self._funding = EXACT.add(self._funding, trade.funding or ZERO)
        self._curve.add(net)

    def join(self, later: Tally) -> None:
        """Count all that another one has counted, as what closed after this one's."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(later, name))
        for name in _SUMS:
            setattr(self, name, EXACT.add(getattr(self, name), getattr(later, name)))
        self._streaks.join(later._streaks)
        self._curve.join(later._curve)

    def summary(self, started_ms: int = 0) -> SessionSummary:
        """What was counted so far.

        Returns:
            Money in USD-like coins; percentages 0–100; ``average_hold_ms`` over trades whose opening is known.
        """
        return summary_of(
            started_ms,
            trades=self._trades,
            wins=self._wins,
            losses=self._losses,
            known=self._known,
            holds=self._holds,
            hold_ms=self._hold_ms,
            money_wins=self._money_wins,
            money_losses=self._money_losses,
            money_trades=self._money_trades,
            profit=self._profit,
            loss=self._loss,
            fees=self._fees,
            funding=self._funding,
            total=self._curve.total,
            fall=self._curve.worst,
            streaks=(
                self._streaks.longest_win,
                self._streaks.longest_loss,
                self._streaks.first if self._newest_first else self._streaks.last,
            ),
        )


def summary_of(
    started_ms: int,
    *,
    trades: int = 0,
    wins: int = 0,
    losses: int = 0,
    known: int = 0,
    holds: int = 0,
    hold_ms: int = 0,
    money_wins: int = 0,
    money_losses: int = 0,
    money_trades: int = 0,
    profit: Decimal = ZERO,
    loss: Decimal = ZERO,
    fees: Decimal = ZERO,
    funding: Decimal = ZERO,
    total: Decimal = ZERO,
    fall: Decimal = ZERO,
    streaks: tuple[int, int, int] = (0, 0, 0),
) -> SessionSummary:
    """The summary that counts and sums make, whoever counted.

    Args:
        known: trades with a known result. holds: those whose opening is known, ``hold_ms`` together.
        money_trades: those with a known result in USD-like coins; the sums are over these.
        fall: the largest fall of the running sum from its highest point.
        streaks: the longest of wins, the longest of losses, the present one (losses negative).
    """
    expectancy, average_loss = _ratio(total, money_trades), _ratio(loss, money_losses)
    return SessionSummary(
        started_ms=started_ms,
        closed_trades=trades,
        wins=wins,
        losses=losses,
        break_even=known - wins - losses,
        pending=trades - known,
        win_rate_pct=_ratio(HUNDRED * wins, known),
        average_hold_ms=hold_ms // holds if holds else None,
        total_realised_pnl=total,
        gross_profit=profit,
        gross_loss=loss,
        profit_factor=_ratio(profit, -loss),
        expectancy=expectancy,
        expectancy_r=None if expectancy is None or average_loss is None else expectancy / -average_loss,
        average_win=_ratio(profit, money_wins),
        average_loss=average_loss,
        longest_win_streak=streaks[0],
        longest_loss_streak=streaks[1],
        current_streak=streaks[2],
        max_drawdown=fall,
        fees=fees,
        funding=funding,
    )


def summarise(trades: Iterable[ClosedTrade], started_ms: int = 0) -> SessionSummary:
    """Summarise closed trades, in any order; open positions and balances are the caller's to add."""
    tally = Tally()
    for trade in sorted(trades, key=lambda t: (t.closed_ms, t.life_id)):
        tally.add(trade)
    return tally.summary(started_ms)
