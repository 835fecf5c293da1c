"""The rounds of one account: what is read again and again, what is read out of turn, and what follows from it.

How a reading is made and applied is core.refresh's; the connection and the stream beside it are core.sync's.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterator

from msgspec import Struct

from core.backoff import STEADY_S
from core.book import PositionBook
from core.errors import AppError, Unreachable
from core.halts import HALTING
from core.links import PRIVATE, LinkBoard
from core.missing import MissingExecutions
from core.model import PositionKey
from core.polls import Poll
from core.reconcile import Discrepancy
from core.refresh import Refresh
from core.watch import Watch

SWEEP_AFTER_S = 1.0
# Refusals of commands that say that a contract's limits, or the key's rights, are not what we believe.
_STALE_LIMITS = frozenset({10001, 110003, 110012, 110017, 110094}) | HALTING
_STALE_RIGHTS = frozenset({10003, 10004, 10005, 10007, 10010, 33004})
_OUT_OF_TIME = 10002


class Intervals(Struct, frozen=True, kw_only=True):
    """How often what is read again, in seconds.

    ``key_s``: how long a refused key is left alone; ``steady_s``: a connection that lived this long was a good one;
    ``priced_after_s``: how long executions of a closed life may stay missing before Bybit's records price it.
    """

    positions_s: float = 5.0
    orders_s: float = 5.0
    executions_s: float = 20.0
    missing_s: float = 5.0
    priced_after_s: float = 20.0
    wallet_s: float = 15.0
    reconcile_s: float = 60.0
    instruments_s: float = 1_800.0
    clock_s: float = 600.0
    rights_s: float = 21_600.0
    key_s: float = 60.0
    steady_s: float = STEADY_S


class Rounds:
    """The polls of one account, each under its name, and the readings that somebody asks for.

    Args:
        lives: asks for the executions of lives that lack some.
        watch: is shown what each reading found.
        board: tells whether the stream is live.
        measure_time: measures the exchange's clock.
        every: how often what is read.
    """

    def __init__(
        self,
        book: PositionBook,
        refresh: Refresh,
        lives: MissingExecutions,
        watch: Watch,
        board: LinkBoard,
        measure_time: Callable[[], Awaitable[None]],
        every: Intervals,
    ) -> None:
        self._book = book
        self._refresh = refresh
        self._lives = lives
        self._watch = watch
        self._board = board
        self._closed: asyncio.Queue[PositionKey] = asyncio.Queue()

        def poll(work: Callable[[], Awaitable[object]], every_s: float) -> Poll:
            return Poll(work, every_s, every.positions_s)

        self.positions = poll(self._poll_positions, every.positions_s)
        self.orders = poll(self._once_known(refresh.orders), every.orders_s)
        self.executions = poll(self._once_known(refresh.executions), every.executions_s)
        self.missing = poll(self._once_known(self._ask_for_missing), every.missing_s)
        self.wallet = poll(self._once_known(refresh.wallet), every.wallet_s)
        self.baseline = poll(self.take_baseline, every.reconcile_s)
        self.markets = poll(refresh.markets, every.instruments_s)
        self.time = poll(measure_time, every.clock_s)
        self.rights = poll(self._once_known(self._check_rights), every.rights_s)

    def works(self) -> Iterator[Coroutine[object, object, None]]:
        """What has to run for as long as the account is followed; each raises AuthFailed, and nothing else."""
        yield self._sweep_closed()
        for poll in (self.rights, self.positions, self.orders, self.executions, self.missing):
            yield poll.run()
        for poll in (self.wallet, self.baseline, self.markets, self.time):
            yield poll.run()

    async def _check_rights(self) -> None:
        """The key's rights on a clock of their own (S8): a baseline reads them too, but not while part of it fails."""
        await self._refresh.account()
        self._watch.look_at_key()

    def _once_known(self, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """A poll of parts makes sense only beside a complete picture."""

        async def poll() -> None:
            if not self._book.awaits_baseline:
                await self._clocked(work)

        return poll

    async def _clocked(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do it; when the exchange finds our time wrong, measure it again at once."""
        try:
            await work()
        except Unreachable as error:
            if error.code == "clock_skew":
                self.time.nudge()
            raise

    async def _poll_positions(self) -> None:
        if not self._book.awaits_baseline:
            await self._clocked(self.sync_positions)

    async def sync_positions(self) -> None:
        """Read all positions and apply them; ask by name for those that the lists lack.

        Raises:
            ExchangeError: the lists were not complete; nothing was concluded.
        """
        found = await self._refresh.positions()
        if self._board.state(PRIVATE) == "live":
            self._watch.look(found)

    async def _ask_for_missing(self) -> None:
        self._watch.tell(await self._lives.look())

    async def take_baseline(self) -> None:
        """Read the account's full state and apply it; the book then equals the exchange or says where it does not."""
        await self._clocked(self._reconcile)

    async def reconcile(self) -> tuple[Discrepancy, ...]:
        """Take a baseline and settle every difference found.

        Returns:
            What differed, what was done about it and on what evidence (see core.refresh.Refresh.baseline), without
            what the stream tells as well, for which it has a second; what is new is also a line of the audit trail.
        Raises:
            ExchangeError: the reading was not complete; nothing was concluded from it, and it will be tried again soon.
        """
        try:
            return await self._reconcile()
        except AppError:
            self.baseline.nudge()
            raise

    async def _reconcile(self) -> tuple[Discrepancy, ...]:
        found = await self._refresh.baseline()
        found = await self._watch.confirmed(found, is_live=self._board.state(PRIVATE) == "live")
        self._watch.reconciled(found)
        return found

    def set_pace(self, positions_s: float, wallet_s: float, reconcile_s: float) -> None:
        """Read positions and orders, the balance, and everything at other intervals from now on, in seconds."""
        paces = ((self.positions, positions_s), (self.orders, positions_s), (self.wallet, wallet_s))
        for poll, every_s in (*paces, (self.baseline, reconcile_s)):
            poll.set_pace(every_s, positions_s)

    # ---- out of turn ------------------------------------------------------------------------------------------------

    def position_closed(self, key: PositionKey) -> None:
        """A position is proven flat: its stops will be looked for."""
        self._closed.put_nowait(key)

    def command_refused(self, ret_code: int | None) -> None:
        """The exchange refused a command: what we believed of its contract, the key or the time may be out of date."""
        if ret_code in _STALE_LIMITS:
            self.markets.nudge()
        if ret_code in _STALE_RIGHTS:
            self.baseline.nudge()
        if ret_code == _OUT_OF_TIME:
            self.time.nudge()

    async def _sweep_closed(self) -> None:
        """Look for stops that outlived their position, after Bybit had a moment to cancel those it cancels itself."""
        while True:
            key = await self._closed.get()
            await asyncio.sleep(SWEEP_AFTER_S)
            # If it fails, the next full reconciliation sweeps every key.
            await self._sweep(key)

    async def _sweep(self, key: PositionKey | None) -> None:
        try:
            self._watch.swept(await self._refresh.sweep.sweep(key), key)
        except AppError as error:
            self._book.note("sweep_failed", "warning", key, reason=error.code)

    async def clean_up(self) -> None:
        """Ask by name about positions that the lists lack, drop orders that are gone, remove orphan stops.

        What cannot be read now is told on the REST link, and stays as it is.
        """
        if self._book.awaits_baseline:
            return
        with contextlib.suppress(AppError):
            await self._clocked(self.sync_positions)
            await self._clocked(self._refresh.orders)
            await self._sweep(None)
