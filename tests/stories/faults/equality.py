"""Is what the desk shows what the exchange says? Field by field, through a client that shares no code with the desk."""

import asyncio
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from core.manager import PositionManager
from core.model import Snapshot
from tests.paper_fixture import PaperProcess, SignedClient

Row = Mapping[str, Any]

SCOPES = (
    {"category": "linear", "settleCoin": "USDT"},
    {"category": "linear", "settleCoin": "USDC"},
    {"category": "inverse"},
)
# Comparing takes ten requests, and the exchange counts those of an address, the desk's and ours.
AGAIN_S = 0.1
PNL_TOLERANCE = Decimal("1E-7")
# Ours, Bybit's; every amount that Bybit writes as text. "none" ones say with "0" or "" that there is nothing.
AMOUNTS = {
    "size": "size",
    "entry_price": "avgPrice",
    "position_value": "positionValue",
    "position_im": "positionIM",
    "maintenance_margin": "positionMM",
    "cur_realised_pnl": "curRealisedPnl",
}
NONE_AMOUNTS = {
    "leverage": "leverage",
    "liq_price": "liqPrice",
    "break_even_price": "breakEvenPrice",
    "take_profit": "takeProfit",
    "stop_loss": "stopLoss",
    "trailing_stop": "trailingStop",
    "mark_price": "markPrice",
}
ORDER_AMOUNTS = {"qty": "qty", "filled_qty": "cumExecQty"}
ORDER_NONE_AMOUNTS = {
    "price": "price",
    "trigger_price": "triggerPrice",
    "take_profit": "takeProfit",
    "stop_loss": "stopLoss",
}
ORDER_TEXTS = {"symbol": "symbol", "side": "side", "status": "orderStatus", "stop_order_type": "stopOrderType"}
WALLET = {
    "equity": "totalEquity",
    "wallet_balance": "totalWalletBalance",
    "margin_balance": "totalMarginBalance",
    "available": "totalAvailableBalance",
    "unrealised_pnl": "totalPerpUPL",
    "initial_margin": "totalInitialMargin",
    "maintenance_margin": "totalMaintenanceMargin",
}


def number(text: str, *, zero_is_none: bool = False) -> Decimal | None:
    """An amount of Bybit's; ``""`` is None."""
    value = Decimal(text) if text else None
    return None if zero_is_none and not value else value


def differences(snapshot: Snapshot, client: SignedClient) -> list[str]:
    """Every field of the book in which the snapshot is not what the exchange says now; a sentence each."""
    return [*_positions(snapshot, client), *_orders(snapshot, client), *_executions(snapshot, client)]


def differences_beside(snapshot: Snapshot, client: SignedClient) -> list[str]:
    """The same of the wallet, and of every way that is not live."""
    links = snapshot.links
    return [*_wallet(snapshot, client), *([] if links.is_live else [f"links: {links}"])]


def _pages(client: SignedClient, path: str, **query: Any) -> list[Row]:
    rows, cursor = [], ""
    while True:
        result = client.result(path, **query, cursor=cursor or None)
        rows += result["list"]
        cursor = result.get("nextPageCursor", "")
        if not cursor or not result["list"]:
            return rows


def _compare(name: str, ours: Any, theirs: Any) -> Iterator[str]:
    if ours != theirs:
        yield f"{name}: the desk shows {ours}, the exchange says {theirs}"


