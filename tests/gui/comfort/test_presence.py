"""The desk beside its window: tray, announcements, sounds, the idle lock, and what is kept out of recordings."""

from __future__ import annotations

import struct
import sys
import wave
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PyQt6.QtGui import QImage, QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QSystemTrayIcon

from core.clock import ManualClock
from core.errors import Unreachable
from core.manager import PositionManager
from core.model import AuditEvent
from gui import text
from gui.bridge import Bridge
from gui.comfort import capture
from gui.comfort.presence import Presence
from gui.comfort.sounds import FOLDER, NAMES, Sounds
from gui.comfort.tray import Tray, TrayState, pixmap_of, state_of
from gui.main_window import MainWindow
from gui.settings import WindowSettings
from tests.gui import make_sounds, samples

TOUCHES = {
    "key": lambda: QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier),
    "mouse": lambda: QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(40, 40),
        QPointF(40, 40),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    ),
}


@pytest.fixture
def settings(tmp_path: Path) -> WindowSettings:
    return WindowSettings(tmp_path)


@pytest.fixture
def desk(qtbot, bridge: Bridge, settings: WindowSettings) -> Iterator[MainWindow]:
    """The window with its presence and the sample snapshot."""
    made = MainWindow(bridge, "paper", "Main", settings)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: made.comfort.presence is not None, timeout=30_000)
    snapshot = samples.snapshot()
    bridge.publish(snapshot)
    qtbot.waitUntil(lambda: made.facts.snapshot is snapshot, timeout=30_000)
    yield made
    text.set_private(False)
    made.hide()


@pytest.fixture
def presence(desk: MainWindow) -> Presence:
    assert desk.comfort.presence is not None
    return desk.comfort.presence


async def manager_of(bridge: Bridge) -> PositionManager:
    """A manager that never finds its exchange; armed, as on paper."""

    async def nowhere() -> object:
        raise Unreachable("unreachable")

    made = PositionManager(nowhere, clock=samples.clock())
    made.set_armed(True)
    bridge.manager = made
    return made


# ---- the tray


def test_the_icon_says_link_count_and_sign(clock: ManualClock) -> None:
    state = state_of(samples.snapshot(), clock.monotonic())
    assert (state.link, state.positions, state.sign) == ("up", len(samples.positions()), "up")
    losing = state_of(samples.snapshot(unrealised_pnl=Decimal(-3)), clock.monotonic())
    assert losing.sign == "down"
    assert state_of(samples.snapshot(links=samples.lost_links()), clock.monotonic()).link == "down"
    assert state_of(None, clock.monotonic()).positions is None


def test_figures_that_are_not_live_are_marked(clock: ManualClock) -> None:
    clock.advance(60)
    state = state_of(samples.snapshot(), clock.monotonic())
    assert (state.is_live, state.said) == (False, "Stale")


def test_every_state_is_drawn_differently_even_without_colour() -> None:
    states = [
        TrayState("up", "", 6, "up"),
        TrayState("up", "", 6, "down"),
        TrayState("up", "", 6, "text"),
        TrayState("up", "", 6, ""),
        TrayState("up", "", 60, "up"),
        TrayState("up", "", 160, "up"),
        TrayState("warning", "", 6, "up"),
        TrayState("down", "", 6, "up"),
        TrayState("muted", "", None, ""),
    ]
    for size in (16, 64):
        drawn = [pixmap_of(state, size).toImage().convertToFormat(QImage.Format.Format_Grayscale8) for state in states]
        for number, one in enumerate(drawn):
            assert all(one != other for other in drawn[number + 1 :]), (size, states[number])


def test_the_tray_carries_no_amount_and_no_sign_while_money_is_hidden(clock: ManualClock, qapp) -> None:
    tray = Tray("paper")
    tray.show_state(state_of(samples.snapshot(), clock.monotonic()), True)
    said = [tray.icon.toolTip(), *(action.text() for action in tray.menu.actions())]
    assert "Open positions: 6" in tray.icon.toolTip()
    assert "." not in "".join(said).replace("…", "")
    text.set_private(True)
    assert state_of(samples.snapshot(), clock.monotonic()).sign == ""
    text.set_private(False)


