"""The desk's language: which one the settings ask for, and its words out of a Qt Linguist file.

English is what the sources are written in and needs no file. Another language is a ``.ts`` file in resources/i18n,
read as it is when it is chosen: PyQt6 brings no ``lrelease``, and a thousand texts take a few milliseconds. Digits
and dates do not change with the language: the desk writes numbers as the exchange does.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from PyQt6.QtCore import QLibraryInfo, QLocale, QTranslator
from PyQt6.QtWidgets import QApplication

from gui import text
from gui.theme import RESOURCES

FOLDER: Final = RESOURCES / "i18n"
SYSTEM: Final = "system"
NATIVE: Final = "en"
# Each in its own words: whoever got lost in another language must find the way back.
NAMES: Final = {"en": "English", "it": "Italiano"}

_installed: list[QTranslator] = []
_spoken = NATIVE


class Catalogue(QTranslator):
    """The words of one ``.ts`` file."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._words = words_of(file)

    def isEmpty(self) -> bool:
        """Qt does not ask an empty translator."""
        return not self._words

    def translate(  # type: ignore[override]  # None is how Qt is told to ask the next translator
        self, context: str | None, source: str | None, _disambiguation: str | None = None, _n: int = -1
    ) -> str | None:
        """The words for a source text; None when it is not ours."""
        return self._words.get((context or "", source or ""))


def words_of(file: Path) -> dict[tuple[str, str], str]:
    """(context, source) → finished translation of a ``.ts`` file.

    Raises:
        ExpatError: it is no XML; OSError: it cannot be read. Both are the desk's own mistake: the files come with it.
    """
    from xml.parsers import expat  # only those who read another language pay for it

    found: dict[tuple[str, str], str] = {}
    said: dict[str, str] = {}
    letters: list[str] = []
    is_finished = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal is_finished
        letters.clear()
        is_finished = "type" not in attributes  # unfinished, obsolete or vanished

    def end(tag: str) -> None:
        said[tag] = "".join(letters)
        if tag == "translation" and is_finished and said[tag]:
            found[said["name"], said["source"]] = said[tag]

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = letters.append
    parser.Parse(file.read_bytes(), True)
    return found


def resolve(choice: str) -> str:
    """``en`` or ``it`` for a choice of the settings; the system's first language that the desk speaks."""
    if choice in NAMES:
        return choice
    spoken = (name.partition("-")[0] for name in QLocale.system().uiLanguages())
    return next((name for name in spoken if name in NAMES), NATIVE)


def spoken() -> str:
    """The language that is written in now."""
    return _spoken


def speak(app: QApplication, choice: str) -> bool:
    """Let everything that is written from now on be in a language; what is on the screen stays until it is rebuilt.

    Args:
        choice: ``system``, or a name of ``NAMES``.
    Returns:
        Whether it is another one than before.
    """
    global _spoken
    before, _spoken = _spoken, resolve(choice)
    while _installed:
        app.removeTranslator(_installed.pop())
    if _spoken != NATIVE:
        for translator in (_of_qt(_spoken), _of_desk(_spoken)):
            app.installTranslator(translator)
            _installed.append(translator)
    text.forget_words()
    return _spoken != before


@lru_cache(maxsize=4)
def _of_desk(language: str) -> QTranslator:
    return Catalogue(FOLDER / f"quarterdeck_{language}.ts")


@lru_cache(maxsize=4)
def _of_qt(language: str) -> QTranslator:
    """Qt's own words: buttons of its dialogs, the menu of a text field."""
    translator = QTranslator()
    translator.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    return translator
