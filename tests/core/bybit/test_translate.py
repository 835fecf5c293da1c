"""Rows to records: rules that the golden frames do not show, and the promise that nothing else can come out."""

import json
from contextlib import suppress
from copy import copy
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.json import Decoder

from core.bybit import translate, wire
from core.bybit.positions import PositionReader
from core.errors import BadFrame, BadValue
from tests.core.bybit import rows

READERS: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "position": (rows.POSITION, wire.PositionRow, lambda row: translate.position(row, "linear", "rest", 7.0)),
    "order": (rows.ORDER, wire.OrderRow, lambda row: translate.order(row, "linear")),
    "execution": (rows.EXECUTION, wire.ExecutionRow, lambda row: translate.execution(row, "linear")),
    "closed_pnl": (rows.CLOSED_PNL, wire.ClosedPnlRow, lambda row: translate.closed_pnl(row, "linear")),
    "wallet": (rows.WALLET, wire.WalletRow, lambda row: translate.wallet(row, 1, 7.0)),
    "ticker": (rows.TICKER, wire.TickerRow, lambda row: translate.price(row, "linear", "rest", 1, 7.0)),
    "instrument": (rows.INSTRUMENT, wire.InstrumentRow, lambda row: translate.instrument(row, "linear")),
    "fee_rate": (rows.FEE_RATE, wire.FeeRateRow, translate.fee_rate),
}
NUMBERS = ["", "0", "-1", "5", "0.10", "NaN", "Infinity", "1e400", "1_000", "١٢", " 5 ", "0x10", "9" * 400]
JUNK = [
    *NUMBERS,
    None,
    True,
    5,
    -1,
    0.5,
    10**40,
    [1],
    {"a": 1},
    "<b>x</b>",
    "a\u202eb",
    "\x00",
    "x" * 100_000,
    "Frozen",
]


def read(kind: str, **changes: Any) -> Any:
    """The record of a valid row of that kind with some fields changed; DROP leaves one out."""
    valid, shape, translator = READERS[kind]
    row = {name: value for name, value in {**valid, **changes}.items() if value is not DROP}
    return translator(wire.decode(Decoder(shape), json.dumps(row), kind))


DROP = object()


@pytest.mark.parametrize("kind", READERS)
def test_a_valid_row_is_read(kind):
    assert read(kind)


@pytest.mark.parametrize("kind", READERS)
def test_unknown_fields_are_ignored(kind):
    assert read(kind, someNewField={"deep": [1, 2, {"x": None}]}) == read(kind)


@pytest.mark.parametrize(
    "size", ["NaN", "Infinity", "1e400", "-1", "", None, True, [1], "1_000", "١٢", " 5 ", "0x10", "9" * 400, 5, 0.5]
)
def test_a_bad_size_refuses_the_position(size):
    with pytest.raises(BadFrame):
        read("position", size=size)


def test_the_refusal_names_the_field_and_the_cause():
    with pytest.raises(BadFrame) as caught:
        read("position", stopLoss="1e5")
    assert caught.value.code == "bad_row"
    assert caught.value.details == {"topic": "position", "why": "not_a_number", "field": "stopLoss", "value": "'1e5'"}


@pytest.mark.parametrize(
    "changes",
    [
        {"side": ""}, {"side": "buy"}, {"side": "Long"}, {"avgPrice": ""}, {"avgPrice": "0"}, {"avgPrice": "-5"},
        {"positionIdx": 3}, {"positionIdx": "0"}, {"positionIdx": 2}, {"positionIdx": 1, "side": "Sell"},
        {"symbol": "solusdt"}, {"symbol": "<b>SOL</b>"}, {"seq": 1 << 64}, {"updatedTime": "yesterday"},
        {"positionIdx": DROP}, {"size": DROP}, {"liqPrice": "-1"}, {"leverage": "-10"},
    ],
)  # fmt: skip
def test_a_position_that_contradicts_itself_is_refused(changes):
    with pytest.raises(BadFrame):
        read("position", **changes)


@pytest.mark.parametrize("side", ["", "None", "Buy"])
def test_a_flat_row_has_neither_side_nor_entry_nor_opening(side):
    flat = read("position", size="0", side=side, avgPrice="", liqPrice="", markPrice="", leverage="")
    assert (flat.size, flat.side, flat.entry_price, flat.opened_ms, flat.mark_price) == (0, "", 0, None, None)
    assert (flat.liq_price, flat.leverage, flat.mark_source) == (None, None, "")


def test_a_never_traded_row_in_which_all_is_empty():
    names = "avgPrice positionValue markPrice positionMM positionIM updatedTime side stopLoss takeProfit trailingStop"
    flat = read("position", **dict.fromkeys(names.split(), ""), positionStatus="", size="0", seq=-1)
    assert (flat.seq, flat.updated_ms, flat.position_im, flat.status) == (-1, 0, None, "")