def test_an_unchanged_state_is_not_drawn_again(clock: ManualClock, qapp) -> None:
    tray = Tray("paper")
    tray.show_state(state_of(samples.snapshot(), clock.monotonic()), True)
    drawn = tray.icon.icon().cacheKey()
    clock.advance(1)
    tray.show_state(state_of(samples.snapshot(), clock.monotonic()), True)
    assert tray.icon.icon().cacheKey() == drawn


def test_without_a_tray_the_window_cannot_be_lost(desk: MainWindow, presence: Presence) -> None:
    assert not presence.tray.is_shown  # the offscreen platform has no tray
    presence.show_window(False)
    assert desk.isVisible()
    desk.hide()
    presence._is_put_away = True  # as with a tray that has left since
    desk.tick()
    assert desk.isVisible()
    desk.hide()  # by whoever ends the desk: that one knows why
    desk.tick()
    assert not desk.isVisible()


def test_a_click_on_the_icon_asks_for_the_window_once_even_when_it_is_a_double_click(qtbot) -> None:
    tray = Tray("paper")
    tray.show_state(TrayState(), False)
    how = QSystemTrayIcon.ActivationReason
    with qtbot.waitSignal(tray.show_asked) as asked:
        tray.icon.activated.emit(how.Trigger)
    assert asked.args == [True]
    tray.show_state(TrayState(), True)
    with qtbot.assertNotEmitted(tray.show_asked):
        tray.icon.activated.emit(how.DoubleClick)
        tray.icon.activated.emit(how.Context)
    with qtbot.waitSignal(tray.show_asked) as asked:
        tray.icon.messageClicked.emit()
    assert asked.args == [True]


async def test_the_menu_locks_hides_and_quits_but_never_arms(
    qt_loop, qtbot, desk: MainWindow, presence: Presence, bridge: Bridge
) -> None:
    manager = await manager_of(bridge)
    tray = presence.tray
    desk.tick()
    assert (tray.lock_action.text(), tray.lock_action.isEnabled()) == ("Lock trading", True)
    tray.lock_action.trigger()
    assert not manager.snapshot.is_armed
    bridge.publish(manager.snapshot)
    desk.tick()
    assert (tray.lock_action.text(), tray.lock_action.isEnabled()) == ("Trading is locked", False)
    tray.privacy_action.trigger()
    assert text.is_private()
    assert tray.privacy_action.text() == "Show money and sizes"
    with qtbot.waitSignal(desk.quit_asked):
        tray.quit_action.trigger()
    await manager.close()


# ---- announcements


def told(code: str, **details: object) -> AuditEvent:
    return AuditEvent(ts_ms=1, code=code, severity="warning", key=samples.positions()[0].key, details=details)


def test_a_critical_line_is_announced_and_rings(desk: MainWindow, presence: Presence, bridge: Bridge) -> None:
    bridge.notice.emit(told("position_opened", side="Buy"))
    assert presence.notifier.last.body == ""
    bridge.notice.emit(told("command_unknown", kind="close"))
    assert "outcome unknown" in presence.notifier.last.body
    assert presence.notifier.way == ""  # no tray, no bus: the window's own bar and the task bar call
    assert not presence._timer.isActive()


def test_what_follows_is_merged_after_the_pause(presence: Presence, bridge: Bridge, clock: ManualClock) -> None:
    for _ in range(7):
        bridge.notice.emit(told("command_refused", kind="close", ret_code=110001))
    assert "more" not in presence.notifier.last.body
    assert presence._timer.isActive()
    clock.advance(6)
    presence._announce()
    assert presence.notifier.last.body.endswith("3 more")
    assert not presence._timer.isActive()


def test_each_kind_is_switched_on_its_own_and_at_once(
    presence: Presence, bridge: Bridge, settings: WindowSettings
) -> None:
    settings.keep("notify/command", False)
    settings.keep("notify/opened", True)
    presence.apply()
    bridge.notice.emit(told("command_unknown", kind="close"))
    assert presence.notifier.last.body == ""
    bridge.notice.emit(told("position_opened", side="Buy", size=Decimal(3)))
    assert "Opened, Long" in presence.notifier.last.body


def test_amounts_are_announced_only_when_asked_for(
    desk: MainWindow, presence: Presence, bridge: Bridge, settings: WindowSettings
) -> None:
    settings.keep("notify/opened", True)
    settings.keep("announce_amounts", True)
    presence.apply()
    desk.comfort.set_private(True)
    bridge.notice.emit(told("position_opened", side="Buy", size=Decimal("7.5"), entry_price=Decimal(3)))
    assert presence.notifier.last.body.endswith("Opened, Long")


