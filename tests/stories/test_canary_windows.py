"""S9, S14, P41: while a desk works on a secret, it is in no title, text, tooltip, clipboard, export or crash report."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLineEdit, QListWidget, QWidget

from core.secrets import Secret
from core.vault.vault import hide
from gui.crash import CrashDialog
from gui.dialogs.accounts import AccountsDialog
from gui.dialogs.credentials import CredentialsDialog
from gui.dialogs.settings import SettingsDialog
from gui.views.table_export import export
from tests.paper_fixture import PaperProcess
from tests.stories.desk import connection_to
from tests.stories.stored import accounts_on, store
from tests.stories.test_canary import disguises, found_in
from tests.stories.window import Desk, click, desk_on

TEXTS = ("windowTitle", "toolTip", "statusTip", "whatsThis", "accessibleName", "accessibleDescription")
TEXTS += ("placeholderText", "title", "toPlainText", "currentText")
PASSPHRASE = "cANARYpassphrase-77"


pytestmark = pytest.mark.usefixtures("dressed")


@pytest.fixture(scope="module")
def paper() -> Iterator[PaperProcess]:
    """One exchange for all: nothing is traded."""
    one = PaperProcess()
    yield one
    one.stop()


def shown(window: QWidget) -> str:
    """Every text that a window and what is in it would give to a reader, or to the system."""
    parts = []
    for widget in (window, *window.findChildren(QWidget)):
        # A field for a secret holds it, and shows dots; whatever else of it speaks must not tell.
        names = (*TEXTS, "displayText") if isinstance(widget, QLineEdit) else (*TEXTS, "text")
        for name in names:
            attribute = getattr(widget, name, None)
            value = attribute() if callable(attribute) else attribute
            if isinstance(value, str):
                parts.append(value)
        if isinstance(widget, QListWidget):
            parts += [widget.item(row).text() for row in range(widget.count())]
    return "\n".join(parts)


def leaks(text: str, secrets: dict[str, str]) -> list[str]:
    """Which secrets are in a text, in whichever form."""
    raw = text.encode("utf-8", "replace")
    return [f"{name} ({form})" for name, one in secrets.items() for form, cut in disguises(one).items() if cut in raw]


def exported(folder: Path) -> set[str]:
    """The tables that were written."""
    return {path.stem for path in folder.glob("*.csv")}


async def copied_and_exported(desk: Desk, folder: Path) -> str:
    """Every table on the clipboard and in a file; returns what was on the clipboard."""
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    seen = []
    for name in desk.window.tabs.names:
        desk.window.tabs.show_tab(name)
        view: Any = desk.window.tabs.panel(name).view
        view.selectAll()
        view.copy_rows()
        seen.append(clipboard.text())
        await export(view, folder / f"{name}.csv")
    return "\n".join(seen)


async def test_a_secret_is_nowhere_that_can_be_read(qt_loop: object, paper: PaperProcess, tmp_path: Path) -> None:
    secrets = {"api_secret": paper.api_secret, "control_token": paper.ready["control_token"]}
    async with desk_on(paper) as desk:
        window = desk.window
        clipboard = await copied_and_exported(desk, tmp_path)
        window.tabs.show_tab("positions")
        dialogs = [await desk.press("close")]
        dialogs[-1].reject()
        dialogs.append(await desk.press("edit_stops"))
        everything = shown(window)
        for top in QApplication.topLevelWidgets():
            everything += shown(top)
        dialogs[-1].reject()
        window.keep_layout()
    assert "SOLUSDT" in clipboard
    assert "Quarterdeck" in everything
    assert exported(tmp_path) == set(desk.window.tabs.names)
    assert leaks(clipboard + everything, secrets) == []
    assert found_in(tmp_path, secrets) == []


def type_in(dialog: Any, **fields: str) -> None:
    """Fill fields by keystrokes, and try to copy what was typed."""
    for name, value in fields.items():
        field = getattr(dialog, name)
        field.clear()
        QTest.keyClicks(field, value)
        for key in (Qt.Key.Key_A, Qt.Key.Key_C):
            QTest.keyClick(field, key, Qt.KeyboardModifier.ControlModifier)


def clipboard_text() -> str:
    """What could be pasted now."""
    clipboard = QGuiApplication.clipboard()
    return clipboard.text() if clipboard is not None else ""


async def test_no_dialog_tells_a_key_that_it_was_given(qt_loop: object, paper: PaperProcess, tmp_path: Path) -> None:
    """Accounts, credentials and settings, while a key is typed, tried, kept under a passphrase, and used."""
    accounts, told = accounts_on(paper, tmp_path), []
    client = await asyncio.to_thread(paper.new_client)
    _account, stored = await store(accounts, paper)
    secrets = {"typed": client.api_secret, "passphrase": PASSPHRASE, "stored": stored.api_secret}
    async with desk_on(paper) as desk:
        desk.window.opener.accounts(accounts, "paper", "Main", lambda _dialog: None)
        (dialog,) = desk.window.findChildren(AccountsDialog)
        dialog.list.setCurrentRow(1)
        click(dialog.add)
        (adding,) = dialog.findChildren(CredentialsDialog)
        click(adding.place._segments["file"])
        type_in(adding, name="Second", api_key=client.api_key, secret=client.api_secret)
        type_in(adding, passphrase=PASSPHRASE, again=PASSPHRASE)
        told += [shown(dialog), shown(adding), clipboard_text()]
        click(adding.frame.action)
        await desk.shown(lambda: adding.frame.action.text() == "Add account" and not adding.is_busy)
        adding.understood.setChecked(True)
        told += [shown(dialog), shown(adding), clipboard_text()]
        click(adding.frame.action)
        await desk.shown(lambda: adding.is_closed)
        await desk.shown(lambda: dialog.selected is not None and dialog.selected.name == "Second")
        click(dialog.test)
        await desk.shown(lambda: not dialog.is_busy)
        told.append(shown(dialog))
        dialog.reject()
        desk.window.comfort.show_settings()
        (settings,) = desk.window.findChildren(SettingsDialog)
        told += [shown(settings), *(shown(top) for top in QApplication.topLevelWidgets())]
        settings.reject()
    assert "Second" in "".join(told)
    assert leaks("".join(told), secrets) == []
    assert found_in(tmp_path, secrets) == []
    assert (tmp_path / "secrets.sealed").stat().st_size


def reachable(root: object) -> Iterator[object]:
    """Everything that an object leads to, but for code, classes, the loop and the test's own exchange."""
    left, seen = [root], {id(root)}
    while left:
        one = left.pop()
        yield one
        if isinstance(one, Secret | type | ModuleType | PaperProcess | asyncio.AbstractEventLoop):
            continue
        if isinstance(one, FunctionType):
            leads_to = [*(one.__closure__ or ()), one.__defaults__]
        else:
            leads_to = gc.get_referents(one)
        for other in leads_to:
            if id(other) not in seen:
                seen.add(id(other))
                left.append(other)


