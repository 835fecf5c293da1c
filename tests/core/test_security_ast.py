"""What our own source must never contain: S1, S12, S19, S25, S27, S29, S34, S38, S39, S46; and no floats for money.

Each ban is a function over a syntax tree; each is tried on a planted offence as well, so that it is known to see.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "main.py", *sorted((ROOT / "core").rglob("*.py")), *sorted((ROOT / "gui").rglob("*.py"))]

Finder = Callable[[ast.AST], Iterator[ast.AST]]

OPAQUE_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle", "pyqtgraph.console"}
OPAQUE_MODULES |= {"pyqtgraph.configfile", "pdb", "code", "codeop"}
RAW_TEXT_CLASSES = {"QLabel", "QMessageBox", "QErrorMessage", "QTextBrowser", "QTextEdit", "QToolTip", "QWhatsThis"}
MARKUP_CALLS = {"setHtml", "addLegend", "setMarkdown", "insertHtml", "appendHtml", "fromHtml"}
PYQTGRAPH_MARKUP = {"LabelItem", "TextItem", "LegendItem", "AxisItem", "PlotItem", "PlotWidget"}
NETWORK = {"socket", "aiohttp", "urllib", "urllib3", "http", "requests", "smtplib", "ftplib", "ssl", "ccxt", "httpx"}
NETWORK |= {"websockets", "xmlrpc", "socketserver", "telnetlib", "poplib", "imaplib", "webbrowser", "antigravity"}
STREAMS = {"open_connection", "create_connection", "create_datagram_endpoint", "start_server", "create_server"}
# Parts of Qt that dial out, and classes of the other parts that fetch what an address names.
QT_NETWORK = ("QtNetwork", "QtWeb", "QtQml", "QtQuick", "QtRemoteObjects", "QtBluetooth", "QtNfc", "QtPositioning")
FETCHERS = {"QNetworkAccessManager", "QTcpSocket", "QUdpSocket", "QSslSocket", "QMediaPlayer", "QDesktopServices"}
EXECUTES = {"execute", "executemany", "executescript", "exec_driver_sql"}

# Constants, a number (:d), and the names of our own tables and columns (core/store/tables.py); nothing from outside.
REVIEWED = {
    "f'PRAGMA application_id = {APPLICATION_ID}'",
    "f'PRAGMA user_version = {step.version:d}'",
    "f'PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}'",
    "f'PRAGMA synchronous = {wanted}'",
    "f'SELECT coalesce(max(row_id), 0) FROM {table}'",
    "f'INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})'",
}

# Modules that know money. core/paper makes up prices and keeps the older bot's float format; it is an exchange.
MONEY = "actions book bot_files commands equity evidence events executions formulas guards intents legs limits lives"
MONEY += " fills ledger order_legs position_trail snapshots tapes"
MONEY += " model money orders reconcile report rows sweep trades store bybit/translate bybit/bodies bybit/fields"


@lru_cache(maxsize=1)
def nodes(tree: ast.AST) -> list[ast.AST]:
    """Everything in a tree; the finders look through the same one after another."""
    return list(ast.walk(tree))


def dotted(node: ast.AST) -> str:
    """``a.b.c`` of an attribute chain; the part that is not a name is left out."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """All calls."""
    return (node for node in nodes(tree) if isinstance(node, ast.Call))


def last_name(node: ast.Call) -> str:
    """What is called, without what it belongs to."""
    return dotted(node.func).rpartition(".")[2]


def imported(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every imported name in full: ``module`` and ``module.name``; what ``import_module`` is given too."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or ""
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and last_name(node) in {"import_module", "__import__"}:
            yield from ((node, arg.value) for arg in node.args if isinstance(arg, ast.Constant))


def unverified_tls(tree: ast.AST) -> Iterator[ast.AST]:
    """S19: nothing can switch the verification of certificates off."""
    for call in calls(tree):
        for word in call.keywords:
            off = isinstance(word.value, ast.Constant) and word.value.value is False
            if off and word.arg in {"verify", "ssl", "verify_ssl", "check_hostname"}:
                yield call
        if last_name(call) == "_create_unverified_context":
            yield call
    for node in nodes(tree):
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node).rpartition(".")[2] in {
            "CERT_NONE",
            "CERT_OPTIONAL",
        }:
            yield node
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value is False:
            names = {dotted(target).rpartition(".")[2] for target in node.targets}
            if names & {"verify", "check_hostname"}:
                yield node


def raw_text_widgets(tree: ast.AST) -> Iterator[ast.AST]:
    """S27: Qt's own labels take whatever looks like markup for markup. gui/widgets/labels.py has the plain one."""
    for node, name in imported(tree):
        if name.rpartition(".")[2] in RAW_TEXT_CLASSES:
            yield node
    yield from (node for node in nodes(tree) if isinstance(node, ast.Attribute) and node.attr in RAW_TEXT_CLASSES)


