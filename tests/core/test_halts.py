"""What the exchange says of a contract on which it takes no commands, and what ends it."""

from __future__ import annotations

from types import MappingProxyType

import pytest
from msgspec.structs import replace

from core.clock import ManualClock
from core.halts import Halts, heard, relisted
from core.model import AuditEvent, PositionKey
from tests.strategies import START_MS, an_instrument

SOL, LEG = PositionKey("linear", "SOLUSDT", 0), PositionKey("linear", "SOLUSDT", 2)
XRP = PositionKey("linear", "XRPUSDT", 0)
NONE: Halts = MappingProxyType({})


def a_line(code: str, key: PositionKey | None = SOL, ts_ms: int = START_MS, **details: object) -> AuditEvent:
    return AuditEvent(ts_ms=ts_ms, code=code, severity="info", key=key, details=MappingProxyType(details))


def halted(ret_code: int = 110066) -> Halts:
    return heard(NONE, a_line("command_refused", ret_code=ret_code), ManualClock(START_MS))


def test_a_refusal_of_the_contract_as_such_halts_it_and_a_repeated_one_is_newer() -> None:
    clock = ManualClock(START_MS)
    first = heard(NONE, a_line("command_refused", ret_code=110066), clock)
    clock.advance(7)
    again = heard(first, a_line("command_refused", LEG, START_MS + 7_000, ret_code=110066), clock)
    (halt,) = again.values()
    assert again.keys() == {SOL[:2]}
    assert (halt.ret_code, halt.since_ms) == (110066, START_MS)
    assert halt.last_mono - first[SOL[:2]].last_mono == 7
    other = heard(again, a_line("command_refused", ts_ms=START_MS + 8_000, ret_code=110074), clock)
    assert other[SOL[:2]].since_ms == START_MS + 8_000, "another reason is another halt"


@pytest.mark.parametrize("line", [a_line("command_refused", ret_code=110017), a_line("command_refused", ret_code=None)])
def test_a_refusal_of_the_order_halts_nothing(line: AuditEvent) -> None:
    assert heard(NONE, line, ManualClock(START_MS)) is NONE


@pytest.mark.parametrize("code", ["command_accepted", "command_done", "command_resting", "position_changed"])
def test_what_the_exchange_took_or_traded_there_ends_it(code: str) -> None:
    halts, clock = halted(), ManualClock(START_MS)
    assert heard(halts, a_line(code, LEG), clock) == {}
    assert heard(halts, a_line(code, XRP), clock) is halts
    assert heard(halts, a_line(code, None), clock) is halts
    assert heard(halts, a_line("command_sent"), clock) is halts


def test_a_contract_that_trades_again_is_halted_no_more() -> None:
    trading = {SOL[:2]: an_instrument()}
    closed = {SOL[:2]: replace(an_instrument(), status="Closed")}
    halts = halted(110074)
    assert relisted(halts, closed, trading) == {}
    assert relisted(halts, trading, trading) is halts, "its list said nothing all the time"
    assert relisted(halts, trading, closed) is halts
    assert relisted(halts, {}, trading) is halts


def test_the_end_of_one_halt_is_not_that_of_another() -> None:
    clock = ManualClock(START_MS)
    both = heard(halted(), a_line("command_refused", XRP, ret_code=110066), clock)
    assert heard(both, a_line("command_done"), clock).keys() == {XRP[:2]}
