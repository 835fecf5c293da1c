"""A tape: the latest executions of one position, and what they fold into. Mutable bookkeeping of core.lives.

It is anchored on a position that the exchange reported: the size before its first execution follows from the size after
its last. Until then nothing is known of its lives: executions alone do not tell what they began with. Later reports are
checkpoints that the executions have to arrive at.
"""

from __future__ import annotations

import sys
from bisect import insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace

from core.evidence import REST_LAG_S
from core.executions import in_order, opening_size, order_of, signed_qty
from core.model import Checkpoint, ClosedTrade, Execution, PositionKey
from core.money import ZERO
from core.slices import AT_ONCE, Steps
from core.trades import Fold, Life, fold, step, timeline, unknown_life

LAG_MS = int(REST_LAG_S * 1000)
# Reports that the next run is told of; there are hardly any.
MAX_REPORTS = 100

Labels = Mapping[str, str]
Tell = Callable[[ClosedTrade], ClosedTrade]


class _Anchor(NamedTuple):
    """The first word about a tape: a report, or that no list had one at a time (the exchange's): then it was flat.

    ``is_flat``: there is a report, of an earlier run, and no list had the position at that time any more.
    """

    report: Checkpoint | None
    as_of_ms: int
    is_flat: bool = False

    def covers(self, execution: Execution) -> bool:
        """Whether it may tell the size after this execution."""
        if self.report:
            # A sequence that began anew is low, but not early.
            return execution.seq <= self.report.seq and execution.ts_ms <= self.report.ts_ms + LAG_MS
        return execution.ts_ms <= self.as_of_ms + LAG_MS

    def concerns(self, execution: Execution) -> bool:
        """Whether it may say something else once this execution has come, late."""
        return self.covers(execution) or (self.is_flat and execution.ts_ms <= self.as_of_ms + LAG_MS)

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


class TakenBack(NamedTuple):
    """A closed life that a better fold does not know: it never was."""

    life_id: str


Changes = dict[str, "ClosedTrade | TakenBack"]


class Recalled(NamedTuple):
    """``reports`` of an earlier run's tape. Everything that was executed from ``since_ms`` on is here again."""

    reports: tuple[Checkpoint, ...]
    since_ms: int


NOTHING_SEEN = Recalled((), 0)