async def test_one_object_alone_holds_the_secret(qt_loop: object, paper: PaperProcess) -> None:
    """S13: a walk from the window over the manager to ccxt meets it inside ``Secret`` and nowhere else."""
    async with desk_on(paper) as desk:
        held, open_texts = 0, []
        for one in reachable([desk.window, desk.bridge, desk.manager]):
            if isinstance(one, Secret):
                held += one.reveal() == paper.api_secret
            elif isinstance(one, str | bytes) and paper.api_secret in (one if isinstance(one, str) else repr(one)):
                open_texts.append(type(one))
    assert held == 1
    assert open_texts == []


def test_a_crash_report_is_clean_however_it_is_taken(qtbot: Any, paper: PaperProcess) -> None:
    """S11: an error that quotes the secret in its text, cause and locals; on the screen and on the clipboard."""
    secret = connection_to(paper).api_secret
    hide(secret)
    try:
        carried = secret.reveal()
        try:
            raise ValueError(f"signing with {carried} failed")
        except ValueError as error:
            raise RuntimeError(f"twice: {carried[::-1]} {carried.encode().hex()}") from error
    except RuntimeError as trouble:
        dialog = CrashDialog(trouble)
    qtbot.addWidget(dialog)
    dialog._copy()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    for taken in (shown(dialog), clipboard.text()):
        assert leaks(taken, {"api_secret": carried}) == []
    assert "RuntimeError" in clipboard.text()
    assert "signing with" in clipboard.text()


def test_the_search_finds_a_secret_in_a_title(qtbot: Any) -> None:
    """The test above can fail."""
    window = QWidget()
    qtbot.addWidget(window)
    field = QLineEdit("x", window)
    field.setAccessibleName("holds cANARYsecretCANARY")
    assert leaks(shown(window), {"one": "cANARYsecretCANARY"}) == ["one (plain)", "one (quoted)"]