def test_portfolio_margin_has_no_leverage_and_no_margin():
    held = read("position", leverage="", positionIM="", positionMM="", liqPrice="")
    assert (held.leverage, held.position_im, held.maintenance_margin, held.liq_price) == (None, None, None, None)


@pytest.mark.parametrize(
    "missing", ["isReduceOnly", "openTime", "breakEvenPrice", "curRealisedPnl", "adlRankIndicator"]
)
def test_fields_that_some_accounts_lack(missing):
    assert read("position", **{missing: DROP}).size == 20


def test_entry_price_has_one_name_by_rest_and_another_by_stream():
    assert read("position", avgPrice=DROP, entryPrice="98.22").entry_price == Decimal("98.22")
    with pytest.raises(BadFrame):
        read("position", avgPrice=DROP)


def test_an_unknown_enum_stays_text():
    assert read("order", orderStatus="Frozen").status == "Frozen"
    assert not read("order", orderStatus="Frozen").is_open
    assert read("execution", execType="Foo").exec_type == "Foo"


@pytest.mark.parametrize("filled", ["", "0"])
@pytest.mark.parametrize("row", [{"orderStatus": "Filled"}, {"orderStatus": "Cancelled", "avgPrice": "98.22"}])
def test_an_order_that_filled_says_how_much(row: dict[str, str], filled: str) -> None:
    """Taken for nothing it would prove that a close closed nothing, and another one would follow."""
    with pytest.raises(BadFrame, match="cumExecQty"):
        read("order", **row, cumExecQty=filled)
    assert not read("order", orderStatus="Cancelled", cumExecQty=filled).filled_qty


def test_free_text_is_cleaned():
    assert read("order", rejectReason="EC_<b>\u202e" + "x" * 1000).reject_reason == ("EC_<b>�" + "x" * 1000)[:500]


def test_funding_paid_is_a_positive_fee_and_trades_nothing():
    row = {"execType": "Funding", "orderType": "UNKNOWN", "createType": "", "execFee": "-0.5", "closedSize": "0"}
    funding = read("execution", **row, orderLinkId="", side="Sell")
    assert (funding.exec_type, funding.fee, funding.order_type) == ("Funding", Decimal("-0.5"), "")


@pytest.mark.parametrize(
    "changes", [{"execId": ""}, {"execFee": ""}, {"execValue": ""}, {"execQty": "-1"}, {"seq": -5}]
)
def test_an_execution_without_what_money_needs_is_refused(changes):
    with pytest.raises(BadFrame):
        read("execution", **changes)


@pytest.mark.parametrize("changes", [{"tickSize": "0"}, {"tickSize": ""}, {"minPrice": "x"}])
def test_an_instrument_without_a_tick_is_refused(changes):
    with pytest.raises(BadFrame):
        read("instrument", priceFilter={**rows.INSTRUMENT["priceFilter"], **changes})


def test_a_price_of_zero_is_no_price():
    price = read("ticker", markPrice="0", bid1Price="", ask1Price="0.00")
    assert (price.mark_price, price.bid_price, price.ask_price) == (None, None, None)


def delta(**fields: str) -> wire.TickerRow:
    return Decoder(wire.TickerRow).decode(json.dumps({"symbol": "SOLUSDT", **fields}))


def test_a_delta_changes_what_it_names():
    before = read("ticker")
    after = translate.merged_price(before, delta(markPrice="122.50", bid1Price=""), 5, 9.0)
    assert (after.mark_price, after.bid_price) == (Decimal("122.50"), None)
    assert (after.last_price, after.funding_rate, after.next_funding_ms) == (
        before.last_price, before.funding_rate, before.next_funding_ms,
    )  # fmt: skip
    assert (after.source, after.ts_ms, after.received_mono) == ("stream", 5, 9.0)


@pytest.mark.parametrize("fields", [{"markPrice": "0"}, {"markPrice": ""}, {"lastPrice": "-1"}, {"indexPrice": "NaN"}])
def test_a_price_does_not_become_nothing(fields):
    with pytest.raises(BadValue):
        translate.merged_price(read("ticker"), delta(**fields), 5, 9.0)


