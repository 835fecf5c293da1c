"""One run: an operator who wants one position closed once, a desk that may be killed, an exchange that may do anything.

The operator clicks again whenever he is told that it did not work, and sometimes twice. What counts is how many closes
were executed, and whether what the desk said in the end was true.
"""

import asyncio
import itertools
import random
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from core.actions import Actions
from core.errors import AppError
from core.model import Command
from tests.simulation_close.desk import LESS, Desk, Journal
from tests.simulation_close.exchange import Exchange, Scenario
from tests.virtual import VirtualLoop

MOST_CLICKS = 4
# After the last click everything late has happened by then: 8 s on the way, 25 s to be executed.
SETTLED_S = 40.0
LONGEST_UNKNOWN_S = 35.0


class Result(NamedTuple):
    """How a run ended.

    ``orders``: ids under which something was sent. ``executed``: closes that took effect. ``harm``: those of them that
    nobody wished. ``unjournalled``: requests whose intent was not on the disk. ``lies``: verdicts that the exchange's
    books contradict. ``stuck``: commands without a verdict.
    """

    orders: int
    executed: int
    harm: int
    clicks: int
    unjournalled: int
    lies: tuple[str, ...]
    stuck: tuple[str, ...]
    longest_unknown_s: float

    @property
    def is_good(self) -> bool:
        """No effect that nobody wished, nothing sent that could be forgotten, no untruth, nothing left open."""
        is_true = not self.lies and not self.stuck and self.longest_unknown_s <= LONGEST_UNKNOWN_S
        return not self.harm and not self.unjournalled and is_true


class Run:
    """One seed of one scenario on a loop that many runs share."""

    exchange_type: type[Exchange] = Exchange

    def __init__(self, loop: VirtualLoop, seed: int, scenario: Scenario, actions_type: type[Actions] = Actions) -> None:
        self.rng = random.Random(f"{scenario.name}:{seed}")
        self._loop = loop
        self._scenario = scenario
        self._actions_type = actions_type
        self.exchange = self.exchange_type(loop, self.rng, scenario)
        self.journal = Journal()
        numbers = itertools.count()
        self._new_link_id = lambda: f"qd{next(numbers)}"
        self.desk = self._start()
        self._clicks = 0
        self._longest = 0.0

    def _start(self) -> Desk:
        return Desk(self._loop, self.exchange, self.journal, self._new_link_id, self._actions_type)

    async def go(self) -> Result:
        """The whole story."""
        if self._scenario.is_killed and self.rng.random() < 0.9:
            self._loop.call_later(self.rng.uniform(0.0, 6.0), self._crash)
        await self._operate()
        if not self.desk.is_busy:
            self.desk.rest()
        await asyncio.sleep(SETTLED_S)
        # The next full reading brings every execution: late evidence corrects what was said.
        for event in self.exchange.fills():
            self.desk.hear(event)
        result = self._result()
        self.desk.kill()
        await asyncio.sleep(0)
        return result

    def _crash(self) -> None:
        self.desk.kill()
        self._loop.call_later(self.rng.uniform(0.5, 3.0), self._restart)

    def _restart(self) -> None:
        self.desk = self._start()

    async def _operate(self) -> None:
        # The row that he looks at is of any age when he clicks.
        await asyncio.sleep(self.rng.uniform(0.0, 4.0))
        while self._clicks < MOST_CLICKS:
            desk = self.desk
            self._clicks += 1
            clicked = [self._loop.create_task(self._click(desk))]
            if self._scenario.is_double_clicked and self.rng.random() < 0.7:
                await asyncio.sleep(self.rng.uniform(0.0, 0.3))
                if self._is_told_done():
                    return
                clicked.append(self._loop.create_task(self._click(self.desk)))
            await self._watch()
            for task in clicked:
                task.cancel()
            if self._is_told_done():
                return
            await asyncio.sleep(self.rng.uniform(0.3, 4.0))
            await self._watch()
            if self._is_told_done():
                return

    async def _click(self, desk: Desk) -> None:
        """Close, or retry what left no trace, whichever button is nearer; or be content with less, and then not."""
        if desk.is_dead:
            return
        untraced = [c.command_id for c in desk.book.commands.all() if c.state == "no_trace"]
        way = self.rng.random() if untraced else 1.0
        if way < 0.5:
            try:
                await desk.actions.retry(untraced[0])
            except AppError:
                return
        elif way >= 0.75 or not (await desk.click(LESS) or self._is_told_done()):
            await desk.click()

    async def _watch(self) -> None:
        """Wait until the screen shows a verdict; a dead screen shows nothing."""
        began = self._loop.now
        await asyncio.sleep(0.4)
        while self.desk.is_dead or self.desk.is_busy:
            if self._loop.now - began > 120.0:
                return
            await asyncio.sleep(1.0)
        self._longest = max(self._longest, self._loop.now - began)

    def _is_told_done(self) -> bool:
        """Whether the screen said so, before a crash or now."""
        said = (*self.journal.commands.values(), *self.desk.book.commands.all())
        return any(command.state == "done" for command in said)

    def _result(self) -> Result:
        executed = {link_id: qty for link_id, qty, _ in self.exchange.executed}
        commands = self.desk.book.commands.all()
        lies = tuple(f"{c.command_id} {c.state}" for c in commands if self._is_lie(c, executed))
        stuck = tuple(c.command_id for c in commands if c.is_open)
        return Result(
            orders=len(set(self.exchange.ids_sent)),
            executed=len(self.exchange.executed),
            harm=self._harm(),
            clicks=self._clicks,
            unjournalled=self.exchange.unjournalled,
            lies=lies,
            stuck=stuck,
            longest_unknown_s=self._longest,
        )

    def _harm(self) -> int:
        """The bot has reopened the position: every close after the first is one too many."""
        return max(0, len(self.exchange.executed) - 1)

    def _is_lie(self, command: Command, executed: Mapping[str, Decimal]) -> bool:
        """Whether the exchange's books contradict what is said of a command."""
        link_id = command.order_link_id or ""
        if link_id not in executed:
            return command.state == "done"
        return command.state in {"refused", "no_trace"} or command.qty not in {None, executed[link_id]}


def run_seeds(
    seeds: Iterable[int],
    scenario: Scenario,
    actions_type: type[Actions] = Actions,
    until: Callable[[Result], bool] = lambda result: False,
    run_type: type[Run] = Run,
) -> list[tuple[int, Result]]:
    """Run seeds one after the other on one loop; stop after the first whose result ``until`` accepts."""

    async def all_of_them() -> list[tuple[int, Result]]:
        loop, results = asyncio.get_running_loop(), []
        assert isinstance(loop, VirtualLoop)
        for seed in seeds:
            result = await run_type(loop, seed, scenario, actions_type).go()
            results.append((seed, result))
            if until(result):
                break
        return results

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(all_of_them())
