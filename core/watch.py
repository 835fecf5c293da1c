"""Doubt in the stream: what it should have told and did not. A doubt is noted and settled by a full reconciliation.

A live stream can lose frames while its heartbeat stays healthy. The readings show it: a row that the stream never told
of, or a size that the executions do not arrive at. What it tells a moment after a reading is no difference.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable

from core.book import PositionBook
from core.clock import Clock
from core.model import Position, PositionKey
from core.reconcile import Discrepancy

# A frame may be on its way while a reading already shows what it will say.
GRACE_S = 1.0
# The evidence of rows; the stream tells of the same ones.
_ROWS = frozenset({"position/list", "position/list?symbol"})
DAY_MS = 86_400_000
KEY_ENDS_DAYS = (14, 7, 1)
# A contract that the exchange does not list is asked for again after this.
ASK_AGAIN_S = 60.0
# Differences that stay until somebody acts, or the exchange answers: told when they appear, not at every reading.
_LASTING = frozenset(
    {("unprotected", "shown"), ("pnl_differs", "shown"), ("orphan_stop", "shown"), ("phantom", "asked")}
)

_Name = tuple[str, str, PositionKey, str]
# Time first: a sequence that begins anew goes back, the time of its rows does not.
_Revision = tuple[int, int]
_NEVER: _Revision = (-1, 0)
# What a row said, and its revision.
_Untold = tuple[Discrepancy, _Revision]


class Watch:
    """Compares what the stream told with what the polls show.

    Args:
        reconcile, read_markets: ask for a full reconciliation, for the contracts.
    """

    def __init__(
        self, book: PositionBook, clock: Clock, reconcile: Callable[[], None], read_markets: Callable[[], None]
    ) -> None:
        self._book = book
        self._clock = clock
        self._reconcile = reconcile
        self._read_markets = read_markets
        self._told: dict[PositionKey, _Revision] = {}
        self._doubted: dict[PositionKey, int] = {}
        self._asked: dict[tuple[str, str], float] = {}
        self._lasting: set[_Name] = set()
        self._warned: set[tuple[int, int]] = set()

    def told(self, row: Position) -> None:
        """The stream told of a position row."""
        self._told[row.key] = max(self._told.get(row.key, _NEVER), _revision(row))

    def look(self, found: Iterable[Discrepancy]) -> None:
        """After a poll beside a live stream; ``found`` is what the book had not known."""
        certain, untold = self._sifted(self._new(found, lambda name: name[0] == "phantom"))
        self.tell(certain)
        if untold:
            asyncio.get_running_loop().call_later(GRACE_S, self._judge, untold)
        self._look_for_executions()
        self._look_for_contracts()

    def _judge(self, untold: list[_Untold]) -> None:
        """The stream had its time: what it still did not tell of, it lost."""
        lost = self._lost(untold)
        if lost:
            self.tell(lost)
            self._reconcile()

    async def confirmed(self, found: Iterable[Discrepancy], *, is_live: bool) -> tuple[Discrepancy, ...]:
        """What a full reading found, without what the stream tells as well.

        Args:
            is_live: the stream may still tell, and is given its time.
        """
        certain, untold = self._sifted(found)
        if untold and is_live:
            await asyncio.sleep(GRACE_S)
        return (*self._lost(untold), *certain)

    def _sifted(self, found: Iterable[Discrepancy]) -> tuple[list[Discrepancy], list[_Untold]]:
        """What stands by itself, and the news of rows that the stream has not told of; what it has told is left out."""
        found, rows = tuple(found), {row.key: _revision(row) for row in self._book.last_rows}
        of_rows = [one for one in found if _is_of_row(one) and one.key in rows]
        certain = [one for one in found if one not in of_rows]
        return certain, [(one, rows[one.key]) for one in of_rows if self._told.get(one.key, _NEVER) < rows[one.key]]

    def _lost(self, untold: list[_Untold]) -> list[Discrepancy]:
        return [one for one, revision in untold if self._told.get(one.key, _NEVER) < revision]

    def _look_for_executions(self) -> None:
        """A size that executions do not explain: some were lost, unless they are still on their way.

        How long ago its row was received says nothing about that: each poll brings the row anew.
        """
        doubts = self._unexplained()
        new = {key: seq for key, seq in doubts.items() if self._doubted.get(key) != seq}
        self._doubted = doubts
        if new:
            asyncio.get_running_loop().call_later(GRACE_S, self._ask_for_executions, new)

    def _ask_for_executions(self, doubts: dict[PositionKey, int]) -> None:
        """They had their time: what is still not explained is asked for."""
        still = self._unexplained()
        lost = [key for key, seq in doubts.items() if still.get(key) == seq]
        if lost:
            self.tell(
                Discrepancy(kind="executions_missing", key=key, done="asked", evidence="position/list") for key in lost
            )
            self._reconcile()

    def _unexplained(self) -> dict[PositionKey, int]:
        return dict(self._book.ledger.unexplained(math.inf))

    def _look_for_contracts(self) -> None:
        """A position in a contract that is not known: one that was listed since, or is not listed any more."""
        now = self._clock.monotonic()
        unknown = [c for c in self._book.unknown_contracts() if now - self._asked.get(c, -ASK_AGAIN_S) >= ASK_AGAIN_S]
        if unknown:
            self._asked |= dict.fromkeys(unknown, now)
            self._read_markets()

    def reconciled(self, found: Iterable[Discrepancy]) -> None:
        """Tell of what a reconciliation found, and of what lasts only when it is new."""
        self.tell(self._new(found))
        self.look_at_key()

    def swept(self, found: Iterable[Discrepancy], key: PositionKey | None) -> None:
        """Tell of stops of a key, or of all keys, that protected nothing; of those that stay only when they are new."""
        self.tell(self._new(found, lambda name: name[0] == "orphan_stop" and key in {None, name[2]}))

    def look_at_key(self) -> None:
        """Warn 14 days, 7 days and a day before the key ends; once each."""
        expires_ms = self._book.account.expires_ms
        if expires_ms is None:
            return
        days = max(0, -(-(expires_ms - self._clock.now_ms()) // DAY_MS))
        due = min((mark for mark in KEY_ENDS_DAYS if days <= mark), default=None)
        if due is not None and (expires_ms, due) not in self._warned:
            self._warned.add((expires_ms, due))
            self._book.note("key_expires", "warning", days=days)

    def _new(
        self, found: Iterable[Discrepancy], covers: Callable[[_Name], bool] = lambda name: True
    ) -> list[Discrepancy]:
        """Leave out what lasts and was told before. ``covers``: what the reading would have found again."""
        found = tuple(found)
        lasting = {_name(one) for one in found if (one.kind, one.done) in _LASTING}
        news = [one for one in found if _name(one) not in self._lasting]
        self._lasting = lasting | {name for name in self._lasting if not covers(name)}
        return news

    def tell(self, found: Iterable[Discrepancy]) -> None:
        """Enter differences into the audit trail."""
        for one in found:
            is_news = one.kind == "unprotected" or "meanwhile" in one.details
            severity = "info" if is_news else "warning"
            self._book.note(
                f"discrepancy_{one.kind}", severity, one.key, done=one.done, evidence=one.evidence, **one.details
            )


def _revision(row: Position) -> _Revision:
    return row.updated_ms, row.seq


def _is_of_row(found: Discrepancy) -> bool:
    """Whether a row says so that came just now."""
    return found.done in {"adopted", "removed"} and found.evidence in _ROWS and "meanwhile" not in found.details


def _name(found: Discrepancy) -> _Name:
    """What makes a lasting difference the same one at the next reading."""
    details = found.details
    return found.kind, found.done, found.key, str(details.get("life_id") or details.get("order_id") or "")
