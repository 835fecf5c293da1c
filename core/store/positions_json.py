"""The older bot's ``positions.json``: read with suspicion, written whole, watched for changes.

This is the file's own vocabulary (``position_size`` is a notional in USD, sides are ``buy`` and ``sell``); what it
means in the desk's records is in ``positions_records``. A file is taken as a whole or refused as a whole.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from core.errors import BadValue
from core.files import WholeFile
from core.money import ZERO

MAX_BYTES = 50_000_000
MAX_ROWS = 100_000
MAX_EXITS = 1_000
MAX_TEXT = 2_000
_MAX_DIGITS = 40
_MOST_DIGITS_BEFORE_POINT = 18
_SMALLEST = -30
# Seconds until the year 5138; larger numbers are milliseconds.
_SECONDS_END = 100_000_000_000
_MAX_MS = 2**53


class BotExit(Struct, frozen=True, kw_only=True):
    """A partial exit as the bot saw it. ``size`` is a notional in USD; times are UTC milliseconds."""

    timestamp: int | None = None
    size: Decimal | None = None
    price: Decimal | None = None
    realized_pnl: Decimal | None = None
    reason: str = ""


class BotPosition(Struct, frozen=True, kw_only=True):
    """A position of the bot, open or closed. ``side`` is buy or sell; absent values are None."""

    position_id: str
    symbol: str
    side: str
    entry_price: Decimal | None = None
    current_price: Decimal | None = None
    position_size: Decimal | None = None
    leverage: Decimal | None = None
    unrealized_pnl: Decimal | None = None
    realized_pnl: Decimal | None = None
    roe_percentage: Decimal | None = None
    open_time: int | None = None
    close_time: int | None = None
    confidence: Decimal | None = None
    open_reason: str = ""
    close_reason: str = ""
    atr: Decimal | None = None
    adx: Decimal | None = None
    volatility: Decimal | None = None
    real_initial_margin: Decimal | None = None
    partial_exits: tuple[BotExit, ...] = ()


class BotStats(Struct, frozen=True, kw_only=True):
    """The bot's own statistics; ``win_rate`` in per cent."""

    total_trades: int = 0
    wins: int = 0
    losses: int = 0
    total_pnl: Decimal = ZERO
    win_rate: Decimal = ZERO


class BotFile(Struct, frozen=True, kw_only=True):
    """The whole file; ``open_positions`` are unique by position_id."""

    open_positions: tuple[BotPosition, ...] = ()
    closed_positions: tuple[BotPosition, ...] = ()
    session_stats: BotStats = BotStats()
    last_saved: int | None = None


# ---- reading --------------------------------------------------------------------------------------------------------


def read(file: Path, zone: tzinfo = UTC) -> BotFile:
    """Read a file that somebody else wrote.

    Args:
        zone: of times that do not say theirs.
    Raises:
        BadValue: ``import_missing``, ``import_not_a_file`` (a link, a device, a folder), ``import_too_large``,
            ``import_not_json``, ``import_bad_field`` with the field's path. Nothing of it is used then.
    """
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError as error:
        raise BadValue("import_missing", path=str(file)) from error
    except OSError as error:
        raise BadValue("import_not_a_file", path=str(file)) from error
    try:
        status = os.fstat(handle)
        if file.is_symlink() or not stat.S_ISREG(status.st_mode):
            raise BadValue("import_not_a_file", path=str(file))
        if status.st_size > MAX_BYTES:
            raise BadValue("import_too_large", path=str(file), limit=MAX_BYTES)
        with os.fdopen(handle, "rb", closefd=False) as source:
            content = source.read(MAX_BYTES)
    finally:
        os.close(handle)
    return decode(content, zone)


def decode(content: bytes, zone: tzinfo = UTC) -> BotFile:
    """Read the text of a file; errors as ``read``. NaN and Infinity, which that bot may write, count as absent."""
    try:
        document = json.loads(
            content.decode("utf-8"), parse_float=Decimal, parse_int=_whole, parse_constant=lambda _name: None
        )
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise BadValue("import_not_json", reason=str(error)[:200]) from error
    return _file(_mapping(document, "file"), zone)


