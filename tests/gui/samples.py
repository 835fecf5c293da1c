"""Made-up but consistent records for developing and testing the desk without an exchange.

The main sample repeats the numbers of the design pictures. Times count back from ``NOW_MS`` and ``NOW_MONO``, which
are also where :func:`clock` starts, so that ages come out the same in every run.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from core import formulas
from core.analytics.metrics import summarise
from core.clock import ManualClock
from core.model import (
    AuditEvent,
    BookLevel,
    Candle,
    ClosedTrade,
    Command,
    EquityPoint,
    Execution,
    Instrument,
    Link,
    Links,
    Order,
    OrderBook,
    PartialExit,
    Position,
    PositionKey,
    Price,
    SessionSummary,
    Snapshot,
    StopChange,
    StopLevels,
    Wallet,
)

NOW_MS = 1_700_000_000_000
NOW_MONO = 1_000.0
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
STARTED_MS = NOW_MS - 30 * HOUR_MS
FEE_RATES = (Decimal("0.00055"), Decimal("0.0002"))

D = Decimal

# symbol: tick, step, minimum, maximum, maximum leverage
_CONTRACTS = {
    "SOLUSDT": ("0.01", "0.1", "0.1", "79770", "100"),
    "BTCUSDT": ("0.1", "0.001", "0.001", "1190", "100"),
    "ETHUSDT": ("0.01", "0.01", "0.01", "7240", "100"),
    "1000PEPEUSDT": ("0.0000001", "100", "100", "92500000", "50"),
    "AVAXUSDT": ("0.001", "0.1", "0.1", "27530", "50"),
    "LINKUSDT": ("0.001", "0.1", "0.1", "36680", "50"),
}


def clock() -> ManualClock:
    """A clock that stands at ``NOW_MS`` and ``NOW_MONO``."""
    return ManualClock(NOW_MS)


def instrument(symbol: str = "SOLUSDT", **changes: Any) -> Instrument:
    """A USDT contract with Bybit-like limits; an unknown symbol gets SOLUSDT's."""
    tick, step, min_qty, max_qty, max_leverage = _CONTRACTS.get(symbol, _CONTRACTS["SOLUSDT"])
    fields: dict[str, Any] = {
        "category": "linear",
        "symbol": symbol,
        "base_coin": symbol.removesuffix("USDT"),
        "quote_coin": "USDT",
        "settle_coin": "USDT",
        "status": "Trading",
        "tick": D(tick),
        "step": D(step),
        "min_qty": D(min_qty),
        "max_qty": D(max_qty),
        "max_market_qty": D(max_qty) / 5,
        "min_notional": D(5),
        "min_price": D(tick),
        "max_price": D("1999999.8"),
        "min_leverage": D(1),
        "max_leverage": D(max_leverage),
        "leverage_step": D("0.01"),
        "funding_interval_min": 480,
    }
    return Instrument(**(fields | changes))


def exit_of(qty: str, price: str, net: str, minutes_ago: int, share: str, reason: str) -> PartialExit:
    """One partial exit."""
    fee = D(qty) * D(price) * FEE_RATES[0]
    return PartialExit(
        order_id=f"exit-{minutes_ago}",
        order_link_id=f"bot-exit-{minutes_ago}",
        ts_ms=NOW_MS - minutes_ago * MINUTE_MS,
        qty=D(qty),
        price=D(price),
        share_pct=D(share),
        gross_pnl=D(net) + fee,
        fee=fee,
        net_pnl=D(net),
        reason=reason,
    )


def position(symbol: str = "SOLUSDT", **changes: Any) -> Position:
    """An open position whose derived figures follow from size, entry, mark and leverage.

    Without changes: long 20.0 SOL at 100.50, mark 122.40, 5x, TP 130, SL 104, two partial exits behind it.
    """
    base: dict[str, Any] = {
        "category": "linear",
        "symbol": symbol,
        "position_idx": 0,
        "side": "Buy",
        "size": D("20.0"),
        "entry_price": D("100.50"),
        "mark_price": D("122.40"),
        "last_price": D("122.39"),
        "leverage": D(5),
        "liq_price": D("81.86"),
        "take_profit": D("130.00"),
        "stop_loss": D("104.00"),
        "trailing_stop": D("2.90"),
        "settle_coin": "USDT",
        "margin_mode": "isolated",
        "status": "Normal",
        "opened_ms": NOW_MS - 192 * MINUTE_MS,
        "seq": 7_001,
        "updated_ms": NOW_MS - 4_000,
        "mark_source": "stream",
        "funding_rate": D("0.0001"),
        "next_funding_ms": NOW_MS + 82_000,
        "realised_pnl": D("430.21"),
        "fees": D("4.79"),
        "funding": D("0.00"),
        "peak_size": D("50.0"),
        "partial_exits": (
            exit_of("15.0", "110.00", "142.50", 45, "30", "ROE 50% rule"),
            exit_of("15.0", "120.00", "292.50", 15, "30", "ROE 100% rule"),
        ),
        "life_id": f"{symbol}-1",
        "mark_mono": NOW_MONO - 0.3,
        "received_mono": NOW_MONO - 2,
    }
    return derive(Position(**(base | changes)))


