"""A dialog follows one position life: what changed is told, and another life is never taken for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from core.model import Position, PositionKey, Snapshot
from gui.dialogs.life import GONE, OPEN, REPLACED, Change, LifeWatch
from tests.gui import samples

D = Decimal
KEY = PositionKey("linear", "SOLUSDT", 0)


def showing(*rows: Position, **fields: Any) -> Snapshot:
    return samples.snapshot(positions=rows, **fields)


def watch(row: Position) -> LifeWatch:
    return LifeWatch(KEY, showing(row))


def test_moving_prices_are_no_change() -> None:
    followed = watch(samples.position())
    assert not followed.update(showing(samples.position(mark_price=D("130"), seq=9_000, liq_price=D("80"))))
    assert followed.changes == ()
    assert followed.position is not None
    assert followed.position.mark_price == D("130")


def test_a_change_is_told_once_and_remembered() -> None:
    followed = watch(samples.position(size=D("25.0")))
    smaller = showing(samples.position(size=D("20.0"), stop_loss=None))
    assert followed.update(smaller)
    assert not followed.update(smaller)
    assert followed.changes == (Change("size", D("25.0"), D("20.0")), Change("stop_loss", D("104.00"), None))


def test_what_is_back_as_it_was_is_no_change_any_more() -> None:
    followed = watch(samples.position())
    followed.update(showing(samples.position(take_profit=D("131"))))
    assert followed.update(showing(samples.position()))
    assert followed.changes == ()


def test_a_vanished_position_is_gone_and_stays_gone() -> None:
    followed = watch(samples.position())
    assert followed.update(showing())
    assert followed.state == GONE
    assert followed.position is not None  # what was known stays to be shown
    assert not followed.update(showing(samples.position()))
    assert followed.state == GONE


def test_a_flip_is_another_position() -> None:
    followed = watch(samples.position())
    assert followed.update(showing(samples.position(side="Sell", size=D("5.0"))))
    assert followed.state == REPLACED
    assert followed.successor is not None
    assert followed.successor.side == "Sell"
    assert followed.position is not None
    assert followed.position.side == "Buy"


def test_a_new_life_on_the_same_side_is_another_position() -> None:
    followed = watch(samples.position())
    assert followed.update(showing(samples.position(life_id="SOLUSDT-2")))
    assert followed.state == REPLACED


def test_a_life_may_get_its_id_late() -> None:
    followed = watch(samples.position(life_id=""))
    assert not followed.update(showing(samples.position()))
    assert followed.state == OPEN
    followed.update(showing(samples.position(life_id="SOLUSDT-2")))
    assert followed.state == REPLACED


def test_a_life_whose_executions_say_flat_is_gone() -> None:
    followed = watch(samples.position())
    followed.update(showing(samples.position(life_id="")))
    assert (followed.state, followed.successor) == (GONE, None)


def test_a_position_that_is_not_there_when_the_watch_begins_is_gone() -> None:
    followed = LifeWatch(KEY, showing())
    assert (followed.state, followed.position, followed.changes) == (GONE, None, ())
    assert not followed.update(showing(samples.position()))


def test_the_newest_trade_is_the_cause_and_funding_is_none() -> None:
    followed = watch(samples.position())
    before = samples.executions()
    funding = samples.execution(901, exec_type="Funding")
    other_leg = samples.execution(902, position_idx=2)
    other_symbol = samples.execution(903, symbol="BTCUSDT")
    followed.update(showing(samples.position(), executions=(other_symbol, other_leg, funding, *before)))
    assert followed.cause is None
    fill = samples.execution(904, qty=D("5.0"))
    followed.update(showing(samples.position(size=D("15.0")), executions=(funding, fill, *before)))
    assert followed.cause == fill


def test_an_execution_known_before_is_not_a_cause() -> None:
    followed = watch(samples.position())
    copies = tuple(msgspec.structs.replace(row) for row in samples.executions())
    followed.update(showing(samples.position(size=D("15.0")), executions=copies))
    assert followed.cause is None
