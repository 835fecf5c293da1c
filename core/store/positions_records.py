"""What the older bot's ``positions.json`` means in the desk's records, and the other way round. Pure.

A bot's word is not evidence: nothing here changes what the exchange said. Imported trades are marked by their ids,
carry the bot's own result, and should be kept only where no history of the exchange is at hand: see ``outside``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import reduce

from core.model import LONG, SHORT, ClosedTrade, PartialExit, Position, SessionSummary
from core.money import EXACT, ZERO, fixed
from core.store.positions_json import BotExit, BotFile, BotPosition, BotStats
from core.symbols import INVERSE, LINEAR, settle_coin

IMPORTED_PREFIX = "J"
_HUNDRED = Decimal(100)
_SIDES = {"buy": LONG, "sell": SHORT}


def bybit_symbol(text: str) -> str:
    """``HIGH/USDT:USDT`` → ``HIGHUSDT``, ``BTC/USDC:USDC`` → ``BTCPERP``; Bybit's own form stays as it is."""
    pair, _, settle = text.partition(":")
    base, slash, quote = pair.partition("/")
    if not slash:
        return text
    return f"{base}PERP" if settle == "USDC" else f"{base}{quote}"


def settle_coin_of(text: str) -> str:
    """The settle coin of either form of a symbol."""
    told = text.partition(":")[2]
    return told or settle_coin(LINEAR, text) or settle_coin(INVERSE, text) or "USDT"


def category_of(text: str) -> str:
    """``linear`` or ``inverse``, of either form of a symbol."""
    return LINEAR if settle_coin_of(text) in {"USDT", "USDC"} else INVERSE


def note_for(content: BotFile, position: Position) -> BotPosition | None:
    """What the bot says about an open position: why, how sure, indicators. None when it does not know it.

    Of several on the same symbol and side it is the one opened nearest in time.
    """
    fitting = [
        known
        for known in content.open_positions
        if (bybit_symbol(known.symbol), _SIDES[known.side]) == (position.symbol, position.side)
    ]
    opened_ms = position.opened_ms or 0
    return min(fitting, key=lambda known: abs((known.open_time or 0) - opened_ms), default=None)


# ---- from the bot ---------------------------------------------------------------------------------------------------


def closed_trades(content: BotFile) -> list[ClosedTrade]:
    """The bot's closed positions as trades. Those without a time of closing, or without any size, are left out.

    ``net_pnl`` is what the bot called realised, None when it did not say; fees and funding are not known.
    """
    found = (_closed_trade(known) for known in content.closed_positions)
    return [trade for trade in found if trade]


def outside(trades: Iterable[ClosedTrade], windows: Sequence[tuple[int, int]]) -> list[ClosedTrade]:
    """The trades that closed outside the stretches of history fetched in full: there the executions know better."""
    return [trade for trade in trades if not any(start <= trade.closed_ms < end for start, end in windows)]


def _closed_trade(known: BotPosition) -> ClosedTrade | None:
    size = _peak_size(known)
    if known.close_time is None or not size:
        return None
    category = category_of(known.symbol)
    exits = tuple(_exit(known, number, size) for number in range(len(known.partial_exits)))
    return ClosedTrade(
        life_id=_life_id(known),
        category=category,
        symbol=bybit_symbol(known.symbol),
        position_idx=0,
        side=_SIDES[known.side],
        settle_coin=settle_coin_of(known.symbol),
        opened_ms=known.open_time or 0,
        closed_ms=known.close_time,
        peak_size=size,
        entry_price=known.entry_price,
        exit_price=known.current_price,
        gross_pnl=None,
        fees=None,
        funding=None,
        net_pnl=known.realized_pnl,
        exits=exits,
        closed_by=known.close_reason,
        is_complete=False,
    )


def _life_id(known: BotPosition) -> str:
    parts = (known.position_id, known.symbol, known.side, str(known.open_time), str(known.close_time))
    return IMPORTED_PREFIX + hashlib.sha256("|".join(parts).encode()).hexdigest()[:20]


