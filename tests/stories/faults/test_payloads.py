"""Hostile and broken payloads (F29–F36) on lists and topics: nothing is believed, nothing is lost, all is counted."""

import asyncio
from typing import Any, NamedTuple

import pytest

from core.bybit.client import Patience
from core.errors import AppError
from core.rounds import Intervals
from tests.simulation.memory import resident_mb
from tests.stories.faults.stage import HURRIED, Lag, Stage

# Broken answers by the dozen would keep the breakers open: they have stories of their own.
PATIENCE = Patience(answer_s=HURRIED.answer_s, ping_s=1.0, pong_s=2.0, ack_s=2.0, probes_s=(0.0,), retries=0.0)
# Hundreds of broken answers, one poll each.
PACES = ("hurried",)
INTERVALS = Intervals(positions_s=0.05, orders_s=0.05, wallet_s=0.1, reconcile_s=2.5, key_s=0.5, steady_s=0.0)

HOSTILE = [
    "<b>x</b>", "<img src=http://127.0.0.1:9/x>", "\u202eTDSU", "a\u200bb", "x" * 100_000, "a\u0000b", "\ud800",
    "=cmd()", "'; DROP TABLE", "../../x",
]  # fmt: skip
NUMBERS = [
    "NaN", "Infinity", "1e400", '"-1"', "null", "true", "[1]", '"1_000"', '"١٢"', '" 5 "', '"0x10"', "5", "0.5",
    '"' + "9" * 400 + '"',
]  # fmt: skip


class Endpoint(NamedTuple):
    """A list: where, one of its amounts, one of its texts that names something."""

    path: str
    amount: str
    name: str


ENDPOINTS = {
    "positions": Endpoint("/v5/position/list", "size", "symbol"),
    "orders": Endpoint("/v5/order/realtime", "qty", "orderId"),
    "executions": Endpoint("/v5/execution/list", "execQty", "execId"),
    "closed_pnl": Endpoint("/v5/position/closed-pnl", "closedSize", "orderId"),
    "wallet": Endpoint("/v5/account/wallet-balance", "totalEquity", "accountType"),
}


class Broken(NamedTuple):
    """One way to spoil an answer or a frame."""

    fault: str
    args: dict[str, Any]


SHAPES = [
    Broken("shape", {"where": where, "json": json})
    for where, json in [
        ("result", "{}"), ("result", "null"), ("result", "[]"), ("result", '"x"'),
        ("list", "null"), ("list", "{}"), ("list", '"x"'), ("list", "[1]"), ("list", "[null]"),
    ]
] + [Broken("empty_body", {}), Broken("null_body", {}), Broken("cut_json", {}), Broken("deep_json", {})]  # fmt: skip
LIES = [Broken("cut_json", {}), Broken("empty_list", {})]
RET_CODES = [Broken("ret_code_text", {"json": json}) for json in ('"0"', "0.0", "true", "null", "")]


def spoilt(endpoint: Endpoint) -> list[Broken]:
    """Everything that makes an answer of this list unusable. Figures of a wallet may be negative, or left out."""
    is_wallet = endpoint.name == "accountType"
    numbers = [json for json in NUMBERS if not is_wallet or json != '"-1"']
    names = [] if is_wallet else HOSTILE
    missing = [] if is_wallet else [Broken("missing_field", {"field": endpoint.amount})]
    return [
        *SHAPES,
        *RET_CODES,
        *(Broken("bad_number", {"field": endpoint.amount, "json": json}) for json in numbers),
        *(Broken("bad_text", {"field": endpoint.name, "value": text}) for text in names),
        *missing,
    ]


@pytest.mark.parametrize("name", ["positions", "orders", "wallet"])
async def test_f29_f30_f31_f34_a_spoilt_list_is_no_list(stage: Stage, name: str) -> None:
    """What is polled every few seconds."""
    endpoint = ENDPOINTS[name]
    before = {p.key: p.size for p in stage.snapshot.positions}
    for broken in spoilt(endpoint):
        number = await stage.arm(broken.fault, endpoint.path, args=broken.args)
        await stage.hit(number)
        await stage.lost("rest")
        await stage.disarm()
    assert {p.key: p.size for p in stage.snapshot.positions} == before
    stage.kept(told_once=False)
    await stage.somebody_acts()
    await stage.equal()


@pytest.mark.parametrize("name", ["executions", "closed_pnl"])
async def test_f29_f30_f31_f34_a_spoilt_list_is_no_baseline(stage: Stage, name: str) -> None:
    """What is read once a minute: one of each kind here, all of them in the soak."""
    every = spoilt(ENDPOINTS[name])
    await refuse_baselines(stage, name, [every[0], RET_CODES[0], every[-2]])


