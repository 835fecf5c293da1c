"""What Bybit v5 sends, as typed structs: replies, rows and frames. Every amount is text, as sent.

Only shapes are checked here; meaning is translate's business. Unknown fields are ignored, fields that some accounts
lack are optional, nothing is coerced: a number where Bybit sends text is refused. Whole numbers that its documentation
calls now a number, now a text are taken either way. Names are Bybit's, in snake case.
Source: V5 documentation of each endpoint and topic.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct, field

from core.errors import BadFrame

MAX_FRAME = 1_000_000
MAX_BODY = 5_000_000
MAX_ROWS = 1_000
EXCERPT = 500

_T = TypeVar("_T")

# Beyond msgspec's own errors: text that is not UTF-8, and nesting deeper than the interpreter allows.
DECODE_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Row(Struct, frozen=True, gc=False, rename="camel"):
    """A row of text and numbers; holds nothing that the garbage collector would have to follow."""


class Envelope(Struct, Generic[_T], frozen=True, rename="camel"):
    """Every REST answer. ``result`` has its shape only when ``ret_code`` is 0."""

    ret_code: int
    result: _T
    ret_msg: str = ""
    time: int = 0


class AnyEnvelope(Struct, frozen=True, rename="camel"):
    """Every REST answer, refusals included; ``result`` stays text."""

    ret_code: int
    result: Raw = Raw()
    ret_msg: str = ""
    time: int = 0


class Page(Struct, Generic[_T], frozen=True, rename="camel"):
    """The ``result`` of every list endpoint."""

    rows: list[_T] = field(name="list")
    next_page_cursor: str = ""


class ServerTime(Row, frozen=True):
    """market/time."""

    time_nano: str
    time_second: str = ""


class LeverageFilter(Row, frozen=True):
    """Part of an instrument."""

    min_leverage: str
    max_leverage: str
    leverage_step: str


class PriceFilter(Row, frozen=True):
    """Part of an instrument."""

    min_price: str
    max_price: str
    tick_size: str


class LotSizeFilter(Row, frozen=True):
    """Part of an instrument. ``minNotionalValue`` is missing for inverse contracts."""

    max_order_qty: str
    min_order_qty: str
    qty_step: str
    max_mkt_order_qty: str = ""
    min_notional_value: str = ""


class InstrumentRow(Struct, frozen=True, rename="camel"):
    """market/instruments-info."""

    symbol: str
    status: str
    base_coin: str
    quote_coin: str
    settle_coin: str
    leverage_filter: LeverageFilter
    price_filter: PriceFilter
    lot_size_filter: LotSizeFilter
    funding_interval: int | str = 0


class TickerRow(Row, frozen=True):
    """market/tickers, and the ``data`` of the tickers topic; a delta carries only what changed (None: did not)."""

    symbol: str
    mark_price: str | None = None
    last_price: str | None = None
    index_price: str | None = None
    bid1_price: str | None = None
    ask1_price: str | None = None
    funding_rate: str | None = None
    next_funding_time: str | None = None


class PositionRow(Struct, gc=False, rename="camel"):
    """position/list and the position topic. The entry price is ``avgPrice`` by REST, ``entryPrice`` by stream."""

    symbol: str
    position_idx: int
    side: str
    size: str
    category: str = ""
    avg_price: str = ""
    entry_price: str = ""
    position_value: str = ""
    leverage: str = ""
    mark_price: str = ""
    liq_price: str = ""
    break_even_price: str = ""
    position_im: str = field(default="", name="positionIM")
    position_mm: str = field(default="", name="positionMM")
    take_profit: str = ""
    stop_loss: str = ""
    trailing_stop: str = ""
    cur_realised_pnl: str = ""
    position_status: str = ""
    adl_rank_indicator: int | str = 0
    open_time: int | str = 0
    updated_time: str = ""
    seq: int | str = -1


class OrderRow(Row, frozen=True):
    """order/realtime, order/history and the order topic."""

    symbol: str
    order_id: str
    side: str
    order_type: str
    order_status: str
    qty: str
    category: str = ""
    order_link_id: str = ""
    position_idx: int = 0
    price: str = ""
    avg_price: str = ""
    leaves_qty: str = ""
    cum_exec_qty: str = ""
    trigger_price: str = ""
    trigger_by: str = ""
    trigger_direction: int | str = 0
    take_profit: str = ""
    stop_loss: str = ""
    stop_order_type: str = ""
    time_in_force: str = ""
    reduce_only: bool = False
    create_type: str = ""
    cancel_type: str = ""
    reject_reason: str = ""
    created_time: str = ""
    updated_time: str = ""


class ExecutionRow(Row, frozen=True):
    """execution/list and the execution topic; ``execPnl`` and ``category`` only by stream."""

    symbol: str
    exec_id: str
    side: str
    exec_type: str
    exec_qty: str
    exec_price: str
    exec_time: str
    category: str = ""
    order_id: str = ""
    order_link_id: str = ""
    exec_value: str = ""
    exec_fee: str = ""
    fee_currency: str = ""
    closed_size: str = ""
    exec_pnl: str = ""
    is_maker: bool = False
    create_type: str = ""
    stop_order_type: str = ""
    order_type: str = ""
    seq: int | str = -1


class ClosedPnlRow(Row, frozen=True):
    """position/closed-pnl; the fees are missing in older records."""

    symbol: str
    order_id: str
    side: str
    closed_size: str
    avg_entry_price: str
    avg_exit_price: str
    closed_pnl: str
    exec_type: str = ""
    open_fee: str = ""
    close_fee: str = ""
    created_time: str = ""
    updated_time: str = ""


class WalletCoin(Row, frozen=True):
    """One coin of account/wallet-balance and of the wallet topic."""

    coin: str
    equity: str = ""
    usd_value: str = ""
    wallet_balance: str = ""
    locked: str = ""
    bonus: str = ""
    total_order_im: str = field(default="", name="totalOrderIM")
    total_position_im: str = field(default="", name="totalPositionIM")
    total_position_mm: str = field(default="", name="totalPositionMM")


class WalletRow(Row, frozen=True):
    """account/wallet-balance and the wallet topic."""

    account_type: str = ""
    total_equity: str = ""
    total_wallet_balance: str = ""
    total_margin_balance: str = ""
    total_available_balance: str = ""
    total_perp_upl: str = field(default="", name="totalPerpUPL")
    total_initial_margin: str = ""
    total_maintenance_margin: str = ""
    account_im_rate: str = field(default="", name="accountIMRate")
    account_mm_rate: str = field(default="", name="accountMMRate")
    coin: list[WalletCoin] = []


class FeeRateRow(Row, frozen=True):
    """account/fee-rate."""

    symbol: str
    taker_fee_rate: str
    maker_fee_rate: str


class AccountInfo(Row, frozen=True):
    """account/info."""

    unified_margin_status: int
    margin_mode: str = ""


class KeyPermissions(Struct, frozen=True):
    """Part of user/query-api: rights by area."""

    contract_trade: list[str] = field(default_factory=list, name="ContractTrade")
    wallet: list[str] = field(default_factory=list, name="Wallet")
    derivatives: list[str] = field(default_factory=list, name="Derivatives")


class KeyInfo(Struct, frozen=True, rename="camel"):
    """user/query-api."""

    read_only: int
    permissions: KeyPermissions
    ips: list[str] = []
    user_id: int | str = field(default=0, name="userID")
    expired_at: str = ""


class OrderBookResult(Struct, frozen=True):
    """market/orderbook: [price, size] pairs."""

    s: str
    b: list[tuple[str, str]]
    a: list[tuple[str, str]]
    ts: int


# market/kline: [start, open, high, low, close, volume, turnover].
CandleRow = tuple[str, str, str, str, str, str, str]


class OrderIds(Row, frozen=True):
    """The acknowledgement of order/create and order/cancel."""

    order_id: str
    order_link_id: str = ""


class Control(Struct, frozen=True):
    """What any frame may say about itself: data has a ``topic``, an answer to a request of ours has an ``op``."""

    topic: str = ""
    op: str = ""
    success: bool | None = None
    ret_msg: str = ""
    req_id: str = ""


class Frame(Control, frozen=True):
    """Any frame of a private stream."""

    creation_time: int = field(default=0, name="creationTime")
    data: Raw = Raw()


class TickerFrame(Control, frozen=True):
    """Any frame of a public stream; ``data`` is decoded in the same pass because there are thousands."""

    type: str = ""
    ts: int = 0
    data: TickerRow | None = None


def decode(decoder: msgspec.json.Decoder[_T], data: Any, topic: str) -> _T:
    """Decode one JSON document.

    Args:
        decoder: made once per type; making one costs more than using it.
        data: text, bytes or Raw.
        topic: what it was, for the error.
    Raises:
        BadFrame: code ``bad_shape``; ``why`` is msgspec's reason, ``excerpt`` the beginning of the data.
    """
    try:
        return decoder.decode(data)
    except DECODE_ERRORS as error:
        raise BadFrame("bad_shape", topic=topic, why=str(error)[:EXCERPT], excerpt=excerpt(data)) from error


def excerpt(data: Any) -> str:
    """The first characters of what was received, for the log and the details pane."""
    if isinstance(data, str):
        return data[:EXCERPT]
    return bytes(memoryview(data)[:EXCERPT]).decode("utf-8", "replace")


RAW_LIST = msgspec.json.Decoder(list[Raw])