def markup_sinks(tree: ast.AST) -> Iterator[ast.AST]:
    """S29: calls and pyqtgraph classes that read their text as HTML."""
    yield from (call for call in calls(tree) if last_name(call) in MARKUP_CALLS | PYQTGRAPH_MARKUP)
    for node, name in imported(tree):
        if name.startswith("pyqtgraph.") and name.rpartition(".")[2] in PYQTGRAPH_MARKUP:
            yield node
    for node in nodes(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"RichText", "AutoText", "MarkdownText"}:
            yield node


def composed_sql(tree: ast.AST) -> Iterator[ast.AST]:
    """S34: a statement is a literal, a constant or SQLAlchemy's own object; it is never put together from text.

    PRAGMA and names of tables take no parameters: REVIEWED lists the statements that are filled with our own words.
    """
    for call in calls(tree):
        is_statement = last_name(call) in EXECUTES or dotted(call.func) in {"text", "sqlalchemy.text"}
        if is_statement and call.args and is_composed(call.args[0]) and ast.unparse(call.args[0]) not in REVIEWED:
            yield call


def is_composed(node: ast.AST) -> bool:
    """Text made of parts: f-string, ``+``, ``%``, ``format`` or ``join``."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod)
    return isinstance(node, ast.Call) and last_name(node) in {"format", "join", "replace", "format_map"}


def code_from_data(tree: ast.AST) -> Iterator[ast.AST]:
    """S39: nothing turns data into code or objects, nothing goes through a shell."""
    for node, name in imported(tree):
        if name in OPAQUE_MODULES or name.split(".")[0] in OPAQUE_MODULES or name == "yaml.load":
            yield node
    for call in calls(tree):
        name = dotted(call.func)
        is_code = name in {"eval", "exec", "compile", "builtins.eval", "builtins.exec", "__import__"}
        is_shell = name in {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
        is_shell |= last_name(call) == "create_subprocess_shell"
        is_shell |= any(
            word.arg == "shell" and not (isinstance(word.value, ast.Constant) and word.value.value is False)
            for word in call.keywords
        )
        if is_code or is_shell or name == "yaml.load":
            yield call


def computed_imports(tree: ast.AST) -> Iterator[ast.AST]:
    """S39, S46: what is imported stands in the source; no data names it."""
    for call in calls(tree):
        if last_name(call) in {
            "import_module",
            "spec_from_file_location",
            "run_path",
            "run_module",
            "exec_module",
        } and not (call.args and isinstance(call.args[0], ast.Constant)):
            yield call


def torn_writes(tree: ast.AST) -> Iterator[ast.AST]:
    """S38: a file that is written where it stays is half when the process is killed; core.files writes it whole."""
    for call in calls(tree):
        name = last_name(call)
        modes = [word.value for word in call.keywords if word.arg == "mode"] + call.args[:2]
        is_opened = name in {"open", "fdopen"} and any(
            isinstance(mode, ast.Constant) and isinstance(mode.value, str) and set(mode.value) <= set("rwaxbt+U")
            and set(mode.value) & set("wax+") for mode in modes
        )  # fmt: skip
        is_picture = name == "save" and len(call.args) >= 1
        if is_opened or is_picture or name in {"write_text", "write_bytes", "QSaveFile", "mkstemp"}:
            yield call


def network_use(tree: ast.AST) -> Iterator[ast.AST]:
    """S12, S25: for modules that must not open a socket, whether with Python, a library, or Qt."""
    for node, name in imported(tree):
        is_qt = name.startswith("PyQt6.") and name.split(".")[1].startswith(QT_NETWORK)
        if is_qt or (name.split(".")[0] in NETWORK and not name.startswith("urllib.parse")):
            yield node
    yield from (call for call in calls(tree) if last_name(call) in STREAMS)
    for node in nodes(tree):
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node).rpartition(".")[2] in FETCHERS:
            yield node


def keyring_by_environment(tree: ast.AST) -> Iterator[ast.AST]:
    """S1: these let a variable or a text file choose the class that is given every key."""
    chosen = {"get_keyring", "init_backend", "load_env", "load_config", "get_all_keyring", "load_keyring"}
    for node, name in imported(tree):
        if name == "keyring" or name.startswith("keyring.core") or name.rpartition(".")[2] in chosen:
            yield node
    yield from (call for call in calls(tree) if last_name(call) in chosen)


def floats(tree: ast.AST) -> Iterator[ast.AST]:
    """Binary fractions lose cents."""
    return (call for call in calls(tree) if dotted(call.func) == "float")


def is_in(path: Path, *places: str) -> bool:
    """Whether a source file is one of these files or lies in one of these folders."""
    shown = path.relative_to(ROOT).as_posix()
    return any(shown == place or shown.startswith(place + "/") for place in places)


def money_modules() -> list[Path]:
    """Source files that compute with money."""
    places = [f"core/{name}" for name in MONEY.split()]
    return [path for path in SOURCES if is_in(path, *places, *(place + ".py" for place in places))]


def without(*places: str) -> list[Path]:
    """All sources but these."""
    return [path for path in SOURCES if not is_in(path, *places)]


BANS: dict[str, tuple[Finder, list[Path]]] = {
    "S12, S25 only the exchange's modules open sockets": (network_use, without("core/bybit", "core/paper")),
    "S1 no keyring chosen from outside": (keyring_by_environment, SOURCES),
    "S19 TLS is verified": (unverified_tls, SOURCES),
    "S27 plain text widgets only": (raw_text_widgets, without("gui/widgets/labels.py", "gui/widgets/tips.py")),
    "S29 no markup sinks": (markup_sinks, SOURCES),
    "S34 SQL is not put together": (composed_sql, SOURCES),
    # the ballast only holds space; the practice bot writes as the bot it stands for; a picture is made in memory
    "S38 files are written whole": (
        torn_writes,
        without("core/files.py", "core/store/files.py", "core/paper/bot.py", "gui/picture.py"),
    ),
    "S39 no code from data": (code_from_data, SOURCES),
    # the one exception runs ccxt's own packages, named by a constant, later than usual
    "S46 no computed imports": (computed_imports, without("core/bybit/lean.py")),
    "money is Decimal": (floats, money_modules()),
}

OFFENCES: dict[str, tuple[str, ...]] = {
    "S12, S25 only the exchange's modules open sockets": (
        "import socket",
        "from urllib.request import urlopen",
        "asyncio.open_connection(host, 443)",
        "loop.create_connection(Protocol, host, 443)",
        "from PyQt6.QtNetwork import QNetworkAccessManager",
        "from PyQt6 import QtNetwork",
        "from PyQt6.QtWebSockets import QWebSocket",
        "from PyQt6.QtWebEngineWidgets import QWebEngineView",
        "QtGui.QDesktopServices.openUrl(url)",
        "QtMultimedia.QMediaPlayer(self)",
    ),
    "S1 no keyring chosen from outside": ("import keyring", "from keyring import get_keyring", "k.get_keyring()"),
    "S19 TLS is verified": (
        "get(url, verify=False)",
        "TCPConnector(ssl=False)",
        "context.verify_mode = ssl.CERT_NONE",
        "context.check_hostname = False",
        "ssl._create_unverified_context()",
    ),
    "S27 plain text widgets only": (
        "from PyQt6.QtWidgets import QLabel",
        "from PyQt6 import QtWidgets\nQtWidgets.QMessageBox.warning(None, a, b)",
        "from PyQt6.QtWidgets import QTextBrowser",
    ),
    "S29 no markup sinks": ("item.setHtml(x)", "pg.LabelItem(x)", "plot.addLegend()", "Qt.TextFormat.RichText"),
    "S34 SQL is not put together": (
        "c.execute(f'SELECT {x}')",
        "c.execute('SELECT ' + x)",
        "c.executemany('INSERT INTO %s' % x, rows)",
        "c.exec_driver_sql('PRAGMA {}'.format(x))",
        "text(' '.join(parts))",
    ),
    "S38 files are written whole": (
        "Path(name).write_text(words)",
        "file.write_bytes(content)",
        "open(name, 'wb')",
        "file.open('a')",
        "file.open(mode='w+')",
        "os.fdopen(handle, 'w')",
        "widget.grab().save(name, 'PNG')",
    ),
    "S39 no code from data": (
        "import pickle",
        "from marshal import loads",
        "import shelve",
        "eval(x)",
        "exec(x)",
        "yaml.load(x)",
        "subprocess.run(x, shell=True)",
        "subprocess.run(x, shell=flag)",
        "os.system(x)",
        "importlib.import_module('pickle')",
    ),
    "S46 no computed imports": ("importlib.import_module(name)", "runpy.run_path(x)"),
    "money is Decimal": ("float(price)",),
}


@cache
def offences() -> dict[str, list[str]]:
    """Where our source breaks a ban; each file is read once and let go."""
    found: dict[str, list[str]] = {ban: [] for ban in BANS}
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for ban, (find, paths) in BANS.items():
            if path in paths:
                lines = (getattr(node, "lineno", 0) for node in find(tree))
                found[ban] += [f"{path.relative_to(ROOT)}:{line}" for line in lines]
    nodes.cache_clear()
    return found


@pytest.mark.parametrize("ban", BANS)
def test_the_source_keeps_the_ban(ban: str) -> None:
    assert set(BANS[ban][1]) <= set(SOURCES)
    assert BANS[ban][1]
    assert offences()[ban] == []


@pytest.mark.parametrize(("ban", "offence"), [(ban, text) for ban, texts in OFFENCES.items() for text in texts])
def test_the_ban_sees_an_offence(ban: str, offence: str) -> None:
    assert list(BANS[ban][0](ast.parse(offence)))


def test_every_ban_was_tried() -> None:
    assert set(OFFENCES) == set(BANS)