@pytest.mark.soak
@pytest.mark.parametrize("name", ENDPOINTS)
async def test_every_spoilt_list_is_no_baseline(stage: Stage, name: str) -> None:
    await refuse_baselines(stage, name, spoilt(ENDPOINTS[name]))


async def refuse_baselines(stage: Stage, name: str, kinds: list[Broken]) -> None:
    """A reconciliation that meets a spoilt list fails as a whole."""
    before = {p.key: p.size for p in stage.snapshot.positions}
    for broken in kinds:
        number = await stage.arm(broken.fault, ENDPOINTS[name].path, args=broken.args)
        with pytest.raises(AppError):
            await stage.manager.reconcile_positions()
        assert await stage.hits(number), f"{broken} was not met"
        await stage.disarm()
    assert {p.key: p.size for p in stage.snapshot.positions} == before
    stage.kept(told_once=False)
    await stage.somebody_acts()
    await stage.equal()


@pytest.mark.parametrize("broken", [SHAPES[5], RET_CODES[0], *LIES], ids=lambda one: one.fault)
async def test_f29_f30_a_spoilt_list_of_contracts_takes_none_away(stage: Stage, broken: Broken) -> None:
    """They are read every half hour: what such a list takes away, or calls closed, could not be closed until then."""
    before = stage.snapshot.instruments
    number = await stage.arm(broken.fault, "/v5/market/instruments-info", args=broken.args)
    stage.manager.engine.sync.rounds.markets.nudge()
    if broken.fault == "empty_list":  # in perfect form
        await stage.hit(number, 2)
        await stage.manager.reconcile_positions()
    else:
        await stage.lost("rest")
    await stage.disarm()
    assert stage.snapshot.instruments == before
    stage.manager.engine.sync.rounds.markets.nudge()
    await stage.equal()
    stage.kept(told_once=False)


async def test_f29_an_empty_list_that_lies_removes_nothing(stage: Stage) -> None:
    before = {p.key for p in stage.snapshot.positions}
    number = await stage.arm("empty_list", "/v5/position/list")
    await stage.hit(number, 20)
    async with asyncio.timeout(stage.pace.least_s):  # of one that changed a moment ago it is told when lists cannot lag
        while stage.witness.count("discrepancy_phantom", done="asked") < len(before):
            await asyncio.sleep(0.02)
    assert {p.key for p in stage.snapshot.positions} == before
    assert stage.witness.count("discrepancy_phantom", done="asked") == len(before), "asked about each, told once"
    await stage.somebody_acts()
    await stage.disarm()
    await stage.equal()
    stage.kept()


TOPICS = {"position": "size", "order": "qty", "execution": "execQty", "wallet": "totalEquity", "tickers.*": "markPrice"}
FRAMES = [
    Broken("shape", {"json": "null"}),
    Broken("shape", {"json": "{}"}),
    Broken("shape", {"json": '"x"'}),
    Broken("cut_json", {}),
    Broken("deep_json", {}),
    *(Broken("bad_number", {"field": "", "json": json}) for json in ("NaN", "1e400", "true", "[1]", '"1_000"')),
    Broken("bad_text", {"field": "symbol", "value": "<img src=http://127.0.0.1:9/x>"}),
]


@pytest.mark.parametrize("topic", TOPICS)
async def test_f29_f31_f34_a_spoilt_frame_is_refused_and_counted(stage: Stage, topic: str) -> None:
    for broken in FRAMES:
        if topic == "wallet" and broken.fault == "bad_text":
            continue
        args = {**broken.args, "field": TOPICS[topic]} if broken.args.get("field") == "" else broken.args
        refused = stage.snapshot.links.frames_refused
        await stage.arm(broken.fault, topic, count=1, args=args)
        await act_on(stage, topic)
        await stage.until(lambda s, least=refused: s.links.frames_refused > least)
    assert stage.witness.count("frame_refused") >= len(FRAMES) - 1
    assert stage.witness.count("link_lost") == 0
    stage.kept()
    await stage.equal()


async def act_on(stage: Stage, topic: str) -> None:
    """Something happens that is told on a topic."""
    if topic.startswith("tickers"):
        mark = stage.snapshot.prices["linear", "SOLUSDT"].mark_price
        stage.ticks = 1 - getattr(stage, "ticks", 0)
        price = format(mark + (1 if stage.ticks else -1), "f")
        await stage.incident("price", symbol="SOLUSDT", mark=price)
    else:
        await stage.trade("SOLUSDT", "Buy", "0.1")