def _positions(snapshot: Snapshot, client: SignedClient) -> Iterator[str]:
    held = {p.key: p for p in snapshot.positions}
    listed = {
        (scope["category"], row["symbol"], row["positionIdx"]): row
        for scope in SCOPES
        for row in _pages(client, "/v5/position/list", **scope, limit=200)
        if Decimal(row["size"])
    }
    yield from _compare("open positions", sorted(map(tuple, held)), sorted(listed))
    for key in held.keys() & listed.keys():
        ours, theirs, name = held[key], listed[key], f"{key[1]}/{key[2]}"
        yield from _compare(f"{name} side", ours.side, theirs["side"])
        for field, theirs_field in AMOUNTS.items():
            yield from _compare(f"{name} {field}", getattr(ours, field), number(theirs[theirs_field]))
        for field, theirs_field in NONE_AMOUNTS.items():
            wanted = number(theirs[theirs_field], zero_is_none=True)
            yield from _compare(f"{name} {field}", getattr(ours, field), wanted)
        yield from _compare(f"{name} updated_ms", ours.updated_ms, int(theirs["updatedTime"]))
        yield from _realised(name, ours.realised_pnl, number(theirs["curRealisedPnl"]))


def _realised(name: str, ours: Decimal | None, theirs: Decimal | None) -> Iterator[str]:
    """From executions to the last digit; Bybit cuts each part to 8 decimals."""
    if ours is None or theirs is None or abs(ours - theirs) > PNL_TOLERANCE:
        yield f"{name} realised_pnl: the desk shows {ours}, the exchange says {theirs}"


def _orders(snapshot: Snapshot, client: SignedClient) -> Iterator[str]:
    held = {order.order_id: order for order in snapshot.orders}
    listed = {row["orderId"]: row for scope in SCOPES for row in _pages(client, "/v5/order/realtime", **scope)}
    yield from _compare("open orders", sorted(held), sorted(listed))
    for name in held.keys() & listed.keys():
        ours, theirs = held[name], listed[name]
        for field, theirs_field in ORDER_TEXTS.items():
            yield from _compare(f"order {name} {field}", getattr(ours, field), theirs[theirs_field])
        for field, theirs_field in ORDER_AMOUNTS.items():
            yield from _compare(f"order {name} {field}", getattr(ours, field), number(theirs[theirs_field]))
        for field, theirs_field in ORDER_NONE_AMOUNTS.items():
            wanted = number(theirs[theirs_field], zero_is_none=True)
            yield from _compare(f"order {name} {field}", getattr(ours, field), wanted)


def _wallet(snapshot: Snapshot, client: SignedClient) -> Iterator[str]:
    row = client.rows("/v5/account/wallet-balance", accountType="UNIFIED")[0]
    for field, theirs_field in WALLET.items():
        wanted = number(row[theirs_field])
        if wanted is not None:
            yield from _compare(f"wallet {field}", getattr(snapshot.wallet, field), wanted)


def _executions(snapshot: Snapshot, client: SignedClient) -> Iterator[str]:
    """The newest fills are known, each once."""
    ours = [(e.category, e.exec_id) for e in snapshot.executions]
    yield from _compare("executions shown twice", len(ours) - len(set(ours)), 0)
    for category in ("linear", "inverse"):
        listed = {(category, row["execId"]) for row in client.rows("/v5/execution/list", category=category, limit=50)}
        yield from _compare(f"{category} executions not shown", sorted(listed - set(ours)), [])


async def equal_to_exchange(
    manager: PositionManager, paper: PaperProcess, within_s: float = 10.0, beside_s: float = 0.0
) -> None:
    """Wait until no field differs and every way is live.

    Args:
        within_s: for the book.
        beside_s: how much more the wallet and the ways may take, which have clocks of their own.
    Raises:
        AssertionError: it was not so in time; says which fields differ.
    """
    began = asyncio.get_running_loop().time()
    while True:
        book, beside = await asyncio.to_thread(_compared, manager, paper.client)
        if not book and not beside:
            return
        waited = asyncio.get_running_loop().time() - began
        assert waited <= within_s or (not book and waited <= within_s + beside_s), "\n".join([*book, *beside])
        await asyncio.sleep(AGAIN_S)


def _compared(manager: PositionManager, client: SignedClient) -> tuple[list[str], list[str]]:
    snapshot = manager.snapshot
    return differences(snapshot, client), differences_beside(snapshot, client)