def derive(row: Position) -> Position:
    """The row with value, margin, unrealised PnL and ROE computed from its mark, as the book does."""
    if row.mark_price is None:
        return row
    pnl = formulas.unrealised_pnl(row.category, row.side, row.size, row.entry_price, row.mark_price)
    margin = (
        formulas.initial_margin(row.category, row.size, row.entry_price, row.leverage)
        if row.leverage is not None
        else None
    )
    return msgspec.structs.replace(
        row,
        position_value=formulas.position_value(row.category, row.size, row.mark_price),
        unrealised_pnl=pnl,
        initial_margin=margin,
        roe_pct=formulas.roe_pct(pnl, margin) if margin else None,
    )


def _plain(symbol: str, side: str, size: str, entry: str, mark: str, leverage: int, **changes: Any) -> Position:
    fields: dict[str, Any] = {
        "side": side,
        "size": D(size),
        "peak_size": D(size),
        "entry_price": D(entry),
        "mark_price": D(mark),
        "last_price": D(mark),
        "leverage": D(leverage),
        "trailing_stop": None,
        "partial_exits": (),
        "realised_pnl": D(0),
        "break_even_price": D(entry) * D("1.0012"),
    }
    return position(symbol, **(fields | changes))


def positions() -> tuple[Position, ...]:
    """The six positions of the design picture, sorted by symbol and idx."""
    rows = (
        position(),
        _plain(
            "BTCUSDT", "Sell", "0.120", "67210.0", "67605.0", 10, position_idx=2, liq_price=D("73940.5"),
            take_profit=D("64000.0"), stop_loss=D("68400.0"), margin_mode="cross", opened_ms=NOW_MS - 41 * MINUTE_MS,
            realised_pnl=D("-2.11"), fees=D("4.43"), funding=D("2.32"), funding_rate=D("-0.000027"),
        ),
        _plain(
            "ETHUSDT", "Buy", "1.50", "3482.10", "3510.90", 8, liq_price=D("3068.40"), take_profit=None, stop_loss=None,
            opened_ms=NOW_MS - 65 * MINUTE_MS, fees=D("2.87"),
        ),
        _plain(
            "1000PEPEUSDT", "Buy", "210000", "0.0107140", "0.0105000", 3, liq_price=D("0.0073310"),
            take_profit=D("0.0120000"), stop_loss=D("0.0099000"), opened_ms=NOW_MS - 1360 * MINUTE_MS, fees=D("1.24"),
        ),
        _plain(
            "AVAXUSDT", "Sell", "60.0", "34.920", "35.590", 5, liq_price=D("41.204"), take_profit=D("31.000"),
            stop_loss=D("36.400"), opened_ms=NOW_MS - 411 * MINUTE_MS, peak_size=D("80.0"), realised_pnl=D("12.60"),
            fees=D("1.40"), partial_exits=(exit_of("20.0", "34.220", "12.60", 90, "25", "bot take profit 1"),),
        ),
        _plain(
            "LINKUSDT", "Buy", "80.0", "14.210", "14.100", 5, liq_price=D("11.560"), take_profit=None,
            stop_loss=D("13.800"), opened_ms=NOW_MS - 12 * MINUTE_MS, fees=D("0.63"), is_closing=True,
            next_funding_ms=None, funding_rate=None,
        ),
    )  # fmt: skip
    return tuple(sorted(rows, key=lambda row: row.key))


