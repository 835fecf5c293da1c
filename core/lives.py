"""The executions of each position, and the lives that they make. Mutable bookkeeping around core.trades' pure fold.

Each position has its tape (core.tapes). A tape says nothing about a position being open or flat: that needs the
evidence of core.book.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from core.analytics.forgotten import Forgotten
from core.executions import Moment, is_known_kind, order_of
from core.model import Checkpoint, ClosedTrade, Execution, PositionKey
from core.slices import Steps, drain, sorting
from core.tapes import NOTHING_SEEN, Changes, Recalled, TakenBack, Tape, Tell
from core.trades import Life

# A tape keeps its latest executions apart, so that late ones can be put in their place; older ones are folded for good.
MAX_TAPE = 600
KEPT_ON_TAPE = 300
# Closed trades of shortened tapes held in memory, how many are forgotten at once, and labels of bots' orders.
MAX_CLOSED = 2_000
FORGOTTEN_AT_ONCE = 200
MAX_LABELS = 10_000
ARCHIVED_AT_ONCE = 4_000

_FIRST: Moment = (-1, -1, -1, "")


class Lives:
    """Lives by position key. ``add`` keeps each execution once; ``anchor`` fits all tapes to reported positions.

    ``anchored_ms``: as of when (the exchange's time) the tapes were first fitted. ``revision`` moves whenever a closed
    trade was added, changed or taken back; ``rewrites`` only when :meth:`closed` is more than what it was with newer
    trades on top and old ones ``forgotten``. ``max_closed`` bounds the trades kept of shortened tapes; None keeps all,
    for rebuilding a history. ``tell`` adds what is known of a life besides its executions to its trade.
    """

    def __init__(self, max_closed: int | None = MAX_CLOSED, tell: Tell = lambda trade: trade) -> None:
        self._max_closed = max_closed
        self._tell = tell
        self.labels: OrderedDict[str, str] = OrderedDict()
        self.revision = 0
        self._is_anchored = False
        self.anchored_ms: int | None = None
        self._tapes: dict[PositionKey, Tape] = {}
        self._seen: dict[tuple[str, str], set[str]] = {}
        # Ids of executions of a kind that nobody knows. There are none, as a rule.
        self._questions: set[str] = set()
        self._horizon: dict[tuple[str, str], Moment] = {}
        self._recalled: dict[PositionKey, Recalled] = {}
        self._archive: OrderedDict[str, ClosedTrade] = OrderedDict()
        self.forgotten = Forgotten()
        self._changes: Changes = {}
        self._newest_first: tuple[ClosedTrade, ...] | None = ()
        self.rewrites = 0

    def add(self, execution: Execution, key: PositionKey, settle_coin: str) -> bool:
        """Record an execution; False when it was known already, or is older than what is folded for good.

        One that came as a kind that nobody knows, and comes again as a known one, takes its own place.
        """
        contract = (execution.category, execution.symbol)
        seen = self._seen.setdefault(contract, set())
        if execution.exec_id in seen:
            return self._explain(execution)
        if order_of(execution) <= self._horizon.get(contract, _FIRST):
            return False
        seen.add(execution.exec_id)
        if not is_known_kind(execution):
            self._questions.add(execution.exec_id)
        tape = self._tape(key)
        tape.settle_coin = settle_coin or tape.settle_coin
        before = tape.closed
        if tape.add(execution, self.labels):
            # The usual step puts the one trade that has just ended into the same dict; anything else makes a new one.
            self._count_ended(next(reversed(tape.closed.values())) if tape.closed is before else None)
        if tape.is_anchored and len(tape.executions) > MAX_TAPE:
            drain(self._shorten(tape, KEPT_ON_TAPE))
        return True

    def begin_earlier(self, key: PositionKey, executions: Iterable[Execution], settle_coin: str) -> Steps[bool]:
        """Let a position's executions begin earlier: at once, so that what they do not reach yet is never folded.

        Args:
            executions: all that happened to it from a moment at which it was flat up to the first known one.
        Returns:
            False when there is nothing new, or its beginning is folded for good.
        """
        tape, seen = self._tapes.get(key), self._seen.setdefault((key.category, key.symbol), set())
        fresh = [execution for execution in executions if execution.exec_id not in seen]
        if tape is None or not fresh or not tape.begin_earlier(fresh):
            return False
        seen.update(execution.exec_id for execution in fresh)
        self._questions |= {execution.exec_id for execution in fresh if not is_known_kind(execution)}
        tape.settle_coin = settle_coin or tape.settle_coin
        if len(tape.executions) > MAX_TAPE:
            yield from self._shorten(tape, KEPT_ON_TAPE)
        self._count(tape.refold(self.labels))
        return True

    def _explain(self, execution: Execution) -> bool:
        """Let a row of a known kind take the place of itself as an unknown one; False when there is none."""
        if execution.exec_id not in self._questions or not is_known_kind(execution):
            return False
        self._questions.discard(execution.exec_id)
        tapes = [tape for key, tape in self._tapes.items() if key[:2] == (execution.category, execution.symbol)]
        has_changed = [tape.explain(execution, self.labels) for tape in tapes]
        self._count(any(has_changed))
        return True

    def _tape(self, key: PositionKey) -> Tape:
        tape = self._tapes.get(key)
        if tape is None:
            # Once all tapes are anchored, a key that is new was flat before.
            tape = self._tapes[key] = Tape(key, self._tell, self._changes, is_anchored=self._is_anchored)
        return tape

    def _count(self, has_changed: bool) -> None:
        if has_changed:
            self.revision += 1
            self._newest_first = None

    def _count_ended(self, trade: ClosedTrade | None) -> None:
        """Put a trade that has just ended on top: what one costs must not grow with those before it."""
        self.revision += 1
        known = self._newest_first
        if trade is None or known is None or (known and _age(trade) <= _age(known[0])):
            self._newest_first = None
        else:
            self._newest_first = (trade,) + known  # noqa: RUF005 - half as dear as unpacking, for thousands of trades

    def _shorten(self, tape: Tape, keep: int) -> Steps[None]:
        contract = tape.key[:2]
        before = dict(tape.closed)
        done, trades = yield from tape.shorten(keep, self.labels)
        if any(before.get(trade.life_id) != trade for trade in trades):
            self._newest_first = None
        names = [execution.exec_id for execution in done]
        self._seen[contract].difference_update(names)
        self._questions.difference_update(names)
        self._horizon[contract] = max(self._horizon.get(contract, _FIRST), order_of(done[-1]))
        self._archive |= {trade.life_id: trade for trade in trades}
        too_many = 0 if self._max_closed is None else len(self._archive) - self._max_closed
        if too_many > 0:
            by_age = yield from sorting(list(self._archive.values()), _age)
            self._forget(by_age[: max(too_many, FORGOTTEN_AT_ONCE)])

    def _forget(self, oldest: list[ClosedTrade]) -> None:
        """Let go of trades of the archive, but for what summaries need of them."""
        names = {trade.life_id for trade in oldest if self._archive.pop(trade.life_id, None)}
        self.forgotten.add(trade for trade in oldest if trade.life_id in names)
        if self._newest_first is not None:
            # Trades of contracts that are seldom traded may be older, and stay.
            self._newest_first = tuple(trade for trade in self._newest_first if trade.life_id not in names)

    def anchor(self, reported: Mapping[PositionKey, Checkpoint], as_of_ms: int) -> list[PositionKey]:
        """Fit all tapes to reported sizes, flat ones (0) included.

        Executions newer than a report's ``seq`` happened after it and are left out of the sum. A key without a report
        counts as flat at ``as_of_ms`` (exchange time) for as long as its tape has not been anchored; later, absence
        says nothing.
        Returns:
            The keys whose tape contradicted the report: a discrepancy to show.
        """
        return drain(self.anchor_steps(reported, as_of_ms))

    def anchor_steps(self, reported: Mapping[PositionKey, Checkpoint], as_of_ms: int) -> Steps[list[PositionKey]]:
        """The same in slices of a few milliseconds: a long past is folded once, before anything is shown of it."""
        wrong = []
        for key in sorted(self._tapes.keys() | {key for key, report in reported.items() if report.size}):
            tape, report = self._tape(key), reported.get(key)
            if not tape.is_anchored:
                is_known = tape.begin(report, as_of_ms, self._recalled.get(key, NOTHING_SEEN))
                while len(tape.executions) > MAX_TAPE:
                    yield from self._shorten(tape, max(KEPT_ON_TAPE, len(tape.executions) - self._at_once()))
                    self._count(True)
                self._count(tape.refold(self.labels))
                yield
                if not is_known:
                    continue
            contradicts, has_changed = tape.fit(report, self.labels)
            self._count(has_changed)
            if contradicts:
                wrong.append(key)
            if len(tape.executions) > MAX_TAPE:
                drain(self._shorten(tape, KEPT_ON_TAPE))
        self._is_anchored = True
        self.anchored_ms = as_of_ms if self.anchored_ms is None else self.anchored_ms
        return wrong

    def _at_once(self) -> int:
        """How many executions are folded for good in one go.

        All of them where somebody may look on, who must not see a tape half folded; a history that is rebuilt is seen
        by nobody, and putting tens of thousands away at once would hold up the loop.
        """
        return ARCHIVED_AT_ONCE if self._max_closed is None else sys.maxsize

    def retell(self, trade: ClosedTrade) -> None:
        """Something else is to be told of a closed trade: ask for it again."""
        tape = self._tapes.get(PositionKey(trade.category, trade.symbol, trade.position_idx))
        if tape and trade.life_id in tape.closed:
            self._count(tape.refold(self.labels))
        elif trade.life_id in self._archive:
            self._archive[trade.life_id] = self._changes[trade.life_id] = self._tell(self._archive[trade.life_id])
            self._count(True)

    def restart(self, key: PositionKey) -> None:
        """The exchange's sequence began anew: fold what is known for good; the next report says where it stands."""
        tape = self._tapes.get(key)
        self._recalled.pop(key, None)
        if tape:
            tape.forget_reports()
        if tape and tape.executions:
            drain(self._shorten(tape, 0))

    def take_changes(self) -> list[ClosedTrade | TakenBack]:
        """What became of closed lives since the last call, each as it is now: new, corrected or taken back."""
        taken = list(self._changes.values())
        self._changes.clear()
        return taken

    @property
    def reports(self) -> dict[PositionKey, tuple[Checkpoint, ...]]:
        """By position, what reports told of executions that did not come; see core.tapes. For the next run."""
        of_others = {key: seen.reports for key, seen in self._recalled.items() if key not in self._tapes}
        return of_others | {key: reports for key, tape in self._tapes.items() if (reports := tape.reports)}

    def recall(self, reports: Mapping[PositionKey, tuple[Checkpoint, ...]], since_ms: int) -> None:
        """What reports told an earlier run, before the first :meth:`anchor`: executions alone do not tell it.

        Args:
            since_ms: everything that was executed from then on is added again before that.
        """
        self._recalled = {key: Recalled(told, since_ms) for key, told in reports.items()}

    def executions(self) -> list[Execution]:
        """Every execution that is not folded for good; before the first anchor, all of them."""
        return [execution for tape in self._tapes.values() for execution in tape.executions]

    def begins_unknown(self, key: PositionKey) -> bool:
        """Whether a key's tape begins in the middle of a life, so that its executions do not add up to its size."""
        tape = self._tapes.get(key)
        return tape is not None and tape.base is not None and tape.base.cost is None

    def life(self, key: PositionKey) -> Life | None:
        """The life in progress under a key, or None when nothing is known of one."""
        tape = self._tapes.get(key)
        return tape.life if tape else None

    def closed_trade(self, name: str, key: PositionKey) -> ClosedTrade | None:
        """The closed trade of that life id under a key."""
        tape = self._tapes.get(key)
        return (tape.closed.get(name) if tape else None) or self._archive.get(name)

    def closed(self) -> tuple[ClosedTrade, ...]:
        """Closed trades in memory, newest first; sorted only when more has changed than that one has ended."""
        if self._newest_first is None:
            trades = [*self._archive.values(), *(t for tape in self._tapes.values() for t in tape.closed.values())]
            self._newest_first = tuple(sorted(trades, key=_age, reverse=True))
            self.rewrites += 1
        return self._newest_first

    def closed_steps(self) -> Steps[list[ClosedTrade]]:
        """The same in slices, of a history that is rebuilt."""
        trades = [*self._archive.values(), *(t for tape in self._tapes.values() for t in tape.closed.values())]
        return (yield from sorting(trades, _age))[::-1]

    def label(self, order_link_id: str, reason: str) -> None:
        """Name the reason of an exit by its order; figures stay what executions prove."""
        self.labels[order_link_id] = reason
        if len(self.labels) > MAX_LABELS:
            self.labels.popitem(last=False)
        for tape in self._tapes.values():
            if any(e.order_link_id == order_link_id for e in tape.executions):
                self._count(tape.refold(self.labels))


def _age(trade: ClosedTrade) -> tuple[int, str]:
    return trade.closed_ms, trade.life_id
