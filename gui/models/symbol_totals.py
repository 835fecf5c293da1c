"""The columns of the table "By symbol": closed trades of a period, one row per contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui import text
from gui.models.cell import Cell, Column, Facts
from gui.text import translate

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from core.analytics.period_report import PeriodReport, SymbolTotal


def _symbol(one: SymbolTotal, facts: Facts) -> Cell:
    return Cell(text=one.symbol, is_strong=True)


def _trades(one: SymbolTotal, facts: Facts) -> Cell:
    s = one.summary
    return Cell(text=f"{s.closed_trades:,}", below=f"{s.wins}/{s.losses}")


def _win_rate(one: SymbolTotal, facts: Facts) -> Cell:
    return Cell(text=text.percent(one.summary.win_rate_pct, 1))


def _in_dollars(one: SymbolTotal, amount: Decimal) -> Decimal | None:
    """A sum of amounts in dollars; None where there are results and none of them is in dollars."""
    s = one.summary
    return amount if s.expectancy is not None or s.pending == s.closed_trades else None


def _net(one: SymbolTotal, facts: Facts) -> Cell:
    net = _in_dollars(one, one.summary.total_realised_pnl)
    return Cell(text=text.money(net, signed=True), tone=text.tone_of(net), is_strong=True)


def _average(one: SymbolTotal, facts: Facts) -> Cell:
    mean = one.summary.expectancy
    factor = text.number(one.summary.profit_factor, 2)
    return Cell(
        text=text.money(mean, signed=True),
        tone=text.tone_of(mean),
        below=translate("BySymbol", "factor {value}").format(value=factor),
    )


def _drawdown(one: SymbolTotal, facts: Facts) -> Cell:
    return Cell(text=text.money(_in_dollars(one, -one.summary.max_drawdown)))


def _hold(one: SymbolTotal, facts: Facts) -> Cell:
    return Cell(text=text.duration(one.summary.average_hold_ms))


def _costs(one: SymbolTotal, facts: Facts) -> Cell:
    funding = translate("BySymbol", "funding {value}").format(
        value=text.money(_in_dollars(one, one.summary.funding), signed=True)
    )
    return Cell(text=text.money(_in_dollars(one, -one.summary.fees)), below=funding)


def _tip(name: str) -> Callable[[SymbolTotal, Facts], str]:
    """The definition of a figure of the Session page, for the trades of one contract."""

    def tip(one: SymbolTotal, facts: Facts) -> str:
        from gui.views.session_tiles import explanations  # when it is asked for

        return explanations(one.summary)[name]

    return tip


def totals(report: PeriodReport, facts: Facts) -> dict[str, Cell]:
    """The period as a whole, by column name."""
    from core.analytics.period_report import SymbolTotal  # with the first report

    whole = SymbolTotal("", report.summary)
    cells = {column.name: column.cell(whole, facts) for column in columns()}
    shown = translate("Totals", "{n} symbols").format(n=f"{len(report.symbols):,}")
    return cells | {"symbol": Cell(text=shown, is_strong=True)}


def columns() -> tuple[Column, ...]:
    """The columns, in the user's language."""
    t = translate
    return (
        Column(
            "symbol", (t("BySymbol", "Symbol"),), _symbol, lambda o: o.symbol, widest="1000000MOGUSDT",
            is_right=False, stretch=3, search=lambda o: o.symbol,
        ),
        Column(
            "trades", (t("BySymbol", "Trades"), t("BySymbol", "won/lost")), _trades,
            lambda o: o.summary.closed_trades, _tip("trades"), widest="1,000/1,000", stretch=1,
            line_keys=(lambda o: o.summary.closed_trades, lambda o: o.summary.wins),
        ),
        Column("win_rate", (t("BySymbol", "Win rate"),), _win_rate, lambda o: o.summary.win_rate_pct,
               _tip("win_rate"), widest="100.0%", stretch=1),
        Column("net", (t("BySymbol", "Net PnL"),), _net, lambda o: o.summary.total_realised_pnl,
               _tip("net"), widest="−10,000.00", stretch=1),
        Column(
            "average", (t("BySymbol", "Expectancy"), t("BySymbol", "profit factor")), _average,
            lambda o: o.summary.expectancy, _tip("expectancy"), widest="factor 10.00", stretch=1,
            line_keys=(lambda o: o.summary.expectancy, lambda o: o.summary.profit_factor),
        ),
        Column(
            "drawdown", (t("BySymbol", "Max drawdown"),), _drawdown, lambda o: o.summary.max_drawdown,
            _tip("drawdown"), widest="Max drawdown", stretch=1,
        ),
        Column(
            "hold", (t("BySymbol", "Average hold"),), _hold, lambda o: o.summary.average_hold_ms,
            _tip("hold"), widest="Average hold", stretch=1,
        ),
        Column(
            "costs", (t("BySymbol", "Fees"), t("BySymbol", "funding")), _costs, lambda o: o.summary.fees,
            _tip("costs"), widest="funding −100.00", stretch=1,
            line_keys=(lambda o: o.summary.fees, lambda o: o.summary.funding),
        ),
    )  # fmt: skip
