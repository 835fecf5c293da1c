"""Exchange moves × network moves × moves of the desk, in virtual time, against the paper exchange's own books.

After every step, and at every snapshot that was published meanwhile, the laws hold. When the network is well again the
desk equals the exchange within thirty virtual seconds, and another desk that starts then tells the same past.
"""

from __future__ import annotations

import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import AppError
from core.model import PositionKey
from tests.simulation.laws import Laws, same_lives
from tests.simulation.network import FAILURES, LONGEST_LAG_S
from tests.simulation.world import World

CONVERGED_WITHIN_S = 30.0


class Contract(NamedTuple):
    """A contract that the machine trades: its unit of trade, and one that walks the book."""

    category: str
    symbol: str
    unit: str
    crowd: str

    def __repr__(self) -> str:
        return self.symbol


SOL = Contract("linear", "SOLUSDT", "1.5", "900")
BTC = Contract("linear", "BTCUSDT", "0.01", "5")
LINK = Contract("linear", "LINKUSDT", "10", "3000")
USDC = Contract("linear", "ETHPERP", "0.1", "30")
COIN = Contract("inverse", "BTCUSD", "500", "200000")
HEDGED = BTC
CONTRACTS = (SOL, BTC, LINK, USDC, COIN)
KEYS = (*((c, 0) for c in CONTRACTS), (HEDGED, 1), (HEDGED, 2))
MONEY = {"USDT": "5000000", "USDC": "1000000", "BTC": "40"}

keys = st.sampled_from(KEYS)
sides = st.sampled_from(["Buy", "Sell"])


