"""The desk's comfort on the paper exchange: fills are announced once, a lock keeps the exchange untouched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import BadValue
from core.model import PositionKey
from gui import text
from gui.comfort import announcer
from gui.comfort.notifications import Words
from gui.comfort.presence import Presence
from gui.dialogs.settings import SettingsDialog
from gui.settings import WindowSettings
from tests.paper_fixture import PaperProcess
from tests.stories.desk import managed
from tests.stories.window import SOL, Desk, click, held

LINK = PositionKey("linear", "LINKUSDT", 0)
PATIENCE_S = 60.0


@pytest.fixture(autouse=True)
def shown_again(dressed: None) -> Iterator[None]:
    """Money is shown again afterwards."""
    yield
    text.set_private(False)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real pause between announcements is 5 s: the order of events is the same in less."""
    monkeypatch.setattr(announcer, "GAP_S", 0.1)


@asynccontextmanager
async def present(exchange: PaperProcess, folder: Path, **kept: bool) -> AsyncIterator[tuple[Desk, Presence]]:
    """A desk that announces, with settings of its own."""
    settings = WindowSettings(folder)
    for name, is_on in kept.items():
        settings.keep(name.replace("__", "/"), is_on)
    async with managed(exchange) as manager:
        desk = Desk(manager, settings)
        try:
            await desk.shown(lambda: desk.window.comfort.presence is not None, PATIENCE_S)
            presence = desk.window.comfort.presence
            assert presence is not None
            await desk.shown(lambda: desk.window.facts.snapshot is not None, PATIENCE_S)
            yield desk, presence
        finally:
            desk.close()


def lines_said(presence: Presence, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every line of every announcement from now on; it is shown all the same.

    The last one alone tells too little: on a slow machine a lost link is announced as well, first or right after.
    """
    said: list[str] = []
    show = presence.notifier.show

    def noted(words: Words, *, is_critical: bool) -> None:
        said.extend(words.body.splitlines())
        show(words, is_critical=is_critical)

    monkeypatch.setattr(presence.notifier, "show", noted)
    return said


async def test_a_close_is_announced_once_without_its_amounts(
    exchange: PaperProcess, tmp_path: Path, qt_loop: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = {"notify__closed": True, "notify__partial_exit": True}
    async with present(exchange, tmp_path, **kinds) as (desk, presence):
        said = lines_said(presence, monkeypatch)
        half = desk.manager.get_position(LINK).size / 2
        await desk.manager.close_position(LINK, half)
        await desk.shown(lambda: "LINKUSDT: Partial exit (manual)" in said, PATIENCE_S)
        await desk.manager.close_position(LINK)
        # On a slow machine the reason may come later than the announcer waits for it: then it is said without.
        closed = {"LINKUSDT: Closed", "LINKUSDT: Closed (manual)"}
        await desk.shown(lambda: closed & set(said), PATIENCE_S)
        assert held(exchange, "LINKUSDT")["size"] == "0"
        await desk.manager.until(lambda s: any(line.code == "position_closed" for line in s.events), PATIENCE_S)
        # The proof is no second announcement, once nothing is due any more.
        await desk.shown(lambda: presence._popups.due_in(desk.bridge.clock.monotonic()) is None, PATIENCE_S)
        assert sum(line in closed for line in said) == 1


async def test_the_trays_menu_locks_and_the_exchange_sees_nothing(
    exchange: PaperProcess, tmp_path: Path, qt_loop: object
) -> None:
    async with present(exchange, tmp_path) as (desk, presence):
        before = held(exchange)["size"]
        desk.window.tick()
        presence.tray.lock_action.trigger()
        assert not desk.manager.snapshot.is_armed
        with pytest.raises(BadValue) as refused:
            await desk.manager.close_position(SOL)
        assert refused.value.code == "not_armed"
        assert held(exchange)["size"] == before
        await desk.shown(lambda: not desk.window.facts.snapshot.is_armed, PATIENCE_S)
        desk.window.tick()
        assert not presence.tray.lock_action.isEnabled()
        click(desk.window.top_bar.armed)  # only a person in the window arms
        await desk.shown(lambda: desk.manager.snapshot.is_armed, PATIENCE_S)


async def test_settings_reach_a_desk_that_is_live(exchange: PaperProcess, tmp_path: Path, qt_loop: object) -> None:
    async with present(exchange, tmp_path) as (desk, presence):
        desk.window.comfort.show_settings()
        dialog = desk.window.findChild(SettingsDialog)
        dialog.fields["guard_max_positions"].box.setChecked(True)
        dialog.fields["guard_max_positions"].edit.setText("1")
        dialog.fields["every_reconcile_s"].edit.setText("15")
        dialog.fields["private"].box.setChecked(True)
        reconciled = desk.manager.snapshot.links.reconciled_mono
        click(dialog.apply_button)
        await desk.manager.until(lambda s: s.links.reconciled_mono != reconciled, PATIENCE_S)
        await desk.manager.until(lambda s: any(a.kind == "too_many_positions" for a in s.alerts), PATIENCE_S)
        await desk.shown(lambda: "positions are open" in presence.notifier.last.body, PATIENCE_S)
        assert desk.window.top_bar.equity.value == text.HIDDEN
        assert desk.manager.guard_settings.max_positions == 1
        assert desk.manager.guard_settings.near_liquidation_pct == Decimal(5)
