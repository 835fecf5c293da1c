"""The REST endpoints of the paper exchange: who may call them, how often, and what they do.

One small function per endpoint turns checked parameters into engine calls and engine rows into Bybit's ``result``. No
trading rule lives here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from core.paper.auth import Access, ApiKey, describe
from core.paper.engine import Exchange
from core.paper.messages import Problem
from core.paper.paging import DAY_MS, Row, take_page, until_cursor
from core.paper.params import CATEGORIES, CONTRACTS, Query, contract_category

Result = Mapping[str, Any]
INTERVALS = ("1", "3", "5", "15", "30", "60", "120", "240", "360", "720", "D", "W", "M")
RISK_SYMBOLS_PER_PAGE = 15
COINS = ("USDT", "USDC", "BTC", "ETH")


@dataclass(frozen=True)
class Caller:
    """What an endpoint may use: the exchange, the caller's key (None on market data), the time told to clients."""

    exchange: Exchange
    key: ApiKey | None
    told_ms: int


class Read(Protocol):
    """Answers a GET."""

    def __call__(self, caller: Caller, query: Query) -> Result:
        """What the route returns under ``result``; raises Refused."""


Command = Callable[[Exchange, dict[str, Any]], Result]


@dataclass(frozen=True)
class Endpoint:
    """One route. Exactly one of ``read`` and ``command`` is set; ``per_second`` None = limited by address only.

    A batch runs ``command`` for each item of ``request``.
    """

    method: str
    path: str
    access: Access
    per_second: int | None
    read: Read | None = None
    command: Command | None = None
    is_batch: bool = False

    @property
    def name(self) -> str:
        """Name of its rate limit."""
        return f"{self.method} {self.path}"


# ---- market data ----------------------------------------------------------------------------------------------------


