"""Many seeds of every scenario, over several processes: ``python -m tests.simulation_close.sweep --state FILE``.

It says what it has done after each part, and ends with status 1 at the first seed that broke a promise. With a file for
its state it goes on where it was stopped, so that the ten million of ``make soak`` may take several nights.
"""

import argparse
import itertools
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from tests.simulation_close.exchange import SCENARIOS
from tests.simulation_close.run import run_seeds

PART = 20_000
# A run that closes nothing would keep every promise.
CLOSED_RATIO = 0.95


class Swept(NamedTuple):
    """A part: its scenario and seeds, those that broke a promise (the first few), and how many closes took effect."""

    name: str
    start: int
    seeds: int
    bad: tuple[str, ...]
    executed: int


def sweep_part(name: str, start: int, seeds: int) -> Swept:
    """Run the seeds ``start`` … of a scenario in this process."""
    results = run_seeds(range(start, start + seeds), SCENARIOS[name])
    bad = tuple(f"{name} {seed}: {result}" for seed, result in results if not result.is_good)[:5]
    executed = sum(result.executed for _, result in results)
    if executed <= CLOSED_RATIO * seeds:
        bad += (f"{name} {start}…: only {executed} of {seeds} took effect",)
    return Swept(name, start, seeds, bad, executed)


def sweep(starts: range, processes: int = 0, part: int = PART) -> Iterator[Swept]:
    """Parts of ``part`` seeds from each start, of every scenario in turn; ``processes`` 0 takes every core."""
    wanted = itertools.product(starts, SCENARIOS)
    count = processes or os.cpu_count() or 1
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        under_way = [pool.submit(sweep_part, name, start, part) for start, name in itertools.islice(wanted, 2 * count)]
        try:
            while under_way:
                yield under_way.pop(0).result()
                under_way += [pool.submit(sweep_part, name, start, part) for start, name in itertools.islice(wanted, 1)]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def tell(*lines: str) -> None:
    """One line each, at once."""
    sys.stdout.write("\n".join((*lines, "")))
    sys.stdout.flush()


class Progress:
    """How far a sweep is, kept in a file: the first seed not yet done in every scenario, and what was done so far."""

    def __init__(self, path: Path | None, first: int) -> None:
        self._path = path
        self.next, self.seeds, self.closes = first, 0, 0
        if path is not None and path.exists():
            self.next, self.seeds, self.closes = map(int, path.read_text().split())

    def note(self, parts: list[Swept]) -> None:
        """A start is done in every scenario."""
        self.next = parts[-1].start + parts[-1].seeds
        self.seeds += sum(part.seeds for part in parts)
        self.closes += sum(part.executed for part in parts)
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(f"{self.next} {self.seeds} {self.closes}\n")


def main() -> int:
    """Sweep until all is done, the time is over, or a promise is broken."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=2_000_000, help="of each scenario, counted from --first")
    asked.add_argument("--first", type=int, default=20_000, help="the first seed")
    asked.add_argument("--state", type=Path, help="a file that keeps how far it is; it goes on from there")
    asked.add_argument("--minutes", type=float, default=0, help="stop after so long; 0 is when all are done")
    asked.add_argument("--processes", type=int, default=0, help="0 takes every core")
    given = asked.parse_args()
    progress, began, parts = Progress(given.state, given.first), time.monotonic(), list[Swept]()
    for swept in sweep(range(progress.next, given.first + given.seeds, PART), given.processes):
        passed_s = time.monotonic() - began
        if swept.bad:
            tell(*swept.bad)
            return 1
        parts.append(swept)
        if len(parts) == len(SCENARIOS):
            progress.note(parts)
            parts.clear()
            tell(f"{passed_s:.0f} s: {progress.seeds:,} seeds, {progress.closes:,} closes, next {progress.next}")
        if given.minutes and passed_s > 60 * given.minutes:
            break
    return 0


if __name__ == "__main__":
    sys.exit(main())
