"""What open positions can be ranked by beside the two lines of each column: values that share a cell with others."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from gui.models import attribution
from gui.models.cell import Facts, Rank
from gui.text import translate

if TYPE_CHECKING:
    from decimal import Decimal
    from types import ModuleType

    from core.model import Position


def _figures() -> ModuleType:
    from gui.models import figures  # with the first order by one of these, not before the first paint

    return figures


def liquidation_distance(position: Position) -> Any:
    """Percent of the mark; None without a liquidation price."""
    return _figures().distance_from_mark(position, position.liq_price)


def nearest_exit(position: Position) -> Any:
    """Percent of the mark to the nearer of stop and liquidation; None where there is neither."""
    return _figures().nearest_exit(position)


def next_funding(position: Position) -> Any:
    """What the next funding pays, in the settle coin; None while that is not known."""
    return _figures().next_funding(position)


def _stop_distance(position: Position) -> Any:
    return _figures().distance_from_mark(position, position.stop_loss)


def _target_distance(position: Position) -> Any:
    return _figures().distance_from_mark(position, position.take_profit)


def _at_stop(position: Position) -> Any:
    return _figures().pnl_at(position, position.stop_loss)


def _at_target(position: Position) -> Any:
    return _figures().pnl_at(position, position.take_profit)


def _break_even(position: Position, facts: Facts) -> Decimal | None:
    taker = facts.snapshot.taker_fee(position.key) if facts.snapshot else None
    found: Decimal | None = _figures().break_even(position, taker)
    return found


def _to_break_even(position: Position, facts: Facts) -> Any:
    return _figures().distance_from_mark(position, _break_even(position, facts))


def more() -> dict[str, tuple[Rank, ...]]:
    """By column, in the user's language. The first of a column without a value of its own is its usual one."""
    t = translate
    return {
        "symbol": (
            Rank("side", t("Positions", "Side"), attrgetter("side")),
            Rank("leverage", t("Positions", "Leverage"), attrgetter("leverage")),
            Rank("mode", t("Positions", "Margin mode"), lambda p: (p.margin_mode, p.is_hedge)),
        ),
        "price": (Rank("last", t("Positions", "Last price"), attrgetter("last_price")),),
        "realised": (
            Rank("fees", t("Positions", "Fees paid"), attrgetter("fees"), 1),
            Rank("paid_funding", t("Positions", "Funding so far"), attrgetter("funding")),
        ),
        "stops": (
            Rank("at_stop", t("Positions", "Result at stop loss"), _at_stop),
            Rank("at_target", t("Positions", "Result at take profit"), _at_target),
            Rank("stop_distance", t("Positions", "Stop loss distance"), _stop_distance),
            Rank("target_distance", t("Positions", "Take profit distance"), _target_distance),
            Rank("trailing", t("Positions", "Trailing distance"), lambda p: _figures().trailing_share(p)),
        ),
        "exits": (
            Rank("share", t("Positions", "Share out"), lambda p: _figures().exited_share(p)),
            Rank("count", t("Positions", "Number of exits"), lambda p: len(p.partial_exits)),
        ),
        "time": (
            Rank("due", t("Positions", "Funding due"), attrgetter("next_funding_ms")),
            Rank("rate", t("Positions", "Funding rate"), attrgetter("funding_rate")),
        ),
        "break_even": (
            Rank("own", t("Positions", "Break-even"), _break_even, 0, looks_up=True),
            Rank("bybit", t("Positions", "Break-even at Bybit"), attrgetter("break_even_price"), 1),
            Rank("to_even", t("Positions", "Distance to break-even"), _to_break_even, looks_up=True),
        ),
        "age": (
            Rank("report", t("Positions", "Age of the report"), lambda p: -p.received_mono, 1),
        ),
        "opened_by": (
            Rank("opened", t("Positions", "Opened by"), attribution.opened_by, 0, looks_up=True),
            Rank("reduced", t("Positions", "Reduced by"), attribution.reduced_by, 1, looks_up=True),
        ),
        "note": (
            Rank("why", t("Positions", "Bot note"), attribution.note_of, 0, looks_up=True),
            Rank("confidence", t("Positions", "Bot's confidence"), attribution.confidence_of, looks_up=True),
        ),
    }  # fmt: skip