# ---- sounds


@pytest.mark.parametrize("name", NAMES)
def test_the_sounds_are_short_quiet_and_what_their_maker_makes(name: str) -> None:
    with wave.open(str(FOLDER / f"{name}.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        samples_kept = struct.unpack(f"<{file.getnframes()}h", file.readframes(file.getnframes()))
        assert file.getnframes() / file.getframerate() < 0.6
    assert max(map(abs, samples_kept)) < 0.36 * 32_768
    made = make_sounds.samples_of(name)
    assert len(made) == len(samples_kept)
    assert all(abs(one - other) <= 1 for one, other in zip(made, samples_kept, strict=True))


def test_a_sound_is_played_by_a_process_of_its_own_or_the_beep_stands_in(qtbot, monkeypatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent")  # whatever machine this is: silence
    monkeypatch.setenv("PIPEWIRE_REMOTE", "nonexistent")
    sounds = Sounds()
    sounds.play("alarm")
    assert sounds.is_playing
    sounds.play("note")  # left out
    qtbot.waitUntil(lambda: not sounds.is_playing, timeout=30_000)
    assert sounds.beeps + sounds.played == 1


def test_leaving_silences_it_without_a_beep(qapp) -> None:
    sounds = Sounds()
    sounds.play("alarm")
    sounds.close()
    assert not sounds.is_playing
    assert (sounds.beeps, sounds.played) == (0, 0)


def test_the_desks_own_process_brings_no_decoders_in(presence: Presence, bridge: Bridge) -> None:
    bridge.notice.emit(told("command_unknown", kind="close"))
    assert presence.sounds.last == "alarm"
    assert "PyQt6.QtMultimedia" not in sys.modules


# ---- the idle lock


async def test_trading_is_locked_after_a_quarter_of_an_hour_without_input(
    qt_loop, desk: MainWindow, presence: Presence, bridge: Bridge, clock: ManualClock
) -> None:
    manager = await manager_of(bridge)
    bridge.publish(manager.snapshot)
    clock.advance(14 * 60)
    desk.tick()
    assert manager.snapshot.is_armed
    clock.advance(61)
    desk.tick()
    assert not manager.snapshot.is_armed
    assert "15 minutes" in desk.tabs.notice.label.text()
    assert not text.is_private()
    await manager.close()


@pytest.mark.parametrize("touch", TOUCHES)
async def test_input_keeps_it_open(
    qt_loop, desk: MainWindow, presence: Presence, bridge: Bridge, clock: ManualClock, touch: str
) -> None:
    manager = await manager_of(bridge)
    bridge.publish(manager.snapshot)
    clock.advance(14 * 60)
    # Sent, not clicked: QTest runs Qt's events meanwhile, and a task that these wake inside this one is lost.
    QCoreApplication.sendEvent(desk.windowHandle(), TOUCHES[touch]())
    clock.advance(14 * 60)
    desk.tick()
    assert manager.snapshot.is_armed
    await manager.close()


async def test_it_can_be_switched_off_and_can_hide_money(
    qt_loop, desk: MainWindow, presence: Presence, bridge: Bridge, clock: ManualClock, settings: WindowSettings
) -> None:
    manager = await manager_of(bridge)
    bridge.publish(manager.snapshot)
    settings.keep("idle_lock_min", 0)
    presence.apply()
    clock.advance(9 * 3600)
    desk.tick()
    assert manager.snapshot.is_armed
    settings.keep("idle_lock_min", 30)
    settings.keep("idle_hides", True)
    settings.keep("idle_asks", False)
    presence.apply()
    desk.tick()
    assert not manager.snapshot.is_armed
    assert text.is_private()
    desk.comfort.show_settings()
    assert text.is_private(), "nothing is asked, and nothing but the key for it brings money back"
    desk.comfort.toggle_private()
    assert not text.is_private()
    await manager.close()


# ---- recordings


@pytest.mark.parametrize(("system", "is_possible"), [("linux", False), ("win32", True), ("darwin", True)])
def test_only_systems_that_can_are_asked(monkeypatch: pytest.MonkeyPatch, system: str, is_possible: bool) -> None:
    monkeypatch.setattr(capture.sys, "platform", system)
    assert capture.is_possible() is is_possible
