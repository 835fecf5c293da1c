"""One process of the desk around a close: the real book, commands, check, actions and resolver, and a journal.

A kill takes everything but what the journal had committed; the next process begins with that.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from core.actions import Actions
from core.book import PositionBook
from core.errors import BadValue, Unreachable
from core.events import Event, InstrumentsReported
from core.intents import ClosePosition, Intent
from core.model import Command
from core.order_legs import OrderLegs
from tests.simulation_close.exchange import SIZE, Door, Exchange
from tests.strategies import an_instrument
from tests.virtual import VirtualClock, VirtualLoop

COMMIT_S = 0.002
WRITE_BEHIND_S = 0.02
RESOLVE_EVERY_S = 1.0
SOL = an_instrument()
CLOSE = ClosePosition(symbol="SOLUSDT", qty=SIZE, side="Buy")
LESS = ClosePosition(symbol="SOLUSDT", qty=SIZE / 2, side="Buy")


class Journal:
    """What is on the disk: each intent, and the latest command that was written behind."""

    def __init__(self) -> None:
        self.intents: dict[str, Intent] = {}
        self.commands: dict[str, Command] = {}

    def open(self) -> list[tuple[Command, Intent]]:
        """What a start brings back: open commands and those that may still turn up."""
        return [(c, self.intents[name]) for name, c in self.commands.items() if not c.is_final]


class Desk:
    """One process. ``actions_type`` lets a test put a weaker protocol in its place."""

    def __init__(
        self,
        loop: VirtualLoop,
        exchange: Exchange,
        journal: Journal,
        new_link_id: Callable[[], str],
        actions_type: type[Actions] = Actions,
    ) -> None:
        self._loop = loop
        self._journal = journal
        self.is_dead = False
        self.clock = VirtualClock(loop)
        self.door = Door(exchange, loop, journal.intents.__contains__)
        self.book = PositionBook(self.clock, "paper", "Main", lambda line: None, self._keep)
        self.book.apply(InstrumentsReported("linear", (SOL,)))
        for event in exchange.shown():
            self.book.apply(event)
        for command, intent in journal.open():
            self.book.restore_command(command, intent)
        door: Any = self.door
        self.actions = actions_type(
            self.book,
            lambda: door,
            self.clock,
            new_link_id,
            self.hear,
            lambda: None,
            OrderLegs(lambda: door, self.book.ledger.order_leg, self.clock),
            self._enter,
        )
        exchange.listeners = [self.hear]
        self._moved = asyncio.Event()
        self._resolving = loop.create_task(self._resolve())

    def hear(self, event: Event) -> None:
        """An event of the stream, or of a look-up."""
        if not self.is_dead:
            self.book.apply(event)

    async def _enter(self, command: Command, intent: Intent) -> None:
        await asyncio.sleep(COMMIT_S)
        if self.is_dead:
            return
        self._journal.intents[command.command_id] = intent
        self._journal.commands[command.command_id] = command

    def _keep(self, record: object) -> None:
        if isinstance(record, Command):
            self._moved.set()
            self._loop.call_later(WRITE_BEHIND_S, self._write, record)

    def _write(self, command: Command) -> None:
        if not self.is_dead and command.command_id in self._journal.commands:
            self._journal.commands[command.command_id] = command

    async def _resolve(self) -> None:
        while True:
            await asyncio.sleep(RESOLVE_EVERY_S)
            if self.book.commands.open():
                await self.actions.resolve()
            else:
                # Ticks that find nothing to look up are most of a long run.
                self._moved.clear()
                await self._moved.wait()

    def rest(self) -> None:
        """Nothing is left to look up."""
        self._resolving.cancel()

    def kill(self) -> None:
        """Die: nothing is written or sent any more."""
        self.is_dead = self.door.is_dead = True
        self._resolving.cancel()

    # ---- the operator's hands ---------------------------------------------------------------------------------------

    async def click(self, intent: ClosePosition = CLOSE) -> str:
        """Press the button; the command's id, or ``""`` when the desk did not take it."""
        try:
            return (await self.actions.submit(intent)).command_id
        except (BadValue, Unreachable):  # refused, or the row is old and cannot be read: nothing was sent
            return ""

    def state(self, command_id: str) -> str:
        """What the screen says of a command."""
        command = self.book.commands.find(command_id)
        return command.state if command else "gone"

    @property
    def is_busy(self) -> bool:
        """Whether a command has no verdict yet."""
        return bool(self.book.commands.open())
