"""P4: nothing is sent on a position row older than two seconds, however alive the private stream looks."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from core.errors import Unreachable
from core.model import PositionKey
from tests.simulation.scenes import SOL, Stage, stage

KEY = PositionKey("linear", SOL, 0)
CREATE = "/v5/order/create"


@pytest.fixture
def play() -> Iterator[Stage]:
    """A desk with one open position that it has just heard of."""
    with stage() as made:
        made.open()
        made.trade(SOL, "Buy")
        made.world.converge()
        made.network.forget_requests()
        yield made


def sent(play: Stage) -> list[str]:
    """The orders that left the desk."""
    return [path for _at, method, path in play.network.requests if (method, path) == ("POST", CREATE)]


def close(play: Stage) -> None:
    play.world.do(play.world.manager.close_position(KEY))


@pytest.mark.parametrize("failure", ["reset", "html", "bad_gateway", "busy", "no_list"])
def test_an_old_row_that_cannot_be_read_again_is_not_acted_on(play: Stage, failure: str) -> None:
    play.network.failure, play.network.failing = failure, 1.0
    play.world.run(6.0)
    assert play.world.snapshot.links.private.state == "live"
    with pytest.raises(Unreachable, match="stale"):
        close(play)
    assert not sent(play)
    play.world.heal()
    play.agree()
    close(play)
    assert len(sent(play)) == 1


def test_a_row_of_this_moment_needs_no_other(play: Stage) -> None:
    play.trade(SOL, "Buy")
    play.world.run(0.5)
    play.network.failure, play.network.failing = "reset", 1.0
    close(play)
    assert len(sent(play)) == 1


def test_an_answer_three_seconds_late_is_still_an_answer(play: Stage) -> None:
    """F5: the row is as old as its answer, and the position has not moved meanwhile."""
    play.world.run(4.0)
    play.network.delay_s = 3.0
    close(play)
    assert len(sent(play)) == 1
    play.world.heal()
    play.world.converge()
    assert play.world.snapshot.position(SOL) is None


def test_what_was_traded_while_the_row_was_read_again_is_seen(play: Stage) -> None:
    """The row that decides is the exchange's present one: more than was held on the screen is not closed with it."""
    play.network.drop = 1.0
    play.world.run(4.5)
    play.trade(SOL, "Buy")
    close(play)
    play.world.heal()
    play.world.converge()
    left = play.world.snapshot.position(SOL)
    assert left is not None
    assert left.size == Decimal(10)
