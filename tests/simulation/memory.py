"""How much memory is held by whom: every object that can be reached from something, weighed once, in bytes.

What is counted is what the interpreter knows: objects and their own buffers (``sys.getsizeof``). The allocator's slack
and what a library keeps in C (SQLite's pages) are not; the resident memory of the process shows those.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

STATM = Path("/proc/self/statm")
MEGABYTE = 2**20
_PROGRAM = (type, ModuleType, CodeType, BuiltinFunctionType, asyncio.AbstractEventLoop)


def resident_mb() -> float:
    """Resident memory of this process; 0 where the system does not tell."""
    gc.collect()
    if not STATM.exists():
        return 0.0
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


class Scales:
    """Weighs what belongs to one party. ``is_foreign`` tells by an object's module whether it is somebody else's."""

    def __init__(self, is_foreign: Callable[[str], bool]) -> None:
        self._is_foreign = is_foreign

    def weigh(self, roots: Iterable[tuple[str, Any]]) -> Counter[str]:
        """Bytes by owner: the nearest class of ours on the way to an object, or the name of the root.

        Rubbish is not counted, collected or not: nothing leads to it.
        """
        found: Counter[str] = Counter()
        seen: set[int] = set()
        todo: list[tuple[Any, str]] = [(root, name) for name, root in roots]
        while todo:
            one, owner = todo.pop()
            if id(one) in seen or self._stops_at(one):
                continue
            seen.add(id(one))
            owner = _owner(one) or owner
            found[owner] += sys.getsizeof(one)
            todo += [(part, owner) for part in _parts(one)]
        return found

    def _stops_at(self, one: Any) -> bool:
        kind = type(one)
        return isinstance(one, _PROGRAM) or self._is_foreign(kind.__module__ or "")


def _owner(one: Any) -> str:
    module = type(one).__module__
    return f"{module}.{type(one).__qualname__}" if module.startswith("core.") else ""


def _parts(one: Any) -> list[Any]:
    """What it keeps alive; of a function not the module that it was written in."""
    if isinstance(one, FunctionType):
        return [one.__closure__, one.__defaults__, one.__kwdefaults__]
    return gc.get_referents(one)


def globals_of(prefix: str, but: str) -> list[tuple[str, Any]]:
    """What the modules under a name keep themselves."""
    return [
        (f"{name}.{variable}", value)
        for name, module in list(sys.modules.items())
        if name.startswith(prefix) and not name.startswith(but)
        for variable, value in vars(module).items()
    ]
