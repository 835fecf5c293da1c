"""Languages: every text of the desk is in the files, complete and well formed; a choice is spoken at once."""

from __future__ import annotations

import ast
import importlib.util
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from PyQt6.QtCore import QLocale
from PyQt6.QtWidgets import QApplication, QDialogButtonBox

from gui import language, text
from gui.main_window import MainWindow
from gui.shortcuts import native
from tests.gui import samples

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / ".ci" / "translations.py"
ITALIAN = language.FOLDER / "quarterdeck_it.ts"


@pytest.fixture
def italian(qapp: QApplication) -> Iterator[None]:
    """The desk speaks Italian, and English again afterwards."""
    language.speak(qapp, "it")
    yield
    language.speak(qapp, "en")


def tool() -> ModuleType:
    """What ``make translations`` runs."""
    spec = importlib.util.spec_from_file_location("translations", TOOL)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def messages() -> dict[tuple[str, str], str]:
    """(context, source) → finished translation."""
    return {key: words for key, (words, is_finished) in tool().translations(ITALIAN).items() if is_finished}


def test_the_desk_reads_what_the_tool_writes() -> None:
    assert language.words_of(ITALIAN) == messages()


def placeholders(words: str) -> list[str]:
    """The fields of a text with their formats; a text with a broken brace does not get this far."""
    return sorted(f"{name}:{form}!{turn}" for _, name, form, turn in string.Formatter().parse(words) if name)


def test_every_translation_fills_the_same_places() -> None:
    wrong = {key: words for key, words in messages().items() if placeholders(key[1]) != placeholders(words)}
    assert wrong == {}


def test_translations_keep_what_frames_a_text() -> None:
    """Line breaks, spaces at the ends, the dots of a menu entry and the full stop of a sentence."""
    wrong = []
    for (context, source), words in messages().items():
        same = (
            source.count("\n") == words.count("\n"),
            re.match(r"\s*", source).group() == re.match(r"\s*", words).group(),  # type: ignore[union-attr]
            re.search(r"\s*$", source).group() == re.search(r"\s*$", words).group(),  # type: ignore[union-attr]
            source.endswith("…") == words.endswith("…"),
            not source.endswith(".") or words.endswith("."),  # an abbreviation may end with one
            source.isupper() == words.isupper(),
        )
        if not all(same):
            wrong.append((context, source, words))
    assert wrong == []


def test_no_text_is_taken_for_a_mnemonic_or_markup() -> None:
    for (_, source), words in messages().items():
        for said in (source, words):
            assert "&" not in said, said
            assert not re.search(r"<(?!-10)", said), said  # a comparison in the words about filters


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call of ``translate`` or of the short name for it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"translate", "t"}:
            yield node


def test_texts_are_asked_for_as_the_tool_can_read_them() -> None:
    """A context and a text without f-strings and sums; a table's entry where it was marked by QT_TRANSLATE_NOOP."""
    odd = []
    for path in sorted((ROOT / "gui").rglob("*.py")):
        for call in calls(ast.parse(path.read_text("utf-8"))):
            words = call.args[1]
            is_built = isinstance(words, ast.JoinedStr | ast.BinOp)
            if (
                is_built
                or len(call.args) != 2
                or call.keywords
                or not isinstance(call.args[0], ast.Constant | ast.Name)
            ):
                odd.append(f"{path.name}:{call.lineno}")
    assert odd == []


def test_no_text_is_fixed_while_a_module_is_loaded() -> None:
    """Modules are loaded before the language is chosen."""
    fixed = []
    for path in sorted((ROOT / "gui").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        inside = {id(call) for node in functions for call in calls(node)}
        fixed += [f"{path.name}:{call.lineno}" for call in calls(tree) if id(call) not in inside]
    assert fixed == []


def test_a_choice_is_spoken_at_once_and_taken_back(qapp: QApplication, italian: None) -> None:
    assert text.translate("Form", "Cancel") == "Annulla"
    assert text.translate("Nowhere", "Cancel") == "Cancel"
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Discard)
    assert [button.text() for button in buttons.buttons()] == ["Scarta"]
    language.speak(qapp, "en")
    assert text.translate("Form", "Cancel") == "Cancel"


def test_keys_are_called_as_on_the_keyboards_of_the_language(italian: None) -> None:
    assert [native(keys) for keys in ("Enter", "Del", "Space", "Ctrl+C")] == ["Invio", "Canc", "Spazio", "Ctrl+C"]


def test_the_system_is_followed_where_its_language_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    for spoken, chosen in ((["it-Latn-IT", "it"], "it"), (["de-DE", "it"], "it"), (["ja"], "en"), ([], "en")):
        monkeypatch.setattr(QLocale, "uiLanguages", lambda _self, spoken=spoken: spoken)
        assert language.resolve("system") == chosen
        assert language.resolve("en") == "en"
        assert language.resolve("it") == "it"


def test_the_window_is_in_italian(qtbot, italian: None, bridge, window: MainWindow) -> None:  # type: ignore[no-untyped-def]
    bridge.publish(samples.snapshot())
    qtbot.waitUntil(lambda: window.facts.snapshot is not None)
    assert window.tabs.strip.tabText(0) == "Posizioni"
    titles = [" ".join(column.titles) for column in window.tabs.positions.table.columns]
    assert "PnL non realizz. ROE" in titles
    assert window.top_bar.armed.text() in {"Trading abilitato", "Trading bloccato"}


def test_the_files_hold_every_text_and_no_other_all_of_them_finished() -> None:
    """Where this fails, ``make translations`` says what is missing."""
    done = subprocess.run([sys.executable, TOOL, "--check"], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")
    assert len(messages()) > 1_000
