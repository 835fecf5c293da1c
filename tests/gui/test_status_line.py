"""The status line: what stands in it, and what each part of it says when the pointer rests there."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QPoint, pyqtSignal
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget

from core.bybit import limits
from core.model import Hold
from gui.views.status_line import StatusLine
from tests.gui import samples


def line(qtbot, **links: object) -> StatusLine:
    """A status line that shows the sample links, some of them changed."""
    made = StatusLine()
    qtbot.addWidget(made)
    made.resize(1600, 30)
    made.show_health(samples.snapshot(links=samples.links(**links)), samples.NOW_MONO)
    made.show()
    return made


def words(status: StatusLine) -> list[str]:
    return [item.words for item in status.items]


def test_requests_are_shown_with_the_ceiling_that_the_limiter_keeps(qtbot) -> None:
    assert f"Requests 12/{limits.PER_SECOND:.0f} per s" in words(line(qtbot))


def test_what_is_held_back_stands_behind_the_links(qtbot) -> None:
    status = line(qtbot, holds=(Hold("all", "ip_banned", samples.NOW_MONO + 125),))
    assert words(status)[3] == "All requests wait 2m"
    assert "banned" in status.items[3].tip


def test_every_part_explains_itself_under_the_pointer(qtbot) -> None:
    status = line(qtbot)
    found = []
    for x in range(0, status.width() // 2, 3):
        item = status.item_at(x)
        if item is not None and item not in found:
            found.append(item)
    assert found == status.items
    assert all(item.tip for item in found)
    assert status.accessibleDescription().startswith("REST · last heard 2s ago")


def test_a_tooltip_comes_for_the_part_under_the_pointer_and_for_the_last_event(qtbot) -> None:
    status = line(qtbot)
    for x, said in ((20, "last heard 2s ago"), (status.width() - 20, "Stop loss moved")):
        at = QPoint(x, 15)
        QApplication.sendEvent(status, QHelpEvent(QEvent.Type.ToolTip, at, status.mapToGlobal(at)))
        qtbot.waitUntil(lambda said=said: said in QToolTip.text())
    QToolTip.hideText()


def test_where_there_is_little_room_figures_leave_before_states_and_warnings(qtbot) -> None:
    status = line(qtbot, holds=(Hold("write", "breaker_open", samples.NOW_MONO + 5),), frames_refused=2)
    assert status.visible_items == status.items
    status.resize(560, 30)
    kept = [item.words for item in status.visible_items]
    assert kept == ["REST", "Private stream", "Tickers", "Orders and stops wait 5s", "2 unreadable messages"]
    assert status.item_at(1) is None


def test_ages_that_nobody_sees_do_not_repaint_the_line(qtbot) -> None:
    status = line(qtbot)
    qtbot.waitExposed(status)
    with qtbot.waitSignal(Paints(status).painted, raising=True, timeout=30_000):
        status.update()
    watched = Paints(status)
    status.show_health(samples.snapshot(), samples.NOW_MONO + 1.5)
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    assert status.items[0].tip.startswith("REST · last heard 3s ago")
    assert watched.count == 0
    status.show_health(samples.snapshot(links=samples.links(requests_per_s=13)), samples.NOW_MONO + 1.5)
    qtbot.waitUntil(lambda: watched.count > 0)


class Paints(QObject):
    """Counts the repaints of a widget."""

    painted = pyqtSignal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, widget: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Paint:
            self.count += 1
            self.painted.emit()
        return False
