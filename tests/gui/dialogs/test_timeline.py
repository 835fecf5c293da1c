"""The story of a command: every step with its time, what is still to come, and a retry under the same id."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialog

from gui.bridge import Bridge
from gui.dialogs.timeline import TimelineDialog
from gui.main_window import MainWindow
from gui.models.timeline import story
from gui.settings import WindowSettings
from tests.gui import samples
from tests.gui.dialogs.desk import until
from tests.gui.dialogs.states import STATES, story_lines

Opened = Callable[[QDialog], None]


def told(dialog: TimelineDialog) -> list[tuple[str, str, str]]:
    """Step, time after the first, words."""
    table = dialog.table
    return [tuple(table.words(row, n)[0] for n in (0, 2, 3)) for row in range(table.rowCount())]  # type: ignore[misc]


async def test_the_story_of_a_close(opened: Opened) -> None:
    _, dialog = STATES["timeline-done"]()
    opened(dialog)
    assert told(dialog) == [
        ("Asked", "0 ms", "10.0, manual"),
        ("Written down", "40 ms", "on this computer's disk, before anything was sent"),
        ("Sent", "80 ms", "attempt 1"),
        ("Answered", "120 ms", "accepted after 38 ms; that is not done yet"),
        ("Evidence", "200 ms", "order Filled, filled 10.0"),
        ("Verdict", "240 ms", "done"),
    ]
    assert dialog.frame.name.text == "SOLUSDT · Close position 10.0"
    assert dialog.frame.status.text() == "done"
    assert dialog.frame.action.isHidden()


async def test_what_is_still_to_come_is_named_and_then_told(opened: Opened) -> None:
    desk, dialog = STATES["timeline-unknown"]()
    opened(dialog)
    assert told(dialog)[-3:] == [
        ("Answered", "120 ms", "no clear answer in 38 ms; Bybit is asked by its id"),
        ("Evidence", "—", "not yet"),
        ("Verdict", "—", "not yet"),
    ]
    assert "not known whether Bybit carried this out" in dialog.frame.trouble.text
    done = msgspec.structs.replace(desk.snapshot.commands[0], state="done", filled_qty=samples.D("10.0"))
    lines = story_lines("asked", "journalled", "sent", "answered/unknown", "unknown", "evidence", "done")
    desk.change(events=lines, commands=(done,))
    assert told(dialog)[-2:] == [("Evidence", "200 ms", "order Filled, filled 10.0"), ("Verdict", "240 ms", "done")]
    assert dialog.frame.trouble.isHidden()


async def test_a_retry_is_part_of_the_same_story(opened: Opened) -> None:
    _, dialog = STATES["timeline-no-trace"]()
    opened(dialog)
    assert [words for step, _, words in told(dialog) if step == "Sent"] == [
        "attempt 1", "asked for once more, under the same id", "attempt 1",
    ]  # fmt: skip
    assert dialog.frame.summary.text() == "sent 2 times, always under the same id"
    assert dialog.frame.trouble.text.startswith("No trace of the order after 3 checks.")


def test_other_commands_and_other_events_are_not_part_of_it() -> None:
    mine = story_lines("asked", "sent")
    others = story_lines("asked", "done", command_id="c-2")
    steps = story((*others, *mine, *samples.events()), "c-1", None)
    assert [step.name for step in steps] == ["Asked", "Sent"]


async def test_a_story_older_than_the_memory_says_so(opened: Opened) -> None:
    desk, dialog = STATES["timeline-done"]()
    opened(dialog)
    desk.change(events=(), commands=())
    assert dialog.table.rowCount() == 0
    assert dialog.view._placeholder == "The trail in memory no longer reaches back to this command"


async def test_enter_on_an_event_opens_its_story(qt_loop: object) -> None:
    bridge = Bridge(clock=samples.clock())
    window = MainWindow(bridge, "paper", "Main", WindowSettings(None))
    window.show()
    snapshot = samples.snapshot(events=(*story_lines("asked", "sent"), *samples.events()))
    bridge.publish(snapshot)
    await until(lambda: window.facts.snapshot is snapshot)
    window.tabs.show_tab("events")
    view = window.tabs.present.view
    for row, opens in ((0, True), (2, False)):  # the third event is about no command
        view.select_key(view.table.key(row))
        QTest.keyClick(view, Qt.Key.Key_Return)
        dialog = window.findChild(TimelineDialog)
        assert (dialog is not None) == opens
        if dialog is not None:
            assert [step for step, _, _ in told(dialog)] == ["Asked", "Sent"]
            dialog.reject()
            await until(lambda: window.findChild(TimelineDialog) is None)
    window.close()
    window.deleteLater()
