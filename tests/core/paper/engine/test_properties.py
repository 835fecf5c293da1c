"""The ledger under any sequence of commands and market moves (RELIABILITY section 6: V1, V3, V9, V12, V13, V25)."""

import inspect
import random
from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.paper.engine import Exchange, Refused

SYMBOLS = {"SOLUSDT": "linear", "ETHUSDT": "linear", "ETHPERP": "linear", "BTCUSD": "inverse"}
HEDGED = "ETHUSDT"
UNIT = {"SOLUSDT": Decimal("0.1"), "ETHUSDT": Decimal("0.01"), "ETHPERP": Decimal("0.01"), "BTCUSD": Decimal(10)}
COINS = {"USDT": "20000", "USDC": "8000", "BTC": "0.5"}

START = {"SOLUSDT": "Buy", "ETHUSDT": "Sell", "ETHPERP": "Sell", "BTCUSD": "Buy"}

symbols = st.sampled_from(sorted(SYMBOLS))
sides = st.sampled_from(["Buy", "Sell"])
sizes = st.integers(1, 400) | st.integers(1_000, 14_000)  # the large ones eat through several levels
percents = st.integers(min_value=-60, max_value=60)
near = st.sampled_from([0, 5, 10, 20, 40])
picks = st.integers(min_value=0, max_value=20)


def fresh() -> Exchange:
    exchange = Exchange("quiet", seed=3)
    for coin, amount in COINS.items():
        exchange.stage("transfer", coin=coin, amount=amount)
    exchange.switch_mode({"category": "linear", "symbol": HEDGED, "mode": 3})
    return exchange


