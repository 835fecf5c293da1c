"""The executions of each position, and the lives that they make. Mutable bookkeeping around core.trades' pure fold.

A tape is anchored on a position that the exchange reported: the size before the tape's first execution follows from the
size after its last. Until then nothing is known of its lives: executions alone do not tell what they began with. Later
reports are checkpoints that the executions have to arrive at. A tape says nothing about a position being open or flat:
that needs the evidence of core.book.
"""

from __future__ import annotations

from bisect import insort
from collections import OrderedDict
from collections.abc import Callable, Generator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from core.evidence import REST_LAG_S
from core.executions import Moment, is_known_kind, opening_size, order_of, signed_qty
from core.model import ClosedTrade, Execution, PositionKey
from core.money import ZERO
from core.trades import Checkpoint, Fold, Life, fold, step, timeline, unknown_life

# A tape keeps its latest executions apart, so that late ones can be put in their place; older ones are folded for good.
MAX_TAPE = 600
KEPT_ON_TAPE = 300
# Closed trades of shortened tapes held in memory, how many are forgotten at once, and labels of bots' orders.
MAX_CLOSED = 2_000
FORGOTTEN_AT_ONCE = 200
MAX_LABELS = 10_000
LAG_MS = int(REST_LAG_S * 1000)
# Executions folded in one slice: one or two milliseconds.
AT_ONCE = 200

T = TypeVar("T")
# Work in slices: each ``next`` does one, the end brings the result.
Steps = Generator[None, None, T]
Labels = Mapping[str, str]
Tell = Callable[[ClosedTrade], ClosedTrade]
_FIRST: Moment = (-1, -1, -1, "")


class _Anchor(NamedTuple):
    """The first word about a tape: a report, or that no list had one at a time (the exchange's): then it was flat."""

    report: Checkpoint | None
    as_of_ms: int

    def covers(self, execution: Execution) -> bool:
        """Whether it may tell the size after this execution."""
        if self.report:
            # A sequence that began anew is low, but not early.
            return execution.seq <= self.report.seq and execution.ts_ms <= self.report.ts_ms + LAG_MS
        return execution.ts_ms <= self.as_of_ms + LAG_MS

    def start(self, executions: Sequence[Execution]) -> tuple[Decimal, Checkpoint | None]:
        """The signed size before the first of a tape's executions; and where they must end, if some are missing.

        An opening on one side shows that nothing was open on the other: then the executions that would lead to what
        was reported did not come, and what is known of the life begins flat and ends there.
        """
        before = self._size_before(executions)
        if before and executions and _opens_against(executions[0], before):
            covered = [e.seq for e in executions if signed_qty(e) and self.covers(e)]
            return ZERO, self.report or Checkpoint(max(covered), ZERO, self.as_of_ms)
        return before, None

    def _size_before(self, executions: Sequence[Execution]) -> Decimal:
        if self.report:
            return opening_size(self.report.size, filter(self.covers, executions))
        before = opening_size(ZERO, (e for e in executions if e.ts_ms < self.as_of_ms))
        return ZERO if before and self._began_flat(executions) else before

    def _began_flat(self, executions: Sequence[Execution]) -> bool:
        """Whether executions that began with an opening pass zero about the time at which no list had the position.

        Lists are as old as their lag, and as young as the answer: an end or a beginning may be on either side.
        """
        if executions[0].closed_size != 0:
            return False
        size = ZERO
        for execution in filter(self.covers, executions):
            if not size and execution.ts_ms >= self.as_of_ms - LAG_MS:
                return True
            size += signed_qty(execution)
        return not size


def _opens_against(execution: Execution, before: Decimal) -> bool:
    """Whether a fill that only opened cannot have met a position of this signed size: it would have reduced it."""
    return execution.closed_size == ZERO and signed_qty(execution) * before < 0


