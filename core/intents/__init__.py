"""What a person or a bot may ask for, and whether it makes sense now. Pure: no network, no clock, no words.

``records`` holds the intents, ``check`` says what is wrong with one, ``expand`` turns a batch into intents, ``undo_of``
makes the intent that takes the last edit of stops back.
"""

from core.intents.batches import expand
from core.intents.binding import is_same
from core.intents.building import close_of, stops_of
from core.intents.checking import cautions, check
from core.intents.issues import Issue, gate
from core.intents.opening import check_leverage
from core.intents.quantities import check_order_qty
from core.intents.records import (
    FULL,
    LIMIT,
    MARKET,
    PARTIAL,
    AmendOrder,
    AnyIntent,
    Batch,
    CancelOrder,
    CancelOrders,
    CloseAll,
    ClosePosition,
    Intent,
    OpenPosition,
    RegisterPartialExit,
    SetLeverage,
    SetTradingStop,
    kind_of,
)
from core.intents.repeating import (
    ADMITTED_MS,
    REFUSED_MS,
    UNTRACED_MS,
    asks_the_same,
    is_of_another,
    is_repeated,
    may_leave,
    may_turn_up,
)
from core.intents.stopping import new_triggers, waits_for
from core.intents.undo import undo_of

__all__ = [
    "ADMITTED_MS",
    "FULL",
    "LIMIT",
    "MARKET",
    "PARTIAL",
    "REFUSED_MS",
    "UNTRACED_MS",
    "AmendOrder",
    "AnyIntent",
    "Batch",
    "CancelOrder",
    "CancelOrders",
    "CloseAll",
    "ClosePosition",
    "Intent",
    "Issue",
    "OpenPosition",
    "RegisterPartialExit",
    "SetLeverage",
    "SetTradingStop",
    "asks_the_same",
    "cautions",
    "check",
    "check_leverage",
    "check_order_qty",
    "close_of",
    "expand",
    "gate",
    "is_of_another",
    "is_repeated",
    "is_same",
    "kind_of",
    "may_leave",
    "may_turn_up",
    "new_triggers",
    "stops_of",
    "undo_of",
    "waits_for",
]
