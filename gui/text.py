"""Numbers, times and translation: how a Decimal or a millisecond becomes what a person reads.

Words for error, issue and event codes are in gui/*_words.py. Nothing here rounds anything that is used further: the
text is for eyes (and for the clipboard), and None is always a dash, never 0.
"""

from __future__ import annotations

import re
import time
from decimal import Decimal
from functools import lru_cache
from typing import NewType

from PyQt6.QtCore import QCoreApplication

DASH = "—"
_HALF_CENT, _HALF_MILLIONTH = Decimal("0.005"), Decimal("0.0000005")
MINUS = "−"  # U+2212, as wide as the plus sign
HIDDEN = "•••"
LONGEST = 2_000  # letters of one text on the screen
_SIGN = "\N{REPLACEMENT CHARACTER}"
# Control characters but for tab and line feed; marks without a width, and those that turn the direction around.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

# Words for a tooltip: markup, of which none is anybody else's.
Tip = NewType("Tip", str)

_is_private = False


def set_private(is_on: bool) -> None:
    """Hide money, sizes and ids from now on, wherever they are written anew; prices and percentages stay."""
    global _is_private
    _is_private = is_on


def is_private() -> bool:
    """Whether money and sizes are hidden."""
    return _is_private


def export_title(title: str) -> str:
    """The title of a question for a file that will hold exact amounts, whether or not the desk hides them now."""
    if not _is_private:
        return title
    return translate("Export", "{title}: the file will hold the amounts that the desk hides").format(title=title)


@lru_cache(maxsize=4096)
def translate(context: str, words: str) -> str:
    """The user's language for ``words``. No f-strings inside: they are not extracted; ``.format`` what comes out.

    Kept, because cells ask for the same few words thousands of times a second.
    """
    return QCoreApplication.translate(context, words)


def forget_words() -> None:
    """Another language was chosen: ask anew."""
    translate.cache_clear()


def literal(words: str, most: int = LONGEST) -> str:
    """Words from anybody, as letters: what hides or reorders others becomes a visible sign, and too many are cut.

    Words that take up lines are one line apart; nothing here is about markup, because nothing is shown as markup.
    """
    if len(words) > most:
        words = words[:most] + "…"
    return words if words.isprintable() else _UNSEEN.sub(_SIGN, words)


def number(value: Decimal | None, decimals: int | None = None, *, signed: bool = False, suffix: str = "") -> str:
    """Grouped digits with a true minus sign.

    Args:
        value: None becomes a dash (without the suffix).
        decimals: digits after the point, rounded half even; None leaves as many as the number has.
        signed: a plus before positive numbers; zero has no sign.
        suffix: glued on, e.g. ``"%"``.
    """
    if value is None:
        return DASH
    shown = f"{value:,f}" if decimals is None else f"{value:,.{decimals}f}"
    if shown[0] == "-":
        shown = shown[1:] if not shown.strip("-0.,") else MINUS + shown[1:]
    elif signed and shown.strip("0.,"):
        shown = "+" + shown
    return shown + suffix


def money(value: Decimal | None, coin: str = "", *, signed: bool = False) -> str:
    """An amount of a coin, "" for dollars."""
    if _is_private and value is not None:
        return HIDDEN
    return number(value, coin_decimals(coin), signed=signed)


def coin_decimals(coin: str) -> int:
    """Digits after the point for amounts of a settle coin: cents for dollars, more for coins."""
    return 2 if not coin or coin.startswith("USD") else 6


def percent(value: Decimal | None, decimals: int = 2, *, signed: bool = False) -> str:
    """A figure on the scale 0–100, with its sign of percent."""
    return number(value, decimals, signed=signed, suffix="%")


@lru_cache(maxsize=1024)
def decimals_of(increment: Decimal) -> int:
    """How many digits after the point a tick or step has: 2 for 0.01, also for 0.010."""
    exponent = increment.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def price(value: Decimal | None, tick: Decimal | None = None) -> str:
    """A price with as many decimals as its tick; as it came when the tick is not known."""
    return number(value, decimals_of(tick) if tick is not None else None)


def quantity(value: Decimal | None, step: Decimal | None = None) -> str:
    """A quantity with as many decimals as its step."""
    if _is_private and value is not None:
        return HIDDEN
    return number(value, decimals_of(step) if step is not None else None)


def identity(own: str) -> str:
    """An id of an order, a fill or a command: whoever reads it can ask elsewhere for amounts, so it is hidden too."""
    return HIDDEN if _is_private and own else own


def side_name(side: str) -> str:
    """Long or Short, for a position's side; another text stays as it is."""
    if side == "Buy":
        return translate("Side", "Long")
    if side == "Sell":
        return translate("Side", "Short")
    return side


def tone_of(value: Decimal | None, coin: str = "") -> str:
    """Colour by the sign of what ``money`` shows, or two decimals: up, down, or plain text for zero and unknown."""
    half = _HALF_CENT if coin_decimals(coin) == 2 else _HALF_MILLIONTH
    if value is None or -half <= value <= half:
        return "text"
    return "up" if value > 0 else "down"


def duration(ms: int | None) -> str:
    """Two units at most: ``12s``, ``41m``, ``3h 12m``, ``2d 05h``. Negative counts as zero."""
    if ms is None:
        return DASH
    minutes, seconds = divmod(max(0, ms) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return translate("Duration", "{d}d {h:02}h").format(d=days, h=hours)
    if hours:
        return translate("Duration", "{h}h {m:02}m").format(h=hours, m=minutes)
    if minutes:
        return translate("Duration", "{m}m").format(m=minutes)
    return translate("Duration", "{s}s").format(s=seconds)


def countdown(ms: int | None) -> str:
    """``01:22`` below an hour, ``7:03:00`` above; a dash when unknown."""
    if ms is None:
        return DASH
    minutes, seconds = divmod(max(0, ms) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def clock_time(ms: int | None) -> str:
    """Local time of day."""
    return DASH if ms is None else time.strftime("%H:%M:%S", time.localtime(ms // 1000))


def date_time(ms: int | None) -> str:
    """Local date and time."""
    return DASH if ms is None else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(ms // 1000))


def age(seconds: float | None) -> str:
    """How long ago: ``0.4 s``, ``12 s``, ``3m``; a dash when it never happened."""
    if seconds is None:
        return DASH
    if seconds < 10:
        return translate("Duration", "{s:.1f} s").format(s=max(0.0, seconds))
    if seconds < 100:
        return translate("Duration", "{s:.0f} s").format(s=seconds)
    return duration(int(seconds * 1000))


def ratio_percent(ratio: Decimal | None, decimals: int = 1) -> str:
    """A ratio 0–1 as percent."""
    return DASH if ratio is None else percent(ratio * 100, decimals)


def as_share(part: int, whole: int) -> Decimal:
    """A count in percent of another one that is not zero."""
    return Decimal(part) / whole * 100


def leverage(value: Decimal | None) -> str:
    """``5×``, ``12.5×``; empty when the position has none."""
    return "" if value is None else f"{number(value.normalize() if value else value)}×"


def as_tooltip(words: str) -> Tip:
    """Plain words in a form that Qt's tooltips cannot take for markup of somebody else's making; "" for none."""
    escaped = literal(words).replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    return Tip(f"<qt>{escaped}</qt>" if words else "")
