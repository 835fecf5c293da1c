"""REST as the desk speaks it: reads that are whole or an error, and writes that are sent once.

It keeps no state of the account and decides nothing: the manager says when, the book says what is true.
"""

from __future__ import annotations

import statistics
from decimal import Decimal

from msgspec import Raw
from msgspec.json import Decoder

from core.bybit import translate, wire
from core.bybit.breaker import Breakers
from core.bybit.calls import Caller
from core.bybit.connection import DEMO
from core.bybit.exchange import RawBybit
from core.bybit.fields import identifier
from core.bybit.limits import Limiter
from core.bybit.pages import MAX_PAGES, fetch_rows, read_good_rows
from core.bybit.positions import PositionReader
from core.bybit.retries import RetryBudget
from core.bybit.writes import Writes
from core.clock import Clock
from core.errors import BadFrame, Unreachable
from core.events import Account
from core.model import Candle, ClosedPnl, Execution, Hold, Instrument, Order, OrderBook, Position, Price, Wallet

WEEK_MS = 7 * 24 * 3600 * 1000
_HISTORY_PAGES = 1_000  # a busy bot's week is longer than the 50 pages that bound every other list
_CLOCK_AGREEMENT_MS = 100

_TIME = Decoder(wire.Envelope[wire.ServerTime])
_ACCOUNT_INFO = Decoder(wire.Envelope[wire.AccountInfo])
_KEY_INFO = Decoder(wire.Envelope[wire.KeyInfo])
_ORDER_BOOK = Decoder(wire.Envelope[wire.OrderBookResult])
_WALLETS = Decoder(wire.Envelope[wire.Page[wire.WalletRow]])
_POSITIONS = Decoder(wire.Envelope[wire.Page[wire.PositionRow]])
_ORDERS = Decoder(wire.Envelope[wire.Page[wire.OrderRow]])
_EXECUTIONS = Decoder(wire.Envelope[wire.Page[wire.ExecutionRow]])
_CLOSED_PNL = Decoder(wire.Envelope[wire.Page[wire.ClosedPnlRow]])
_FEE_RATES = Decoder(wire.Envelope[wire.Page[wire.FeeRateRow]])
_CANDLES = Decoder(wire.Envelope[wire.Page[wire.CandleRow]])
_RAW_ROWS = Decoder(wire.Envelope[wire.Page[Raw]])
_INSTRUMENT = Decoder(wire.InstrumentRow)
_TICKER = Decoder(wire.TickerRow)


