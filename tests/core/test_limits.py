"""What bots ask before they open anything: an amount that fits, and every reason against a new position."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from core.errors import BadValue
from core.intents import OpenPosition, kind_of
from core.limits import CappedAmount, cap_amount, check_new_position
from core.model import Command, Position, Snapshot
from tests.strategies import a_position, an_instrument

D = Decimal
SOL = an_instrument(max_market_qty=D("50.05"), min_notional=D(20))


@pytest.mark.parametrize(
    ("qty", "price", "fitted"),
    [
        ("1", None, ("1", "")),
        ("1.27", None, ("1.2", "floored_to_step")),
        ("50.05", None, ("50.0", "floored_to_step")),
        ("51", None, ("50.0", "capped_to_max")),
        ("0.1", None, ("0.1", "")),
        ("0.2", "100", ("0.2", "")),
    ],
)
def test_an_amount_is_floored_and_capped_and_never_raised(qty: str, price: str | None, fitted: tuple[str, str]) -> None:
    found = cap_amount(SOL, D(qty), D(price) if price else None)
    assert found == CappedAmount(qty=D(fitted[0]), reason=fitted[1])


@pytest.mark.parametrize(
    ("qty", "price", "code"),
    [
        ("0", None, "qty_not_positive"),
        ("0.09", None, "qty_below_min"),
        ("0.29", "99.9", "notional_below_min"),  # of what is left of it: 0.2
    ],
)
def test_what_is_too_little_is_refused(qty: str, price: str | None, code: str) -> None:
    with pytest.raises(BadValue, match=code):
        cap_amount(SOL, D(qty), D(price) if price else None)


def test_an_inverse_quantity_is_its_own_worth() -> None:
    assert cap_amount(an_instrument("inverse", step="1"), D(1), D(60_000)).qty == 1


def seen(*positions: Position, opening: str = "") -> Snapshot:
    """An account that holds this, and one position that is being opened if its symbol is given."""
    commands = ()
    if opening:
        intent = OpenPosition(symbol=opening, side="Buy", qty=D(1))
        command = Command(command_id="c", kind=kind_of(intent), key=intent.key, state="accepted", created_ms=0)
        commands = (command, replace(command, command_id="d", state="done"))
    return Snapshot(positions=positions, commands=commands)


XRP = a_position(symbol="XRPUSDT")


@pytest.mark.parametrize(
    ("shown", "changes", "codes"),
    [
        (seen(), {}, []),
        (seen(), {"qty": D("1.05")}, [("qty", "qty_off_step", "1.0")]),
        (seen(), {"qty": D(60)}, [("qty", "qty_above_max", "50.0")]),
        (seen(), {"qty": D("0.01")}, [("qty", "qty_below_min", "0.1")]),
        (seen(), {"leverage": D(101)}, [("leverage", "leverage_out_of_range", "100")]),
        (seen(), {"stop_loss_pct": D("9.99")}, []),  # ten times: the margin lasts for 10 %
        (seen(), {"stop_loss_pct": D(10)}, [("stop_loss_pct", "stop_loss_out_of_range", "5")]),
        (seen(), {"stop_loss_pct": D(0)}, [("stop_loss_pct", "stop_loss_out_of_range", "5")]),
        (seen(a_position()), {}, [("symbol", "position_exists", None)]),
        (seen(a_position(category="inverse", symbol="SOLUSDT")), {}, []),
        (seen(XRP), {"max_positions": 1}, [("", "too_many_positions", None)]),
        (seen(XRP), {"max_positions": 2}, []),
        (seen(XRP, opening="ADAUSDT"), {"max_positions": 2}, [("", "too_many_positions", None)]),
        (seen(XRP, opening="XRPUSDT"), {"max_positions": 2}, []),  # it fills: the same position
        (seen(XRP), {"max_positions": None}, []),
    ],
)
def test_reasons_against_a_new_position(
    shown: Snapshot, changes: dict[str, Any], codes: list[tuple[str, str, str | None]]
) -> None:
    asked: dict[str, Any] = {"qty": D(1), "leverage": D(10), "stop_loss_pct": None, "max_positions": 5}
    found = check_new_position(shown, SOL, **(asked | changes))
    assert [(i.field, i.code, None if i.nearest is None else format(i.nearest, "f")) for i in found] == codes