def many_positions(count: int) -> tuple[Position, ...]:
    """``count`` positions under invented symbols, with different sizes, sides and prices; sorted by symbol."""
    return tuple(
        _plain(
            f"COIN{number:03d}USDT",
            "Buy" if number % 3 else "Sell",
            str(1 + number % 17),
            str(20 + number % 50),
            str(D(20 + number % 50) * (1 + D(number % 21 - 10) / 100)),
            3 + number % 8,
            stop_loss=None if number % 4 == 0 else D(15),
            take_profit=D(90),
        )
        for number in range(count)
    )


def order(number: int = 0, **changes: Any) -> Order:
    """An open order; without changes a stop loss of SOLUSDT."""
    fields: dict[str, Any] = {
        "category": "linear",
        "symbol": "SOLUSDT",
        "position_idx": 0,
        "order_id": f"order-{number}",
        "order_link_id": "",
        "side": "Sell",
        "order_type": "Market",
        "status": "Untriggered",
        "qty": D("20.0"),
        "leaves_qty": D("20.0"),
        "filled_qty": D(0),
        "price": None,
        "average_price": None,
        "trigger_price": D("104.00"),
        "trigger_by": "MarkPrice",
        "trigger_direction": 2,
        "take_profit": None,
        "stop_loss": None,
        "stop_order_type": "StopLoss",
        "time_in_force": "IOC",
        "reduce_only": True,
        "create_type": "CreateByStopLoss",
        "cancel_type": "",
        "reject_reason": "",
        "created_ms": NOW_MS - 30 * MINUTE_MS - number * 1000,
        "updated_ms": NOW_MS - 30 * MINUTE_MS - number * 1000,
    }
    return Order(**(fields | changes))


def orders() -> tuple[Order, ...]:
    """Nine open orders: stops of the six positions and one limit entry that protects nothing."""
    stops = []
    for row in positions():
        opposite = "Sell" if row.is_long else "Buy"
        for price, kind in ((row.take_profit, "TakeProfit"), (row.stop_loss, "StopLoss")):
            if price is not None:
                stops.append(
                    order(
                        len(stops), symbol=row.symbol, position_idx=row.position_idx, side=opposite, qty=row.size,
                        leaves_qty=row.size, trigger_price=price, stop_order_type=kind,
                        trigger_direction=1 if row.is_long == (kind == "TakeProfit") else 2,
                    )
                )  # fmt: skip
    entry = order(
        90, symbol="XRPUSDT", side="Buy", order_type="Limit", status="New", qty=D("1200"), leaves_qty=D("800"),
        filled_qty=D("400"), price=D("0.5120"), trigger_price=None, trigger_by="", trigger_direction=0,
        stop_order_type="", time_in_force="GTC", reduce_only=False, order_link_id="bot-entry-17",
        create_type="CreateByUser",
    )  # fmt: skip
    return (entry, *stops[:8])


def execution(number: int = 0, **changes: Any) -> Execution:
    """A fill; without changes the newest exit of SOLUSDT."""
    fields: dict[str, Any] = {
        "category": "linear",
        "symbol": "SOLUSDT",
        "exec_id": f"exec-{number}",
        "order_id": f"order-{number}",
        "order_link_id": f"bot-exit-{number}",
        "side": "Sell",
        "exec_type": "Trade",
        "qty": D("15.0"),
        "price": D("120.00"),
        "value": D("1800.00"),
        "fee": D("0.99"),
        "closed_size": D("15.0"),
        "is_maker": False,
        "create_type": "CreateByUser",
        "stop_order_type": "",
        "order_type": "Market",
        "ts_ms": NOW_MS - 15 * MINUTE_MS - number * 7_000,
        "seq": 7_000 - number,
        "exec_pnl": D("292.50"),
        "position_idx": 0,
    }
    return Execution(**(fields | changes))


def part(number: int, kind: str = "PartialTakeProfit", **changes: Any) -> Order:
    """A stop of a part of the SOLUSDT position."""
    fields: dict[str, Any] = {
        "stop_order_type": kind,
        "qty": D("5.0"),
        "leaves_qty": D("5.0"),
        "trigger_price": D(135 + number) if kind == "PartialTakeProfit" else D(110 - number),
        "trigger_direction": 1 if kind == "PartialTakeProfit" else 2,
        "create_type": f"CreateBy{kind}",
    }
    return order(200 + number, **(fields | changes))