class AccountMachine(RuleBasedStateMachine):
    """Commands and market moves by chance; the invariants are checked after each of them."""

    @initialize()
    def begin(self) -> None:
        self.exchange = fresh()
        self.done: list[tuple[str, dict]] = []
        self.refused = 0
        for symbol, side in START.items():
            self.market(symbol=symbol, side=side, size=100, first=side == "Buy")

    def do(self, call: str, /, **arguments: object) -> None:
        """Run and remember a call; a refusal must leave the books as they were."""
        before = self.books()
        self.done.append((call, arguments))
        try:
            run(self.exchange, call, arguments)
        except Refused:
            self.refused += 1
            assert self.books() == before

    def books(self) -> tuple[object, ...]:
        """Everything that a refused command might have touched."""
        venue = self.exchange.venue
        waiting = [row for category in ("linear", "inverse") for row in self.exchange.open_orders(category)]
        leverage = [(position.size, position.leverage) for position in venue.ledger.positions.values() if position.size]
        return len(venue.ledger.log), len(venue.shelf.everything()), waiting, leverage, self.exchange.wallet()

    def price_of(self, symbol: str, tenths: int) -> str:
        """The last price moved by so many tenths of a percent, on the tick."""
        quote = self.exchange.venue.market.quote(symbol)
        tick = self.exchange.venue.market.instruments[symbol].tick
        return format((quote.last * (1000 + tenths) / 1000 / tick).to_integral_value() * tick, "f")

    def body(self, symbol: str, **more: object) -> dict:
        idx = (1 if more.pop("first", True) else 2) if symbol == HEDGED else 0
        return {"category": SYMBOLS[symbol], "symbol": symbol, "positionIdx": idx, **more}

    def any_open(self, pick: int) -> dict | None:
        rows = [row for category in ("linear", "inverse") for row in self.exchange.open_orders(category)]
        return rows[pick % len(rows)] if rows else None

    def held(self, pick: int) -> dict | None:
        """One of the open positions, flat when there is none."""
        coins = ("USDT", "USDC")
        rows = [row for coin in coins for row in self.exchange.positions("linear", None, coin)]
        rows += self.exchange.positions("inverse")
        return rows[pick % len(rows)] if rows else None

    @rule(symbol=symbols, side=sides, size=sizes, first=st.booleans())
    def market(self, symbol: str, side: str, size: int, first: bool) -> None:
        qty = format(UNIT[symbol] * size, "f")
        self.do("create_order", **self.body(symbol, side=side, qty=qty, orderType="Market", first=first))

    @rule(pick=picks, size=sizes, kind=st.sampled_from(["market", "limit", "conditional", "all"]), away=percents)
    def close(self, pick: int, size: int, kind: str, away: int) -> None:
        """Reduce-only, often by more than there is."""
        row = self.held(pick)
        if row is None:
            return
        symbol, side = row["symbol"], "Sell" if row["side"] == "Buy" else "Buy"
        more = {"side": side, "qty": format(UNIT[symbol] * size, "f"), "orderType": "Market", "reduceOnly": True}
        if kind == "limit":
            more |= {"orderType": "Limit", "price": self.price_of(symbol, away)}
        elif kind == "conditional":
            more |= {"triggerPrice": self.price_of(symbol, away), "triggerDirection": 1 if away > 0 else 2}
        elif kind == "all":
            more |= {"qty": "0", "closeOnTrigger": True}
        self.do("create_order", **self.body(symbol, first=row["positionIdx"] != 2, **more))

    @rule(
        symbol=symbols, side=sides, size=sizes, away=percents, first=st.booleans(), stops=st.booleans(),
        force=st.sampled_from(["GTC", "GTC", "IOC", "FOK", "PostOnly"]), mode=st.sampled_from(["Full", "Partial"]),
    )  # fmt: skip
    def limit(
        self, symbol: str, side: str, size: int, away: int, first: bool, stops: bool, force: str, mode: str
    ) -> None:
        more = {"side": side, "qty": format(UNIT[symbol] * size, "f"), "orderType": "Limit", "timeInForce": force}
        more |= {"price": self.price_of(symbol, away // 4), "first": first}
        if stops:
            sign = 1 if side == "Buy" else -1
            more |= {"takeProfit": self.price_of(symbol, 40 * sign), "stopLoss": self.price_of(symbol, -40 * sign)}
            more["tpslMode"] = mode
        self.do("create_order", **self.body(symbol, **more))

    @rule(symbol=symbols, side=sides, size=sizes, away=percents, first=st.booleans())
    def conditional(self, symbol: str, side: str, size: int, away: int, first: bool) -> None:
        more = {"side": side, "qty": format(UNIT[symbol] * size, "f"), "orderType": "Market"}
        more |= {"triggerPrice": self.price_of(symbol, away), "triggerDirection": 1 if away > 0 else 2, "first": first}
        self.do("create_order", **self.body(symbol, **more))

    @rule(pick=picks, profit=near, loss=near, trail=st.integers(0, 30), size=sizes, partial=st.booleans())
    def stops(self, pick: int, profit: int, loss: int, trail: int, size: int, partial: bool) -> None:
        row = self.held(pick)
        if row is None:
            return
        symbol, sign = row["symbol"], 1 if row["side"] == "Buy" else -1
        more = {"takeProfit": self.price_of(symbol, profit * sign) if profit else "0", "tpslMode": "Full"}
        more |= {"stopLoss": self.price_of(symbol, -loss * sign) if loss else "0"}
        if partial:
            qty = format(min(UNIT[symbol] * size, Decimal(row["size"])), "f")
            more |= {"tpslMode": "Partial", "tpSize": qty, "slSize": qty}
        elif trail:
            last = self.exchange.venue.market.quote(symbol).last
            more["trailingStop"] = format((last * trail / 1000).quantize(Decimal("0.1")), "f")
        self.do("set_trading_stop", **self.body(symbol, first=row["positionIdx"] != 2, **more))

    @rule(pick=picks, size=sizes, away=percents)
    def amend(self, pick: int, size: int, away: int) -> None:
        row = self.any_open(pick)
        if row is not None:
            symbol = row["symbol"]
            more: dict[str, object] = {"qty": format(UNIT[symbol] * size, "f")}
            more["triggerPrice" if row["orderStatus"] == "Untriggered" else "price"] = self.price_of(symbol, away)
            self.do("amend_order", category=SYMBOLS[symbol], symbol=symbol, orderId=row["orderId"], **more)

    @rule(pick=picks)
    def cancel(self, pick: int) -> None:
        row = self.any_open(pick)
        if row is not None:
            self.do("cancel_order", category=SYMBOLS[row["symbol"]], symbol=row["symbol"], orderId=row["orderId"])

    @rule(symbol=symbols, leverage=st.integers(1, 60))
    def leverage(self, symbol: str, leverage: int) -> None:
        both = {"buyLeverage": str(leverage), "sellLeverage": str(leverage)}
        self.do("set_leverage", category=SYMBOLS[symbol], symbol=symbol, **both)

    @rule(pick=picks, tenths=percents)
    def price_moves(self, pick: int, tenths: int) -> None:
        row = self.held(pick) or self.any_open(pick)
        symbol = row["symbol"] if row else "SOLUSDT"
        price = self.price_of(symbol, tenths)
        self.do("stage", name="price", symbol=symbol, last=price, mark=price, index=price)

    @rule(pick=picks, name=st.sampled_from(["fund", "fund", "adl", "liquidate"]))
    def deed(self, pick: int, name: str) -> None:
        row = self.held(pick)
        if row is not None:
            self.do("stage", name=name, symbol=row["symbol"], idx=row["positionIdx"])

    @rule(ms=st.integers(min_value=1, max_value=20_000))
    def time_passes(self, ms: int) -> None:
        self.do("advance", to_ms=self.exchange.now_ms + ms)

    # what must always hold

    @invariant()
    def wallet_is_the_sum_of_its_causes(self) -> None:
        sums: defaultdict[str, Decimal] = defaultdict(Decimal, {coin: Decimal(a) for coin, a in COINS.items()})
        sums["USDT"] += Decimal("12480")
        for category in ("linear", "inverse"):
            settle = {row["symbol"]: row["settleCoin"] for row in self.exchange.instruments(category)}
            for row in self.exchange.executions(category):
                sums[settle[row["symbol"]]] -= Decimal(row["execFee"])
        for execution in self.exchange.venue.ledger.executions:
            sums[execution.order.instrument.settle] += execution.pnl
        wallet = {row["coin"]: row for row in self.exchange.wallet()["coin"]}
        assert {coin: Decimal(row["walletBalance"]) for coin, row in wallet.items()} == dict(sums)
        for row in wallet.values():
            assert Decimal(row["equity"]) == Decimal(row["walletBalance"]) + Decimal(row["unrealisedPnl"])

    @invariant()
    def the_log_adds_up(self) -> None:
        balance: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in reversed(self.exchange.transaction_log()):
            change = Decimal(row["change"])
            if row["type"] not in {"TRANSFER_IN", "TRANSFER_OUT"}:
                assert change == Decimal(row["cashFlow"]) + Decimal(row["funding"] or 0) - Decimal(row["fee"])
            balance[row["currency"]] += change
            assert Decimal(row["cashBalance"]) == balance[row["currency"]]

    @invariant()
    def size_is_the_sum_of_executions(self) -> None:
        sums: defaultdict[tuple[str, int], Decimal] = defaultdict(Decimal)
        for execution in self.exchange.venue.ledger.executions:
            if execution.exec_type != "Funding":
                qty = execution.qty if execution.side == "Buy" else -execution.qty
                sums[execution.order.symbol, execution.position_idx] += qty
        for symbol, category in SYMBOLS.items():
            for row in self.exchange.positions(category, symbol):
                signed = Decimal(row["size"]) * {"Buy": 1, "Sell": -1, "": 0}[row["side"]]
                assert signed == sums[symbol, row["positionIdx"]]
                assert row["side"] in {0: {"Buy", "Sell", ""}, 1: {"Buy", ""}, 2: {"Sell", ""}}[row["positionIdx"]]
                assert (Decimal(row["size"]) > 0) == (row["side"] != "")

    @invariant()
    def closing_orders_only_close(self) -> None:
        for execution in self.exchange.venue.ledger.executions:
            if execution.order.closes_only and execution.exec_type != "Funding":
                assert execution.closed_size == execution.qty

    @invariant()
    def waiting_closers_fit_the_position(self) -> None:
        for symbol, category in SYMBOLS.items():
            size = {row["positionIdx"]: Decimal(row["size"]) for row in self.exchange.positions(category, symbol)}
            for row in self.exchange.open_orders(category, symbol=symbol):
                if row["reduceOnly"] and row["stopOrderType"] != "Stop":
                    assert Decimal(row["leavesQty"]) <= size[row["positionIdx"]]
                if row["tpslMode"] == "Full" and row["reduceOnly"]:
                    assert Decimal(row["qty"]) == size[row["positionIdx"]]

    @invariant()
    def closed_pnl_is_the_sum_of_executions(self) -> None:
        ledger = self.exchange.venue.ledger
        closing: defaultdict[str, list] = defaultdict(list)
        for execution in ledger.executions:
            if execution.closed_size:
                closing[execution.order.order_id].append(execution)
        rows = [row for category in ("linear", "inverse") for row in self.exchange.closed_pnl(category)]
        assert {row["orderId"] for row in rows} == set(closing)
        for row in rows:
            parts = closing[row["orderId"]]
            assert Decimal(row["closedSize"]) == sum(part.closed_size for part in parts)
            gross = sum(part.pnl for part in parts)
            assert Decimal(row["closedPnl"]) == gross - Decimal(row["openFee"]) - Decimal(row["closeFee"])
            assert int(row["fillCount"]) == len(parts)

    @invariant()
    def every_fee_is_in_one_place(self) -> None:
        ledger = self.exchange.venue.ledger
        paid = sum((e.fee for e in ledger.executions if e.exec_type != "Funding"), Decimal(0))
        booked = sum((row.open_fee + row.close_fee for row in ledger.closed.values()), Decimal(0))
        assert paid == booked + sum((p.open_fees for p in ledger.positions.values() if p.size), Decimal(0))

    def teardown(self) -> None:
        """The same commands give the same books, however time was cut into pieces."""
        if not hasattr(self, "exchange"):
            return
        again = fresh()
        for name, arguments in self.done:
            if name == "advance":
                halfway = (again.now_ms + arguments["to_ms"]) // 2
                again.advance(halfway)
            try:
                run(again, name, arguments)
            except Refused:
                self.refused -= 1
        assert self.refused == 0
        assert again.ledger_digest() == self.exchange.ledger_digest()


def run(exchange: Exchange, name: str, arguments: dict) -> None:
    if name == "advance":
        exchange.advance(arguments["to_ms"])
    elif name == "stage":
        rest = {key: value for key, value in arguments.items() if key != "name"}
        exchange.stage(arguments["name"], **rest)
    else:
        getattr(exchange, name)(arguments)


WALK = {
    "market": 3, "close": 4, "limit": 3, "conditional": 2, "stops": 5, "amend": 2, "cancel": 1, "leverage": 1,
    "price_moves": 6, "deed": 1, "time_passes": 4,
}  # fmt: skip
CAUSES = {
    "CreateByUser", "CreateByStopOrder", "CreateByTakeProfit", "CreateByStopLoss", "CreateByTrailingStop",
    "CreateByPartialTakeProfit", "CreateByPartialStopLoss", "CreateByAdl_PassThrough", "CreateByTakeOver_PassThrough",
}  # fmt: skip


def arguments(rng: random.Random) -> dict[str, object]:
    """Something for every parameter of every rule."""
    return {
        "symbol": rng.choice(sorted(SYMBOLS)), "side": rng.choice(["Buy", "Sell"]), "size": rng.randrange(1, 900),
        "first": rng.random() < 0.5, "pick": rng.randrange(20), "away": rng.randrange(-60, 61),
        "kind": rng.choice(["market", "limit", "conditional", "all"]), "stops": rng.random() < 0.5,
        "force": rng.choice(["GTC", "GTC", "IOC", "FOK", "PostOnly"]), "mode": rng.choice(["Full", "Partial"]),
        "profit": rng.choice([0, 5, 10, 20]), "loss": rng.choice([0, 5, 10, 20]), "trail": rng.choice([0, 0, 3, 9]),
        "partial": rng.random() < 0.5, "leverage": rng.randrange(2, 30), "tenths": rng.randrange(-25, 26),
        "name": rng.choice(["fund", "fund", "adl", "liquidate"]), "ms": rng.randrange(1, 4_000),
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_a_long_walk_meets_every_cause_and_keeps_the_books(seed: int) -> None:
    rng = random.Random(seed)
    machine = AccountMachine()
    machine.begin()
    checks = [value for name, value in vars(AccountMachine).items() if name in INVARIANTS]
    for step in range(700):
        name = rng.choices(list(WALK), WALK.values())[0]
        method = getattr(machine, name)
        wanted = inspect.signature(method).parameters
        method(**{key: value for key, value in arguments(rng).items() if key in wanted})
        if step % 25 == 0:
            for check in checks:
                check(machine)
    seen = {execution.order.create_type for execution in machine.exchange.venue.ledger.executions}
    assert seen >= CAUSES
    machine.teardown()


INVARIANTS = (
    "wallet_is_the_sum_of_its_causes", "the_log_adds_up", "size_is_the_sum_of_executions",
    "closing_orders_only_close", "waiting_closers_fit_the_position", "closed_pnl_is_the_sum_of_executions",
    "every_fee_is_in_one_place",
)  # fmt: skip

TestAccount = AccountMachine.TestCase
TestAccount.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