class Desk(RuleBasedStateMachine):
    """One world."""

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None
        self.folder: Path | None = None
        self.links = 0
        self.remembers = False

    @initialize(seed=st.integers(0, 2**16), remembers=st.booleans())
    def begin(self, seed: int, remembers: bool) -> None:
        if remembers:
            self.folder = Path(tempfile.mkdtemp(prefix="simulation-"))
        self.world = world = World(seed, folder=self.folder, watch=lambda shown: self.laws.see(shown))
        self.laws = Laws(world)
        for coin, amount in MONEY.items():
            world.act("transfer", amount=amount, coin=coin)
        world.act("hedge", symbol=HEDGED.symbol)
        self._start(remembers=remembers)
        world.converge()

    def _start(self, *, remembers: bool) -> None:
        world = self.the_world
        world.stop()
        self.remembers = remembers
        self.laws.renew()
        world.start(remembers=remembers)
        world.manager.set_armed(True)

    @property
    def the_world(self) -> World:
        assert self.world is not None
        return self.world

    def teardown(self) -> None:
        world = self.world
        if world is None:
            return
        try:
            if world.is_running:
                self._agree()
        finally:
            world.close()
            if self.folder:
                shutil.rmtree(self.folder)

    def _agree(self) -> None:
        world = self.the_world
        world.heal()
        world.converge(CONVERGED_WITHIN_S)
        self.laws.check_agreement()
        if self.remembers:
            self.laws.check_history()
        before = world.snapshot
        self._start(remembers=False)
        world.converge(CONVERGED_WITHIN_S)
        assert not same_lives(before, world.snapshot), same_lives(before, world.snapshot)

    # ---- the exchange and other parties -----------------------------------------------------------------------------

    @rule(key=keys, side=sides, units=st.integers(1, 6))
    def trade(self, key: tuple[Contract, int], side: str, units: int) -> None:
        """Opens, adds, reduces, closes or flips."""
        contract, idx = key
        qty = format(Decimal(contract.unit) * units, "f")
        self.the_world.act("trade", symbol=contract.symbol, side=side, qty=qty, idx=idx, link=self._link("bot"))

    @rule(key=keys, side=sides)
    def trade_a_lot(self, key: tuple[Contract, int], side: str) -> None:
        """An order that takes several levels of the book in one match."""
        contract, idx = key
        self.the_world.act("trade", symbol=contract.symbol, side=side, qty=contract.crowd, idx=idx)

    @rule(key=keys)
    def close_outside(self, key: tuple[Contract, int]) -> None:
        held = self._held(key)
        if held:
            side = "Sell" if held.side == "Buy" else "Buy"
            qty = format(held.size, "f")
            self.the_world.act("trade", symbol=key[0].symbol, side=side, qty=qty, idx=key[1], reduce_only=True)

    def _held(self, key: tuple[Contract, int]) -> Any:
        contract, idx = key
        found = self.the_world.exchange.venue.position(contract.symbol, idx)
        return found if found.size else None

    def _link(self, prefix: str) -> str:
        self.links += 1
        return f"{prefix}{self.links}"

    @rule(key=keys, kind=st.sampled_from(["stopLoss", "takeProfit", "trailingStop"]), far=st.integers(1, 4))
    def protect(self, key: tuple[Contract, int], kind: str, far: int) -> None:
        held, (contract, idx) = self._held(key), key
        if not held:
            return
        mark = self.the_world.exchange.venue.mark(contract.symbol)
        tick = held.instrument.tick
        sign = held.sign if kind == "takeProfit" else -held.sign
        price = mark * Decimal(far) / 100 if kind == "trailingStop" else mark * (100 + sign * far) / 100
        on_tick = format(price // tick * tick, "f")
        body = {"category": contract.category, "symbol": contract.symbol, "positionIdx": idx, kind: on_tick}
        self.the_world.command("set_trading_stop", body)

    @rule(key=keys, ours=st.booleans())
    def leave_a_stop(self, key: tuple[Contract, int], ours: bool) -> None:
        """A conditional order beside the position, which the exchange does not cancel with it."""
        held, (contract, idx) = self._held(key), key
        if not held:
            return
        mark, tick = self.the_world.exchange.venue.mark(contract.symbol), held.instrument.tick
        trigger = mark * (100 - held.sign * 3) / 100
        self.the_world.order(
            {
                "category": contract.category,
                "symbol": contract.symbol,
                "side": "Sell" if held.side == "Buy" else "Buy",
                "orderType": "Market",
                "qty": contract.unit,
                "triggerPrice": format(trigger // tick * tick, "f"),
                "triggerDirection": 2 if held.side == "Buy" else 1,
                "reduceOnly": True,
                "positionIdx": idx,
                "orderLinkId": self._link("qdold" if ours else "bot"),
            }
        )

    @rule(key=keys, side=sides)
    def rest_an_order(self, key: tuple[Contract, int], side: str) -> None:
        contract, idx = key
        mark = self.the_world.exchange.venue.mark(contract.symbol)
        tick = self.the_world.exchange.venue.instrument(contract.symbol).tick
        price = mark * (98 if side == "Buy" else 102) / 100
        self.the_world.order(
            {
                "category": contract.category,
                "symbol": contract.symbol,
                "side": side,
                "orderType": "Limit",
                "qty": contract.unit,
                "price": format(price // tick * tick, "f"),
                "positionIdx": idx,
                "orderLinkId": self._link("bot"),
            }
        )

    @rule(contract=st.sampled_from(CONTRACTS))
    def cancel_all(self, contract: Contract) -> None:
        self.the_world.command("cancel_all", {"category": contract.category, "symbol": contract.symbol})

    @rule(contract=st.sampled_from(CONTRACTS), percent=st.sampled_from([-9, -4, -2, -1, 1, 2, 4, 9]))
    def move_price(self, contract: Contract, percent: int) -> None:
        """Stops fire, resting orders fill, positions are liquidated."""
        venue = self.the_world.exchange.venue
        price = venue.mark(contract.symbol) * (100 + percent) / 100
        text = format(price, "f")
        self.the_world.act("price", symbol=contract.symbol, last=text, mark=text, index=text)

    @rule(key=keys, deed=st.sampled_from(["fund", "adl", "liquidate"]))
    def by_the_exchange(self, key: tuple[Contract, int], deed: str) -> None:
        contract, idx = key
        self.the_world.act(deed, symbol=contract.symbol, idx=idx)

    @rule()
    def settle(self) -> None:
        """One contract is delisted: its position ends without an order."""
        self.the_world.act("settle", symbol=LINK.symbol)

    @rule(leverage=st.sampled_from(["5", "10", "20"]), contract=st.sampled_from([SOL, COIN]))
    def change_leverage(self, leverage: str, contract: Contract) -> None:
        body = {"category": contract.category, "symbol": contract.symbol}
        self.the_world.command("set_leverage", {**body, "buyLeverage": leverage, "sellLeverage": leverage})

    @rule(on=st.booleans())
    def switch_mode(self, on: bool) -> None:
        """Somebody switches a flat symbol between one-way and hedge mode."""
        body = {"category": HEDGED.category, "symbol": HEDGED.symbol, "mode": "3" if on else "0"}
        self.the_world.command("switch_mode", body)

    # ---- the network ------------------------------------------------------------------------------------------------

    @rule()
    def cut(self) -> None:
        self.the_world.network.cut()

    @rule()
    def reset_lines(self) -> None:
        self.the_world.network.reset_lines()

    @rule()
    def fall_silent(self) -> None:
        self.the_world.network.is_deaf = True

    @rule(share=st.sampled_from([0.1, 0.3, 1.0]))
    def lose_frames(self, share: float) -> None:
        self.the_world.network.drop = share

    @rule(share=st.sampled_from([0.2, 1.0]))
    def double_frames(self, share: float) -> None:
        self.the_world.network.double = share

    @rule(delay_s=st.sampled_from([0.3, 3.0]))
    def delay(self, delay_s: float) -> None:
        self.the_world.network.delay_s = delay_s

    @rule()
    def shuffle(self) -> None:
        self.the_world.network.shuffle_s = 2.0

    @rule(how=st.sampled_from(sorted(FAILURES)), share=st.sampled_from([0.3, 1.0]))
    def fail_reads(self, how: str, share: float) -> None:
        network = self.the_world.network
        network.failure, network.failing = how, share

    @rule()
    def lag(self) -> None:
        self.the_world.network.past.begin()
        self.the_world.network.lag_s = LONGEST_LAG_S

    @precondition(lambda self: self.world and not self.world.network.is_well)
    @rule(agree=st.booleans())
    def heal(self, agree: bool) -> None:
        self.the_world.heal()
        if agree:
            self.the_world.converge(CONVERGED_WITHIN_S)
            self.laws.check_agreement()

    # ---- the desk ---------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.05, 0.5, 2.0, 7.0, 25.0, 65.0]))
    def wait(self, seconds: float) -> None:
        self.the_world.run(seconds)

    @rule(remembers=st.booleans())
    def restart(self, remembers: bool) -> None:
        """With the same store, or without one."""
        self._start(remembers=remembers and self.folder is not None)

    @rule(seconds=st.sampled_from([4.0, 60.0, 600.0]))
    def sleep(self, seconds: float) -> None:
        """The computer sleeps: nothing of the desk runs, and the exchange goes on."""
        self.the_world.loop.jump(seconds)

    @rule()
    def reconcile(self) -> None:
        self._ask(self.the_world.manager.reconcile_positions())

    @rule()
    def sync(self) -> None:
        self._ask(self.the_world.manager.sync_with_bybit())

    @rule(key=keys, whole=st.booleans())
    def close_by_desk(self, key: tuple[Contract, int], whole: bool) -> None:
        contract, idx = key
        manager = self.the_world.manager
        wanted = PositionKey(contract.category, contract.symbol, idx)
        if manager.get_position(wanted):
            self._ask(manager.close_position(wanted, None if whole else Decimal(contract.unit)))

    def _ask(self, call: Any) -> None:
        """Ask the desk for something that it may refuse while its network is ill."""
        try:
            self.the_world.do(call)
        except AppError:
            return

    # ---- always -----------------------------------------------------------------------------------------------------

    @invariant()
    def the_laws_hold(self) -> None:
        if self.world is not None and self.world.is_running:
            self.laws.check()


def sweep(machine: type[Desk], examples: int, steps: int, *, derandomize: bool) -> None:
    """Run the machine so many times."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=derandomize,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(900)  # half a minute on a quiet machine; a busy one must not decide it
def test_the_book_is_the_exchange_s_whatever_the_network_does() -> None:
    sweep(Desk, 120, 40, derandomize=True)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_the_book_is_the_exchange_s_for_long() -> None:
    sweep(Desk, 5_000, 100, derandomize=False)
