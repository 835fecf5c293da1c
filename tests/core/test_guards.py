"""Every watch goes off where it says and nowhere else; None switches it off."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from core.guards import DAY_MS, GuardSettings, check
from core.model import Order, PartialExit, Position, Snapshot
from tests.strategies import START_MS, a_position, an_order

D = Decimal
LONG = replace(a_position("Buy", 10), opened_ms=START_MS, mark_price=D(100), liq_price=D(50))
SHORT = replace(a_position("Sell", 10), opened_ms=START_MS, mark_price=D(100), liq_price=D(150))


def seen(*positions: Position, orders: tuple[Order, ...] = ()) -> Snapshot:
    """A snapshot of an account that holds this and nothing else."""
    return Snapshot(environment="paper", account="Main", positions=positions, orders=orders)


def alerts(snapshot: Snapshot, after_s: int = 3_600, **settings: object) -> list[str]:
    """The kinds of what goes off so long after the positions were opened."""
    off = GuardSettings(unprotected_after_s=None, max_positions=None, near_liquidation_pct=None, daily_loss=None)
    return [alert.kind for alert in check(snapshot, replace(off, **settings), START_MS + after_s * 1000)]


@pytest.mark.parametrize(("after_s", "expected"), [(59, []), (60, ["unprotected"]), (61, ["unprotected"])])
def test_a_position_without_a_stop_is_told_of_after_its_time(after_s: int, expected: list[str]) -> None:
    assert alerts(seen(LONG), after_s, unprotected_after_s=60) == expected
    assert alerts(seen(LONG), after_s) == []
    assert alerts(seen(replace(LONG, opened_ms=None)), after_s, unprotected_after_s=60) == ["unprotected"]


@pytest.mark.parametrize("changes", [{"stop_loss": D(90)}, {"trailing_stop": D(3)}])
def test_a_position_with_a_stop_of_its_own_is_not(changes: dict[str, Decimal]) -> None:
    assert alerts(seen(replace(LONG, **changes)), unprotected_after_s=60) == []
    assert alerts(seen(replace(LONG, take_profit=D(120))), unprotected_after_s=60) == ["unprotected"]


@pytest.mark.parametrize(
    ("position", "side", "changes", "is_protection"),
    [
        (LONG, "Sell", {"trigger_direction": 2}, True),
        (LONG, "Sell", {"trigger_direction": 1}, False),  # takes a profit
        (SHORT, "Buy", {"trigger_direction": 1}, True),
        (SHORT, "Buy", {"trigger_direction": 2}, False),
        (LONG, "Sell", {"trigger_direction": 2, "reduce_only": False}, False),
        (LONG, "Buy", {"trigger_direction": 2}, False),
        (LONG, "Sell", {"trigger_direction": 2, "position_idx": 1}, False),
        (LONG, "Sell", {"trigger_direction": 2, "status": "Cancelled"}, False),
        (LONG, "Sell", {"stop_order_type": "PartialStopLoss"}, True),
        (LONG, "Sell", {"stop_order_type": "PartialTakeProfit"}, False),
    ],
)
def test_only_an_order_that_closes_at_a_loss_protects(
    position: Position, side: str, changes: dict[str, object], is_protection: bool
) -> None:
    order = replace(an_order("Untriggered", side=side, trigger_price=D(90), stop_order_type="Stop"), **changes)
    found = alerts(seen(position, orders=(order,)), unprotected_after_s=60)
    assert found == ([] if is_protection else ["unprotected"])


@pytest.mark.parametrize(
    ("mark", "liq", "expected"),
    [("53", "50", []), ("52.5", "50", ["near_liquidation"]), ("51", "50", ["near_liquidation"]), ("100", "95", [])],
)
def test_liquidation_within_its_distance_is_told_of(mark: str, liq: str, expected: list[str]) -> None:
    snapshot = seen(replace(LONG, mark_price=D(mark), liq_price=D(liq)))
    assert alerts(snapshot, near_liquidation_pct=D(5)) == expected
    assert alerts(snapshot) == []


@pytest.mark.parametrize("unknown", [{"mark_price": None}, {"liq_price": None}])
def test_nothing_is_said_of_a_distance_that_is_not_known(unknown: dict[str, None]) -> None:
    assert alerts(seen(replace(LONG, **unknown)), near_liquidation_pct=D(5)) == []


@pytest.mark.parametrize(("most", "expected"), [(1, ["too_many_positions"]), (2, []), (None, [])])
def test_more_positions_than_wanted_are_told_of(most: int | None, expected: list[str]) -> None:
    snapshot = seen(LONG, replace(SHORT, symbol="ETHUSDT"))
    assert alerts(snapshot, max_positions=most) == expected


@pytest.mark.parametrize(("lost", "expected"), [("99.99", []), ("100", ["daily_loss"]), ("-500", [])])
def test_a_day_that_lost_too_much_is_told_of(lost: str, expected: list[str]) -> None:
    snapshot = seen()
    today = replace(snapshot.session, total_realised_pnl=-D(lost))
    snapshot = replace(snapshot, sessions={"today": today})
    assert alerts(snapshot, daily_loss=D(100)) == expected
    assert alerts(snapshot) == []


def an_exit(net: str | None, ts_ms: int) -> PartialExit:
    result = None if net is None else D(net)
    return PartialExit(
        order_id="o", order_link_id="", ts_ms=ts_ms, qty=D(1), price=D(90), share_pct=None, gross_pnl=result, fee=D(0),
        net_pnl=result, reason="manual",
    )  # fmt: skip


MIDNIGHT_MS = START_MS - START_MS % DAY_MS
YESTERDAY_MS = MIDNIGHT_MS - 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"opened_ms": YESTERDAY_MS, "partial_exits": (an_exit("-9.99", MIDNIGHT_MS),)}, []),
        ({"opened_ms": YESTERDAY_MS, "partial_exits": (an_exit("-10", MIDNIGHT_MS),)}, ["daily_loss"]),
        ({"opened_ms": YESTERDAY_MS, "partial_exits": (an_exit("-99", YESTERDAY_MS),)}, []),
        ({"opened_ms": YESTERDAY_MS, "partial_exits": (an_exit(None, MIDNIGHT_MS),)}, []),
        ({"opened_ms": YESTERDAY_MS, "realised_pnl": D(-99)}, []),
        ({"opened_ms": MIDNIGHT_MS, "realised_pnl": D(-10)}, ["daily_loss"]),
        ({"opened_ms": MIDNIGHT_MS, "realised_pnl": D(5), "partial_exits": (an_exit("-99", START_MS),)}, []),
        ({"opened_ms": None, "partial_exits": (an_exit("-10", START_MS),)}, ["daily_loss"]),
        ({"opened_ms": MIDNIGHT_MS, "realised_pnl": D(-10), "settle_coin": "BTC"}, []),
        ({"opened_ms": MIDNIGHT_MS, "realised_pnl": D(0), "unrealised_pnl": D(-5000)}, []),
    ],
)
def test_what_open_lives_realised_today_counts_for_the_day(changes: dict[str, object], expected: list[str]) -> None:
    """Lives that ended today lost 90; nothing that is not realised yet is a loss."""
    snapshot = seen(replace(LONG, **changes))
    snapshot = replace(snapshot, sessions={"today": replace(snapshot.session, total_realised_pnl=D(-90))})
    assert alerts(snapshot, after_s=0, daily_loss=D(100)) == expected