class Gateway:
    """Every read is whole or raises: AuthFailed, RateLimited, Rejected, Unreachable, or BadFrame for a row.

    Every write is sent once or not at all, and raises Rejected (definitive), RateLimited (nothing was done) or
    OutcomeUnknown (look before retrying). Categories are ``linear`` and ``inverse``; times are UTC ms.
    """

    def __init__(
        self,
        reader: RawBybit,
        writer: RawBybit,
        limiter: Limiter,
        clock: Clock,
        breakers: Breakers | None = None,
        retries: RetryBudget | None = None,
    ) -> None:
        self._caller = Caller(reader, writer, limiter, clock, breakers, retries)
        self._clock = clock
        self._readers: dict[tuple[str, str | None], PositionReader] = {}
        self._has_key_info = reader.environment != DEMO
        self.rows_refused = 0  # instruments and prices left out because their row did not fit
        writes = Writes(self._caller)
        self.create_order, self.amend_order, self.cancel_order = (
            writes.create_order,
            writes.amend_order,
            writes.cancel_order,
        )
        self.set_trading_stop, self.set_leverage, self.switch_mode = (
            writes.set_trading_stop,
            writes.set_leverage,
            writes.switch_mode,
        )

    def holds(self) -> tuple[Hold, ...]:
        """What holds requests back now, and until when."""
        return self._caller.holds()

    def probe_now(self) -> None:
        """The exchange was heard of by another way: breakers that are open need not wait any longer."""
        self._caller.probe_now()

    async def fetch_time_offset_ms(self, *, is_urgent: bool = False) -> int:
        """Exchange time − local time in ms: the median of three to five measurements, half a round trip taken off.

        ``is_urgent``: a connection waits for it; it goes out even while reads are held back.
        Raises:
            Unreachable: ``clock_unsteady`` if no two of five measurements agree within 100 ms.
        """
        offsets: list[int] = []
        while len(offsets) < 5:
            offsets.append(await self._measure_offset_ms(is_urgent=is_urgent))
            middle = int(statistics.median_low(offsets))
            agreeing = sum(abs(offset - middle) <= _CLOCK_AGREEMENT_MS for offset in offsets)
            if len(offsets) >= 3 and agreeing >= 2:
                return middle
        raise Unreachable("clock_unsteady", offsets_ms=tuple(offsets))

    async def _measure_offset_ms(self, *, is_urgent: bool) -> int:
        answer = await self._caller.read("v5/market/time", {}, _TIME, is_private=False, is_urgent=is_urgent)
        received_ms = self._clock.now_ms()
        server_ms = translate.server_time_ms(answer.result)
        half_trip_ms = (answer.received_mono - answer.started_mono) * 500
        return round(server_ms + half_trip_ms) - received_ms

    async def fetch_instruments(self, category: str) -> tuple[Instrument, ...]:
        """All contracts of a category that trade; rows that do not fit are left out and counted."""
        params = {"category": category}
        path = "v5/market/instruments-info"
        found = await fetch_rows(self._caller, path, params, _RAW_ROWS, limit=1_000, is_private=False)
        kept, refused = read_good_rows(
            found.rows, _INSTRUMENT, lambda row: translate.instrument(row, category), "instruments-info"
        )
        self.rows_refused += refused
        return kept

    async def fetch_prices(self, category: str, symbol: str | None = None) -> tuple[Price, ...]:
        """Tickers of a category, or of one symbol; rows that do not fit are left out and counted."""
        params = {"category": category} | ({"symbol": symbol} if symbol else {})
        found = await fetch_rows(self._caller, "v5/market/tickers", params, _RAW_ROWS, is_private=False)
        ts_ms, mono = found.time_ms, found.received_mono
        kept, refused = read_good_rows(
            found.rows, _TICKER, lambda row: translate.price(row, category, "rest", ts_ms, mono), "tickers"
        )
        self.rows_refused += refused
        return kept

    async def fetch_account(self) -> Account:
        """Margin mode, and what the key may do. Demo trading does not tell the latter: its key is taken to trade."""
        info = await self._caller.read("v5/account/info", {}, _ACCOUNT_INFO)
        if not self._has_key_info:
            return translate.account(info.result, None)
        key = await self._caller.read("v5/user/query-api", {}, _KEY_INFO)
        return translate.account(info.result, key.result)

    async def fetch_wallet(self) -> Wallet:
        """The unified account's figures in USD."""
        params = {"accountType": "UNIFIED"}
        found = await fetch_rows(self._caller, "v5/account/wallet-balance", params, _WALLETS)
        if len(found.rows) != 1:
            raise BadFrame("bad_row", topic="wallet", why="not one account", rows=len(found.rows))
        return translate.wallet(found.rows[0], found.time_ms, found.received_mono)

    async def fetch_positions(self, category: str, settle_coin: str | None) -> tuple[Position, ...]:
        """All open positions of one scope: ("linear", "USDT"), ("linear", "USDC") or ("inverse", None).

        A position missing here is not evidence that it is closed: ask ``fetch_position``.
        Raises:
            Unreachable: ``row_repeated`` when the same position is on two pages, besides the usual reasons.
        """
        params = _scope(category, settle_coin)
        found = await fetch_rows(self._caller, "v5/position/list", params, _POSITIONS, limit=200)
        reader = self._readers.setdefault((category, settle_coin), PositionReader(category))
        rows = reader.read(found.rows, found.received_mono)
        positions = tuple(position for position in rows if position.size)
        _check_unique([position.key for position in positions], "v5/position/list")
        return positions

    async def fetch_position(self, category: str, symbol: str, *, is_urgent: bool = False) -> tuple[Position, ...]:
        """All rows of a symbol: one in one-way mode, two in hedge mode, flat (size 0) or not.

        They fill no page: one request brings them all, however slow the answer and whatever its cursor says.
        ``is_urgent``: an operator's action waits for it; it goes out even while reads are held back.
        """
        params = {"category": category, "symbol": symbol}
        path = "v5/position/list"
        found = await fetch_rows(self._caller, path, params, _POSITIONS, is_urgent=is_urgent)
        positions = tuple(translate.position(row, category, "rest", found.received_mono) for row in found.rows)
        if any(position.symbol != symbol for position in positions):
            raise BadFrame("bad_row", topic="position", why="another symbol", field="symbol")
        _check_unique([position.key for position in positions], "v5/position/list")
        return positions

    async def fetch_open_orders(self, category: str, settle_coin: str | None) -> tuple[Order, ...]:
        """All open orders of one scope (as ``fetch_positions``), conditional ones and stops included; newest first."""
        orders = await self._orders("v5/order/realtime", category, _scope(category, settle_coin))
        _check_unique([order.order_id for order in orders], "v5/order/realtime")
        return orders

    async def fetch_order(
        self, category: str, symbol: str, order_link_id: str = "", *, order_id: str = ""
    ) -> Order | None:
        """The order under our id, or Bybit's, open or closed; None only when all three places answered without it.

        Looks at the open orders, the last 500 closed ones (emptied when Bybit restarts), then the history (may lag).
        """
        by_link = bool(order_link_id) or not order_id
        name, wanted = ("orderLinkId", order_link_id) if by_link else ("orderId", order_id)
        named = {"symbol": symbol, name: identifier(wanted, name, must=True)}
        places: tuple[tuple[str, dict[str, str]], ...] = (
            ("v5/order/realtime", {"openOnly": "0"}),
            ("v5/order/realtime", {"openOnly": "1"}),
            ("v5/order/history", {}),
        )
        for path, extra in places:
            orders = await self._orders(path, category, {"category": category, **named, **extra})
            found = [order for order in orders if wanted == (order.order_link_id if by_link else order.order_id)]
            if found:
                return max(found, key=lambda order: order.updated_ms)
        return None

    async def fetch_orders_of(self, category: str, symbol: str) -> tuple[Order, ...]:
        """The orders of a symbol, open ones and those that ended lately (up to 500; emptied when Bybit restarts)."""
        found: dict[str, Order] = {}
        for open_only in ("1", "0"):  # what ends between the two reads is in the second, too
            params = {"category": category, "symbol": symbol, "openOnly": open_only}
            for order in await self._orders("v5/order/realtime", category, params):
                found[order.order_id] = order
        return tuple(found.values())

    async def fetch_filled_orders(self, category: str, start_ms: int, end_ms: int) -> tuple[Order, ...]:
        """Orders made in [start, end] that filled in full, as long as Bybit keeps them: two years. The list may lag."""
        lists = [
            await self._orders("v5/order/history", category, {**window, "orderStatus": "Filled"}, _HISTORY_PAGES)
            for window in _windows(category, start_ms, end_ms)
        ]
        return tuple(order for orders in lists for order in orders)

    async def _orders(
        self, path: str, category: str, params: dict[str, str], max_pages: int = MAX_PAGES
    ) -> tuple[Order, ...]:
        found = await fetch_rows(self._caller, path, params, _ORDERS, limit=50, max_pages=max_pages)
        return tuple(translate.order(row, category) for row in found.rows)

    async def fetch_executions(
        self, category: str, start_ms: int, end_ms: int, symbol: str | None = None
    ) -> tuple[Execution, ...]:
        """Every execution row of [start, end], of one symbol or of all, funding included, each once, oldest first."""
        found: dict[tuple[str, str], Execution] = {}
        for params in _windows(category, start_ms, end_ms, symbol):
            for execution in await self._executions(category, params):
                found[execution.symbol, execution.exec_id] = execution
        return _by_time(found)

    async def fetch_executions_of(self, category: str, order_link_id: str) -> tuple[Execution, ...]:
        """Every execution under our id, each once, oldest first."""
        params = {"category": category, "orderLinkId": identifier(order_link_id, "orderLinkId", must=True)}
        rows = await self._executions(category, params)
        return _by_time({(row.symbol, row.exec_id): row for row in rows if row.order_link_id == order_link_id})

    async def _executions(self, category: str, params: dict[str, str]) -> tuple[Execution, ...]:
        path = "v5/execution/list"
        found = await fetch_rows(self._caller, path, params, _EXECUTIONS, limit=100, max_pages=_HISTORY_PAGES)
        return tuple(translate.execution(row, category) for row in found.rows)

    async def fetch_closed_pnl(
        self, category: str, start_ms: int, end_ms: int, symbol: str | None = None
    ) -> tuple[ClosedPnl, ...]:
        """Bybit's closed-PnL records of [start, end]: one per closing order, in its newest state, oldest first."""
        newest: dict[tuple[str, str], ClosedPnl] = {}
        path = "v5/position/closed-pnl"
        for params in _windows(category, start_ms, end_ms, symbol):
            found = await fetch_rows(self._caller, path, params, _CLOSED_PNL, limit=100, max_pages=_HISTORY_PAGES)
            for record in (translate.closed_pnl(row, category) for row in found.rows):
                known = newest.get((record.symbol, record.order_id))
                if known is None or known.updated_ms <= record.updated_ms:
                    newest[record.symbol, record.order_id] = record
        return tuple(sorted(newest.values(), key=lambda record: (record.updated_ms, record.order_id)))

    async def fetch_fee_rates(self, category: str) -> tuple[tuple[str, Decimal, Decimal], ...]:
        """(symbol, taker, maker) as ratios. Demo trading has no such endpoint."""
        found = await fetch_rows(self._caller, "v5/account/fee-rate", {"category": category}, _FEE_RATES)
        return tuple(translate.fee_rate(row) for row in found.rows)

    async def fetch_order_book(self, category: str, symbol: str, depth: int) -> OrderBook:
        """Bids and asks now, at most ``depth`` (1 to 500) of each."""
        params = {"category": category, "symbol": symbol, "limit": str(depth)}
        answer = await self._caller.read("v5/market/orderbook", params, _ORDER_BOOK, is_private=False)
        return translate.order_book(answer.result, category, answer.received_mono)

    async def fetch_candles(
        self, category: str, symbol: str, interval: str, limit: int, end_ms: int | None = None
    ) -> tuple[Candle, ...]:
        """At most ``limit`` (1 to 1,000) bars, oldest first, the last that began until ``end_ms`` or is running now.

        ``interval``: 1 5 15 … D W M.
        """
        params = {"category": category, "symbol": symbol, "interval": interval, "limit": str(limit)}
        if end_ms is not None:
            params["end"] = str(end_ms)
        found = await fetch_rows(self._caller, "v5/market/kline", params, _CANDLES, is_private=False)
        return tuple(sorted((translate.candle(row) for row in found.rows), key=lambda candle: candle.start_ms))


def _scope(category: str, settle_coin: str | None) -> dict[str, str]:
    return {"category": category} | ({"settleCoin": settle_coin} if settle_coin else {})


def _check_unique(keys: list[object], path: str) -> None:
    """A row on two pages means that the list moved while it was read: what slipped between is unknown."""
    if len(set(keys)) != len(keys):
        raise Unreachable("row_repeated", path=path)


def _windows(category: str, start_ms: int, end_ms: int, symbol: str | None = None) -> list[dict[str, str]]:
    """Contiguous windows of at most seven days, as Bybit wants them."""
    scope = {"category": category} | ({"symbol": symbol} if symbol else {})
    starts = range(start_ms, max(end_ms, start_ms + 1), WEEK_MS)
    return [scope | {"startTime": str(start), "endTime": str(min(start + WEEK_MS, end_ms))} for start in starts]


def _by_time(found: dict[tuple[str, str], Execution]) -> tuple[Execution, ...]:
    return tuple(sorted(found.values(), key=lambda row: (row.ts_ms, row.seq, row.exec_id)))