class Tape:
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
        # See reports; and whether no execution that they may be about was folded for good.
        self._lasting: list[Checkpoint] = []
        self._is_whole = True
        self._begun = Checkpoint(-1, ZERO, 0)
        self.life: Life | None = None
        self.closed: dict[str, ClosedTrade] = {}

    def add(self, execution: Execution, labels: Labels) -> bool:
        """Put an execution in its place; whether closed trades changed. The newest costs one step of the fold."""
        is_newest = not self.executions or order_of(self.executions[-1]) < order_of(execution)
        is_ahead = all(report.seq < execution.seq for report in self.checkpoints)
        insort(self.executions, execution, key=order_of)
        if not self.is_anchored:
            return False
        if self._anchor and self._anchor.concerns(execution):
            self._settle_base(self._anchor)
            return self.refold(labels)
        if not (is_newest and is_ahead):
            return self.refold(labels)
        self.life, trade = step(self.life, self.key, self.settle_coin, execution, labels)
        if trade:
            self.closed[trade.life_id] = self._changes[trade.life_id] = self._tell(trade)
        return trade is not None

    def begin_earlier(self, executions: Iterable[Execution]) -> bool:
        """Put executions before all others, to be folded anew; False where the beginning is folded for good."""
        if self._anchor is None:
            return False
        self.executions = in_order((*executions, *self.executions))
        self._settle_base(self._anchor)
        return True

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

    def begin(self, report: Checkpoint | None, as_of_ms: int, seen: Recalled = NOTHING_SEEN) -> bool:
        """The first report, or the absence of one, says what stood before the first execution.

        Args:
            seen: what reports told an earlier run.
        Returns:
            Whether some of that is about the executions that are here: then the first of it says what stood before
            them, and a ``report`` is still to be fitted.
        """
        self._lasting, about = list(seen.reports), self._about_these(seen)
        self._anchor = _Anchor(about[0], as_of_ms, is_flat=not report) if about else _Anchor(report, as_of_ms)
        self.checkpoints = about[1:]
        self._settle_base(self._anchor)
        self.is_anchored = True
        return bool(about)

    def _about_these(self, seen: Recalled) -> list[Checkpoint]:
        """Without what is older: what is here of earlier executions begins where nothing was open."""
        if not seen.reports:
            return []
        begun, *others = seen.reports
        first_seq = self._first_fill.seq if self._first_fill else sys.maxsize
        about = [report for report in others if report.seq >= first_seq or report.ts_ms >= seen.since_ms]
        is_here = begun.seq >= first_seq - 1 or begun.ts_ms >= seen.since_ms
        return [begun if is_here else Checkpoint(-1, ZERO, 0), *about] if about else []

    @property
    def _first_fill(self) -> Execution | None:
        return next((execution for execution in self.executions if signed_qty(execution)), None)

    @property
    def reports(self) -> tuple[Checkpoint, ...]:
        """What the next run has to be told of executions that did not come, for it cannot see that they did not.

        Returns:
            What stood before all of them, then the reports that they did not arrive at; nothing when they do by now.
        """
        begun, *others = self._lasting or [self._outset()]
        ends = [self._end] if self._end and self._anchor and self._end is self._anchor.report else []
        return () if all(map(self._is_explained, others + ends)) else (begun, *ends, *others)

    def _is_explained(self, report: Checkpoint) -> bool:
        """Whether the executions that are here arrive at it by themselves."""
        first = self._first_fill
        if not self._is_whole or first is None or report.seq < first.seq:
            return False
        moved = (signed_qty(execution) for execution in self.executions if execution.seq <= report.seq)
        return sum(moved, self.base.size if self.base else ZERO) == report.size

    def forget_reports(self) -> None:
        """They do not go with what comes from here on."""
        self._lasting.clear()

    def _flat_at(self, as_of_ms: int) -> Checkpoint | None:
        """Where executions must end, if they do not, when no list had the position at a time (the exchange's)."""
        known: tuple[Execution | Checkpoint, ...] = (*filter(signed_qty, self.executions), *self.checkpoints)
        last = max((entry.seq for entry in known if entry.ts_ms < as_of_ms), default=None)
        return None if last is None or not self._size_at(last) else Checkpoint(last, ZERO, as_of_ms)

    def _outset(self) -> Checkpoint:
        """What all is counted from: the first word about it, else what stood before the first fill that is here."""
        if not self._is_whole:
            return self._begun
        if self._anchor and self._anchor.report:
            return self._anchor.report
        first = self._first_fill
        if self.base is None or first is None:
            return Checkpoint(-1, self.base.size if self.base else ZERO, 0)
        return Checkpoint(first.seq - 1, self.base.size, first.ts_ms)

    def fit(self, report: Checkpoint | None, labels: Labels) -> tuple[bool, bool]:
        """Compare with a later report; returns (it contradicted the tape, closed trades changed)."""
        if report is None:
            return False, False
        if self._size_at(report.seq) == report.size:
            return False, False
        self.checkpoints.append(report)
        self._lasting = [*(self._lasting or [self._outset()]), report]
        del self._lasting[1:-MAX_REPORTS]
        return True, self.refold(labels)

    def _settle_base(self, anchor: _Anchor) -> None:
        """What stood before the first execution, for as long as it is not folded for good: late ones may show it."""
        before, end = anchor.start(self.executions)
        self.base = unknown_life(self.key, before) if before else None
        self.checkpoints = [report for report in self.checkpoints if report is not self._end]
        self._end = end or (self._flat_at(anchor.as_of_ms) if anchor.is_flat else None)
        self.checkpoints += [self._end] if self._end else []

    def _size_at(self, seq: int) -> Decimal:
        """Signed size after all executions up to a cross sequence."""
        size = self.base.size if self.base else ZERO
        if not self.executions and not self.checkpoints:
            return size
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
        first_seq = min((e.seq for e in rest if signed_qty(e)), default=None) if self.checkpoints else None
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
        self._begun, self._lasting = self._outset(), list(self.reports)
        self.executions, self.base, self._anchor, self._is_whole = rest, life, None, False
        self.checkpoints = [r for r in self.checkpoints if r not in past]
        for trade in ended:
            if self.closed.pop(trade.life_id, None) != trade:
                self._changes[trade.life_id] = trade
        return done, ended
