"""What stands where rows or figures will be: a sentence, and below it what can be done or expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QRect, Qt

from gui import theme
from gui.text import translate

if TYPE_CHECKING:
    from PyQt6.QtGui import QPainter

    from core.model import Snapshot

_WIDEST: Final = 460
_GAP: Final = 6


_EMPTY: Final = {
    "positions": (
        QT_TRANSLATE_NOOP("Tables", "No open positions"),
        QT_TRANSLATE_NOOP("Tables", "What you or a bot opens at Bybit appears here by itself."),
    ),
    "orders": (
        QT_TRANSLATE_NOOP("Tables", "No open orders"),
        QT_TRANSLATE_NOOP("Tables", "Limit and conditional orders will stand here, each with what it protects."),
    ),
    "closed": (
        QT_TRANSLATE_NOOP("Tables", "Nothing has been closed yet"),
        QT_TRANSLATE_NOOP("Tables", "Each position gets a row when it is flat, with its exits, fees and funding."),
    ),
    "executions": (
        QT_TRANSLATE_NOOP("Tables", "No executions yet"),
        QT_TRANSLATE_NOOP("Tables", "Every fill, funding payment and liquidation will get a row."),
    ),
    "events": (
        QT_TRANSLATE_NOOP("Tables", "Nothing has happened yet"),
        QT_TRANSLATE_NOOP("Tables", "Commands, differences from Bybit and lost links will be told here."),
    ),
}


def empty_words(name: str) -> str:
    """What an empty table says."""
    return "\n".join(translate("Tables", words) for words in _EMPTY[name])


def no_match_words() -> str:
    """What a table says whose rows are all filtered out."""
    first, rest = (
        translate("Panel", "Nothing matches the filter"),
        translate("Panel", "Emptying it shows every row again."),
    )
    return f"{first}\n{rest}"


def paint_placeholder(painter: QPainter, area: QRect, words: str) -> None:
    """Draw words in the middle: the first line plainly, all others smaller and muted, wrapped where it is narrow."""
    first, _, rest = words.partition("\n")
    colours = theme.current()
    width = min(_WIDEST, area.width() - 2 * theme.PAD)
    wrapped = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
    above, below = theme.metrics(theme.BODY, theme.SEMIBOLD), theme.metrics(theme.SMALL)
    room = QRect(0, 0, width, area.height())
    heights = [above.boundingRect(room, wrapped, first).height()]
    heights.append(below.boundingRect(room, wrapped, rest).height() + _GAP if rest else 0)
    box = QRect(
        area.center().x() - width // 2, max(area.top(), area.center().y() - sum(heights) // 2), width, heights[0]
    )
    painter.setFont(theme.font(theme.BODY, theme.SEMIBOLD))
    painter.setPen(colours.text if rest else colours.muted)
    painter.drawText(box, wrapped, first)
    if rest:
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(colours.muted)
        painter.drawText(box.translated(0, heights[0] + _GAP), wrapped | int(Qt.TextFlag.TextDontClip), rest)


def waiting_words(snapshot: Snapshot | None) -> str:
    """What to say while there is no first picture of the account."""
    links = None if snapshot is None else snapshot.links
    states = set() if links is None else {links.rest.state, links.private.state}
    if "refused" in states:
        first = translate("Panel", "Bybit does not accept this key")
        rest = translate("Panel", "The line above says why. Accounts… in the menu, top right, replaces the key.")
    elif "lost" in states:
        first = translate("Panel", "No connection yet")
        rest = translate("Panel", "The desk tries again by itself. Nothing is shown before it is known.")
    else:
        first = translate("Panel", "Connecting…")
        rest = translate("Panel", "The first complete picture takes a few seconds.")
    return f"{first}\n{rest}"