def _peak_size(known: BotPosition) -> Decimal:
    """The quantity behind the notional; a bot that writes 0 once it is closed has at least sold its exits."""
    category = category_of(known.symbol)
    whole = _quantity(category, known.position_size, known.entry_price)
    return whole or reduce(EXACT.add, (_quantity(category, e.size, e.price) for e in known.partial_exits), ZERO)


def _quantity(category: str, notional: Decimal | None, price: Decimal | None) -> Decimal:
    if not notional or not price:
        return ZERO
    return notional if category == INVERSE else fixed(EXACT.divide(notional, price))


def _exit(known: BotPosition, number: int, size: Decimal) -> PartialExit:
    part = known.partial_exits[number]
    qty = _quantity(category_of(known.symbol), part.size, part.price)
    return PartialExit(
        order_id=f"{known.position_id}:{number}",
        order_link_id="",
        ts_ms=part.timestamp or 0,
        qty=qty,
        price=part.price or ZERO,
        share_pct=fixed(EXACT.divide(EXACT.multiply(qty, _HUNDRED), size)),
        gross_pnl=None,
        fee=ZERO,
        net_pnl=part.realized_pnl,
        reason=part.reason,
    )


# ---- for the bot ----------------------------------------------------------------------------------------------------


def bot_file(
    positions: Iterable[Position],
    trades: Iterable[ClosedTrade],
    session: SessionSummary,
    now_ms: int,
    notes: BotFile | None = None,
) -> BotFile:
    """The desk's state as the bot's file.

    Args:
        notes: the bot's own file, whose confidence, reasons and indicators are kept for positions that it knows.
    """
    known = notes or BotFile()
    return BotFile(
        open_positions=tuple(_open_position(position, note_for(known, position)) for position in positions),
        closed_positions=tuple(_closed_position(trade) for trade in trades),
        session_stats=BotStats(
            total_trades=session.closed_trades,
            wins=session.wins,
            losses=session.losses,
            total_pnl=session.total_realised_pnl,
            win_rate=session.win_rate_pct or ZERO,
        ),
        last_saved=now_ms,
    )


def _open_position(position: Position, note: BotPosition | None) -> BotPosition:
    note = note or BotPosition(position_id="", symbol="", side="")
    return BotPosition(
        position_id=note.position_id or position.life_id or "-".join(map(str, position.key)),
        symbol=note.symbol or position.symbol,
        side=_bot_side(position.side),
        entry_price=position.entry_price,
        current_price=position.mark_price,
        position_size=_notional(position.category, position.size, position.entry_price),
        leverage=position.leverage,
        unrealized_pnl=position.unrealised_pnl,
        realized_pnl=position.realised_pnl,
        roe_percentage=position.roe_pct,
        open_time=position.opened_ms,
        confidence=note.confidence,
        open_reason=note.open_reason,
        atr=note.atr,
        adx=note.adx,
        volatility=note.volatility,
        real_initial_margin=position.initial_margin,
        partial_exits=tuple(_bot_exit(position.category, part) for part in position.partial_exits),
    )


def _closed_position(trade: ClosedTrade) -> BotPosition:
    return BotPosition(
        position_id=trade.life_id,
        symbol=trade.symbol,
        side=_bot_side(trade.side),
        entry_price=trade.entry_price,
        current_price=trade.exit_price,
        position_size=_notional(trade.category, trade.peak_size, trade.entry_price),
        realized_pnl=trade.net_pnl,
        open_time=trade.opened_ms or None,
        close_time=trade.closed_ms,
        close_reason=trade.closed_by,
        partial_exits=tuple(_bot_exit(trade.category, part) for part in trade.exits),
    )


def _bot_exit(category: str, part: PartialExit) -> BotExit:
    return BotExit(
        timestamp=part.ts_ms,
        size=_notional(category, part.qty, part.price),
        price=part.price,
        realized_pnl=part.net_pnl,
        reason=part.reason,
    )


def _bot_side(side: str) -> str:
    return "buy" if side == LONG else "sell"


def _notional(category: str, qty: Decimal, price: Decimal | None) -> Decimal | None:
    if category == INVERSE:
        return qty
    return None if price is None else EXACT.multiply(qty, price)
