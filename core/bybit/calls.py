"""One REST call from limiter to checked envelope, for reads and for writes. Knows no endpoint and no row.

A write is sent once. A read that failed for a passing reason may be asked once more, within a budget.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypedDict, TypeVar

import msgspec
from msgspec import Struct

from core.bybit import answers, wire
from core.bybit.breaker import Breakers
from core.bybit.exchange import NoReply, RawBybit, Reply
from core.bybit.fields import header_number
from core.bybit.limits import Limiter
from core.bybit.retries import RetryBudget
from core.clock import Clock
from core.errors import AuthFailed, OutcomeUnknown, RateLimited, Unreachable
from core.model import Hold

_T = TypeVar("_T")


class Answer(Struct, Generic[_T], frozen=True):
    """A checked ``result``. ``time_ms`` is the exchange's clock (0 if it did not say), the others are monotonic."""

    result: _T
    time_ms: int
    started_mono: float
    received_mono: float


class Sending(TypedDict, total=False):
    """How a write leaves.

    ``unsent_s``: how long it may wait for its turn; without it, as long as it takes. ``leaving``: is called when its
    turn has come; raises what keeps it from being sent after all.
    """

    unsent_s: float
    leaving: Callable[[], None]


class Caller:
    """Reads through one ccxt instance, writes through another, both behind one limiter and the same breakers."""

    def __init__(
        self,
        reader: RawBybit,
        writer: RawBybit,
        limiter: Limiter,
        clock: Clock,
        breakers: Breakers | None = None,
        retries: RetryBudget | None = None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._limiter = limiter
        self._clock = clock
        self._breakers = breakers or Breakers(clock)
        self._retries = retries or RetryBudget(clock)

    def holds(self) -> tuple[Hold, ...]:
        """What holds requests back now: silence after a ban, open breakers."""
        return (*self._limiter.holds(), *self._breakers.holds())

    def probe_now(self) -> None:
        """See ``Breakers.probe_now``."""
        self._breakers.probe_now()

    async def read(
        self,
        path: str,
        params: dict[str, str],
        decoder: msgspec.json.Decoder[wire.Envelope[_T]],
        *,
        is_private: bool = True,
        is_urgent: bool = False,
    ) -> Answer[_T]:
        """Ask once; once more where the trouble may have passed and the retry budget allows it.

        Args:
            path: ``v5/position/list``.
            params: query; values must need no escaping.
            decoder: of the whole answer, its ``result`` in the shape that it must have.
            is_urgent: an operator waits for it: it goes out even while the breaker is open, as its probe.
        Raises:
            AuthFailed, Rejected: as the exchange says.
            RateLimited: the exchange says so, or our breaker is open (``breaker_open``).
            Unreachable: no answer, or one that cannot be trusted (``bad_envelope``).
            BadFrame: a row of a list does not fit.
        """
        if is_private and not self._reader.has_key:
            raise AuthFailed("no_key", path=path)
        self._retries.count_read()
        try:
            return await self._read_once(path, params, decoder, is_private=is_private, is_urgent=is_urgent)
        except Unreachable as error:
            cause, wait_s = error, self._retries.take(error)
            if wait_s is None:
                raise
        await asyncio.sleep(wait_s)
        try:
            return await self._read_once(path, params, decoder, is_private=is_private, is_urgent=is_urgent)
        except RateLimited as error:
            # Others failed meanwhile and opened the breaker: the cause says more than that.
            raise (cause if error.code == "breaker_open" else error) from None

    async def _read_once(
        self,
        path: str,
        params: dict[str, str],
        decoder: msgspec.json.Decoder[wire.Envelope[_T]],
        *,
        is_private: bool,
        is_urgent: bool,
    ) -> Answer[_T]:
        breaker = self._breakers.reads(is_private=is_private)
        breaker.check(path, is_urgent=is_urgent)
        # What an operator waits for takes the writes' lane: it neither queues behind polls nor lacks the last tokens.
        await self._limiter.acquire(path, is_write=is_urgent)
        with self._breakers.attempt(breaker, path, is_urgent=is_urgent):
            return await self._ask(path, params, decoder, is_private=is_private)

    async def _ask(
        self, path: str, params: dict[str, str], decoder: msgspec.json.Decoder[wire.Envelope[_T]], *, is_private: bool
    ) -> Answer[_T]:
        started = self._clock.monotonic()
        try:
            reply = await self._reader.call("GET", path, params, is_private=is_private)
        except NoReply as error:
            raise Unreachable(error.code, path=path, detail=error.detail) from error
        received = self._clock.monotonic()
        self._take_note(path, reply, received - started)
        try:
            answer = self._checked_read(path, reply, decoder)
            return Answer(answer.result, answer.time, started, received)
        except answers.BadEnvelope as error:
            raise Unreachable("bad_envelope", path=path, why=error.why, excerpt=error.excerpt) from error

    async def write(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        also_fine: frozenset[int] = frozenset(),
        unsent_s: float | None = None,
        leaving: Callable[[], None] | None = None,
    ) -> wire.AnyEnvelope:
        """Send once, never again by itself.

        Args:
            path: ``v5/order/create``.
            body: JSON values.
            also_fine: codes besides 0 that mean "already so".
            unsent_s: how long it may wait for its turn; None for as long as it takes.
            leaving: see ``Sending``.
        Returns:
            The envelope of an acknowledged request; acknowledged is not done.
        Raises:
            Rejected: definitively refused. RateLimited: not carried out (``breaker_open``, ``expired``: never sent).
            OutcomeUnknown: anything else; code ``not_sent`` means that no connection could be made at all, ``exists``
                that the exchange already has an order under this id.
        """
        if not self._writer.has_key:
            raise AuthFailed("no_key", path=path)
        try:
            async with asyncio.timeout(unsent_s) as waiting:
                return await self._write_in_turn(path, body, also_fine, waiting, leaving)
        except TimeoutError as error:
            if not waiting.expired():
                raise
            raise RateLimited("expired", 0, path=path) from error

    async def _write_in_turn(
        self,
        path: str,
        body: Mapping[str, Any],
        also_fine: frozenset[int],
        waiting: asyncio.Timeout,
        leaving: Callable[[], None] | None,
    ) -> wire.AnyEnvelope:
        breaker = self._breakers.write
        async with breaker.turn(path):
            await self._limiter.acquire(path, is_write=True)
            if leaving is not None:
                leaving()
            # From here on it is being sent: only the HTTP exchange's own time-out ends it.
            waiting.reschedule(None)
            with self._breakers.attempt(breaker, path, is_urgent=True):
                return await self._send(path, body, also_fine)

    async def _send(self, path: str, body: Mapping[str, Any], also_fine: frozenset[int]) -> wire.AnyEnvelope:
        started = self._clock.monotonic()
        try:
            reply = await self._writer.call("POST", path, dict(body), is_private=True)
        except NoReply as error:
            code = error.code if error.was_sent else "not_sent"
            raise OutcomeUnknown(code, path=path, detail=error.detail) from error
        self._take_note(path, reply, self._clock.monotonic() - started)
        try:
            return self._checked_write(path, reply, also_fine)
        except answers.BadEnvelope as error:
            raise OutcomeUnknown("bad_envelope", path=path, why=error.why, excerpt=error.excerpt) from error

    def _checked_read(
        self, path: str, reply: Reply, decoder: msgspec.json.Decoder[wire.Envelope[_T]]
    ) -> wire.Envelope[_T]:
        if reply.status == 403:
            raise self._silenced(path, reply)
        status_error = answers.read_status_error(reply, path)
        if status_error is not None:
            raise status_error
        answer = answers.whole(reply.body, decoder)
        if isinstance(answer, wire.Envelope) and answer.ret_code == 0:
            return answer
        self._refuse_when_limited(path, reply, answer.ret_code)
        if answer.ret_code == answers.TOO_MANY_FROM_ADDRESS:
            raise RateLimited("ip_banned", self._limiter.silence("ip_banned"), path=path)
        raise answers.read_error(answer, path)

    def _checked_write(self, path: str, reply: Reply, also_fine: frozenset[int]) -> wire.AnyEnvelope:
        if reply.status != 200:
            if reply.status == 403:
                self._limiter.silence(answers.ban_reason(reply))
            raise OutcomeUnknown("http_status", status=reply.status, path=path)
        answer = answers.envelope(reply.body)
        self._refuse_when_limited(path, reply, answer.ret_code)
        if answer.ret_code == answers.TOO_MANY_FROM_ADDRESS:
            self._limiter.silence("ip_banned")
        error = answers.write_error(answer, path)
        if error is not None and answer.ret_code not in also_fine:
            raise error
        return answer

    def _refuse_when_limited(self, path: str, reply: Reply, ret_code: int) -> None:
        if ret_code == answers.TOO_MANY_VISITS:
            retry_ms = self._limiter.back_off(path, self._reset_in_s(reply))
            raise RateLimited("too_many_visits", retry_ms, path=path)

    def _silenced(self, path: str, reply: Reply) -> RateLimited:
        reason = answers.ban_reason(reply)
        return RateLimited(reason, self._limiter.silence(reason), path=path, status=reply.status)

    def _take_note(self, path: str, reply: Reply, latency_s: float) -> None:
        self._limiter.measured(latency_s)
        self._limiter.learn(path, reply.limit, reply.limit_left, self._reset_in_s(reply))

    def _reset_in_s(self, reply: Reply) -> float:
        """Seconds until the limit's window ends, by the exchange's clock; 0 when the header is no time."""
        reset_ms, now_ms = header_number(reply.limit_reset), header_number(reply.now)
        if reset_ms is None:
            return 0.0
        # Its own word for the time, where it has one: the measuring of our clock must not wait because it is wrong.
        return (reset_ms - (self._reader.nonce() if now_ms is None else now_ms)) / 1000
