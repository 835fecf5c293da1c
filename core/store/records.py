"""Records ↔ rows. Columns are named like fields, so most of it is a copy; what is not is written out here.

Intents and audit details are JSON text: amounts in them are marked, so that they come back as the same Decimals.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Table

from core.intents import ClosePosition, Intent, OpenPosition
from core.model import AuditEvent, ClosedTrade, CoinAmount, Command, PartialExit, PositionKey
from core.money import EXACT, ROUND_HALF_EVEN, text

_INTENT_TYPES: dict[str, type] = {kind.__name__: kind for kind in get_args(Intent)}
_E8 = Decimal(100_000_000)
_INT64 = 2**63 - 1
_DECIMAL = "$decimal"


class JournalledIntent(Struct, frozen=True, kw_only=True):
    """An intent as the journal knows it. ``intent`` is None when its payload cannot be read by this version.

    ``command`` has the latest state noted. An unreadable intent must still be resolved by its ids.
    """

    command: Command
    intent: Intent | None


def fields_of(record: Struct) -> dict[str, Any]:
    """A record's fields by name, shallow."""
    return {name: getattr(record, name) for name in record.__struct_fields__}


def columns_of(record: type[Struct], table: Table) -> list[Any]:
    """The columns of a table that are fields of a record, in the record's order."""
    return [table.c[name] for name in record.__struct_fields__ if name in table.c]


def legal_text(value: str) -> str:
    """Text that the database can hold: half a surrogate pair, which is no character, is written out."""
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()


def scaled(value: Decimal | None) -> int | None:
    """An amount in units of 1e-8, for SQL to sort by: rounded, sign kept, the largest integer for what is larger."""
    if not value:
        return None if value is None else 0
    units = int(EXACT.multiply(value, _E8).to_integral_value(ROUND_HALF_EVEN))
    units = units or (1 if value > 0 else -1)
    return max(-_INT64, min(units, _INT64))


# ---- intents --------------------------------------------------------------------------------------------------------


def intent_row(command: Command, intent: Intent) -> dict[str, Any]:
    """The journal's row of an intent about to be sent."""
    return {
        "intent_id": command.command_id,
        "order_link_id": command.order_link_id,
        "kind": command.kind,
        "type": type(intent).__name__,
        **command.key._asdict(),
        "life_id": getattr(intent, "life_id", ""),
        "seq_seen": getattr(intent, "seq_seen", -1),
        "side": getattr(intent, "side", ""),
        "qty": command.qty,
        "payload": msgspec.json.encode(intent).decode(),
        "created_ms": command.created_ms,
    }


def state_row(command: Command) -> dict[str, Any]:
    """The journal's row of a command's present state, without its time."""
    return {
        "intent_id": command.command_id,
        "state": command.state,
        "ret_code": command.ret_code,
        "detail": legal_text(command.detail),
        "command": msgspec.json.encode(replace(command, detail=legal_text(command.detail))).decode(),
    }


def journalled(row: Mapping[str, Any], state: Mapping[str, Any]) -> JournalledIntent:
    """An intent read back from its row and its latest state."""
    command = _command(state["command"]) or Command(
        command_id=row["intent_id"],
        kind=row["kind"],
        key=PositionKey(row["category"], row["symbol"], row["position_idx"]),
        state=state["state"],
        created_ms=row["created_ms"],
        order_link_id=row["order_link_id"],
        qty=row["qty"],
        ret_code=state["ret_code"],
        detail=state["detail"],
        life_id=row["life_id"],
    )
    intent = _intent(row["type"], row["payload"])
    if command.attempts > 1 and isinstance(intent, ClosePosition | OpenPosition) and command.qty is not None:
        intent = replace(intent, qty=command.qty)  # the operator may have asked for another one the second time
    return JournalledIntent(command=command, intent=intent)


def attempts_of(state: Mapping[str, Any]) -> int:
    """How often the command of a state had been sent; 0 where the state does not say."""
    command = _command(state["command"])
    return command.attempts if command else 0


def is_final(state: Mapping[str, Any]) -> bool:
    """Whether nothing can follow a state."""
    command = _command(state["command"])
    return command.is_final if command else state["state"] in {"done", "refused"}