@pytest.mark.parametrize(
    ("rights", "read_only", "may_trade", "may_withdraw"),
    [
        ({"ContractTrade": ["Order", "Position"]}, 0, True, False),
        ({"ContractTrade": ["Order", "Position"]}, 1, False, False),
        ({"ContractTrade": ["Position"]}, 0, False, False),
        ({"ContractTrade": ["Order", "Position"], "Wallet": ["AccountTransfer", "Withdraw"]}, 0, True, True),
        ({}, 0, False, False),
    ],
)
def test_what_a_key_may_do(rights, read_only, may_trade, may_withdraw):
    text = json.dumps({"readOnly": read_only, "permissions": rights, "expiredAt": "1970-01-01T00:00:00Z"})
    account = translate.account(wire.AccountInfo(5, "REGULAR_MARGIN"), Decoder(wire.KeyInfo).decode(text))
    assert (account.may_trade, account.may_withdraw, account.margin_mode) == (may_trade, may_withdraw, "cross")
    assert (account.expires_ms, account.is_read_only) == (None, read_only == 1)


def test_demo_does_not_say_what_a_key_may_do():
    assert translate.account(wire.AccountInfo(6, "ISOLATED_MARGIN"), None).may_trade


class TestPositionReader:
    """Polls of unchanged rows are short-cut, and never wrong."""

    def rows_of(self, **changes: Any) -> list[wire.PositionRow]:
        return [Decoder(wire.PositionRow).decode(json.dumps({**rows.POSITION, **changes}))]

    @pytest.mark.parametrize(
        "changes",
        [{}, {"markPrice": "123"}, {"markPrice": ""}, {"size": "19"}, {"stopLoss": ""}, {"size": "0", "side": ""}],
    )
    def test_a_second_poll_equals_a_first_one(self, changes):
        reader = PositionReader("linear")
        reader.read(self.rows_of(), 7.0)
        assert reader.read(self.rows_of(**changes), 9.0) == PositionReader("linear").read(self.rows_of(**changes), 9.0)

    def test_rows_that_come_and_go_and_change_places(self):
        reader = PositionReader("linear")
        sol, xrp, ada = (self.rows_of(symbol=name)[0] for name in ("SOLUSDT", "XRPUSDT", "ADAUSDT"))
        for rows_now in ([sol, xrp], [xrp, sol], [xrp], [ada, xrp, sol], [], [sol]):
            read = reader.read([copy(row) for row in rows_now], 9.0)
            assert [position.symbol for position in read] == [row.symbol for row in rows_now]

    @pytest.mark.parametrize("changes", [{"markPrice": "NaN"}, {"size": "-1"}, {"seq": 1 << 64}])
    def test_a_bad_row_is_refused_though_the_last_one_was_good(self, changes):
        reader = PositionReader("linear")
        reader.read(self.rows_of(), 7.0)
        with pytest.raises(BadFrame):
            reader.read(self.rows_of(**changes), 9.0)


junk = st.one_of(
    st.sampled_from(JUNK),
    st.text(max_size=40),
    st.integers(),
    st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", fullmatch=True),
)


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_row_is_a_record_or_a_refusal(kind, data):
    valid = READERS[kind][0]
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(valid)), junk, min_size=1, max_size=5))
    try:
        record = read(kind, **changes)
    except BadFrame:
        return
    for value in getattr(record, "__struct_fields__", ()):
        _check(getattr(record, value))


def _check(value: object) -> None:
    """What every accepted value promises."""
    if isinstance(value, Decimal):
        assert value.is_finite()
    if isinstance(value, str):
        assert len(value) <= 500
        assert value.isprintable()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_frame_or_a_refusal(data):
    for decoder in (Decoder(wire.Frame), Decoder(wire.TickerFrame), wire.RAW_LIST):
        with suppress(BadFrame):
            wire.decode(decoder, data, "x")
    assert len(wire.excerpt(data)) <= 500


def test_isolated_margin_is_summed_from_the_coins() -> None:
    coin = {
        "coin": "USDT", "equity": "12000", "usdValue": "11994", "walletBalance": "11800", "locked": "0", "bonus": "100",
        "totalOrderIM": "200", "totalPositionIM": "3000", "totalPositionMM": "120",
    }  # fmt: skip
    row = {**rows.WALLET, "totalAvailableBalance": "", "totalInitialMargin": "", "totalMaintenanceMargin": ""}
    wallet = translate.wallet(msgspec.convert({**row, "coin": [coin]}, wire.WalletRow), 1, 7.0)
    rate = Decimal("0.9995")
    assert wallet.available == (11800 - 3000 - 200 - 100) * rate
    assert wallet.initial_margin == 3200 * rate
    assert wallet.maintenance_margin == 120 * rate
    unknown = {**coin, "totalPositionIM": ""}
    wallet = translate.wallet(msgspec.convert({**row, "coin": [coin, unknown]}, wire.WalletRow), 1, 7.0)
    assert (wallet.available, wallet.initial_margin) == (None, None)
    streamed = translate.wallet(msgspec.convert({**row, "coin": [coin]}, wire.WalletRow), 1, 7.0, all_coins=False)
    assert streamed.available is None
