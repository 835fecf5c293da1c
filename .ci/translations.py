"""Brings resources/i18n/*.ts up to date with the texts in gui/: new ones unfinished, those no longer used left out.

    python .ci/translations.py [--check]

``--check`` changes nothing and fails when a file is not up to date. Like pylupdate6, which it stands in for, it reads
the calls of ``translate`` and ``QT_TRANSLATE_NOOP``; unlike it, it also knows the short name ``t`` that lists of
columns give ``translate``, and it writes no line numbers, so that a change of code is no change of words.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "i18n"
_CALLS = {"translate", "t", "QT_TRANSLATE_NOOP"}

Key = tuple[str, str]


def sources() -> list[Key]:
    """(context, text) of every text that the gui says, sorted: a move of code is no change of words."""
    found: dict[Key, None] = {}
    for path in sorted((ROOT / "gui").rglob("*.py")):
        found |= dict.fromkeys(_texts(ast.parse(path.read_text("utf-8"))))
    return sorted(found)


def _texts(tree: ast.Module) -> Iterator[Key]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in _CALLS:
            words = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            if len(words) == len(node.args) == 2:
                yield words[0], words[1]


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def translations(file: Path) -> dict[Key, tuple[str, bool]]:
    """(context, text) → translation and whether it is finished."""
    found = {}
    for context in ElementTree.parse(file).getroot().findall("context"):  # noqa: S314  # our own file
        for message in context.findall("message"):
            said = message.find("translation")
            assert said is not None
            key = context.findtext("name", ""), message.findtext("source", "")
            found[key] = said.text or "", said.get("type") is None
    return found


def document(language: str, wanted: list[Key], known: dict[Key, tuple[str, bool]]) -> str:
    """The file's text: every wanted text with the translation that is known."""
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context, name = ElementTree.Element("context"), ""
    for key in wanted:
        if key[0] != name:
            name = key[0]
            context = ElementTree.SubElement(root, "context")
            ElementTree.SubElement(context, "name").text = name
        message = ElementTree.SubElement(context, "message")
        ElementTree.SubElement(message, "source").text = key[1]
        words, is_finished = known.get(key, ("", False))
        ElementTree.SubElement(message, "translation", {} if is_finished else {"type": "unfinished"}).text = words
    ElementTree.indent(root, space="    ")
    body = ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n'


def main() -> int:
    """See the module."""
    is_check, late = "--check" in sys.argv[1:], []
    wanted = sources()
    for file in sorted(FOLDER.glob("*.ts")):
        known = translations(file)
        new = document(file.stem.rpartition("_")[2], wanted, known)
        open_ones = [key for key in wanted if not known.get(key, ("", False))[1]]
        if new != file.read_text("utf-8"):
            late.append(file.name)
            if not is_check:
                file.write_text(new, "utf-8")
        for context, words in open_ones:
            sys.stdout.write(f"{file.name}: {context}: {words!r} has no translation\n")
    if is_check and late:
        sys.stdout.write(f"not up to date: {', '.join(late)}; run make translations\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