def _whole(digits: str) -> Decimal:
    return Decimal(digits)


def _file(document: Mapping[str, Any], zone: tzinfo) -> BotFile:
    opened = _part(document, "open_positions")
    closed = _list(document.get("closed_positions"), "closed_positions", MAX_ROWS)
    if len(opened) > MAX_ROWS:
        raise _bad("open_positions")
    positions = tuple(
        _position(_mapping(row, f"open_positions.{name[:40]}"), name, f"open_positions.{name[:40]}", zone)
        for name, row in opened.items()
    )
    if len({position.position_id for position in positions}) != len(positions):
        raise _bad("open_positions.position_id")
    return BotFile(
        open_positions=positions,
        closed_positions=tuple(
            _position(_mapping(row, f"closed_positions.{n}"), f"closed-{n}", f"closed_positions.{n}", zone)
            for n, row in enumerate(closed)
        ),
        session_stats=_stats(_part(document, "session_stats")),
        last_saved=_time(document.get("last_saved"), "last_saved", zone),
    )


def _position(row: Mapping[str, Any], name: str, path: str, zone: tzinfo) -> BotPosition:
    side = _text(row.get("side"), f"{path}.side").lower()
    symbol = _text(row.get("symbol"), f"{path}.symbol")
    if side not in {"buy", "sell"}:
        raise _bad(f"{path}.side")
    if not symbol or not symbol.isascii():
        raise _bad(f"{path}.symbol")
    exits = _list(row.get("partial_exits"), f"{path}.partial_exits", MAX_EXITS)
    return BotPosition(
        position_id=_text(row.get("position_id"), f"{path}.position_id") or name,
        symbol=symbol,
        side=side,
        partial_exits=tuple(_exit(row, f"{path}.partial_exits.{n}", zone) for n, row in enumerate(exits)),
        **_typed(row, BotPosition, path, zone),
    )


def _exit(value: object, path: str, zone: tzinfo) -> BotExit:
    return BotExit(**_typed(_mapping(value, path), BotExit, path, zone))


_TIMES = frozenset({"open_time", "close_time", "timestamp"})
_OPTIONAL_TEXTS = frozenset({"open_reason", "close_reason", "reason"})
_BY_HAND = frozenset({"position_id", "symbol", "side", "partial_exits"})


def _typed(row: Mapping[str, Any], record: type[Struct], path: str, zone: tzinfo) -> dict[str, Any]:
    """The plain fields of a record: times, texts and amounts, by their names."""
    values: dict[str, Any] = {}
    for name in record.__struct_fields__:
        if name in _TIMES:
            values[name] = _time(row.get(name), f"{path}.{name}", zone)
        elif name in _OPTIONAL_TEXTS:
            values[name] = _text(row.get(name), f"{path}.{name}")
        elif name not in _BY_HAND:
            values[name] = _number(row.get(name), f"{path}.{name}")
    return values


def _stats(row: Mapping[str, Any]) -> BotStats:
    counts = {name: _number(row.get(name), f"session_stats.{name}") or ZERO for name in BotStats.__struct_fields__}
    for name in ("total_trades", "wins", "losses"):
        if counts[name] < 0 or counts[name] % 1:
            raise _bad(f"session_stats.{name}")
    return BotStats(
        total_trades=int(counts["total_trades"]),
        wins=int(counts["wins"]),
        losses=int(counts["losses"]),
        total_pnl=counts["total_pnl"],
        win_rate=counts["win_rate"],
    )


