"""Wire rows to the desk's records: the only place where Bybit's text becomes Decimal.

Every function is total: it returns a record that keeps the record's promises, or raises BadFrame (code ``bad_row``)
naming the field (``merged_price``: BadValue). Nothing is guessed; unknown enum values stay text.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import wraps
from typing import ParamSpec, TypeVar

from msgspec.structs import replace

from core.bybit import fields, wire
from core.errors import BadFrame, BadValue
from core.events import Account
from core.model import (
    BookLevel,
    Candle,
    ClosedPnl,
    Execution,
    Instrument,
    Order,
    OrderBook,
    Position,
    Price,
    Wallet,
)
from core.money import ZERO
from core.symbols import settle_coin

_P = ParamSpec("_P")
_T = TypeVar("_T")

_MARGIN_MODES = {"REGULAR_MARGIN": "cross", "ISOLATED_MARGIN": "isolated", "PORTFOLIO_MARGIN": "portfolio"}


def _refusing(topic: str) -> Callable[[Callable[_P, _T]], Callable[_P, _T]]:
    """A field that we refuse (BadValue) is a row that does not fit (BadFrame)."""

    def decorate(function: Callable[_P, _T]) -> Callable[_P, _T]:
        @wraps(function)
        def checked(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            try:
                return function(*args, **kwargs)
            except BadValue as error:
                details = {"topic": topic, "why": error.code, **error.details}
                raise BadFrame("bad_row", **details) from error

        return checked

    return decorate


@_refusing("position")
def position(row: wire.PositionRow, category: str, source: str, mono: float) -> Position:
    """A position row, open or flat (size 0, side ``""``).

    Args:
        row: as decoded.
        category: of the request; a row that names its own must agree with the known ones.
        source: ``rest`` or ``stream``.
        mono: when it was received.
    Raises:
        BadFrame: negative or missing size, open without side or entry price, a leg that contradicts its index …
    """
    size = fields.amount(row.size, "size")
    is_open = size > 0
    symbol = fields.symbol(row.symbol)
    mark = fields.fresh_price(row.mark_price, "markPrice")
    return Position(
        category=category,
        symbol=symbol,
        position_idx=fields.position_idx(row.position_idx),
        side=_position_side(row) if is_open else "",
        size=size,
        entry_price=fields.positive(row.entry_price or row.avg_price, "avgPrice") if is_open else ZERO,
        settle_coin=settle_coin(category, symbol),
        position_value=fields.optional(row.position_value, "positionValue"),
        leverage=fields.price_or_none(row.leverage, "leverage"),
        liq_price=fields.price_or_none(row.liq_price, "liqPrice"),
        break_even_price=fields.optional(row.break_even_price, "breakEvenPrice") or None,
        position_im=fields.optional(row.position_im, "positionIM"),
        maintenance_margin=fields.optional(row.position_mm, "positionMM"),
        take_profit=fields.price_or_none(row.take_profit, "takeProfit"),
        stop_loss=fields.price_or_none(row.stop_loss, "stopLoss"),
        trailing_stop=fields.price_or_none(row.trailing_stop, "trailingStop"),
        cur_realised_pnl=fields.optional(row.cur_realised_pnl, "curRealisedPnl"),
        status=fields.clean(row.position_status),
        adl_rank=fields.whole(row.adl_rank_indicator, "adlRankIndicator"),
        opened_ms=(fields.milliseconds(row.open_time, "openTime") or None) if is_open else None,
        seq=fields.whole(row.seq, "seq"),
        updated_ms=fields.milliseconds(row.updated_time, "updatedTime"),
        mark_price=mark,
        mark_source=source if mark is not None else "",
        mark_mono=mono if mark is not None else 0.0,
        received_mono=mono,
    )


def _position_side(row: wire.PositionRow) -> str:
    side = fields.order_side(row.side)
    if (row.position_idx, side) in {(1, "Sell"), (2, "Buy")}:
        raise BadValue("side_contradicts_idx", field="side", value=side)
    return side


@_refusing("order")
def order(row: wire.OrderRow, category: str) -> Order:
    """An order, open or closed. Stream and REST rows have the same shape."""
    filled = fields.optional_amount(row.cum_exec_qty, "cumExecQty")
    average = fields.price_or_none(row.avg_price, "avgPrice")
    if not filled and (average is not None or row.order_status == "Filled"):
        # Taken for nothing it would prove that a close closed nothing.
        raise BadValue("not_positive", field="cumExecQty", value=row.cum_exec_qty)
    return Order(
        category=category,
        symbol=fields.symbol(row.symbol),
        position_idx=fields.position_idx(row.position_idx),
        order_id=fields.identifier(row.order_id, "orderId", must=True),
        order_link_id=fields.identifier(row.order_link_id, "orderLinkId"),
        side=fields.order_side(row.side),
        order_type=fields.enum(row.order_type),
        status=fields.clean(row.order_status),
        qty=fields.amount(row.qty, "qty"),
        leaves_qty=fields.optional_amount(row.leaves_qty, "leavesQty"),
        filled_qty=filled or ZERO,
        price=fields.price_or_none(row.price, "price"),
        average_price=average,
        trigger_price=fields.price_or_none(row.trigger_price, "triggerPrice"),
        trigger_by=fields.enum(row.trigger_by),
        trigger_direction=fields.whole(row.trigger_direction, "triggerDirection"),
        take_profit=fields.price_or_none(row.take_profit, "takeProfit"),
        stop_loss=fields.price_or_none(row.stop_loss, "stopLoss"),
        stop_order_type=fields.enum(row.stop_order_type),
        time_in_force=fields.enum(row.time_in_force),
        reduce_only=row.reduce_only,
        create_type=fields.enum(row.create_type),
        cancel_type=fields.enum(row.cancel_type),
        reject_reason="" if row.reject_reason == "EC_NoError" else fields.clean(row.reject_reason),
        created_ms=fields.milliseconds(row.created_time, "createdTime"),
        updated_ms=fields.milliseconds(row.updated_time, "updatedTime"),
    )


@_refusing("execution")
def execution(row: wire.ExecutionRow, category: str) -> Execution:
    """A fill, funding payment or other execution row.

    ``value`` is what Bybit says; where it says nothing (``""``) it is zero only for a zero quantity, else refused.
    """
    qty = fields.amount(row.exec_qty, "execQty")
    return Execution(
        category=category,
        symbol=fields.symbol(row.symbol),
        exec_id=fields.identifier(row.exec_id, "execId", must=True),
        order_id=fields.identifier(row.order_id, "orderId"),
        order_link_id=fields.identifier(row.order_link_id, "orderLinkId"),
        side=fields.side(row.side),
        exec_type=fields.clean(row.exec_type),
        qty=qty,
        price=fields.amount(row.exec_price, "execPrice"),
        value=fields.amount(row.exec_value, "execValue"),
        fee=fields.required(row.exec_fee, "execFee"),
        closed_size=fields.optional_amount(row.closed_size, "closedSize"),
        is_maker=row.is_maker,
        create_type=fields.enum(row.create_type),
        stop_order_type=fields.enum(row.stop_order_type),
        order_type=fields.enum(row.order_type),
        ts_ms=fields.milliseconds(row.exec_time, "execTime"),
        seq=fields.whole(row.seq, "seq"),
        fee_currency=fields.coin(row.fee_currency, "feeCurrency"),
        exec_pnl=fields.optional(row.exec_pnl, "execPnl"),
    )


@_refusing("wallet")
def wallet(row: wire.WalletRow, ts_ms: int, mono: float, *, all_coins: bool = True) -> Wallet:
    """The unified account, in USD; rates become ratios as sent, ``""`` (portfolio margin) is None.

    In isolated margin Bybit leaves the account's margin figures empty; they are summed from its coins then, if
    ``all_coins`` of them are in the row.
    """
    account = Wallet(
        equity=fields.optional(row.total_equity, "totalEquity"),
        wallet_balance=fields.optional(row.total_wallet_balance, "totalWalletBalance"),
        margin_balance=fields.optional(row.total_margin_balance, "totalMarginBalance"),
        available=fields.optional(row.total_available_balance, "totalAvailableBalance"),
        unrealised_pnl=fields.optional(row.total_perp_upl, "totalPerpUPL"),
        initial_margin=fields.optional(row.total_initial_margin, "totalInitialMargin"),
        maintenance_margin=fields.optional(row.total_maintenance_margin, "totalMaintenanceMargin"),
        im_ratio=fields.optional(row.account_im_rate, "accountIMRate"),
        mm_ratio=fields.optional(row.account_mm_rate, "accountMMRate"),
        updated_ms=ts_ms,
        received_mono=mono,
    )
    return _summed(account, row.coin) if all_coins and account.available is None else account


def _summed(account: Wallet, coins: list[wire.WalletCoin]) -> Wallet:
    """Margin figures from the coins; unchanged when one of them does not say enough (portfolio margin).

    Source: V5 documentation of wallet-balance; in isolated margin a coin's balance − position margin − order margin −
    locked − bonus is what can be used. Each coin counts at the rate that its own usdValue and equity give.
    """
    available = initial = maintenance = ZERO
    for coin in coins:
        equity = fields.optional(coin.equity, "equity")
        if not equity:
            continue
        usd, balance, position_im, order_im, position_mm = (
            fields.optional(getattr(coin, name), name)
            for name in ("usd_value", "wallet_balance", "total_position_im", "total_order_im", "total_position_mm")
        )
        if usd is None or balance is None or position_im is None or order_im is None or position_mm is None:
            return account
        taken = (fields.optional(coin.locked, "locked") or ZERO) + (fields.optional(coin.bonus, "bonus") or ZERO)
        rate = usd / equity
        available += (balance - position_im - order_im - taken) * rate
        initial += (position_im + order_im) * rate
        maintenance += position_mm * rate
    return replace(account, available=available, initial_margin=initial, maintenance_margin=maintenance)


@_refusing("closed-pnl")
def closed_pnl(row: wire.ClosedPnlRow, category: str) -> ClosedPnl:
    """Bybit's record of one closing order."""
    return ClosedPnl(
        category=category,
        symbol=fields.symbol(row.symbol),
        order_id=fields.identifier(row.order_id, "orderId", must=True),
        side=fields.order_side(row.side),
        closed_size=fields.amount(row.closed_size, "closedSize"),
        entry_price=fields.amount(row.avg_entry_price, "avgEntryPrice"),
        exit_price=fields.amount(row.avg_exit_price, "avgExitPrice"),
        closed_pnl=fields.required(row.closed_pnl, "closedPnl"),
        open_fee=fields.optional(row.open_fee, "openFee"),
        close_fee=fields.optional(row.close_fee, "closeFee"),
        exec_type=fields.clean(row.exec_type),
        created_ms=fields.milliseconds(row.created_time, "createdTime"),
        updated_ms=fields.milliseconds(row.updated_time, "updatedTime"),
    )


