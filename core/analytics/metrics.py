"""Session statistics: closed trades → one summary. Pure; definitions of DESIGN section 3.

A win has net > 0, a loss net < 0. Trades whose result is not proven are counted as pending and enter no money figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from core.formulas import HUNDRED
from core.model import ClosedTrade, SessionSummary
from core.money import ZERO

# Coins whose amounts may be added to each other; a trade settled in another coin counts as won or lost, unsummed.
USD_COINS = frozenset({"USDT", "USDC"})


def _ratio(numerator: Decimal, denominator: Decimal | int) -> Decimal | None:
    return numerator / denominator if denominator else None


def drawdown(results: Iterable[Decimal]) -> Decimal:
    """Largest fall of the running sum of results from its highest point so far (which starts at 0); ≥ 0."""
    total = peak = worst = ZERO
    for result in results:
        total += result
        peak = max(peak, total)
        worst = max(worst, peak - total)
    return worst


def summarise(trades: Iterable[ClosedTrade], started_ms: int = 0) -> SessionSummary:
    """Summarise closed trades, in any order; open positions and balances are the caller's to add.

    Returns:
        Money in USD-like coins; percentages 0–100; ``average_hold_ms`` over trades whose opening is known.
    """
    counted = sorted(trades, key=lambda t: (t.closed_ms, t.life_id))
    signs = [t.net_pnl for t in counted if t.net_pnl is not None]
    wins, losses = sum(r > 0 for r in signs), sum(r < 0 for r in signs)
    holds = [t.closed_ms - t.opened_ms for t in counted if t.is_complete]
    money = _money([t for t in counted if t.settle_coin in USD_COINS and t.net_pnl is not None])
    return SessionSummary(
        started_ms=started_ms,
        closed_trades=len(counted),
        wins=wins,
        losses=losses,
        break_even=len(signs) - wins - losses,
        pending=len(counted) - len(signs),
        win_rate_pct=_ratio(HUNDRED * wins, len(signs)),
        average_hold_ms=sum(holds) // len(holds) if holds else None,
        **money,
    )


def _money(trades: list[ClosedTrade]) -> dict[str, Any]:
    """The summary's money fields, of proven trades settled in USD-like coins, in order of closing."""
    results = [t.net_pnl for t in trades if t.net_pnl is not None]
    wins, losses = [r for r in results if r > 0], [r for r in results if r < 0]
    profit, loss, net = sum(wins, ZERO), sum(losses, ZERO), sum(results, ZERO)
    return {
        "total_realised_pnl": net,
        "gross_profit": profit,
        "gross_loss": loss,
        "profit_factor": _ratio(profit, -loss),
        "expectancy": _ratio(net, len(results)),
        "average_win": _ratio(profit, len(wins)),
        "average_loss": _ratio(loss, len(losses)),
        "max_drawdown": drawdown(results),
        "fees": sum((t.fees for t in trades if t.fees is not None), ZERO),
        "funding": sum((t.funding for t in trades if t.funding is not None), ZERO),
    }
