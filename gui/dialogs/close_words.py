"""What the close dialog's preview says, in the user's language. No widgets, no arithmetic."""

from __future__ import annotations

from decimal import Decimal

from core.model import Instrument, Position
from gui import text
from gui.dialogs.close_preview import BOOK, LIMIT, ClosePreview
from gui.dialogs.words import compact, counted, exact, qty_unit
from gui.text import translate
from gui.widgets.figures import Figure

_NOTHING = ClosePreview.nothing()


def rows(outcome: ClosePreview | None, position: Position, instrument: Instrument) -> list[tuple[str, Figure]]:
    """The lines of the preview; dashes while there is nothing to work out."""
    shown = outcome or _NOTHING
    coin = instrument.settle_coin
    fee = None if shown.fee is None else -shown.fee
    return [
        (_fill_label(shown, position, instrument), _fill(shown, instrument)),
        (translate("ClosePosition", "Value"), Figure(_amount(shown.value, coin, unit=True))),
        (translate("ClosePosition", "Realised PnL"), _result(shown.gross, coin, bold=True)),
        (_fee_label(shown), _result(fee, coin)),
        (translate("ClosePosition", "Net"), _result(shown.net, coin, bold=True, unit=True)),
        (translate("ClosePosition", "Margin released"), Figure(_amount(shown.margin_released, coin))),
        (translate("ClosePosition", "Left open"), Figure(_left(outcome, position, instrument))),
    ]


def _amount(value: Decimal | None, coin: str, *, unit: bool = False, signed: bool = False) -> str:
    suffix = f" {coin}" if unit and value is not None else ""
    return text.number(value, text.coin_decimals(coin), signed=signed) + suffix


def _result(value: Decimal | None, coin: str, *, bold: bool = False, unit: bool = False) -> Figure:
    return Figure(_amount(value, coin, unit=unit, signed=True), text.tone_of(value, coin), bold)


def _fill(outcome: ClosePreview, instrument: Instrument) -> Figure:
    price = outcome.fill_price
    if price is None:
        return Figure(text.DASH)
    if outcome.source == LIMIT:  # as it was typed: a mistake must not be rounded out of sight
        return Figure(exact(price, instrument.tick))
    # An average over levels lies between ticks: one digit more than the tick's shows that it is one.
    decimals = text.decimals_of(instrument.tick) + (1 if outcome.source == BOOK and price % instrument.tick else 0)
    shown, tone = text.number(price, decimals), "warning" if outcome.is_thin else "text"
    if outcome.slippage_pct is None:
        return Figure(shown, tone)
    words = translate("ClosePosition", "{price} · slippage {slippage}")
    return Figure(words.format(price=shown, slippage=text.percent(outcome.slippage_pct, 3)), tone)


def _fill_label(outcome: ClosePreview, position: Position, instrument: Instrument) -> str:
    """Where the expected fill comes from: the book's best price and depth, the limit, or only the mark."""
    unit = qty_unit(instrument)
    if outcome is _NOTHING:
        return translate("ClosePosition", "Expected fill")
    if outcome.source == LIMIT:
        if outcome.rests:
            return translate("ClosePosition", "Limit price, waits in the order book")
        return translate("ClosePosition", "Limit price, meets the order book at once")
    if outcome.is_thin:
        words = translate("ClosePosition", "Expected fill (the visible book takes only {qty} {unit})")
        return words.format(qty=counted(outcome.book_qty, instrument), unit=unit)
    if outcome.source != BOOK or outcome.depth is None:
        return translate("ClosePosition", "Expected fill (mark price; no order book yet)")
    words = (
        translate("ClosePosition", "Expected fill (bid {price}, {depth} {unit} on book)")
        if position.is_long
        else translate("ClosePosition", "Expected fill (ask {price}, {depth} {unit} on book)")
    )
    best = text.price(outcome.best_price, instrument.tick)
    return words.format(price=best, depth=compact(outcome.depth), unit=unit)


def _fee_label(outcome: ClosePreview) -> str:
    if outcome is _NOTHING:
        return translate("ClosePosition", "Fee")
    if outcome.fee_rate is None:
        return translate("ClosePosition", "Fee (rate not known yet)")
    rate = text.number((outcome.fee_rate * 100).normalize(), suffix="%")
    words = (
        translate("ClosePosition", "Maker fee {rate}")
        if outcome.rests
        else translate("ClosePosition", "Taker fee {rate}")
    )
    return words.format(rate=rate)


def _left(outcome: ClosePreview | None, position: Position, instrument: Instrument) -> str:
    """What stays open, and what becomes of its stops."""
    if outcome is None:
        return text.DASH
    levels = (
        ("TP", position.take_profit),
        ("SL", position.stop_loss),
        (translate("StopHistory", "trailing"), position.trailing_stop),
    )
    stops = [f"{name} {text.price(price, instrument.tick)}" for name, price in levels if price is not None]
    if outcome.left == 0:
        parts = [translate("ClosePosition", "nothing")]
        parts += [translate("ClosePosition", "its stops go with it")] if stops else []
    else:
        parts = [f"{exact(outcome.left, instrument.step)} {qty_unit(instrument)}"]
        parts += [*stops[:-1], translate("ClosePosition", "{stop} stay").format(stop=stops[-1])] if stops else []
        if position.stop_loss is None and position.trailing_stop is None:
            parts.append(translate("ClosePosition", "no stop loss"))
    if outcome.rests:
        parts[0] = translate("ClosePosition", "{left} once it fills").format(left=parts[0])
    return " · ".join(parts)