def stop_change(**changes: Any) -> StopChange:
    """The desk moved the stop loss of SOLUSDT from 102 to 104, three minutes ago."""
    fields: dict[str, Any] = {
        "ts_ms": NOW_MS - 3 * MINUTE_MS,
        "key": PositionKey("linear", "SOLUSDT", 0),
        "life_id": "SOLUSDT-1",
        "before": StopLevels(D("130.00"), D("102.00"), D("2.90")),
        "after": StopLevels(D("130.00"), D("104.00"), D("2.90")),
        "command_id": "c-9",
        "reason": "manual",
    }
    return StopChange(**(fields | changes))


def executions(count: int = 40) -> tuple[Execution, ...]:
    """Newest first: exits, entries and a funding payment now and then."""
    rows = []
    for number in range(count):
        if number % 9 == 8:
            rows.append(execution(number, exec_type="Funding", fee=D("-0.22"), exec_pnl=None, closed_size=D(0)))
        elif number % 2:
            rows.append(execution(number, side="Buy", closed_size=D(0), exec_pnl=D(0), is_maker=True))
        else:
            rows.append(execution(number))
    return tuple(rows)


# symbol: entry and size of its closed lives, about a thousand dollars each
_LIVES = {
    "SOLUSDT": ("100.50", "10.0"),
    "BTCUSDT": ("67210.0", "0.016"),
    "ETHUSDT": ("3482.10", "0.30"),
    "1000PEPEUSDT": ("0.0107140", "93000"),
    "AVAXUSDT": ("34.920", "30.0"),
    "LINKUSDT": ("14.210", "70.0"),
}
FUNDING = D("0.10")
_BOT_EXIT = "bot take profit 1"


def closed_trade(number: int = 0, **changes: Any) -> ClosedTrade:
    """One life of a position; gains and losses alternate with the number. Prices, gross, fees and net go together.

    Each fourth has a partial exit of half its size. Those from the last day lie close together, older ones apart.
    """
    symbol = tuple(_CONTRACTS)[number % len(_CONTRACTS)]
    entry, size, tick = D(_LIVES[symbol][0]), D(_LIVES[symbol][1]), D(_CONTRACTS[symbol][0])
    side = "Buy" if number % 3 else "Sell"
    move = (D((number * 37) % 90 - 29) / size).quantize(tick)
    leave = entry + (move if side == "Buy" else -move)
    gross = move * size
    fees = (size * (entry + leave) * FEE_RATES[0]).quantize(D("0.01"))
    closed_ms = NOW_MS - _closed_ago(number)
    by_stop = "take_profit" if gross > 0 else "stop_loss"
    half = exit_of(str(size / 2), str(leave), str(gross / 2 - size / 2 * leave * FEE_RATES[0]), 0, "50", _BOT_EXIT)
    fields: dict[str, Any] = {
        "life_id": f"life-{number}",
        "category": "linear",
        "symbol": symbol,
        "position_idx": 0,
        "side": side,
        "settle_coin": "USDT",
        "opened_ms": closed_ms - (20 + number % 300) * MINUTE_MS,
        "closed_ms": closed_ms,
        "peak_size": size,
        "entry_price": entry,
        "exit_price": leave,
        "gross_pnl": gross,
        "fees": fees,
        "funding": FUNDING,
        "net_pnl": gross - fees + FUNDING,
        "exits": (msgspec.structs.replace(half, ts_ms=closed_ms - 9 * MINUTE_MS, order_id=f"exit-of-{number}"),)
        if number % 4 == 0
        else (),
        "closed_by": "manual" if number % 4 == 2 else "bot exit" if number % 4 == 3 else by_stop,
    }
    return ClosedTrade(**(fields | changes))


def _closed_ago(number: int) -> int:
    near = min(number, 24) * 41 * MINUTE_MS
    return near + max(0, number - 24) * 17 * HOUR_MS


