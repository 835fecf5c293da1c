"""The bridge: first change at once, the latest at a human pace, notices one by one, coroutines with their troubles."""

from __future__ import annotations

import asyncio
import itertools

from core.errors import AppError, Unreachable
from core.manager import PositionManager
from core.model import AuditEvent, Snapshot
from gui import bridge as bridge_module
from gui.bridge import Bridge
from tests.gui import samples


async def nowhere() -> object:
    """No exchange to be found."""
    raise Unreachable("unreachable")


async def settled(predicate) -> None:
    """Wait on the loop until something is so."""
    async with asyncio.timeout(60):
        while not predicate():
            await asyncio.sleep(0.001)


def test_the_first_change_is_shown_at_once_and_only_the_latest_of_a_burst_after_it(qtbot, bridge: Bridge) -> None:
    shown: list[Snapshot] = []
    bridge.frame.connect(shown.append)
    first = samples.snapshot(version=1)
    bridge.publish(first)
    qtbot.waitUntil(lambda: bool(shown), timeout=30_000)
    assert shown == [first]
    burst = [samples.snapshot(version=number) for number in range(2, 52)]
    for snapshot in burst:
        bridge.publish(snapshot)
    qtbot.waitUntil(lambda: shown[-1] is burst[-1], timeout=30_000)
    assert len(shown) <= 4
    assert bridge.snapshot is burst[-1]


def test_the_pace_follows_what_painting_costs(qtbot, bridge: Bridge) -> None:
    shown: list[float] = []
    bridge.frame.connect(lambda _: shown.append(bridge_module.time.perf_counter()))
    bridge.frame.connect(lambda _: bridge.painted(0.008))
    for version in range(1, 5):
        bridge.publish(samples.snapshot(version=version))
        qtbot.waitUntil(lambda wanted=version: len(shown) == wanted, timeout=30_000)
    gaps = [later - earlier for earlier, later in itertools.pairwise(shown[1:])]
    assert min(gaps) >= bridge_module.COST_FACTOR * 0.008 * 0.9


def test_one_dear_frame_among_cheap_ones_does_not_slow_the_pace(bridge: Bridge, monkeypatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr(bridge, "_rest", rests.append)
    for version, cost in enumerate((0.0, 0.009, 0.0, 0.009, 0.009), 1):
        bridge._newest = samples.snapshot(version=version)
        bridge._emit()
        bridge.painted(cost)
    assert [rest > 2 * bridge_module.SHORTEST_GAP_S for rest in rests[1::2]] == [False, False, False, False, True]


def test_one_slow_paint_does_not_hold_up_what_comes_after_it(qtbot, bridge: Bridge) -> None:
    shown: list[float] = []
    bridge.frame.connect(lambda _: shown.append(bridge_module.time.perf_counter()))
    bridge.painted(5.0)
    started = bridge_module.time.perf_counter()
    bridge.publish(samples.snapshot())
    qtbot.waitUntil(lambda: bool(shown), timeout=30_000)
    assert shown[0] - started < 0.5


def test_the_same_snapshot_twice_is_one_frame(qtbot, bridge: Bridge) -> None:
    shown: list[Snapshot] = []
    bridge.frame.connect(shown.append)
    snapshot = samples.snapshot()
    bridge.publish(snapshot)
    qtbot.waitUntil(lambda: bool(shown))
    bridge.publish(snapshot)
    qtbot.waitUntil(lambda: not bridge._timer.isActive())
    assert shown == [snapshot]


async def test_it_follows_a_manager_until_it_lets_go(qt_loop, bridge: Bridge) -> None:
    manager = PositionManager(nowhere, clock=samples.clock())
    shown: list[Snapshot] = []
    told: list[AuditEvent] = []
    bridge.frame.connect(shown.append)
    bridge.notice.connect(told.append)
    bridge.attach(manager)
    await settled(lambda: bool(shown))
    manager.set_armed(False)
    await settled(lambda: not shown[-1].is_armed)
    for code in ("link_lost", "link_back", "link_lost"):
        manager.engine.book.note(code, "warning")
    assert [line.code for line in told] == ["trading_locked", "link_lost", "link_back", "link_lost"]
    bridge.detach()
    count = len(shown)
    manager.set_armed(True)
    assert (len(shown), len(told)) == (count, 4)
    await manager.close()


async def test_no_snapshot_is_made_while_the_window_cannot_show_another_one(
    qt_loop, bridge: Bridge, monkeypatch
) -> None:
    monkeypatch.setattr(bridge_module, "LONGEST_GAP_S", 600.0)
    manager = PositionManager(nowhere, clock=samples.clock())
    bridge.attach(manager)
    await settled(lambda: bridge._shown is not None)
    made: list[Snapshot] = []
    manager.subscribe("snapshot", made.append)
    publisher = manager.engine.publisher
    bridge._former_cost_s = 100.0
    bridge.painted(100.0)
    publisher.soon(may_rest=True)
    assert not made
    publisher.soon()  # more than a price: it must not wait behind one
    await settled(lambda: len(made) == 1)
    bridge.detach()
    bridge.painted(100.0)  # the manager is no longer told
    manager.rest(0.0)
    publisher.soon(may_rest=True)
    await settled(lambda: len(made) == 2)
    await manager.close()


async def test_expected_trouble_and_bugs_go_different_ways(qt_loop, bridge: Bridge) -> None:
    failed: list[AppError] = []
    crashed: list[BaseException] = []
    bridge.failed.connect(failed.append)
    bridge.crashed.connect(crashed.append)

    async def bug() -> None:
        raise ZeroDivisionError

    bridge.start(nowhere())
    bridge.start(bug())
    await settled(lambda: failed and crashed)
    assert [error.code for error in failed] == ["unreachable"]
    assert isinstance(crashed[0], ZeroDivisionError)


async def test_a_task_is_kept_alive_and_ended_with_the_desk(qt_loop, bridge: Bridge) -> None:
    ended = asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    task = bridge.start(endless())
    bridge.start(endless())
    await asyncio.sleep(0)
    await bridge.finish(task)
    assert ended.is_set()
    assert not bridge._tasks
