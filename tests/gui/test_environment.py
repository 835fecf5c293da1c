"""Where keys are at work can be seen at a glance: word, colour and the window's edge (P42)."""

import pytest

from gui import theme
from gui.bridge import Bridge
from gui.main_window import MainWindow
from gui.settings import WindowSettings


@pytest.mark.parametrize(
    ("environment", "token"), [("paper", "panel"), ("demo", "warning"), ("testnet", "warning"), ("live", "danger")]
)
def test_the_edge_has_the_environments_colour(qtbot, bridge: Bridge, environment: str, token: str) -> None:
    window = MainWindow(bridge, environment, "Main", WindowSettings(None))
    qtbot.addWidget(window)
    window.show()
    picture = window.top_bar.grab().toImage()
    wanted = theme.current()[token].rgb()
    assert {picture.pixel(x, 1) for x in range(0, picture.width(), 40)} == {wanted}
    assert picture.pixel(picture.width() // 2, 5) == theme.current().panel.rgb()
    window.hide()
