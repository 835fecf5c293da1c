"""What the core must not contain, read from its source: clocks, chance, floats, stray tasks, codes without words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "core"
WORDS = (*sorted((ROOT / "gui").glob("*words.py")), *sorted((ROOT / "gui" / "dialogs").glob("*words.py")))

# Where the system's clock may be read, and chance be used: each with its reason.
CLOCKS = {"clock.py", "logs.py"}  # logs stamps its lines
CHANCE = {
    "files.py",  # names of temporary files
    "ids.py",  # order ids and the installation's
    "backoff.py",  # jitter of reconnects
    "bybit/limits.py",  # jitter after a limit
    "bybit/retries.py",  # jitter of a repeated read
    "vault/sealed.py",  # salt and nonce
    "vault/vault.py",  # names of entries
    "store/files.py",  # the ballast
}
FLOATS = {
    "analytics/period_report.py",  # a ratio for a chart, which never comes back
    "store/closed_index.py",  # what a filter compares with columns that are there to sort by
}
# Tasks beside a task group: each is awaited, and reports, by who made it.
TASKS = {"tasks.py", "reading.py", "sync.py", "tickers.py", "bybit/socket.py"}

CLOCK_CALLS = {
    "time",
    "time_ns",
    "monotonic",
    "monotonic_ns",
    "perf_counter",
    "perf_counter_ns",
    "now",
    "utcnow",
    "today",
}
CHANCE_MODULES = {"random", "secrets", "uuid"}


def sources() -> list[Path]:
    """The core's modules, the paper exchange aside: it is another program."""
    return [path for path in sorted(CORE.rglob("*.py")) if "paper" not in path.relative_to(CORE).parts]


def name_of(path: Path) -> str:
    return path.relative_to(CORE).as_posix()


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sources():
        yield name_of(path), ast.parse(path.read_text("utf-8"))


def called(tree: ast.AST) -> Iterator[tuple[ast.Call, str, str]]:
    """Every call with the object and the name it is called by: ``time.time()`` gives time, time."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute):
                owner = function.value.id if isinstance(function.value, ast.Name) else ""
                yield node, owner, function.attr
            elif isinstance(function, ast.Name):
                yield node, "", function.id


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_only_the_clock_reads_the_clock() -> None:
    found = set()
    for name, tree in trees():
        reads = any(owner in {"time", "datetime", "date"} and call in CLOCK_CALLS for _, owner, call in called(tree))
        if reads or "time" in imported(tree):
            found.add(name)
    assert found <= CLOCKS


def test_chance_is_used_where_it_is_meant() -> None:
    found = set()
    for name, tree in trees():
        draws = any(owner == "os" and call == "urandom" for _, owner, call in called(tree))
        if draws or imported(tree) & CHANCE_MODULES:
            found.add(name)
    assert found <= CHANCE


def test_no_amount_becomes_a_float() -> None:
    assert {
        name for name, tree in trees() for _, owner, call in called(tree) if (owner, call) == ("", "float")
    } <= FLOATS


def groups_of(tree: ast.AST) -> set[str]:
    """Names bound by ``async with asyncio.TaskGroup() as name``."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncWith):
            for item in node.items:
                call, name = item.context_expr, item.optional_vars
                is_group = isinstance(call, ast.Call) and ast.unparse(call.func).endswith("TaskGroup")
                if is_group and isinstance(name, ast.Name):
                    found.add(name.id)
    return found


def test_every_task_has_an_owner() -> None:
    """V33: a task that nobody awaits fails in silence."""
    found = set()
    for name, tree in trees():
        groups = groups_of(tree)
        for _, owner, call in called(tree):
            if call == "ensure_future" or (call == "create_task" and owner not in groups):
                found.add(name)
    assert found <= TASKS


def worded() -> set[str]:
    """Every key of every table of words."""
    found = set()
    for path in WORDS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Dict):
                found |= {
                    key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
                }
    return found


def text_of(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def keyword(call: ast.Call, name: str) -> str | None:
    return next((text_of(k.value) for k in call.keywords if k.arg == name), None)


def codes() -> Iterator[tuple[str, str]]:
    """(code, module) of what the core tells: notes, alerts, discrepancies, issues."""
    for name, tree in trees():
        for call, _, function in called(tree):
            first = text_of(call.args[0]) if call.args else None
            if function in {"note", "_note"} and first:
                yield first, name
            elif function == "Alert":
                kind = keyword(call, "kind")
                if kind:
                    yield f"alert_{kind}", name
            elif function == "Discrepancy":
                kind = keyword(call, "kind")
                if kind:
                    yield kind, name
            elif function == "Issue":
                code = keyword(call, "code")
                if code:
                    yield code, name


@pytest.mark.parametrize("code", sorted({code for code, _ in codes()}))
def test_every_code_has_words(code: str) -> None:
    assert code in worded()
