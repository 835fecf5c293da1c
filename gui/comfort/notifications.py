"""Announcements in words: plain text without money unless the operator wants it, and never while money is hidden.

A notification leaves the desk: other programs show it, keep it and may take it for markup. So it carries our own
sentences, the symbol and Bybit's codes, no foreign text, and no character that its server could read as a tag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from gui import event_words, text, words
from gui.text import translate

if TYPE_CHECKING:
    from core.model import AuditEvent
    from gui.comfort.announcer import Merged

_LONGEST: Final = 240
# Look-alikes that no server takes for a tag or an entity; escaping would show "&lt;" where markup is not read.
_HARMLESS: Final = str.maketrans({"<": "‹", ">": "›", "&": "+"})

# Without sizes, prices of entries and money; what is not here says nothing of the kind anyway.
_DISCREET: Final = {
    "position_opened": QT_TRANSLATE_NOOP("Announce", "Opened, {side}"),
    "position_flipped": QT_TRANSLATE_NOOP("Announce", "Turned around: now {side}"),
    "partial_exit": QT_TRANSLATE_NOOP("Announce", "Partial exit ({reason})"),
    "trade_closed": QT_TRANSLATE_NOOP("Announce", "Closed ({reason})"),
    "position_closed": QT_TRANSLATE_NOOP("Announce", "Closed"),
    "alert_daily_loss": QT_TRANSLATE_NOOP("Announce", "Today's loss has reached its limit"),
    "command_hit_other_life": QT_TRANSLATE_NOOP("Announce", "{kind}: carried out late, on a position opened since"),
}
_BY_BOT: Final = QT_TRANSLATE_NOOP("Announce", "by a bot")


class Words(NamedTuple):
    """What a notification says. Plain text; lines end with a line feed."""

    title: str
    body: str


def words_of(merged: Merged, environment: str, *, with_amounts: bool) -> Words:
    """An announcement in words; amounts are left out while they are hidden on the desk as well."""
    frank = with_amounts and not text.is_private()
    lines = [_line(one.line, frank) for one in (merged.first, *merged.others)]
    if merged.more:
        lines.append(translate("Announce", "{n} more").format(n=merged.more))
    return Words(harmless(f"Quarterdeck · {words.environment(environment)}"), "\n".join(map(harmless, lines)))


def _line(line: AuditEvent, frank: bool) -> str:
    symbol = f"{line.key.symbol}: " if line.key else ""
    sentence = _DISCREET.get(line.code)
    if sentence is None or frank:
        return symbol + event_words.event(_without_labels(line))
    return symbol + event_words.filled(translate("Announce", sentence), _without_labels(line))


def _without_labels(line: AuditEvent) -> AuditEvent:
    """A bot's own label for an exit is foreign text: it stays on the desk."""
    reason = line.details.get("reason")
    if line.code not in {"partial_exit", "trade_closed"} or reason is None or words.is_known_reason(str(reason)):
        return line
    from msgspec.structs import replace  # there is a line, so it is loaded

    return replace(line, details={**line.details, "reason": translate("Announce", _BY_BOT)})


def harmless(said: str) -> str:
    """Text that no other program can take for markup, in one line, cut, with nothing that hides or reorders."""
    return " ".join(text.literal(said, _LONGEST).translate(_HARMLESS).split())
