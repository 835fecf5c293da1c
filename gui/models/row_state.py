"""What a position's row has to say about a command that needs its operator: no trace of it, or only a part of it done.

Such a row gives its second line to one sentence. Rows without such a command, which are nearly all, cost one look-up.
A close that waits in the order book needs nobody: it only takes the place of the modes below the symbol.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from gui import command_words, halt_words, text
from gui.models import commands
from gui.models.cell import Cell, Column, Facts
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Command, Order, Position, PositionKey, Snapshot

_NOBODY: Final[frozenset[Any]] = frozenset()


class _Candidates:
    """The positions that some command needs attention for; worked out once for each list of commands."""

    def __init__(self) -> None:
        self._commands: tuple[Command, ...] | None = None
        self._keys: frozenset[PositionKey] = _NOBODY

    def of(self, present: tuple[Command, ...]) -> frozenset[PositionKey]:
        """The keys, for the commands of a snapshot."""
        if present is not self._commands:
            self._commands = present
            self._keys = frozenset(
                command.key
                for command in present
                if command.state == commands.NO_TRACE or command_words.is_short(command)
            )
        return self._keys


_candidates = _Candidates()


class _Resting:
    """Limit orders that would reduce a position, whoever placed them; worked out once for each list of orders."""

    def __init__(self) -> None:
        self._orders: tuple[Order, ...] | None = None
        self._by_key: dict[PositionKey, list[Order]] = {}

    def of(self, present: tuple[Order, ...]) -> dict[PositionKey, list[Order]]:
        """By the position's key, for the open orders of a snapshot."""
        if present is not self._orders:
            self._orders, self._by_key = present, {}
            for order in present:
                if order.reduce_only and order.trigger_price is None and not order.stop_order_type:
                    self._by_key.setdefault(order.position_key, []).append(order)
        return self._by_key


_resting = _Resting()


def resting_qty(position: Position, snapshot: Snapshot) -> Decimal:
    """How much of a position orders in the book would close, as Bybit lists them; 0 without one."""
    return sum((order.qty - order.filled_qty for order in _closes_of(position, snapshot)), Decimal(0))


def waiting_ids(position: Position, facts: Facts) -> tuple[str, ...]:
    """Bybit's ids of the orders in the book that would close some of a position."""
    found = _closes_of(position, facts.snapshot) if facts.snapshot is not None else []
    return tuple(order.order_id for order in found)


def waits_whole(position: Position, facts: Facts) -> bool:
    """Orders in the book would close all of it: there is nothing more to close, only something to take back."""
    found = _closes_of(position, facts.snapshot) if facts.snapshot is not None else []
    return bool(found) and facts.snapshot is not None and resting_qty(position, facts.snapshot) >= position.size


def resting_words(position: Position, facts: Facts) -> str:
    """The closes that wait in the order book: ``Close 10.0 @ 121.50 waits``; empty without one."""
    found = _closes_of(position, facts.snapshot) if facts.snapshot is not None else []
    if not found or facts.snapshot is None:
        return ""
    qty = text.quantity(resting_qty(position, facts.snapshot), facts.step(position.key))
    if len(found) > 1:
        return translate("Positions", "{n} closes wait: {qty}").format(n=len(found), qty=qty)
    price = text.price(found[0].price, facts.tick(position.key))
    return translate("Positions", "Close {qty} @ {price} waits").format(qty=qty, price=price)


def _closes_of(position: Position, snapshot: Snapshot) -> list[Order]:
    found = _resting.of(snapshot.orders).get(position.key, ())
    return [order for order in found if order.side != position.side]


def untraced(position: Position, facts: Facts) -> Command | None:
    """A close or a trading stop of this life that left no trace and may be sent again."""
    snapshot = facts.snapshot
    keys = _candidates.of(snapshot.commands) if snapshot is not None else _NOBODY
    if snapshot is None or not keys or position.is_closing or position.key not in keys:
        return None
    for kind in (commands.CLOSE, commands.STOPS):
        command = commands.newest(snapshot, position, kind)
        if command is not None and command.state == commands.NO_TRACE:
            return command
    return None


def note(position: Position, facts: Facts) -> str:
    """The sentence that takes the row's second line; empty for nearly every row."""
    snapshot = facts.snapshot
    keys = _candidates.of(snapshot.commands) if snapshot is not None else _NOBODY
    # Asked for every cell of every row that is painted: without such a command it must not even make the key.
    if snapshot is None or not keys or position.is_closing or position.key not in keys:
        return ""
    command = untraced(position, facts)
    if command is not None:
        return command_words.unsettled(command).claim
    close, rest = commands.newest(snapshot, position, commands.CLOSE), commands.remainder(snapshot, position)
    return "" if close is None or rest is None else command_words.left_open(close, rest, facts.step(position.key))


def retry_button(position: Position, facts: Facts) -> Cell | None:
    """Takes the place of Close; it opens the dialog in which the same command can be sent again."""
    command = untraced(position, facts)
    if command is None or command.kind != commands.CLOSE:
        return None
    return Cell(button=translate("Positions", "Retry…"), tone="warning")


def button_tip(position: Position, facts: Facts) -> str:
    """What the row's buttons lead to; and why the exchange took no command on the contract just now, if it did not."""
    said = translate("Positions", "Opens a dialog; nothing is sent before it is confirmed there")
    halted = halt_words.halted(facts.snapshot, position.key, facts.clock.monotonic())
    return f"{halted}\n{said}" if halted else said


def with_note(column: Column) -> Column:
    """A column whose cells leave their second line to the row's note, which the first column shows."""
    plain = column.cell
    if column.name == "symbol":
        return column._replace(cell=_telling(plain), tooltip=_explaining(column.tooltip), is_phased=True)
    return column._replace(cell=_yielding(plain), is_phased=True)


def _telling(plain: Callable[[Any, Facts], Cell]) -> Callable[[Any, Facts], Cell]:
    def cell(position: Position, facts: Facts) -> Cell:
        shown, said = plain(position, facts), note(position, facts)
        if not said:
            return shown
        return shown._replace(below=said, below_tone="warning", spills=True, keeps_below=True)

    return cell


def _explaining(plain: Callable[[Any, Facts], str] | None) -> Callable[[Any, Facts], str]:
    """Rows of one line have little room for the sentence: it stands in the tooltip as well."""

    def tip(position: Position, facts: Facts) -> str:
        return "\n".join(part for part in (note(position, facts), plain(position, facts) if plain else "") if part)

    return tip


def _yielding(plain: Callable[[Any, Facts], Cell]) -> Callable[[Any, Facts], Cell]:
    def cell(position: Position, facts: Facts) -> Cell:
        shown = plain(position, facts)
        # A blank keeps the first line where it is; it also makes the cell another one, so that it is painted again.
        return shown._replace(below=" ") if note(position, facts) and not shown.button else shown

    return cell
