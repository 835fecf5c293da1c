"""Stream and lists tell the same things by different ways: what one of them tells first is no difference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from core.model import AuditEvent
from core.reconcile import Discrepancy
from tests.simulation.network import Line
from tests.simulation.world import World

LATE_S = 0.6
LAG_S = 3.0


class Account:
    """A desk that is live on an account with two positions, and sees only what it is made to see."""

    def __init__(self) -> None:
        self.world = World()
        self.world.act("transfer", amount="1000000")
        for symbol, qty in (("SOLUSDT", "2"), ("XRPUSDT", "10")):
            self.trade(symbol, "Buy", qty)
        self.world.start()
        self.world.converge()
        self._carry = self.world.network.carry
        self.world.network.past.begin()
        self.read()
        self.world.run(1)
        self.world.notices.clear()

    def trade(self, symbol: str, side: str, qty: str) -> None:
        """Somebody else trades at market."""
        self.world.act("trade", symbol=symbol, side=side, qty=qty)

    def change(self, deed: str) -> None:
        """One of the things that happen to a position."""
        body = {"category": "linear", "symbol": "SOLUSDT"}
        match deed:
            case "opens":
                self.trade("ETHUSDT", "Buy", "0.1")
            case "grows":
                self.trade("SOLUSDT", "Buy", "1")
            case "turns":
                self.trade("SOLUSDT", "Sell", "5")
            case "closes":
                self.trade("SOLUSDT", "Sell", "2")
            case "leverage":
                assert self.world.command("set_leverage", {**body, "buyLeverage": "3", "sellLeverage": "3"}) is not None
            case "stop":
                level = format(self.world.exchange.venue.mark("SOLUSDT") // 2, "f")
                assert self.world.command("set_trading_stop", {**body, "stopLoss": level, "positionIdx": 0}) is not None

    def stream_is(self, *, late_s: float) -> None:
        """Each position frame comes so much later from now on; not at all when that is infinite."""
        world, carry = self.world, self._carry

        def bring(line: Line, text: str, *, is_data: bool) -> None:
            if not is_data or json.loads(text)["topic"] != "position":
                carry(line, text, is_data=is_data)
            elif late_s < float("inf"):
                world.loop.call_later(late_s, lambda: carry(line, text, is_data=True))

        world.network.carry = bring  # type: ignore[method-assign]

    def read(self) -> tuple[Discrepancy, ...]:
        """A full reading."""
        return self.world.do(self.world.manager.reconcile_positions())

    def poll(self) -> tuple[Discrepancy, ...]:
        """The reading of every few seconds; what differs is told in the trail alone."""
        self.world.do(self.world.manager.sync_with_bybit())
        return ()

    def told(self) -> list[AuditEvent]:
        """What the audit trail says of differences; that a new position has no stop is none of the two ways."""
        lines = [line for line in self.world.notices if line.code.startswith("discrepancy_")]
        return [line for line in lines if line.code != "discrepancy_unprotected"]


@pytest.fixture
def account() -> Iterator[Account]:
    made = Account()
    yield made
    made.world.close()


DEEDS = ["opens", "grows", "turns", "closes", "leverage", "stop"]
READ = [(deed, Account.read) for deed in DEEDS]


def of_rows(found: tuple[Discrepancy, ...]) -> list[str]:
    return [one.kind for one in found if one.kind != "unprotected"]


@pytest.mark.parametrize(("deed", "reading"), [*READ, ("opens", Account.poll), ("closes", Account.poll)])
def test_a_list_that_is_ahead_of_the_stream_is_no_alarm(account: Account, deed: str, reading: Any) -> None:
    account.stream_is(late_s=LATE_S)
    account.change(deed)
    assert of_rows(reading(account)) == []
    account.world.converge()
    account.world.run(3)
    assert account.told() == []


@pytest.mark.parametrize(
    ("deed", "reading"),
    [("opens", Account.read), ("opens", Account.poll), ("grows", Account.read), ("closes", Account.read)],
)
def test_a_list_that_is_behind_the_stream_is_no_alarm(account: Account, deed: str, reading: Any) -> None:
    account.world.network.lag_s = LAG_S
    account.change(deed)
    account.world.run(0.1)
    assert of_rows(reading(account)) == []
    account.world.run(LAG_S)
    assert account.told() == []


EXPECTED = {
    "opens": ["missing_locally"],
    "grows": ["size_differs"],
    "turns": ["side_differs", "size_differs", "entry_differs"],
    "closes": ["phantom"],
    "leverage": ["leverage_differs"],
    "stop": ["stops_differ"],
}


@pytest.mark.parametrize(("deed", "reading"), [*READ, ("grows", Account.poll)])
def test_what_the_stream_lost_is_told_once_with_evidence(account: Account, deed: str, reading: Any) -> None:
    account.stream_is(late_s=float("inf"))
    account.change(deed)
    found = reading(account)
    assert of_rows(found) == EXPECTED[deed] * (reading is Account.read)
    account.world.run(4)
    told = [line for line in account.told() if line.code != "discrepancy_executions_missing"]
    assert [line.code.removeprefix("discrepancy_") for line in told] == EXPECTED[deed]
    assert all(line.details["evidence"] for line in told)


def test_what_changed_while_the_line_was_down_is_told(account: Account) -> None:
    account.world.network.cut()
    account.change("grows")
    account.world.run(1)
    account.world.heal()
    account.world.converge()
    assert [line.code for line in account.told()] == ["discrepancy_size_differs"]


def test_what_the_new_line_told_while_everything_was_read_is_no_alarm(account: Account) -> None:
    network = account.world.network
    network.reset_lines()
    network.forget_requests()
    # The contracts are read first of all, when the line is open and what it tells is held.
    account.world.run_until(lambda: any("instruments" in path for _, _, path in network.requests), 10, 0.001)
    account.change("grows")
    account.world.converge()
    assert account.told() == []
