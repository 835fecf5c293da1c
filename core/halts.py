"""Contracts on which the exchange does not take commands now: what it said, since when, and when that is over.

It withholds nothing: a refusal is of the moment in which it was given, and a close may always be tried again. The
desk's write controls show the reason for as long as nothing says that it is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.clock import Clock
from core.model import AuditEvent, Halt, Instrument

# V5_FACTS 8: the open-interest cap, a market that only reduces, delivery ahead, settling, trading off, not live; and
# what bars the account or the symbol as such.
HALTING = frozenset({10024, 10027, 10029, 110021, 110022, 110023, 110042, 110063, 110066, 110074, 30228})
# The exchange took a command on the contract, or something was traded there.
_OVER = frozenset(
    {"command_accepted", "command_done", "command_resting", "position_opened", "position_changed", "position_flipped"}
    | {"position_closed", "partial_exit", "trade_closed", "stops_changed", "leverage_changed"}
)
TRADING = "Trading"

Contract = tuple[str, str]
Halts = Mapping[Contract, Halt]


def heard(halts: Halts, line: AuditEvent, clock: Clock) -> Halts:
    """What a line of the audit trail says about halts; the same object when it says nothing new."""
    if line.key is None:
        return halts
    contract = line.key[:2]
    code = line.details.get("ret_code")
    if line.code == "command_refused" and code in HALTING:
        held = halts.get(contract)
        since_ms = held.since_ms if held is not None and held.ret_code == code else line.ts_ms
        halt = Halt(ret_code=code, since_ms=since_ms, last_mono=clock.monotonic())
        return MappingProxyType({**halts, contract: halt})
    return _without(halts, contract) if line.code in _OVER and contract in halts else halts


def relisted(halts: Halts, before: Mapping[Contract, Instrument], after: Mapping[Contract, Instrument]) -> Halts:
    """What the contracts in force say: one that did not trade, and trades now, is halted no more.

    One that traded all the time proves nothing: the exchange refuses commands there without saying so in its list.
    """
    for contract in list(halts):
        was, now = before.get(contract), after.get(contract)
        if was is not None and now is not None and was.status != TRADING == now.status:
            halts = _without(halts, contract)
    return halts


def _without(halts: Halts, contract: Contract) -> Halts:
    return MappingProxyType({other: halt for other, halt in halts.items() if other != contract})
