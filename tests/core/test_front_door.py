"""The manager's front door is whole: what a thread may not call itself has a twin, and everything says what it does."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from core.manager import PositionManager

# For the loop's owner alone; ``reconcile`` is another name of ``reconcile_positions``.
OWNERS = {"run", "close", "reconcile"}


def public() -> dict[str, object]:
    """The manager's public attributes."""
    return {name: value for name, value in vars(PositionManager).items() if not name.startswith("_")}


def test_every_public_coroutine_has_a_twin_for_other_threads() -> None:
    coroutines = {name for name, value in public().items() if inspect.iscoroutinefunction(value)}
    assert {name for name in coroutines - OWNERS if f"{name}_threadsafe" not in public()} == set()


def test_every_twin_has_an_original_and_keeps_its_words() -> None:
    twins = {name: value for name, value in public().items() if name.endswith("_threadsafe")}
    assert len(twins) > 20
    for name, twin in twins.items():
        words = inspect.getdoc(getattr(PositionManager, name.removesuffix("_threadsafe")))
        assert words, name
        assert inspect.getdoc(twin) == words, name
        assert not inspect.iscoroutinefunction(twin), name


def test_the_guide_for_bots_names_everything_public() -> None:
    text = (Path(__file__).parents[2] / "docs" / "manager.md").read_text(encoding="utf-8")
    words = set(re.findall(r"`(?:await )?(\w+)", text))
    assert {name for name in public() if not name.endswith("_threadsafe")} - words == set()


def test_everything_public_says_what_it_does() -> None:
    for name, value in public().items():
        if callable(value) or isinstance(value, property):
            assert inspect.getdoc(value), name