@pytest.mark.parametrize("topic", ["position", "execution", "tickers.*"])
async def test_f32_a_frame_over_the_limit_ends_the_socket_and_a_new_one_takes_over(stage: Stage, topic: str) -> None:
    await stage.arm("huge", topic, count=1, args={"megabytes": 10})
    await act_on(stage, topic)
    await stage.told("tickers_lost" if topic.startswith("tickers") else "link_lost")
    await stage.equal()
    stage.kept()


@pytest.mark.parametrize(
    ("fault", "args"),
    [
        ("huge", {"megabytes": 8}),
        ("gzip_bomb", {"megabytes": 8}),
        ("many_rows", {"rows": 20_000}),
        ("deep_json", {"depth": 100_000}),
        pytest.param("huge", {"megabytes": 50}, marks=pytest.mark.soak),
        pytest.param("gzip_bomb", {"megabytes": 50}, marks=pytest.mark.soak),
        pytest.param("many_rows", {"rows": 200_000}, marks=pytest.mark.soak),
    ],
)
async def test_f32_answers_over_the_limit_are_cut(stage: Stage, fault: str, args: dict[str, object]) -> None:
    """Bodies end at 5 MB, whatever they are made of, and cost neither time nor memory."""
    lag, before = Lag(), resident_mb()
    # Not once: the first that it meets may be an empty page, of which there is nothing to repeat.
    await stage.arm(fault, "/v5/position/list", args=args)
    await stage.told("link_lost", link="rest")
    most = resident_mb()
    await stage.disarm()
    await stage.somebody_acts()
    await stage.equal()
    stage.kept(told_once=False)  # a large answer may still be on its way when a small one says that all is well
    assert lag.stop() < 0.5
    assert most - before <= 50


async def test_f35_unknown_fields_are_ignored(stage: Stage) -> None:
    wheres = ("/v5/position/list", "/v5/order/realtime", "/v5/execution/list", "position", "order", "execution")
    numbers = [await stage.arm("unknown_field", where) for where in wheres]
    await stage.somebody_acts()
    await stage.manager.reconcile_positions()
    for number in numbers:
        await stage.hit(number)
    await stage.until(lambda s: s.position("SOLUSDT") is not None)
    assert stage.witness.count("frame_refused") == stage.witness.count("link_lost") == 0
    await stage.disarm()
    await stage.equal()


async def test_f35_an_unknown_status_is_never_taken_for_closed(stage: Stage) -> None:
    before = {order.order_id for order in stage.snapshot.orders}
    args = {"field": "orderStatus", "value": "Frozen", "rows": "all"}
    number = await stage.arm("unknown_enum", "/v5/order/realtime", args=args)
    await stage.hit(number, 3)
    await stage.until(lambda s: any(order.status == "Frozen" for order in s.orders))
    assert {order.order_id for order in stage.snapshot.orders} == before
    number = await stage.arm("unknown_enum", "execution", args={"field": "execType", "value": "Foo"})
    await stage.somebody_acts()
    await stage.hit(number)
    await stage.disarm()
    await stage.equal()
    stage.kept()


@pytest.mark.parametrize("where", ["/v5/position/list", "position"])
async def test_f35_a_field_that_comes_twice_does_not_change_the_book(stage: Stage, where: str) -> None:
    """Which of the two is meant nobody knows; what is believed for a moment is put right by the next reading."""
    number = await stage.arm("duplicate_key", where, args={"field": "size", "value": "999"}, count=1)
    await stage.somebody_acts()
    await stage.hit(number)
    await stage.disarm()
    await stage.equal()
    stage.kept()


async def test_f35_a_fill_whose_order_nobody_names_for_a_while_is_placed_in_the_end(stage: Stage) -> None:
    """Only its order says which leg it was for; several readings in a row do not find that."""
    for topic in ("order", "execution"):
        await stage.arm("drop", topic)
    for path in ("/v5/order/realtime", "/v5/order/history"):
        await stage.arm("hide_young", path)
    await stage.trade("SOLUSDT", "Buy", "0.1")
    for _ in range(3):
        await stage.manager.reconcile_positions()
    position = stage.snapshot.position("SOLUSDT")
    assert position is not None
    assert position.realised_pnl is None, "a dash, never a guess"
    await stage.disarm()
    await stage.equal()
    stage.kept()