@_refusing("instrument")
def instrument(row: wire.InstrumentRow, category: str) -> Instrument:
    """A contract and its limits."""
    lot, prices, leverage = row.lot_size_filter, row.price_filter, row.leverage_filter
    max_qty = fields.amount(lot.max_order_qty, "maxOrderQty")
    return Instrument(
        category=category,
        symbol=fields.symbol(row.symbol),
        base_coin=fields.coin(row.base_coin, "baseCoin"),
        quote_coin=fields.coin(row.quote_coin, "quoteCoin"),
        settle_coin=fields.coin(row.settle_coin, "settleCoin"),
        status=fields.clean(row.status),
        tick=fields.positive(prices.tick_size, "tickSize"),
        step=fields.positive(lot.qty_step, "qtyStep"),
        min_qty=fields.amount(lot.min_order_qty, "minOrderQty"),
        max_qty=max_qty,
        max_market_qty=fields.optional_amount(lot.max_mkt_order_qty, "maxMktOrderQty") or max_qty,
        min_notional=fields.price_or_none(lot.min_notional_value, "minNotionalValue"),
        min_price=fields.amount(prices.min_price, "minPrice"),
        max_price=fields.amount(prices.max_price, "maxPrice"),
        min_leverage=fields.amount(leverage.min_leverage, "minLeverage"),
        max_leverage=fields.amount(leverage.max_leverage, "maxLeverage"),
        leverage_step=fields.amount(leverage.leverage_step, "leverageStep"),
        funding_interval_min=fields.whole(row.funding_interval, "fundingInterval"),
    )


