"""docs/security.md answers every S of the checklist and every promise about keys, by tests that exist or a section."""

import re
from functools import cache

import pytest

from tests.paper_fixture import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = {match[1]: match[2] for match in re.finditer(r"^\| ([SP]\d+) \| .* \| (.+) \|$", TEXT, re.MULTILINE)}
HEADINGS = set(re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE))
WANTED = [f"S{number}" for number in range(1, 51)] + [f"P{number}" for number in range(38, 43)]


@cache
def known_in(file: str) -> frozenset[str]:
    """The names of a file's tests."""
    return frozenset(re.findall(r"def (test_\w+)", (ROOT / file).read_text(encoding="utf-8")))


def missing(answer: str) -> list[str]:
    """What an answer names and is not there: files, tests behind their file, sections."""
    wrong = [name for name in re.findall(r'section "(.+?)"', answer) if name not in HEADINGS]
    file = ""
    for name in re.findall(r"`([^`]+)`", answer):
        if name.endswith(".py"):
            file = name
            wrong += [] if (ROOT / file).is_file() else [file]
        elif not file or name not in known_in(file):
            wrong.append(f"{file}: {name}")
    return wrong


def test_every_control_has_an_answer() -> None:
    assert list(ROWS) == WANTED
    assert [name for name, answer in ROWS.items() if "`test_" not in answer and 'section "' not in answer] == []


@pytest.mark.parametrize("name", WANTED)
def test_what_an_answer_names_is_there(name: str) -> None:
    assert missing(ROWS[name]) == []


def test_a_wrong_answer_is_seen() -> None:
    answer = '`tests/test_security_doc.py`: `test_no_such_thing`; `tests/nowhere.py`; section "Nothing of the kind"'
    assert len(missing(answer)) == 3