def _command(encoded: str | None) -> Command | None:
    """The whole command of a state; None for states of before version 3, or that this version cannot read."""
    try:
        return None if encoded is None else msgspec.json.decode(encoded, type=Command)
    except msgspec.MsgspecError:
        return None


def _intent(name: str, payload: str) -> Intent | None:
    kind = _INTENT_TYPES.get(name)
    if kind is None:
        return None
    try:
        intent: Intent = msgspec.json.decode(payload, type=kind)
    except msgspec.MsgspecError:
        return None
    return intent


# ---- audit ----------------------------------------------------------------------------------------------------------


def audit_row(event: AuditEvent) -> dict[str, Any]:
    """An audit event's own columns, without its place in the chain."""
    category, symbol, idx = event.key or (None, None, None)
    return {
        "ts_ms": event.ts_ms,
        "code": legal_text(event.code),
        "severity": legal_text(event.severity),
        "category": category,
        "symbol": symbol and legal_text(symbol),
        "position_idx": idx,
        "details": encode_details(event.details),
    }


def audit_event(row: Mapping[str, Any]) -> AuditEvent:
    """An audit event read back."""
    category, symbol, idx = row["category"], row["symbol"], row["position_idx"]
    return AuditEvent(
        ts_ms=row["ts_ms"],
        code=row["code"],
        severity=row["severity"],
        key=None if category is None else PositionKey(category, symbol, idx),
        details=decode_details(row["details"]),
    )


def encode_details(details: Mapping[str, Any]) -> str:
    """Details as ASCII JSON, keys sorted: one text for one meaning. Anything but plain values becomes its text."""
    return json.dumps(_plain(details), sort_keys=True, separators=(",", ":"), allow_nan=False)


def decode_details(encoded: str) -> Mapping[str, Any]:
    """Details read back: Decimals are Decimals, lists are tuples, mappings cannot be changed."""
    details: Mapping[str, Any] = _rich(json.loads(encoded))
    return details


def _plain(value: object) -> object:
    """Values that JSON can hold. A key that begins with $ gets another one, so that it is not taken for a mark."""
    if isinstance(value, Decimal):
        return {_DECIMAL: text(value) if value.is_finite() else str(value)}
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {f"${key}" if str(key).startswith("$") else str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)


def _rich(value: object) -> Any:
    if isinstance(value, dict):
        if value.keys() == {_DECIMAL}:
            return Decimal(value[_DECIMAL])
        return MappingProxyType({key.removeprefix("$"): _rich(item) for key, item in value.items()})
    if isinstance(value, list):
        return tuple(_rich(item) for item in value)
    return value


# ---- closed trades --------------------------------------------------------------------------------------------------


def life_row(trade: ClosedTrade) -> dict[str, Any]:
    """A closed trade's own columns; its exits have a table of their own."""
    row = fields_of(trade)
    del row["exits"], row["gap"]
    row["net_pnl_e8"] = scaled(trade.net_pnl)
    amounts = [(coin, text(amount)) for coin, amount in trade.other_fees]
    row["other_fees"] = json.dumps(amounts) if amounts else None
    row["pnl_source"] = trade.pnl_source or None
    return row


def exit_rows(trade: ClosedTrade) -> list[dict[str, Any]]:
    """The exits of a closed trade, numbered in their order."""
    return [
        {"life_id": trade.life_id, "ordinal": ordinal, **fields_of(exit_)} for ordinal, exit_ in enumerate(trade.exits)
    ]


def closed_trade(life: Mapping[str, Any], exits: Iterable[Mapping[str, Any]]) -> ClosedTrade:
    """A trade read back from its row and those of its exits, in their order."""
    values = {**life, "other_fees": _other_fees(life["other_fees"]), "pnl_source": life["pnl_source"] or ""}
    return ClosedTrade(**values, exits=tuple(PartialExit(**_without_life(row)) for row in exits))


def _other_fees(encoded: str | None) -> tuple[CoinAmount, ...]:
    return tuple(CoinAmount(coin, Decimal(amount)) for coin, amount in json.loads(encoded)) if encoded else ()


def _without_life(row: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(row)
    del values["life_id"]
    return values