@_refusing("ticker")
def price(row: wire.TickerRow, category: str, source: str, ts_ms: int, mono: float) -> Price:
    """All prices of a contract from a complete row (REST or stream snapshot). A zero price is no price."""
    return Price(
        category=category,
        symbol=fields.symbol(row.symbol),
        mark_price=fields.price_or_none(row.mark_price or "", "markPrice"),
        last_price=fields.price_or_none(row.last_price or "", "lastPrice"),
        index_price=fields.price_or_none(row.index_price or "", "indexPrice"),
        bid_price=fields.price_or_none(row.bid1_price or "", "bid1Price"),
        ask_price=fields.price_or_none(row.ask1_price or "", "ask1Price"),
        funding_rate=fields.optional(row.funding_rate or "", "fundingRate"),
        next_funding_ms=_moment(row.next_funding_time or ""),
        source=source,
        ts_ms=ts_ms,
        received_mono=mono,
    )


def merged_price(before: Price, delta: wire.TickerRow, ts_ms: int, mono: float) -> Price:
    """A stream delta laid over what was known: an absent field keeps its value.

    Thousands of these arrive per second, so this is the one function here that lets BadValue pass as it is.

    Raises:
        BadValue: a field that does not fit, also a mark, last or index price that *becomes* zero or absent, which no
            market does.
    """
    mark, last, index = delta.mark_price, delta.last_price, delta.index_price
    bid, ask = delta.bid1_price, delta.ask1_price
    rate, funding = delta.funding_rate, delta.next_funding_time
    return Price(
        category=before.category,
        symbol=before.symbol,
        mark_price=before.mark_price if mark is None else fields.fresh_positive(mark, "markPrice"),
        last_price=before.last_price if last is None else fields.positive(last, "lastPrice"),
        index_price=before.index_price if index is None else fields.fresh_positive(index, "indexPrice"),
        bid_price=before.bid_price if bid is None else fields.price_or_none(bid, "bid1Price"),
        ask_price=before.ask_price if ask is None else fields.price_or_none(ask, "ask1Price"),
        funding_rate=before.funding_rate if rate is None else fields.optional(rate, "fundingRate"),
        next_funding_ms=before.next_funding_ms if funding is None else _moment(funding),
        source="stream",
        ts_ms=ts_ms,
        received_mono=mono,
    )