def _time(caller: Caller, query: Query) -> Result:
    return {"timeSecond": str(caller.told_ms // 1000), "timeNano": f"{caller.told_ms}000000"}


def _instruments(caller: Caller, query: Query) -> Result:
    category = query.category(CATEGORIES)
    symbol, status, base = query.symbol(), query.word("status"), query.coin("baseCoin")
    size = query.limit(500, 1000)
    rows: list[dict[str, Any]] = []
    if category in CONTRACTS:
        rows = caller.exchange.instruments(category, symbol, status)
    if base:
        rows = [row for row in rows if row["baseCoin"] == base]
    rows = sorted(rows, key=_symbol_of)
    page, cursor = take_page(rows, query.cursor, size, _symbol_key, by_name=True)
    return {"category": category, "list": page, "nextPageCursor": _ending_cursor(page, rows, cursor)}


def _ending_cursor(page: list[Row], rows: list[dict[str, Any]], cursor: str) -> str:
    """Market lists, unlike private ones, end with an empty cursor (ccxt fails on an empty page after it)."""
    return "" if not page or page[-1] is rows[-1] else cursor


def _symbol_of(row: Row) -> str:
    return str(row["symbol"])


def _symbol_key(row: Row) -> tuple[str, str]:
    return str(row["symbol"]), "0"


def _tickers(caller: Caller, query: Query) -> Result:
    category, symbol, base = query.category(CATEGORIES), query.symbol(), query.coin("baseCoin")
    rows = caller.exchange.tickers(category, symbol) if category in CONTRACTS else []
    if base:
        rows = [row for row in rows if str(row["symbol"]).startswith(base)]
    return {"category": category, "list": rows}


def _kline(caller: Caller, query: Query) -> Result:
    category, symbol = query.category(CATEGORIES, default="linear"), query.required_symbol()
    interval = query.text("interval")
    if interval not in INTERVALS:
        raise Problem(10001, "Invalid period!")
    start, end = query.integer("start"), query.integer("end")
    limit = query.limit(200, 1000)
    rows = caller.exchange.klines(category, symbol, interval, start, end, limit) if category in CONTRACTS else []
    return {"category": category, "symbol": symbol, "list": rows}


def _order_book(caller: Caller, query: Query) -> Result:
    depth = query.limit(25, 1000)
    return caller.exchange.order_book(query.category(), query.required_symbol(), depth)


def _risk_limit(caller: Caller, query: Query) -> Result:
    category, symbol = query.category(), query.symbol()
    rows = caller.exchange.risk_limits(category, symbol)
    symbols = [{"symbol": name} for name in sorted({str(row["symbol"]) for row in rows})]
    page, cursor = take_page(symbols, query.cursor, RISK_SYMBOLS_PER_PAGE, _symbol_key, by_name=True)
    wanted = {row["symbol"] for row in page}
    listed = sorted((row for row in rows if row["symbol"] in wanted), key=_symbol_of)
    return {"category": category, "list": listed, "nextPageCursor": _ending_cursor(page, symbols, cursor)}


def _price_limit(caller: Caller, query: Query) -> Result:
    category = query.category(default="linear")
    return caller.exchange.price_limit(category, query.required_symbol())


# ---- account --------------------------------------------------------------------------------------------------------


def _wallet(caller: Caller, query: Query) -> Result:
    if query.text("accountType") != "UNIFIED":
        raise Problem(10001, "accountType only support UNIFIED.")
    wallet: dict[str, Any] = dict(caller.exchange.wallet())
    wanted = query.coins("coin")
    if wanted:
        wallet["coin"] = [row for row in wallet["coin"] if row["coin"] in wanted]
    return {"list": [wallet]}


def _account_info(caller: Caller, query: Query) -> Result:
    return caller.exchange.account_info()


def _fee_rate(caller: Caller, query: Query) -> Result:
    return {"list": caller.exchange.fee_rates(query.category(), query.symbol())}


def _transaction_log(caller: Caller, query: Query) -> Result:
    start, end = query.window(DAY_MS)
    size = query.limit(20, 50)
    rows = caller.exchange.transaction_log(start_ms=start, end_ms=end)
    for name, field, value in (
        ("category", "category", query.word("category")),
        ("currency", "currency", query.coin("currency")),
        ("type", "type", query.word("type")),
    ):
        if value:
            rows = [row for row in rows if row.get(field, "") == value]
        elif query.text(name):
            raise Problem(10001, f"params error: {name} invalid")
    page, cursor = take_page(rows, query.cursor, size, _key("id", "transactionTime"))
    return {"list": page, "nextPageCursor": cursor}


def _query_api(caller: Caller, query: Query) -> Result:
    assert caller.key is not None
    return describe(caller.key, caller.told_ms)


def _coin_info(caller: Caller, query: Query) -> Result:
    wanted = query.coin("coin")
    names = [str(row["coin"]) for row in caller.exchange.wallet()["coin"]]
    return {
        "rows": [_coin_row(name) for name in dict.fromkeys([*names, "USDT", "USDC", "BTC"]) if wanted in (None, name)]
    }


def _coin_row(coin: str) -> dict[str, Any]:
    chain = {
        "chainType": coin,
        "confirmation": "10",
        "withdrawFee": "",
        "depositMin": "0",
        "withdrawMin": "0",
        "chain": coin,
        "chainDeposit": "0",
        "chainWithdraw": "0",
        "minAccuracy": "8",
        "withdrawPercentageFee": "0",
        "contractAddress": "",
        "safeConfirmNumber": "20",
    }
    return {"name": coin, "coin": coin, "remainAmount": "0", "chains": [chain]}


# ---- positions and orders -------------------------------------------------------------------------------------------


def _positions(caller: Caller, query: Query) -> Result:
    category, symbol, settle = query.category(), query.symbol(), query.coin("settleCoin")
    size = query.limit(20, 200)
    if category == "linear" and not (symbol or settle):
        raise Problem(10001, "Missing some parameters that must be filled in, symbol or settleCoin")
    rows = caller.exchange.positions(category, symbol, None if symbol else settle)
    rows = sorted(rows, key=_position_key)
    page, cursor = take_page(rows, query.cursor, size, _position_key, by_name=True)
    return {"category": category, "list": page, "nextPageCursor": cursor}


def _position_key(row: Row) -> tuple[str, str]:
    return f"{row['symbol']}_{row['positionIdx']}", "0"


def _symbol_info(caller: Caller, query: Query) -> Result:
    category, symbol = query.category(), query.symbol()
    exchange = caller.exchange
    symbols = [symbol] if symbol else [str(row["symbol"]) for row in exchange.instruments(category, None, None)]
    names = ("symbol", "leverage", "side", "positionIdx")
    rows = [row for name in symbols for row in exchange.positions(category, name, None)]
    return {"category": category, "list": [{name: row[name] for name in names} for row in rows]}


def _closed_pnl(caller: Caller, query: Query) -> Result:
    category, symbol = query.category(), query.symbol()
    start, end = query.window()
    size = query.limit(50, 100)
    end = until_cursor(end, query.cursor)
    rows = caller.exchange.closed_pnl(category, symbol=symbol, start_ms=start, end_ms=end)
    page, cursor = take_page(rows, query.cursor, size, _key("orderId", "updatedTime"))
    return {"category": category, "list": page, "nextPageCursor": cursor}


def _order_filters(query: Query) -> dict[str, Any]:
    order_id, link_id = query.identity("orderId"), query.identity("orderLinkId")
    if order_id or link_id:  # with an id all other filters are ignored; orderId wins
        return {"order_id": order_id} if order_id else {"order_link_id": link_id}
    return {
        "symbol": query.symbol(),
        "base_coin": query.coin("baseCoin"),
        "settle_coin": query.coin("settleCoin"),
        "order_filter": query.word("orderFilter"),
    }


def _open_orders(caller: Caller, query: Query) -> Result:
    category, filters, size = query.category(), _order_filters(query), query.limit(20, 50)
    scoped = any(query.text(name) for name in ("symbol", "baseCoin", "settleCoin", "orderId", "orderLinkId"))
    if category == "linear" and not scoped:
        raise Problem(10001, "Missing some parameters that must be filled in, symbol or settleCoin or baseCoin")
    rows = _realtime_rows(caller.exchange, category, filters, query.integer("openOnly", 0))
    page, cursor = take_page(rows, query.cursor, size, _key("orderId", "createdTime"))
    return {"category": category, "list": page, "nextPageCursor": cursor}


def _realtime_rows(
    exchange: Exchange, category: str, filters: dict[str, Any], open_only: int | None
) -> list[dict[str, Any]]:
    if open_only == 0:
        rows = exchange.open_orders(category, **filters)
        # asked for one order by id, Bybit also finds it among the last 500 closed
        by_id = "order_id" in filters or "order_link_id" in filters
        return rows or (exchange.closed_orders_recent(category, **filters) if by_id else [])
    return exchange.closed_orders_recent(category, **filters)


def _order_history(caller: Caller, query: Query) -> Result:
    category, filters, size = query.category(), _order_filters(query), query.limit(20, 50)
    start, end = query.window()
    status = query.word("orderStatus")
    rows = caller.exchange.order_history(category, **filters, start_ms=start, end_ms=end)
    if status:
        rows = [row for row in rows if row["orderStatus"] == status]
    page, cursor = take_page(rows, query.cursor, size, _key("orderId", "createdTime"))
    return {"category": category, "list": page, "nextPageCursor": cursor}


def _executions(caller: Caller, query: Query) -> Result:
    category, filters, size = query.category(), _order_filters(query), query.limit(50, 100)
    start, end = query.window()
    filters.pop("order_filter", None)
    if "symbol" in filters:
        filters["exec_type"] = query.word("execType")
    end = until_cursor(end, query.cursor)
    rows = caller.exchange.executions(category, **filters, start_ms=start, end_ms=end)
    page, cursor = take_page(rows, query.cursor, size, _key("execId", "execTime"))
    return {"category": category, "list": page, "nextPageCursor": cursor}


def _key(name: str, ms: str) -> Callable[[Row], tuple[str, str]]:
    return lambda row: (str(row[name]), str(row[ms]))


# ---- commands -------------------------------------------------------------------------------------------------------


def _switch_mode(exchange: Exchange, body: dict[str, Any]) -> Result:
    if body.get("category") != "linear":
        raise Problem(10001, "Illegal category")
    return exchange.switch_mode(body)


def _of_contract(run: Command) -> Command:
    def checked(exchange: Exchange, body: dict[str, Any]) -> Result:
        contract_category(body)
        return run(exchange, body)

    return checked


def _get(path: str, access: Access, per_second: int | None, read: Read) -> Endpoint:
    return Endpoint("GET", path, access, per_second, read=read)


def _post(path: str, access: Access, per_second: int, command: Command) -> Endpoint:
    return Endpoint("POST", path, access, per_second, command=command)


def _batch(path: str, command: Command) -> Endpoint:
    return Endpoint("POST", path, Access.WRITE_ORDERS, 10, command=_of_contract(command), is_batch=True)


_ALL = (
    _get("/v5/market/time", Access.PUBLIC, None, _time),
    _get("/v5/market/instruments-info", Access.PUBLIC, None, _instruments),
    _get("/v5/market/tickers", Access.PUBLIC, None, _tickers),
    _get("/v5/market/kline", Access.PUBLIC, None, _kline),
    _get("/v5/market/orderbook", Access.PUBLIC, None, _order_book),
    _get("/v5/market/risk-limit", Access.PUBLIC, None, _risk_limit),
    _get("/v5/market/price-limit", Access.PUBLIC, None, _price_limit),
    _get("/v5/account/wallet-balance", Access.ANY, 50, _wallet),
    _get("/v5/account/info", Access.ANY, 50, _account_info),
    _get("/v5/account/fee-rate", Access.ANY, 5, _fee_rate),
    _get("/v5/account/transaction-log", Access.ANY, 25, _transaction_log),
    _get("/v5/user/query-api", Access.ANY, 10, _query_api),
    _get("/v5/asset/coin/query-info", Access.WALLET, 5, _coin_info),
    _get("/v5/position/list", Access.READ_POSITIONS, 50, _positions),
    _get("/v5/position/symbol-info", Access.READ_POSITIONS, 50, _symbol_info),
    _get("/v5/position/closed-pnl", Access.READ_POSITIONS, 50, _closed_pnl),
    _get("/v5/order/realtime", Access.READ_ORDERS, 50, _open_orders),
    _get("/v5/order/history", Access.READ_ORDERS, 50, _order_history),
    _get("/v5/execution/list", Access.READ_ORDERS, 50, _executions),
    _post("/v5/order/create", Access.WRITE_ORDERS, 10, _of_contract(Exchange.create_order)),
    _post("/v5/order/amend", Access.WRITE_ORDERS, 10, _of_contract(Exchange.amend_order)),
    _post("/v5/order/cancel", Access.WRITE_ORDERS, 10, _of_contract(Exchange.cancel_order)),
    _post("/v5/order/cancel-all", Access.WRITE_ORDERS, 10, _of_contract(Exchange.cancel_all)),
    _batch("/v5/order/create-batch", Exchange.create_order),
    _batch("/v5/order/amend-batch", Exchange.amend_order),
    _batch("/v5/order/cancel-batch", Exchange.cancel_order),
    _post("/v5/position/trading-stop", Access.WRITE_POSITIONS, 10, _of_contract(Exchange.set_trading_stop)),
    _post("/v5/position/set-leverage", Access.WRITE_POSITIONS, 10, _of_contract(Exchange.set_leverage)),
    _post("/v5/position/switch-mode", Access.WRITE_POSITIONS, 10, _switch_mode),
    _post("/v5/account/set-margin-mode", Access.WRITE_POSITIONS, 10, Exchange.set_margin_mode),
)
ROUTES: Mapping[tuple[str, str], Endpoint] = {(one.method, one.path): one for one in _ALL}
TRADE_OPS: Mapping[str, Endpoint] = {
    f"order.{deed}{tail}": ROUTES["POST", f"/v5/order/{deed}{tail}"]
    for deed in ("create", "amend", "cancel")
    for tail in ("", "-batch")
}
