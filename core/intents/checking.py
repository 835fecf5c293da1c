"""The one question that every author of an intent asks: may it be sent now, and if not, why and what instead? Pure."""

from __future__ import annotations

import re
from typing import assert_never

from core.intents.batches import expand
from core.intents.binding import check_binding, check_free, check_instrument, find_order
from core.intents.closing import check_close
from core.intents.issues import Issue, gate
from core.intents.opening import check_open, check_set_leverage
from core.intents.ordering import check_amend, check_cancel
from core.intents.records import (
    AmendOrder,
    AnyIntent,
    CancelOrder,
    CancelOrders,
    CloseAll,
    ClosePosition,
    OpenPosition,
    RegisterPartialExit,
    SetLeverage,
    SetTradingStop,
)
from core.intents.repeating import untraced_of
from core.intents.stopping import check_stops, loosened
from core.model import Snapshot

_LINK_ID = re.compile(r"[0-9A-Za-z_-]{1,36}", re.ASCII)
LONGEST_REASON = 100


def check(intent: AnyIntent, snapshot: Snapshot) -> tuple[Issue, ...]:
    """Every reason why the intent must not be sent now; empty when it may be.

    The first issue is the gravest. Issues about the intent as a whole come alone: field checks would mislead. It runs
    on each keystroke, on each new snapshot while a dialog is open, and once more inside ``submit``.
    """
    if isinstance(intent, RegisterPartialExit):
        return _check_label(intent)
    closed = gate(snapshot)
    if closed:
        return closed
    match intent:
        case ClosePosition() | SetTradingStop():
            return _check_position(intent, snapshot)
        case CancelOrder():
            return check_cancel(intent, snapshot)
        case AmendOrder():
            return _check_amend(intent, snapshot)
        case OpenPosition() | SetLeverage():
            return _check_contract(intent, snapshot)
        case CloseAll() | CancelOrders():
            return () if expand(intent, snapshot) else (Issue(field="", code="nothing_selected"),)
        case _:
            assert_never(intent)


def cautions(intent: AnyIntent, snapshot: Snapshot) -> tuple[Issue, ...]:
    """What the author should know before sending; none of it forbids to send."""
    if not isinstance(intent, SetTradingStop):
        return ()
    position = snapshot.position(intent.symbol, intent.position_idx, intent.category)
    return tuple(loosened(intent, position)) if position is not None else ()


def _check_position(intent: ClosePosition | SetTradingStop, snapshot: Snapshot) -> tuple[Issue, ...]:
    position = snapshot.position(intent.symbol, intent.position_idx, intent.category)
    instrument = snapshot.instrument(intent.key)
    whole = check_binding(intent, position, instrument, snapshot)
    if whole or position is None or instrument is None:
        return whole
    if isinstance(intent, ClosePosition):
        return check_close(intent, position, instrument, untraced_of(intent, snapshot))
    return check_stops(intent, position, instrument, snapshot)


def _check_amend(intent: AmendOrder, snapshot: Snapshot) -> tuple[Issue, ...]:
    order, instrument = find_order(intent.key, intent.order_id, snapshot), snapshot.instrument(intent.key)
    if order is None:
        return (Issue(field="", code="order_gone"),)
    whole = (*check_instrument(instrument), *check_free(intent, snapshot))
    if whole or instrument is None:
        return whole
    position = snapshot.position(order.symbol, order.position_idx, order.category)
    return check_amend(intent, order, position, instrument, snapshot)


def _check_contract(intent: OpenPosition | SetLeverage, snapshot: Snapshot) -> tuple[Issue, ...]:
    instrument = snapshot.instrument(intent.key)
    whole = (*check_instrument(instrument), *check_free(intent, snapshot))
    if whole or instrument is None:
        return whole
    if isinstance(intent, OpenPosition):
        return check_open(intent, instrument, snapshot)
    return check_set_leverage(intent, instrument, snapshot)


def _check_label(intent: RegisterPartialExit) -> tuple[Issue, ...]:
    issues = []
    if not _LINK_ID.fullmatch(intent.order_link_id):
        issues.append(Issue(field="order_link_id", code="bad_link_id"))
    if not intent.reason.strip():
        issues.append(Issue(field="reason", code="reason_missing"))
    elif len(intent.reason) > LONGEST_REASON:
        issues.append(Issue(field="reason", code="reason_too_long", details={"most": LONGEST_REASON}))
    return tuple(issues)