def drain(steps: Steps[T]) -> T:
    """Do all of it now."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


class TakenBack(NamedTuple):
    """A closed life that a better fold does not know: it never was."""

    life_id: str


Changes = dict[str, "ClosedTrade | TakenBack"]


class _Tape:
    """The latest executions of one key, in order: what stood before them, and what they fold into."""

    def __init__(self, key: PositionKey, tell: Tell, changes: Changes, *, is_anchored: bool) -> None:
        self.key = key
        self._tell = tell
        self._changes = changes
        self.settle_coin = ""
        self.executions: list[Execution] = []
        self.base: Life | None = None
        self.checkpoints: list[Checkpoint] = []
        self.is_anchored = is_anchored
        self._anchor: _Anchor | None = None
        self._end: Checkpoint | None = None
        self.life: Life | None = None
        self.closed: dict[str, ClosedTrade] = {}

    def add(self, execution: Execution, labels: Labels) -> bool:
        """Put an execution in its place; whether closed trades changed. The newest costs one step of the fold."""
        is_newest = not self.executions or order_of(self.executions[-1]) < order_of(execution)
        is_ahead = all(report.seq < execution.seq for report in self.checkpoints)
        insort(self.executions, execution, key=order_of)
        if not self.is_anchored:
            return False
        if self._anchor and self._anchor.covers(execution):
            self._settle_base(self._anchor)
            return self.refold(labels)
        if not (is_newest and is_ahead):
            return self.refold(labels)
        self.life, trade = step(self.life, self.key, self.settle_coin, execution, labels)
        if trade:
            self.closed[trade.life_id] = self._changes[trade.life_id] = self._tell(trade)
        return trade is not None

    def explain(self, execution: Execution, labels: Labels) -> bool:
        """Put a row in the place of the same one as it was read before; whether closed trades changed."""
        if all(known.exec_id != execution.exec_id for known in self.executions):
            return False
        self.executions = [known for known in self.executions if known.exec_id != execution.exec_id]
        insort(self.executions, execution, key=order_of)
        if self._anchor:
            self._settle_base(self._anchor)
        return self.refold(labels)

    def refold(self, labels: Labels) -> bool:
        """Fold anew. Trades that came out the same stay the same objects; those that no longer exist are gone."""
        if not self.is_anchored:
            return False
        result = self._fold(self.executions, self.checkpoints, labels, self.base)
        before = self.closed
        fresh = {trade.life_id: self._told(trade) for trade in result.closed}
        self.closed = {name: before[name] if before.get(name) == trade else trade for name, trade in fresh.items()}
        self._changes |= {name: trade for name, trade in self.closed.items() if before.get(name) is not trade}
        self._changes |= {name: TakenBack(name) for name in before if name not in fresh}
        self.life = self.life if self.life == result.life else result.life
        return self.closed != before

    def _told(self, trade: ClosedTrade) -> ClosedTrade:
        """A trade of a new fold with what was seen of its life; what was seen once stays seen."""
        told, before = self._tell(trade), self.closed.get(trade.life_id)
        if before is None or told.best_pnl is not None:
            return told
        return replace(told, best_pnl=before.best_pnl, worst_pnl=before.worst_pnl)

    def _fold(
        self, executions: list[Execution], checkpoints: list[Checkpoint], labels: Labels, start: Life | None
    ) -> Fold:
        return fold(self.key, self.settle_coin, executions, start, checkpoints=checkpoints, labels=labels)

    def begin(self, report: Checkpoint | None, as_of_ms: int) -> None:
        """The first report, or the absence of one, says what stood before the first execution."""
        self._anchor = _Anchor(report, as_of_ms)
        self._settle_base(self._anchor)
        self.is_anchored = True

    def fit(self, report: Checkpoint | None, labels: Labels) -> tuple[bool, bool]:
        """Compare with a later report; returns (it contradicted the tape, closed trades changed)."""
        if report is None:
            return False, False
        if self._size_at(report.seq) == report.size:
            return False, False
        self.checkpoints.append(report)
        return True, self.refold(labels)

    def _settle_base(self, anchor: _Anchor) -> None:
        """What stood before the first execution, for as long as it is not folded for good: late ones may show it."""
        before, end = anchor.start(self.executions)
        self.base = unknown_life(self.key, before) if before else None
        self.checkpoints = [report for report in self.checkpoints if report is not self._end]
        self._end = end
        self.checkpoints += [end] if end else []

    def _size_at(self, seq: int) -> Decimal:
        """Signed size after all executions up to a cross sequence."""
        size = self.base.size if self.base else ZERO
        for entry in timeline(self.executions, self.checkpoints):
            if entry.seq <= seq:
                size = entry.size if isinstance(entry, Checkpoint) else size + signed_qty(entry)
        return size

    def shorten(self, keep: int, labels: Labels) -> Steps[tuple[list[Execution], list[ClosedTrade]]]:
        """Fold all but the newest ``keep`` executions for good; returns those and the trades that ended in them.

        In slices, and nothing is changed before the last one: who goes on in between sees the tape as it was.
        """
        cut = len(self.executions) - keep
        done, rest = self.executions[:cut], self.executions[cut:]
        first_seq = min((e.seq for e in rest if signed_qty(e)), default=None)
        past = [r for r in self.checkpoints if first_seq is None or r.seq < first_seq]
        life, ended = self.base, []
        for start in range(0, len(done), cut if past else AT_ONCE):
            result = self._fold(done[start : start + (cut if past else AT_ONCE)], past, labels, life)
            life = result.life
            ended += [self._told(trade) for trade in result.closed]
            yield
        if len(self.executions) != cut + len(rest):
            # More came meanwhile, perhaps in between.
            return (yield from self.shorten(keep, labels))
        self.executions, self.base, self._anchor = rest, life, None
        self.checkpoints = [r for r in self.checkpoints if r not in past]
        for trade in ended:
            if self.closed.pop(trade.life_id, None) != trade:
                self._changes[trade.life_id] = trade
        return done, ended


class Lives:
    """Lives by position key. ``add`` keeps each execution once; ``anchor`` fits all tapes to reported positions.

    ``anchored_ms``: as of when (the exchange's time) the tapes were first fitted. ``revision`` moves whenever a closed
    trade was added, changed or taken back; ``rewrites`` only when :meth:`closed` is more than what it was with newer
    trades on top and the oldest forgotten. ``max_closed`` bounds the trades kept of shortened tapes; None keeps all,
    for rebuilding a history. ``tell`` adds what is known of a life besides its executions to its trade.
    """

    def __init__(self, max_closed: int | None = MAX_CLOSED, tell: Tell = lambda trade: trade) -> None:
        self._max_closed = max_closed
        self._tell = tell
        self.labels: OrderedDict[str, str] = OrderedDict()
        self.revision = 0
        self._is_anchored = False
        self.anchored_ms: int | None = None
        self._tapes: dict[PositionKey, _Tape] = {}
        self._seen: dict[tuple[str, str], set[str]] = {}
        # Ids of executions of a kind that nobody knows. There are none, as a rule.
        self._questions: set[str] = set()
        self._horizon: dict[tuple[str, str], Moment] = {}
        self._archive: OrderedDict[str, ClosedTrade] = OrderedDict()
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

    def _explain(self, execution: Execution) -> bool:
        """Let a row of a known kind take the place of itself as an unknown one; False when there is none."""
        if execution.exec_id not in self._questions or not is_known_kind(execution):
            return False
        self._questions.discard(execution.exec_id)
        tapes = [tape for key, tape in self._tapes.items() if key[:2] == (execution.category, execution.symbol)]
        has_changed = [tape.explain(execution, self.labels) for tape in tapes]
        self._count(any(has_changed))
        return True

    def _tape(self, key: PositionKey) -> _Tape:
        tape = self._tapes.get(key)
        if tape is None:
            # Once all tapes are anchored, a key that is new was flat before.
            tape = self._tapes[key] = _Tape(key, self._tell, self._changes, is_anchored=self._is_anchored)
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

    def _shorten(self, tape: _Tape, keep: int) -> Steps[None]:
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
        while self._max_closed is not None and len(self._archive) > self._max_closed:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        """Let go of trades that have been in the archive longest; as a rule they are the oldest of all."""
        names = [self._archive.popitem(last=False)[0] for _ in range(min(FORGOTTEN_AT_ONCE, len(self._archive)))]
        known = self._newest_first
        is_end = known is not None and {trade.life_id for trade in known[-len(names) :]} == set(names)
        self._newest_first = known[: -len(names)] if known is not None and is_end else None

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
                tape.begin(report, as_of_ms)
                if len(tape.executions) > MAX_TAPE:
                    yield from self._shorten(tape, KEPT_ON_TAPE)
                    self._count(True)
                self._count(tape.refold(self.labels))
                yield
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
        if tape and tape.executions:
            drain(self._shorten(tape, 0))

    def take_changes(self) -> list[ClosedTrade | TakenBack]:
        """What became of closed lives since the last call, each as it is now: new, corrected or taken back."""
        taken = list(self._changes.values())
        self._changes.clear()
        return taken

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