def _mapping(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _bad(path)
    return value


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return {} if value is None else _mapping(value, name)


def _list(value: object, path: str, most: int) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > most:
        raise _bad(path)
    return value


def _text(value: object, path: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > MAX_TEXT or any("\ud800" <= c <= "\udfff" for c in value):
        raise _bad(path)
    return value


def _number(value: object, path: str) -> Decimal | None:
    if value is None:
        return None
    if not isinstance(value, Decimal) or not _is_sane(value):
        raise _bad(path)
    return value


def _is_sane(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    is_short = isinstance(exponent, int) and exponent >= _SMALLEST and len(value.as_tuple().digits) <= _MAX_DIGITS
    # By the place of the first digit: to compute with an exponent of millions is an error of its own.
    return is_short and value.adjusted() < _MOST_DIGITS_BEFORE_POINT


def _time(value: object, path: str, zone: tzinfo) -> int | None:
    """UTC milliseconds of a time in seconds, in milliseconds, or as ISO 8601 text."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise _bad(path) from error
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        passed = moment - datetime(1970, 1, 1, tzinfo=UTC)
        milliseconds = (passed.days * 86_400 + passed.seconds) * 1000 + passed.microseconds // 1000
    else:
        number = _number(value, path) or ZERO
        milliseconds = int(number * 1000 if abs(number) < _SECONDS_END else number)
    if not 0 <= milliseconds < _MAX_MS:
        raise _bad(path)
    return milliseconds


def _bad(path: str) -> BadValue:
    return BadValue("import_bad_field", field=path)


# ---- writing --------------------------------------------------------------------------------------------------------

_encoder = msgspec.json.Encoder(decimal_format="number")


def encode(content: BotFile) -> bytes:
    """The file's text, as that bot would write it: numbers as JSON numbers, digit for digit; times in seconds."""
    document = {
        "open_positions": {position.position_id: _plain(position) for position in content.open_positions},
        "closed_positions": [_plain(position) for position in content.closed_positions],
        "session_stats": _plain(content.session_stats),
        "last_saved": _seconds(content.last_saved),
    }
    return msgspec.json.format(_encoder.encode(document), indent=2) + b"\n"


def write(file: Path, content: BotFile, *, overwrite: bool = False) -> None:
    """Write the file whole or not at all.

    Raises:
        StoreError: ``file_exists`` without ``overwrite``; ``not_written``.
    """
    target = WholeFile(file, overwrite=overwrite)
    try:
        target.write(encode(content))
        target.publish()
    finally:
        target.discard()


def _plain(record: Struct) -> dict[str, Any]:
    """A record's fields as that bot writes them: absent texts are null."""
    values: dict[str, Any] = {}
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if name in _TIMES:
            value = _seconds(value)
        elif name in _OPTIONAL_TEXTS:
            value = value or None
        elif name == "partial_exits":
            value = [_plain(part) for part in value]
        values[name] = value
    return values


def _seconds(milliseconds: int | None) -> Decimal | None:
    return None if milliseconds is None else Decimal(milliseconds).scaleb(-3)


# ---- watching -------------------------------------------------------------------------------------------------------


class WatchedFile:
    """A file that a running bot rewrites. ``poll`` it now and then, in a thread of its own.

    That bot writes in place: a text that cannot be read is taken for half of one, until it stays the same.
    """

    def __init__(self, file: Path, zone: tzinfo = UTC) -> None:
        self._file = file
        self._zone = zone
        self._seen: tuple[int, ...] | None = None
        self._doubted: tuple[int, ...] | None = None

    def poll(self) -> BotFile | None:
        """The content when it has changed, None when it has not or is being written.

        Raises:
            BadValue: as ``read``, once per unreadable content.
        """
        mark = self._mark()
        if mark == self._seen:
            return None
        try:
            content = read(self._file, self._zone)
        except BadValue:
            if mark != self._doubted:
                self._doubted = mark
                return None
            self._seen = mark
            raise
        self._seen = mark
        return content

    def _mark(self) -> tuple[int, ...]:
        try:
            status = self._file.stat(follow_symlinks=False)
        except OSError:
            return ()
        return status.st_ino, status.st_size, status.st_mtime_ns
