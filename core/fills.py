"""Executions on their way into the book: each is placed on its leg, folded into a life, shown, kept, and told of.

Where one belongs is core.legs' to say, what lives they make core.lives'.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from core.audit_trail import AuditTrail
from core.command_proofs import CommandProofs
from core.executions import is_known_kind
from core.ledger import Ledger
from core.markets import Markets
from core.model import ClosedTrade, Execution, PositionKey
from core.position_trail import lines_of_life
from core.symbols import settle_coin


class Fills:
    """Takes executions from every source, in any order, as often as they come.

    Args:
        on_record: is told of each that the exchange reported for the first time, to keep it.
    """

    def __init__(
        self,
        ledger: Ledger,
        markets: Markets,
        proofs: CommandProofs,
        trail: AuditTrail,
        on_record: Callable[[Execution], None],
    ) -> None:
        self._ledger = ledger
        self._markets = markets
        self._proofs = proofs
        self._trail = trail
        self._on_record = on_record

    def take(self, execution: Execution, source: str, *, is_told: bool) -> bool:
        """Take one; whether it is news.

        Args:
            source: stream; rest, in a list with all that happened before it; or store, where it is kept already.
            is_told: whether partial exits and ends are told: not while the past is read.
        """
        key = self._ledger.legs.place(execution, is_listed=source != "stream")
        return key is not None and self._fold(execution, key, source, is_told=is_told)

    def take_waiting(self, *, is_told: bool) -> bool:
        """A list was taken to its end: look again at what waited for what came after it; whether there is news."""
        legs = self._ledger.legs
        is_news = False
        for execution in legs.waiting:
            key = legs.place(execution, is_listed=True, is_all_listed=True)
            is_news |= key is not None and self._fold(execution, key, "rest", is_told=is_told)
        return is_news

    def _fold(self, execution: Execution, key: PositionKey, source: str, *, is_told: bool) -> bool:
        lives = self._ledger.lives
        execution = replace(execution, position_idx=key.position_idx)
        former = lives.life(key)
        before = former if is_told else None
        if not lives.add(execution, key, self.settle_coin(key)):
            return False
        self._proofs.follow_life(former, key)
        if source != "store":
            self._keep(execution, key)
        self._proofs.by_execution(execution, before)
        if before:
            self._trail.note_all(lines_of_life(before, lives.life(key), lives.closed_trade(before.life_id, key)), key)
        self._ledger.show(execution)
        self._ledger.holdings.touch(key)
        return True

    def _keep(self, execution: Execution, key: PositionKey) -> None:
        """What is on disk stays as it is: a row that was spoilt on its way must not be it. Lists bring it again."""
        if is_known_kind(execution):
            self._on_record(execution)
        else:
            details = {"exec_type": execution.exec_type, "qty": execution.qty}
            self._trail.note("execution_unknown", "warning", key, **details)

    def settle_coin(self, key: PositionKey) -> str:
        """The coin that a key's profit is paid in; of a contract that is listed no more, what its name tells."""
        known = self._markets.instrument((key.category, key.symbol)) or self._ledger.holdings.get(key)
        return known.settle_coin if known else settle_coin(key.category, key.symbol)

    def price(self, trade: ClosedTrade) -> None:
        """Take over the result of a life whose executions do not come, from Bybit's own records."""
        self._ledger.priced.take(trade)
        self._ledger.lives.retell(trade)
        key = PositionKey(trade.category, trade.symbol, trade.position_idx)
        self._trail.note("trade_priced", key=key, net=trade.net_pnl, evidence="E4", life_id=trade.life_id)

    def label(self, order_link_id: str, reason: str) -> None:
        """Name the reason of an exit by its order."""
        self._ledger.lives.label(order_link_id, reason)
        self._ledger.holdings.touch_all()
