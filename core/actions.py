"""Carry out commands: check, journal, send once, and find out what became of it (protocol E of RELIABILITY 3.1).

The exchange's answer to a command only means "accepted"; the verdict comes from its evidence. Nothing is ever sent
twice by itself, and whatever is sent again, by the operator, carries the same id.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple

from msgspec.structs import replace

from core.book import PositionBook
from core.bybit.gateway import Gateway
from core.clock import Clock
from core.command_trail import LEFT
from core.errors import (
    AppError,
    AuthFailed,
    BadValue,
    ExchangeError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unreachable,
)
from core.events import Event, ExecutionReported, PositionReported
from core.executions import traded_since
from core.intents import (
    PARTIAL,
    ClosePosition,
    Intent,
    Issue,
    OpenPosition,
    SetTradingStop,
    check,
    gate,
    is_of_another,
    is_same,
    new_triggers,
    waits_for,
)
from core.model import LONG, Command, Position, PositionKey, Snapshot
from core.order_legs import OrderLegs
from core.provenance import local_user, request_hash
from core.resolver import Resolver
from core.sending import Sender
from core.verdicts import CLOSED_BY_OTHER, POSITION_GONE

# A row older than this is read again before it is acted on; if that fails, nothing is sent. A private stream that
# looks alive vouches for nothing: it may lose frames while its heartbeat goes on.
FRESH_S = 2.0
# An answer that takes three seconds is slow, not lost.
REFRESH_WITHIN_S = 4.0
WHY_WITHIN_S = 2.0
# An intent that could not be sent by then is not what its author wants any more.
UNSENT_S = 5.0
# The stream usually answers first; ask only when it did not.
ASK_AFTER_MS = 2_000
# Executions that are looked for when a row traded and they did not come.
RECENT_MS = 120_000
# So many look-ups are under way at once.
AT_ONCE = 4

Journal = Callable[[Command, Intent], Awaitable[None]]


class _Moment(NamedTuple):
    """A time by the monotonic clock, in seconds, and by the wall clock."""

    mono: float
    wall_ms: int


class Actions:
    """One account's commands.

    Args:
        gateway: asked for at each use, because a reconnect may replace it.
        new_link_id: makes ids that no order ever had.
        post: hands an event to the book's queue; ``publish`` makes a snapshot of what changed.
        legs: tells which leg an execution's order was for.
        journal: brings an intent to the disk; None keeps nothing.
    """

    def __init__(
        self,
        book: PositionBook,
        gateway: Callable[[], Gateway],
        clock: Clock,
        new_link_id: Callable[[], str],
        post: Callable[[Event], None],
        publish: Callable[[], None],
        legs: OrderLegs,
        journal: Journal | None = None,
    ) -> None:
        self._book = book
        self._gateway = gateway
        self._clock = clock
        self._new_link_id = new_link_id
        self._publish = publish
        self._legs = legs
        self._journal = journal
        self._sender = Sender(gateway, self._apply_row, clock.monotonic)
        self._resolver = Resolver(book, gateway, clock, post)
        self._turns: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._lookups = asyncio.Semaphore(AT_ONCE)
        self.is_leaving = False

    # ---- sending ----------------------------------------------------------------------------------------------------

    async def submit(self, intent: Intent) -> Command:
        """Check once more, journal, send once.

        An intent that repeats one without a trace, or one that was refused just now, is sent under that one's id.

        Returns:
            The command, accepted, refused or unknown; its verdict appears in later snapshots. Of a repeated one, its
            verdict when its evidence came before it was sent again.
        Raises:
            BadValue: the intent does not pass the check now, or could not be sent within 5 s; nothing was sent.
            Unreachable: the position's row is too old to act on and cannot be read, or is another account's; nothing
                was sent.
            StoreError: the intent could not be brought to the disk; nothing was sent.
        """
        asked = self._now()
        commands = self._book.commands
        snapshot = self._book.snapshot()
        self._require_free(intent, snapshot, commands.open())
        begun, repeated = commands.begun, self._repeated(intent, snapshot)
        async with self._turns[intent.key[:2]]:
            await self._refresh(intent)
            snapshot = self._book.snapshot()
            # Asked for while this one waited for its turn, and perhaps over by now: it is the same press, twice.
            self._require_free(intent, snapshot, commands.begun_since(begun))
            repeated = commands.find(repeated.command_id) if repeated is not None else None
            if repeated is not None and repeated.is_final:
                # It was asked for because that one seemed not to be there; now its evidence is.
                return repeated
            command = self._enter(intent, snapshot)
        await self._to_journal(command, intent)
        return await self._go(command, intent, asked)

    async def retry(self, command_id: str) -> Command:
        """Send a command without a trace again, under the same id; for the operator, never by itself.

        Stops of a part of a position, which have no id, are looked for once more first.

        Returns:
            The command as after ``submit``; ``done`` when it turned out to be carried out already.
        Raises:
            BadValue: ``not_retryable``, or the intent does not pass the check any more; nothing was sent.
            ExchangeError: what has to be looked at first cannot be read; nothing was sent.
            StoreError: it could not be brought to the disk; nothing was sent.
        """
        asked = self._now()
        command, intent = self._book.commands.find(command_id), self._book.commands.intent(command_id)
        if command is None or intent is None or command.state != "no_trace":
            raise BadValue("not_retryable", state=command.state if command else "")
        self._require_taking()
        async with self._turns[intent.key[:2]]:
            await self._refresh(intent)
            if isinstance(intent, SetTradingStop) and intent.tpsl_mode == PARTIAL:
                await self._resolver.look_up(command)
            command = self._book.commands.get(command_id)
            if command.is_open or command.is_final:
                # Its evidence came meanwhile, or another press was faster.
                return command
            self._require_sound(self._issues(intent, command_id))
            again = self._book.commands.retry(command_id, self._clock.now_ms())
        assert again is not None
        self._tell("command_retried", again, attempt=again.attempts)
        await self._to_journal(again, intent)
        return await self._go(again, intent, asked)

    def _enter(self, intent: Intent, snapshot: Snapshot) -> Command:
        """Check, and enter the command: without a pause, so that of two at the same time one finds the other."""
        self._require_sound(self._check(intent, snapshot))
        position = snapshot.position(intent.symbol, intent.position_idx, intent.category)
        repeated = self._repeated(intent, snapshot)
        if repeated is not None:
            return self._enter_again(repeated, intent)
        link_id, links = self._new_link_id(), self._book.links
        command = self._book.commands.start(
            link_id,
            intent,
            self._clock.now_ms(),
            link_id if isinstance(intent, ClosePosition | OpenPosition) else None,
            life_id=position.life_id if position else "",
            side=position.side if position else "",
            size_before=position.size if position else None,
            offset_ms=links.clock_offset_ms or 0,
            known_orders=frozenset(order.order_id for order in self._book.open_orders),
            new_triggers=new_triggers(intent, snapshot.orders) if isinstance(intent, SetTradingStop) else frozenset(),
            may_split=_may_split(intent, snapshot),
            waited_for=waits_for(position, snapshot.orders) if position else None,
        )
        self._tell(
            "command_asked",
            command,
            qty=command.qty,
            reason=intent.reason,
            user=local_user(),
            seen=snapshot.version,
            mark=position.mark_price if position else None,
            request=request_hash(intent),
        )
        return command

    def _enter_again(self, repeated: Command, intent: Intent) -> Command:
        """Under the same id goes the same request, byte for byte: what arrives first must be what is wished now."""
        if not self._book.commands.is_the_same(repeated.command_id, intent):
            raise BadValue("repeat_is_another", field="", nearest=None)
        again = self._book.commands.retry(repeated.command_id, self._clock.now_ms(), intent)
        assert again is not None
        self._tell("command_retried", again, attempt=again.attempts, qty=again.qty)
        return again

    def _repeated(self, intent: Intent, snapshot: Snapshot) -> Command | None:
        """The command that the intent repeats and that may still be carried out."""
        position = snapshot.position(intent.symbol, intent.position_idx, intent.category)
        return self._book.commands.repeated(intent, position, self._clock.now_ms())

    def _require_free(self, intent: Intent, snapshot: Snapshot, others: list[Command]) -> None:
        """Whether anything is taken now, and nothing that was asked for beside this one does the same."""
        self._require_taking()
        self._require_sound(gate(snapshot))
        if any(is_same(other, intent) for other in others):
            raise BadValue("command_open", field="")

    def _require_taking(self) -> None:
        if self.is_leaving:
            raise BadValue("leaving")
        self._require_ledger()

    def _require_ledger(self) -> None:
        """While another account, or exchange, is asked already, the picture of the one before is no ground to act."""
        if self._book.has_baseline and self._book.awaits_baseline:
            raise Unreachable("not_connected")

    def _require_sound(self, issues: tuple[Issue, ...]) -> None:
        if issues:
            first = issues[0]
            details = {name: value for name, value in first.details.items() if name not in {"field", "nearest"}}
            raise BadValue(first.code, field=first.field, nearest=first.nearest, **details)

    def _issues(self, intent: Intent, command_id: str) -> tuple[Issue, ...]:
        """What is wrong with an intent whose own command is under way or may be repeated."""
        snapshot, own = self._book.snapshot(), self._book.commands.get(command_id)
        if isinstance(intent, ClosePosition | SetTradingStop):
            position = snapshot.position(intent.symbol, intent.position_idx, intent.category)
            if position is not None and is_of_another(own, position):
                # An intent that names neither life nor side would act on whatever is there now.
                details = {"side": position.side, "size": position.size}
                return (Issue(field="", code="position_changed", details=details),)
        others = tuple(command for command in snapshot.commands if command.command_id != command_id)
        if self._book.commands.was_lost(command_id):
            others += (replace(own, state="no_trace"),)
        return self._check(intent, replace(snapshot, commands=others))

    def _check(self, intent: Intent, snapshot: Snapshot) -> tuple[Issue, ...]:
        """As the pure check; and a row newer than what was seen must be what the executions known arrive at."""
        issues = check(intent, snapshot)
        if issues or not isinstance(intent, ClosePosition | SetTradingStop) or not intent.life_id:
            return issues
        row = self._book.row(intent.key)
        if row is None or not 0 <= intent.seq_seen < row.seq or self._is_explained(row):
            return ()
        return (Issue(field="", code="position_unproven", details={"side": row.side, "size": row.size}),)

    def _is_explained(self, row: Position) -> bool:
        """Whether the executions known arrive at a row's size; else a life may have ended unseen before it."""
        life, size = self._book.lives.life(row.key), row.size if row.side == LONG else -row.size
        since = traded_since(self._book.ledger.executions, row.key, row.seq)
        return life is None or life.size - since == size

    def _issues_now(self, intent: Intent, command_id: str, asked: _Moment) -> tuple[Issue, ...]:
        """The same for one that waited: too late is an issue as well."""
        return self._issues(intent, command_id) if self._left_s(asked) > 0 else (Issue(field="", code="expired"),)

    def _now(self) -> _Moment:
        return _Moment(self._clock.monotonic(), self._clock.now_ms())

    def _left_s(self, asked: _Moment) -> float:
        """How long an intent may still wait; by both clocks, because one stands still while the computer sleeps."""
        now = self._now()
        return UNSENT_S - max(now.mono - asked.mono, (now.wall_ms - asked.wall_ms) / 1000)

    async def _to_journal(self, command: Command, intent: Intent) -> None:
        """Bring the intent, or that it goes out again, to the disk before a byte is sent; else it is not sent."""
        self._publish()
        if self._journal is None:
            return
        try:
            await self._journal(command, intent)
        except BaseException as error:
            is_refused = isinstance(error, AppError)
            reason = error.code if isinstance(error, AppError) else LEFT
            if command.attempts > 1 or not is_refused:
                # Whoever waited has gone, and it may reach the disk yet: there too it must end, unsent as it is.
                self._move(command, self._unsent(command), detail=reason)
            if command.attempts == 1:
                self._book.commands.forget(command.command_id)
            self._book.note("command_not_journalled", "error", command.key, kind=command.kind, reason=reason)
            self._publish()
            raise
        self._tell("command_journalled", command)

    async def _go(self, command: Command, intent: Intent, asked: _Moment) -> Command:
        """Look once more whether it still makes sense, then send."""
        self._book.command_changed(command)
        issues = self._issues_now(intent, command.command_id, asked)
        if issues:
            self._move(command, self._unsent(command), detail=issues[0].code)
            self._publish()
            self._require_sound(issues)
        self._publish()
        await self._send(command, intent, asked)
        return self._book.commands.get(command.command_id)

    async def _send(self, command: Command, intent: Intent, asked: _Moment) -> None:
        position = self._book.row(intent.key)
        self._resolver.began(command.command_id)
        self._tell("command_sent", command, attempt=command.attempts)
        started = self._clock.monotonic()
        state, ret_code, detail = "unknown", None, ""
        try:
            side, left_s = position.side if position else "", self._left_s(asked)
            leaving = partial(self._last_look, intent, command.command_id, asked)
            order_id = await self._sender.send(command, intent, side, left_s, leaving)
            self._book.commands.note_order_id(command.command_id, order_id)
            state = "accepted"
        except Rejected as error:
            state, ret_code = "refused", error.ret_code
            detail = await self._why_rejected(command, intent, error)
        except (RateLimited, AuthFailed) as error:
            state, detail = "refused", str(error.details.get("reason", "")) or error.code
        except OutcomeUnknown as error:
            # Only a connection that was never made proves that nothing was sent.
            state, detail = "refused" if error.code == "not_sent" else "unknown", error.code
        except (BadValue, Unreachable) as error:
            state, detail = self._unsent(command), error.code
            raise
        finally:
            state = self._proven(command, state)
            ms = round((self._clock.monotonic() - started) * 1000)
            self._tell("command_answered", command, answer=state, ret_code=ret_code, detail=detail, ms=ms)
            self._move(command, state, ret_code, detail)
            self._publish()

    def _last_look(self, intent: Intent, command_id: str, asked: _Moment) -> None:
        """Its turn has come, perhaps after seconds: what changed meanwhile counts, and searching counts from here."""
        self._require_ledger()
        self._require_sound(self._issues_now(intent, command_id, asked))
        self._resolver.began(command_id)

    def _unsent(self, command: Command) -> str:
        """How a command stands that does not go out: refused, unless an earlier copy of it may have arrived."""
        return "no_trace" if self._book.commands.was_lost(command.command_id) else "refused"

    def _proven(self, command: Command, state: str) -> str:
        """What an answer proves: a refusal nothing about an earlier copy that may have arrived."""
        is_lost = self._book.commands.was_lost(command.command_id)
        return "unknown" if state == "refused" and is_lost else state

    async def _why_rejected(self, command: Command, intent: Intent, error: Rejected) -> str:
        """The exchange's words, or that the position is not there any more: then that is the reason."""
        if not isinstance(intent, ClosePosition | SetTradingStop):
            return error.ret_msg
        try:
            async with asyncio.timeout(WHY_WITHIN_S):
                await self._resolver.ask_position(intent.key, is_urgent=True)
        except (AppError, TimeoutError):
            return error.ret_msg
        where = (intent.symbol, intent.position_idx, intent.category)
        position = self._book.snapshot().position(*where)
        if position is not None and (position.life_id == command.life_id or not command.life_id):
            return error.ret_msg
        return CLOSED_BY_OTHER if isinstance(intent, ClosePosition) else POSITION_GONE

    # ---- what is acted on -------------------------------------------------------------------------------------------

    async def _refresh(self, intent: Intent) -> None:
        """Know the position as of now, and its life up to its newest row, as far as that can be known."""
        if not isinstance(intent, ClosePosition | SetTradingStop):
            return
        held = self._book.row(intent.key)
        age = self._clock.monotonic() - held.received_mono if held else 0.0
        if age > FRESH_S:
            try:
                async with asyncio.timeout(REFRESH_WITHIN_S):
                    await self._resolver.ask_position(intent.key, is_urgent=True)
            except (ExchangeError, TimeoutError) as error:
                raise Unreachable("stale", age_s=round(age)) from error
        held = self._book.row(intent.key)
        if held is None or held.seq <= intent.seq_seen or intent.seq_seen < 0:
            return
        if any(issue.code == "position_unproven" for issue in self._check(intent, self._book.snapshot())):
            # What does not come in time leaves it unproven, and others wait for their turn.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REFRESH_WITHIN_S):
                    await self._ask_executions(intent.key)

    async def _ask_executions(self, key: PositionKey) -> None:
        now_ms = self._book.links.exchange_ms(self._clock.now_ms())
        rows = await self._gateway().fetch_executions(key.category, now_ms - RECENT_MS, now_ms + 1_000, key.symbol)
        for row in await self._legs.told(rows, is_urgent=True):
            self._book.apply(ExecutionReported(row, "rest"))

    def _apply_row(self, row: Position, requested_mono: float) -> None:
        self._book.apply(PositionReported(row, "rest", requested_mono))

    # ---- finding out ------------------------------------------------------------------------------------------------

    async def resolve(self) -> None:
        """One sweep over the commands whose verdict is due: ask the exchange for each by its own id."""
        due = [
            command
            for command in self._book.commands.open()
            if command.state == "unknown"
            or (command.state == "accepted" and self._resolver.waited_ms(command.command_id) >= ASK_AFTER_MS)
        ]
        await asyncio.gather(*(self._resolve(command) for command in due))
        if due:
            self._publish()

    async def _resolve(self, command: Command) -> None:
        async with self._lookups:
            try:
                found = await self._resolver.look_up(command)
            except AppError:
                # An error is not an absence: this sweep does not count.
                return
        command = self._book.commands.get(command.command_id)
        is_waiting = self._book.commands.has_ended_order(command.command_id)
        if not command.is_open or command.state == "sending" or (found and not is_waiting):
            return
        if not self._resolver.count(command, self._book.commands.intent(command.command_id)):
            return
        if is_waiting:
            self._changed(self._book.commands.settle_split(command.command_id))
        else:
            self._move(command, "no_trace")

    # ---- leaving ----------------------------------------------------------------------------------------------------

    def leave(self) -> tuple[Command, ...]:
        """Take no more intents; what is being sent now counts as unknown. Returns what has no verdict."""
        self.is_leaving = True
        for command in self._book.commands.open():
            if command.state == "sending":
                self._move(command, "unknown", detail="exit")
        return tuple(self._book.commands.open())

    # ---- telling ----------------------------------------------------------------------------------------------------

    def _move(self, command: Command, state: str, ret_code: int | None = None, detail: str = "") -> None:
        self._changed(self._book.commands.move(command.command_id, state, ret_code, detail))

    def _changed(self, moved: Command | None) -> None:
        if moved is not None:
            self._book.command_changed(moved)

    def _tell(self, code: str, command: Command, **details: Any) -> None:
        """A step of a command's story in the audit trail."""
        self._book.note(code, key=command.key, command_id=command.command_id, kind=command.kind, **details)


def _may_split(intent: Intent, snapshot: Snapshot) -> bool:
    """Whether Bybit may make several orders of a close: it asks for more than one may carry."""
    instrument = snapshot.instrument(intent.key)
    is_small = isinstance(intent, ClosePosition) and instrument and intent.qty <= instrument.max_market_qty
    return not is_small
