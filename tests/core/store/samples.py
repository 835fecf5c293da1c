"""Records to store, plain ones and hostile ones."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

from core.intents import CancelOrder, ClosePosition, SetTradingStop
from core.model import AuditEvent, ClosedTrade, Command, Execution, Order, PartialExit, PositionKey
from core.money import EXACT
from core.store import Place, place_of

DAY_MS = 86_400_000
KEY = PositionKey("linear", "BTCUSDT", 0)

HOSTILE = (
    "'; DROP TABLE executions; --",
    '"quoted" \\ back\\slash',
    "nul\0inside",
    "line\nfeed\r\ttab",
    "right-to-left \u202e override, zero\u200bwidth",
    "emoji 🏴‍☠️ and 漢字",
    "=1+1",
    "%s {x} :name ? $1",
    " ",
    "x" * 5_000,
)


def place(folder: Path, account: str = "Main", ledger: str = "") -> Place:
    return place_of(folder, "paper", account, ledger)


def execution(number: int, **changes: object) -> Execution:
    values: dict[str, object] = {
        "category": "linear",
        "symbol": "BTCUSDT",
        "exec_id": f"exec-{number}",
        "order_id": f"order-{number}",
        "order_link_id": "",
        "side": "Buy",
        "exec_type": "Trade",
        "qty": Decimal("0.010"),
        "price": Decimal("65000.10"),
        "value": Decimal("650.001"),
        "fee": Decimal("0.35750055"),
        "closed_size": None,
        "is_maker": False,
        "create_type": "CreateByUser",
        "stop_order_type": "",
        "order_type": "Market",
        "ts_ms": 1_700_000_000_000 + number,
        "seq": number,
        "position_idx": 0,
    }
    return Execution(**(values | changes))


def order(number: int, **changes: object) -> Order:
    values: dict[str, object] = {
        "category": "linear",
        "symbol": "BTCUSDT",
        "position_idx": 0,
        "order_id": f"order-{number}",
        "order_link_id": "",
        "side": "Sell",
        "order_type": "Market",
        "status": "New",
        "qty": Decimal("0.010"),
        "leaves_qty": Decimal("0.010"),
        "filled_qty": Decimal("0"),
        "price": None,
        "average_price": None,
        "trigger_price": Decimal("64000.0"),
        "trigger_by": "MarkPrice",
        "trigger_direction": 2,
        "take_profit": None,
        "stop_loss": None,
        "stop_order_type": "StopLoss",
        "time_in_force": "IOC",
        "reduce_only": True,
        "create_type": "CreateByStopLoss",
        "cancel_type": "",
        "reject_reason": "EC_NoError",
        "created_ms": 1_700_000_000_000,
        "updated_ms": 1_700_000_000_000 + number,
    }
    return Order(**(values | changes))


def partial_exit(number: int, **changes: object) -> PartialExit:
    values: dict[str, object] = {
        "order_id": f"exit-{number}",
        "order_link_id": "",
        "ts_ms": 1_700_000_000_000 + number,
        "qty": Decimal("0.005"),
        "price": Decimal("65100.55"),
        "share_pct": Decimal("50"),
        "gross_pnl": Decimal("0.50225"),
        "fee": Decimal("0.17902651"),
        "net_pnl": Decimal("0.32322349"),
        "reason": "take_profit",
    }
    return PartialExit(**(values | changes))


def trade(number: int, *, exits: int = 2, **changes: object) -> ClosedTrade:
    values: dict[str, object] = {
        "life_id": f"L{number:020d}",
        "category": "linear",
        "symbol": "BTCUSDT",
        "position_idx": 0,
        "side": "Buy",
        "settle_coin": "USDT",
        "opened_ms": 1_700_000_000_000,
        "closed_ms": 1_700_000_000_000 + number,
        "peak_size": Decimal("0.010"),
        "entry_price": Decimal("65000.10"),
        "exit_price": Decimal("65100.55"),
        "gross_pnl": Decimal("1.0045"),
        "fees": Decimal("0.71555356"),
        "funding": Decimal("-0.00650001"),
        "net_pnl": Decimal("0.28244643"),
        "exits": tuple(partial_exit(n) for n in range(exits)),
        "closed_by": "take_profit",
        "is_complete": True,
    }
    return ClosedTrade(**(values | changes))


def command(number: int, state: str = "sending", **changes: object) -> Command:
    values: dict[str, object] = {
        "command_id": f"qdTEST{number:026d}",
        "kind": "close",
        "key": KEY,
        "state": state,
        "created_ms": 1_700_000_000_000 + number,
        "order_link_id": f"qdTEST{number:026d}",
        "qty": Decimal("0.010"),
    }
    return Command(**(values | changes))


def close_intent(**changes: object) -> ClosePosition:
    values: dict[str, object] = {"symbol": "BTCUSDT", "qty": Decimal("0.010"), "side": "Buy", "life_id": "L1"}
    return ClosePosition(**(values | changes))


INTENTS = (
    close_intent(order_type="Limit", price=Decimal("65000.10"), seq_seen=77, reason="bot: ladder"),
    SetTradingStop(symbol="BTCUSDT", stop_loss=Decimal("64000.5"), take_profit=Decimal(0), seq_seen=3),
    CancelOrder(symbol="BTCUSDT", order_id="order-1", reason="orphan"),
)


def audit_event(number: int, **details: object) -> AuditEvent:
    return AuditEvent(ts_ms=1_700_000_000_000 + number, code="position_changed", key=KEY, details=details)


amounts = st.builds(
    lambda digits, places: EXACT.scaleb(Decimal(digits), -places),
    # as long as amounts get: 18 digits before the point and 18 behind it
    st.integers(-(10**36), 10**36) | st.integers(-(10**6), 10**6),
    st.integers(0, 18),
)
maybe_amounts = st.none() | amounts
texts = st.text(max_size=60) | st.sampled_from(HOSTILE)
ids = st.text(min_size=1, max_size=60) | st.sampled_from(HOSTILE)
times = st.integers(0, 2**53)
