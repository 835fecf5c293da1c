"""Evidence and commands: what the exchange reports proves what became of them, and is told and kept when it does.

The rules of proof are core.commands' and core.verdicts'; here is only who is asked and who is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from core.audit_trail import AuditTrail
from core.clock import Clock
from core.command_trail import identity_of, lines_of
from core.commands import CommandLog
from core.intents import Intent, SetTradingStop
from core.ledger import Ledger
from core.model import Command, Execution, Order, Position, PositionKey
from core.stop_history import Author, Authors
from core.trades import Life
from core.verdicts import explains_leverage


class CommandProofs:
    """Brings evidence to the ``commands``.

    Args:
        on_record: is told of every command that moved, to keep it.
    """

    def __init__(
        self,
        commands: CommandLog,
        ledger: Ledger,
        trail: AuditTrail,
        clock: Clock,
        on_record: Callable[[Command], None],
    ) -> None:
        self._commands = commands
        self._ledger = ledger
        self._trail = trail
        self._clock = clock
        self._on_record = on_record

    def changed(self, command: Command) -> None:
        """A command moved: show it on its row and in the trail, and keep it."""
        self._on_record(command)
        self._ledger.holdings.touch(command.key)
        self._trail.note_all(lines_of(command), command.key)

    def restore(self, command: Command, intent: Intent | None) -> None:
        """Take over a command of an earlier run whose outcome is not known."""
        self._commands.restore(command, intent)
        self._ledger.holdings.touch(command.key)
        if command.is_open:
            self._trail.note("command_resumed", "warning", command.key, **identity_of(command))

    def follow_life(self, before: Life | None, key: PositionKey) -> None:
        """A life whose beginning comes to be known is named anew; one that has ended keeps its name."""
        lives = self._ledger.lives
        after = lives.life(key)
        if before is None or after is None or before.life_id == after.life_id:
            return
        if lives.closed_trade(before.life_id, key) is None:
            for command in self._commands.rename_life(key, before.life_id, after.life_id):
                if command.state != "sending":
                    # One that is may not be in the journal yet; its next state goes there in any case.
                    self._on_record(command)

    def by_order(self, order: Order) -> None:
        """Let an order prove what it can, also one that is known already."""
        self._all_changed(self._commands.on_order(order, self._ledger.holdings.get(order.position_key)))

    def by_position(self, position: Position) -> None:
        """Let a position row prove what it can, open or flat."""
        self._all_changed(self._commands.on_position(position))

    def by_execution(self, execution: Execution, life: Life | None) -> None:
        """Count an execution for the command that made its order, and tell when it hit another life than was meant."""
        ours = self._commands.of_link(execution.order_link_id)
        if ours and ours.kind == "close" and ours.life_id and life and life.life_id != ours.life_id:
            details = {**identity_of(ours), "filled": execution.qty}
            self._trail.note("command_hit_other_life", "warning", ours.key, **details)
        self._all_changed(self._commands.on_execution(execution))

    def _all_changed(self, moved: Iterable[Command]) -> None:
        for command in list(moved):
            self.changed(command)

    def authors(self, key: PositionKey, shows: Callable[[SetTradingStop], bool]) -> Authors:
        """Who of ours asked for stops that the exchange shows now."""
        log = self._commands
        return lambda: [Author(name, log.reason(name), log.waited_for(name)) for name in log.setting(key, shows)]

    def asked_for_leverage(self, position: Position) -> bool:
        """Whether the leverage of a row is what a command of ours asked for."""
        asked = ((c, self._commands.intent(c.command_id)) for c in self._commands.all())
        return any(explains_leverage(*one, position, self._clock.now_ms()) for one in asked)