def life_executions(trade: ClosedTrade) -> tuple[Execution, ...]:
    """What a closed life with a partial exit was made of, newest first: last exit, exit, funding, entry."""
    opposite = "Sell" if trade.side == "Buy" else "Buy"
    gross, half, minutes = trade.gross_pnl or D(0), trade.peak_size / 2, (0, 9, 12, 20)

    def made(number: int, price: Decimal | None, qty: Decimal, side: str, **changes: Any) -> Execution:
        value = (price or D(0)) * qty
        return execution(
            900 + number, symbol=trade.symbol, ts_ms=trade.closed_ms - minutes[number] * MINUTE_MS, side=side,
            price=price, qty=qty, value=value, fee=value * FEE_RATES[0], **changes,
        )  # fmt: skip

    first = trade.exits[0].order_id if trade.exits else "order-900"
    return (
        made(0, trade.exit_price, half, opposite, closed_size=half, exec_pnl=gross / 2),
        made(1, trade.exit_price, half, opposite, closed_size=half, exec_pnl=gross / 2, order_id=first),
        msgspec.structs.replace(
            made(2, trade.entry_price, trade.peak_size, trade.side, exec_type="Funding", closed_size=D(0)),
            fee=-FUNDING, exec_pnl=None,
        ),
        made(
            3, trade.entry_price, trade.peak_size, trade.side, closed_size=D(0), exec_pnl=D(0),
            order_link_id="bot-entry-903",
        ),
    )  # fmt: skip


def closed_trades(count: int = 42) -> tuple[ClosedTrade, ...]:
    """Newest first."""
    return tuple(closed_trade(number) for number in range(count))


def links(**changes: Any) -> Links:
    """Everything live, reconciled 12 s ago."""
    fields: dict[str, Any] = {
        name: Link(name=name, state="live", since_ms=NOW_MS - HOUR_MS, last_mono=NOW_MONO - age, latency_ms=latency)
        for name, age, latency in (("rest", 2.0, 38), ("private", 0.8, 38), ("tickers", 0.1, None))
    }
    fields |= {
        "reconciled_ms": NOW_MS - 12_000,
        "reconciled_mono": NOW_MONO - 12,
        "clock_offset_ms": 6,
        "requests_per_s": 12,
    }
    return Links(**(fields | changes))


def lost_links() -> Links:
    """Every way to the exchange lost 14 s ago."""
    lost = {
        name: Link(name=name, state="lost", since_ms=NOW_MS - 14_000, last_mono=NOW_MONO - 14)
        for name in ("rest", "private", "tickers")
    }
    return links(**lost, reconciled_mono=NOW_MONO - 40)


def wallet(**changes: Any) -> Wallet:
    """12,480.32 USD of equity, a quarter of it used as initial margin."""
    fields: dict[str, Any] = {
        "equity": D("12480.32"),
        "wallet_balance": D("12140.46"),
        "margin_balance": D("12480.32"),
        "available": D("9102.11"),
        "unrealised_pnl": D("339.86"),
        "initial_margin": D("3378.21"),
        "maintenance_margin": D("511.69"),
        "im_ratio": D("0.271"),
        "mm_ratio": D("0.041"),
        "updated_ms": NOW_MS - 1_000,
        "received_mono": NOW_MONO - 1,
    }
    return Wallet(**(fields | changes))


def sessions(trades: tuple[ClosedTrade, ...]) -> dict[str, SessionSummary]:
    """The statistics of closed trades by period. The desk started 30 h ago."""
    starts = {"start": STARTED_MS, "today": NOW_MS - NOW_MS % DAY_MS, "7d": NOW_MS - 7 * DAY_MS}
    return {
        name: summarise([trade for trade in trades if trade.closed_ms >= begins], begins)
        for name, begins in starts.items()
    }


def session(trades: tuple[ClosedTrade, ...] | None = None) -> SessionSummary:
    """The running session: what closed in it, and what is open now."""
    rows, counted = positions(), sessions(closed_trades() if trades is None else trades)["start"]
    unrealised = sum((row.unrealised_pnl or D(0) for row in rows), D(0))
    realised = sum((row.realised_pnl or D(0) for row in rows), D(0))
    return msgspec.structs.replace(
        counted,
        active_positions=len(rows),
        used_margin=sum((row.initial_margin or D(0) for row in rows), D(0)),
        unrealised_pnl=unrealised,
        total_pnl=counted.total_realised_pnl + realised + unrealised,
        balance=wallet().wallet_balance,
        available_balance=wallet().available,
    )


