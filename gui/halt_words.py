"""Why the exchange takes no commands on a contract, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from gui import text
from gui.text import translate

if TYPE_CHECKING:
    from core.model import PositionKey, Snapshot

# Why the exchange takes no commands on a contract, by its code; see core.halts.
_HALTS: Final = {
    10024: QT_TRANSLATE_NOOP("Halt", "this account may not trade it"),
    10027: QT_TRANSLATE_NOOP("Halt", "trading is barred for this account"),
    10029: QT_TRANSLATE_NOOP("Halt", "the key may not trade it"),
    110021: QT_TRANSLATE_NOOP("Halt", "its open interest is at the cap"),
    110022: QT_TRANSLATE_NOOP("Halt", "quantities may not grow now"),
    110023: QT_TRANSLATE_NOOP("Halt", "positions may only be reduced now"),
    110042: QT_TRANSLATE_NOOP("Halt", "its delivery is near"),
    110063: QT_TRANSLATE_NOOP("Halt", "it is being settled"),
    110066: QT_TRANSLATE_NOOP("Halt", "trading is switched off for now"),
    110074: QT_TRANSLATE_NOOP("Halt", "it is not live"),
    30228: QT_TRANSLATE_NOOP("Halt", "it is being delisted"),
}


def halted(snapshot: Snapshot | None, key: PositionKey, now_mono: float) -> str:
    """Why the exchange took no command on the contract of a position or an order, how long ago it said so, and that one
    may try; empty when nothing says that it is halted.
    """
    told = snapshot.links.halts.get((key.category, key.symbol)) if snapshot is not None else None
    if told is None:
        return ""
    sentence = translate("Halt", "Bybit refused here {age} ago: {reason} ({code}). You may try again.")
    reason = translate("Halt", _HALTS[told.ret_code])
    return sentence.format(age=text.age(now_mono - told.last_mono), reason=reason, code=told.ret_code)