def _moment(text: str) -> int | None:
    return fields.milliseconds(text, "nextFundingTime") or None


@_refusing("fee-rate")
def fee_rate(row: wire.FeeRateRow) -> tuple[str, Decimal, Decimal]:
    """(symbol, taker, maker) as ratios; a maker rebate is negative."""
    return (
        fields.symbol(row.symbol),
        fields.required(row.taker_fee_rate, "takerFeeRate"),
        fields.required(row.maker_fee_rate, "makerFeeRate"),
    )


@_refusing("orderbook")
def order_book(row: wire.OrderBookResult, category: str, mono: float) -> OrderBook:
    """A moment of the book, bids from the highest, asks from the lowest."""
    bids = sorted((_level(pair, "b") for pair in row.b), reverse=True)
    asks = sorted(_level(pair, "a") for pair in row.a)
    return OrderBook(
        category=category,
        symbol=fields.symbol(row.s),
        bids=tuple(bids),
        asks=tuple(asks),
        ts_ms=row.ts,
        received_mono=mono,
    )


def _level(pair: tuple[str, str], field: str) -> BookLevel:
    return BookLevel(fields.positive(pair[0], field), fields.amount(pair[1], field))


@_refusing("kline")
def candle(row: wire.CandleRow) -> Candle:
    """One bar."""
    start, opened, high, low, close, volume, _turnover = row
    return Candle(
        fields.milliseconds(start, "start"),
        fields.positive(opened, "open"),
        fields.positive(high, "high"),
        fields.positive(low, "low"),
        fields.positive(close, "close"),
        fields.amount(volume, "volume"),
    )


def account(info: wire.AccountInfo, key: wire.KeyInfo | None) -> Account:
    """What the account and the key may do. Without key information (demo trading has none) the key is taken to trade.

    Source: V5 "Get API Key Information": ``readOnly`` 1 forbids writing, ``permissions.ContractTrade`` lists Order and
    Position, ``permissions.Wallet`` may list Withdraw and the rights to transfer.
    """
    mode = _MARGIN_MODES.get(info.margin_mode, "")
    if key is None:
        return Account(margin_mode=mode, unified_status=info.unified_margin_status)
    rights = key.permissions
    is_read_only = key.read_only != 0
    return Account(
        margin_mode=mode,
        unified_status=info.unified_margin_status,
        is_read_only=is_read_only,
        may_trade=not is_read_only and {"Order", "Position"} <= set(rights.contract_trade),
        may_withdraw="Withdraw" in rights.wallet,
        may_transfer=bool({"AccountTransfer", "SubMemberTransfer", "SubMemberTransferList"} & set(rights.wallet)),
        ips=tuple(fields.clean(ip) for ip in key.ips),
        expires_ms=_iso_ms(key.expired_at),
        user_id=fields.clean(str(key.user_id)),
    )


def server_time_ms(row: wire.ServerTime) -> float:
    """The exchange's clock in ms, from its nanoseconds.

    Raises:
        BadFrame: not 19 digits, which is what nanoseconds since 1970 have until the year 2286.
    """
    text = row.time_nano
    if not (text.isascii() and text.isdecimal() and len(text) == 19):
        raise BadFrame("bad_row", topic="time", field="timeNano", value=repr(text)[:80])
    return int(text) / 1_000_000


def _iso_ms(text: str) -> int | None:
    """``2026-12-22T07:20:25Z`` in ms; None for anything else: an unknown expiry must not stop the desk."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int(moment.timestamp() * 1000) if moment.tzinfo is not None and moment.year > 1970 else None
