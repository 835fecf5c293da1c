"""Frames and answers that Bybit published, read to the last figure; tests/frames names the page of each."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.json import Decoder

from core.bybit import translate, wire
from core.errors import BadFrame

FRAMES = Path(__file__).resolve().parents[2] / "frames"


def frame(name: str) -> tuple[wire.Frame, list[bytes]]:
    """A private frame, and its rows as text."""
    text = json.dumps(json.loads((FRAMES / f"{name}.json").read_text())["frame"])
    decoded = Decoder(wire.Frame).decode(text)
    return decoded, [bytes(row) for row in wire.RAW_LIST.decode(decoded.data)]


def result(name: str, shape: Any) -> Any:
    """The result of an answer, in its shape."""
    text = json.dumps(json.loads((FRAMES / f"{name}.json").read_text())["answer"])
    return Decoder(wire.Envelope[shape]).decode(text).result


def row(name: str, kind: Any) -> Any:
    """The first row of a list answer."""
    return result(name, wire.Page[kind]).rows[0]


@pytest.mark.parametrize("path", sorted(FRAMES.glob("*.json")), ids=lambda path: path.stem)
def test_every_frame_says_where_it_comes_from(path):
    assert json.loads(path.read_text())["source"].startswith("Bybit V5 documentation")


def test_a_flat_leg_by_stream():
    decoded, rows = frame("stream_position")
    leg = translate.position(Decoder(wire.PositionRow).decode(rows[0]), "linear", "stream", 7.0)
    assert (decoded.topic, decoded.creation_time) == ("position", 1697682317044)
    assert leg.key == ("linear", "BTCUSDT", 2)
    assert (leg.size, leg.side, leg.entry_price, leg.settle_coin) == (0, "", 0, "USDT")
    assert (leg.take_profit, leg.stop_loss, leg.trailing_stop, leg.liq_price) == (None, None, None, None)
    assert (leg.cur_realised_pnl, leg.leverage, leg.mark_price) == (Decimal("1.26"), 10, Decimal("28184.5"))
    assert (leg.seq, leg.updated_ms, leg.received_mono) == (8327597863, 1697682317038, 7.0)


def test_an_inverse_short_by_rest():
    short = translate.position(row("rest_position", wire.PositionRow), "inverse", "rest", 7.0)
    assert short.key == ("inverse", "BTCUSD", 0)
    assert (short.side, short.size, short.entry_price) == ("Sell", 300, Decimal("27464.50441675"))
    assert (short.settle_coin, short.position_value) == ("BTC", Decimal("0.01092319"))
    assert (short.take_profit, short.stop_loss, short.trailing_stop, short.liq_price) == (None, None, None, None)
    assert (short.position_im, short.maintenance_margin) == (Decimal("0.00010923"), Decimal("0.0000015"))
    assert (short.status, short.adl_rank, short.opened_ms) == ("Normal", 2, None)
    assert (short.mark_price, short.mark_source, short.mark_mono) == (Decimal("28224.50"), "rest", 7.0)


def test_an_open_limit_order():
    order = translate.order(row("rest_order", wire.OrderRow), "linear")
    assert (order.order_id, order.order_link_id) == ("fd4300ae-7847-404e-b947-b46980a4d140", "test-000005")
    assert order.position_key == ("linear", "ETHUSDT", 1)
    assert (order.qty, order.leaves_qty, order.filled_qty) == (Decimal("0.10"), Decimal("0.10"), 0)
    assert (order.price, order.average_price, order.trigger_price) == (1600, None, None)
    assert (order.take_profit, order.stop_loss) == (2500, 1500)
    assert (order.stop_order_type, order.trigger_by, order.cancel_type, order.reject_reason) == ("", "", "", "")
    assert order.is_open


def test_an_option_order_decodes_though_it_is_not_ours():
    _decoded, rows = frame("stream_order_option")
    assert Decoder(wire.OrderRow).decode(rows[0]).category == "option"


def test_a_fill_by_stream():
    _decoded, rows = frame("stream_execution")
    fill = translate.execution(Decoder(wire.ExecutionRow).decode(rows[0]), "linear")
    assert (fill.exec_id, fill.side, fill.exec_type) == ("7e2ae69c-4edf-5800-a352-893d52b446aa", "Sell", "Trade")
    assert (fill.qty, fill.price, fill.value, fill.fee) == (
        25,
        Decimal("0.3374"),
        Decimal("8.435"),
        Decimal("0.005061"),
    )
    assert (fill.closed_size, fill.exec_pnl, fill.seq, fill.ts_ms) == (None, None, -1, 1672364174443)
    assert (fill.is_maker, fill.stop_order_type, fill.order_type) == (False, "", "Market")


def test_a_fill_by_rest():
    fill = translate.execution(row("rest_execution", wire.ExecutionRow), "linear")
    assert (fill.symbol, fill.value, fill.fee, fill.seq) == (
        "ETHPERP", Decimal("119.015"), Decimal("0.071409"), 4688002127,
    )  # fmt: skip


def test_a_closed_pnl_record_with_a_time_in_nanoseconds_and_no_fees():
    record = translate.closed_pnl(row("rest_closed_pnl", wire.ClosedPnlRow), "linear")
    assert (record.closed_pnl, record.closed_size) == (Decimal("-47.4065323"), 3)
    assert (record.created_ms, record.updated_ms) == (1672214887231, 1672214887236)
    assert (record.open_fee, record.close_fee) == (None, None)


def test_the_wallet():
    decoded, rows = frame("stream_wallet")
    wallet = translate.wallet(Decoder(wire.WalletRow).decode(rows[0]), decoded.creation_time, 7.0)
    assert (wallet.equity, wallet.wallet_balance) == (Decimal("12837.78330098"), Decimal("12840.4045924"))
    assert (wallet.available, wallet.unrealised_pnl) == (Decimal("12632.05767702"), Decimal("-2.62129051"))
    assert (wallet.initial_margin, wallet.maintenance_margin) == (Decimal("205.72562486"), Decimal("39.42876721"))
    assert (wallet.im_ratio, wallet.mm_ratio, wallet.updated_ms) == (Decimal("0.016"), Decimal("0.003"), 1672364262482)


def test_tickers():
    text = json.dumps(json.loads((FRAMES / "stream_ticker.json").read_text())["frame"])
    decoded = Decoder(wire.TickerFrame).decode(text)
    price = translate.price(decoded.data, "linear", "stream", decoded.ts, 7.0)
    assert (price.mark_price, price.last_price, price.index_price) == (
        Decimal("17217.33"), Decimal("17216.00"), Decimal("17227.36"),
    )  # fmt: skip
    assert (price.funding_rate, price.next_funding_ms) == (Decimal("-0.000212"), 1673280000000)
    by_rest = translate.price(row("rest_ticker", wire.TickerRow), "inverse", "rest", 1, 7.0)
    assert (by_rest.symbol, by_rest.bid_price, by_rest.ask_price) == ("BTCUSD", 16596, Decimal("16597.50"))


def test_an_instrument():
    contract = translate.instrument(row("rest_instrument", wire.InstrumentRow), "linear")
    assert (contract.tick, contract.step, contract.min_qty) == (Decimal("0.10"), Decimal("0.001"), Decimal("0.001"))
    assert (contract.max_qty, contract.max_market_qty, contract.min_notional) == (1190, 500, 5)
    assert (contract.min_leverage, contract.max_leverage, contract.leverage_step) == (1, 100, Decimal("0.01"))
    assert (contract.settle_coin, contract.status, contract.funding_interval_min) == ("USDT", "Trading", 480)


def test_a_key_that_may_not_trade():
    account = translate.account(wire.AccountInfo(6, "PORTFOLIO_MARGIN"), result("rest_key_info", wire.KeyInfo))
    assert (account.margin_mode, account.unified_status) == ("portfolio", 6)
    assert (account.is_read_only, account.may_trade, account.may_withdraw) == (False, False, False)
    assert (account.ips, account.user_id, account.expires_ms) == (("*",), "53888001", 1684120404000)


def test_fee_rates_book_and_time():
    assert translate.fee_rate(row("rest_fee_rate", wire.FeeRateRow)) == (
        "ETHUSDT",
        Decimal("0.0006"),
        Decimal("0.0001"),
    )
    book = translate.order_book(result("rest_orderbook", wire.OrderBookResult), "linear", 7.0)
    assert (book.bids[0], book.asks[0], book.ts_ms) == (
        (Decimal("16638.27"), Decimal("0.305749")), (Decimal("16638.64"), Decimal("0.008479")), 1672765737733,
    )  # fmt: skip
    assert translate.server_time_ms(result("rest_time", wire.ServerTime)) == pytest.approx(1688639403423.2139)
    with pytest.raises(BadFrame):
        translate.server_time_ms(wire.ServerTime("1688639403"))