def equity_curve(count: int = 160) -> tuple[EquityPoint, ...]:
    """From what the session began with to the sample wallet's equity, with two dips."""
    end = D("12480.32")
    gain = session().total_pnl or D(0)
    points = []
    for number in range(count):
        wave = (number * 7 % 23) + (number * 13 % 11) - 40 * ((number // 40) % 2) if number else 0
        ts_ms = STARTED_MS + (NOW_MS - STARTED_MS) * number // count
        points.append(EquityPoint(ts_ms, end - gain + (gain * number / count).quantize(D("0.01")) + 4 * wave))
    return (*points, EquityPoint(NOW_MS, end))


def events() -> tuple[AuditEvent, ...]:
    """Newest first; one of them a warning."""
    key = PositionKey("linear", "SOLUSDT", 0)
    return (
        AuditEvent(
            ts_ms=NOW_MS - 3_000, code="stop_loss_moved", key=key, details={"old": D("102.00"), "new": D("104.00")}
        ),
        AuditEvent(ts_ms=NOW_MS - 60_000, code="reconciled", details={"differences": 0}),
        AuditEvent(ts_ms=NOW_MS - 90_000, code="link_lost", severity="warning", details={"name": "private"}),
    )


def order_book(symbol: str = "SOLUSDT", mid: str = "122.40") -> OrderBook:
    """Ten levels on both sides of ``mid``, one tick apart, growing outwards."""
    tick = instrument(symbol).tick
    levels = range(1, 11)
    return OrderBook(
        category="linear",
        symbol=symbol,
        bids=tuple(BookLevel(D(mid) - tick * level, D(level * 5)) for level in levels),
        asks=tuple(BookLevel(D(mid) + tick * level, D(level * 5)) for level in levels),
        ts_ms=NOW_MS,
        received_mono=NOW_MONO,
    )


def candles(count: int = 120) -> tuple[Candle, ...]:
    """A climb from 98 to 122 in 15-minute bars."""
    bars = []
    close = D("98.00")
    for number in range(count):
        start = close
        close = D(98) + D("0.205") * number + D((number * 11 % 17) - 8) / 10
        high, low = max(start, close) + D("0.35"), min(start, close) - D("0.30")
        bars.append(Candle(NOW_MS - (count - number) * 15 * MINUTE_MS, start, high, low, close, D(100 + number % 40)))
    return tuple(bars)


def snapshot(**changes: Any) -> Snapshot:
    """The desk of the design picture; ``changes`` replace fields of the snapshot."""
    rows: tuple[Position, ...] = changes.get("positions", positions())
    trades: tuple[ClosedTrade, ...] = changes.get("closed_trades", closed_trades())
    symbols = {row.symbol for row in rows} | {"XRPUSDT"}
    fields: dict[str, Any] = {
        "version": 1,
        "as_of_ms": NOW_MS,
        "environment": "paper",
        "account": "Main",
        "links": links(),
        "wallet": wallet(),
        "positions": rows,
        "orders": orders(),
        "executions": executions(),
        "closed_trades": trades,
        "events": events(),
        "session": session(trades),
        "sessions": sessions(trades),
        "equity": D("12480.32"),
        "unrealised_pnl": sum((row.unrealised_pnl or D(0) for row in rows), D(0)),
        "equity_curve": equity_curve(),
        "instruments": {("linear", symbol): instrument(symbol) for symbol in symbols},
        "fee_rates": {("linear", symbol): FEE_RATES for symbol in symbols},
        "prices": {("linear", row.symbol): price_of(row) for row in rows},
        "commands": tuple(closing_command(row) for row in rows if row.is_closing),
    }
    return Snapshot(**(fields | changes))


def closing_command(row: Position) -> Command:
    """The open close command of a row that wears the closing mark."""
    return Command(
        command_id=f"close-{row.symbol}",
        kind="close",
        key=row.key,
        state="accepted",
        created_ms=NOW_MS - 1_500,
        order_link_id="qd-close-1",
        qty=row.size,
    )


def price_of(row: Position) -> Price:
    """Prices around the row's mark, one tick of spread."""
    tick = instrument(row.symbol).tick
    last = row.last_price if row.last_price is not None else row.mark_price
    return Price(
        category=row.category,
        symbol=row.symbol,
        mark_price=row.mark_price,
        last_price=last,
        index_price=row.mark_price,
        bid_price=last - tick if last is not None else None,
        ask_price=last + tick if last is not None else None,
        funding_rate=row.funding_rate,
        next_funding_ms=row.next_funding_ms,
        source="stream",
        ts_ms=NOW_MS - 300,
        received_mono=row.mark_mono,
    )


def tick(previous: Snapshot, changed: Position) -> Snapshot:
    """The next version, in which one position has moved and every other row is the same object."""
    rows = tuple(changed if row.key == changed.key else row for row in previous.positions)
    return msgspec.structs.replace(previous, version=previous.version + 1, positions=rows)
