"""The older bot's file: nothing hostile gets in, nothing is lost on the way out and back, a half-written one waits."""

from __future__ import annotations

import json
import os
import stat
from datetime import timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.errors import BadValue, StoreError
from core.model import Position, SessionSummary
from core.store import positions_json
from core.store.positions_json import BotExit, BotFile, BotPosition, BotStats, WatchedFile, decode, encode, read, write
from core.store.positions_records import (
    bot_file,
    bybit_symbol,
    category_of,
    closed_trades,
    note_for,
    outside,
    settle_coin_of,
)
from tests.core.store import samples

# As the older bot writes it: JSON floats, seconds, its own words.
OLD = """\
{
 "open_positions": {
  "pos_7": {"position_id": "pos_7", "symbol": "HIGH/USDT:USDT", "side": "buy", "entry_price": 0.30000000000000004,
   "current_price": 0.31, "position_size": 100.0, "leverage": 10, "unrealized_pnl": -3.3e-05,
   "roe_percentage": 33.3, "open_time": 1700000000.123, "close_time": null, "confidence": 0.83,
   "open_reason": "ML BUY 83%", "close_reason": null, "atr": 2.1, "adx": NaN, "volatility": Infinity,
   "real_initial_margin": 10.0, "partial_exits": [
     {"timestamp": "2023-11-14T22:13:21.5+00:00", "size": 40.0, "price": 0.32, "realized_pnl": 2.5, "reason": "TP1"}],
   "unknown_field": {"deep": [1, 2, 3]}}},
 "closed_positions": [
  {"position_id": "pos_1", "symbol": "SOLUSDT", "side": "SELL", "entry_price": 100, "current_price": 90,
   "position_size": 1000, "realized_pnl": 98.5, "open_time": 1700000000, "close_time": 1700003600000,
   "close_reason": "trailing", "partial_exits": null}],
 "session_stats": {"total_trades": 1, "wins": 1, "losses": 0, "total_pnl": 98.5, "win_rate": 100.0},
 "last_saved": "2023-11-14T22:13:20"
}
"""


def test_the_older_bots_file_is_understood():
    found = decode(OLD.encode())
    (opened,) = found.open_positions
    assert (opened.entry_price, opened.unrealized_pnl) == (Decimal("0.30000000000000004"), Decimal("-0.000033"))
    assert (opened.open_time, opened.close_time, opened.close_reason) == (1_700_000_000_123, None, "")
    assert (opened.confidence, opened.adx, opened.volatility) == (Decimal("0.83"), None, None)
    assert opened.partial_exits == (
        BotExit(
            timestamp=1_700_000_001_500,
            size=Decimal("40.0"),
            price=Decimal("0.32"),
            realized_pnl=Decimal("2.5"),
            reason="TP1",
        ),
    )
    assert found.closed_positions[0].side == "sell"
    assert found.session_stats == BotStats(total_trades=1, wins=1, total_pnl=Decimal("98.5"), win_rate=Decimal("100.0"))
    assert found.last_saved == 1_700_000_000_000
    assert decode(OLD.encode(), timezone(timedelta(hours=2))).last_saved == 1_699_992_800_000


def test_closed_positions_become_trades_that_carry_the_bots_word():
    (trade,) = closed_trades(decode(OLD.encode()))
    assert (trade.symbol, trade.side, trade.category, trade.settle_coin) == ("SOLUSDT", "Sell", "linear", "USDT")
    assert (trade.peak_size, trade.net_pnl, trade.fees, trade.is_complete) == (10, Decimal("98.5"), None, False)
    assert (trade.closed_ms, trade.closed_by) == (1_700_003_600_000, "trailing")
    assert trade.life_id.startswith("J")
    assert closed_trades(decode(OLD.encode())) == [trade]
    unsaid = OLD.replace('"realized_pnl": 98.5, ', "")
    assert closed_trades(decode(unsaid.encode()))[0].net_pnl is None


def test_imported_trades_count_only_where_no_history_was_fetched():
    trades = [samples.trade(n, closed_ms=n) for n in range(0, 50, 10)]
    assert [t.closed_ms for t in outside(trades, [(10, 20), (25, 31)])] == [0, 20, 40]


def position(**changes: object) -> Position:
    values = {
        "category": "linear",
        "symbol": "HIGHUSDT",
        "position_idx": 0,
        "side": "Buy",
        "size": Decimal("333"),
        "entry_price": Decimal("0.3"),
        "settle_coin": "USDT",
        "opened_ms": 1_700_000_000_000,
    }
    return Position(**(values | changes))


def test_a_note_belongs_to_symbol_side_and_the_nearest_opening():
    known = decode(OLD.encode())
    assert note_for(known, position()) is known.open_positions[0]
    assert note_for(known, position(side="Sell")) is None
    assert note_for(known, position(symbol="HIGHPERP")) is None
    later = replace(known.open_positions[0], position_id="pos_8", open_time=1_700_000_500_000)
    both = replace(known, open_positions=(*known.open_positions, later))
    assert note_for(both, position(opened_ms=1_700_000_400_000)) is later


@pytest.mark.parametrize(
    ("text", "symbol", "category", "coin"),
    [
        ("HIGH/USDT:USDT", "HIGHUSDT", "linear", "USDT"),
        ("BTC/USDC:USDC", "BTCPERP", "linear", "USDC"),
        ("BTC/USD:BTC", "BTCUSD", "inverse", "BTC"),
        ("BTCUSD", "BTCUSD", "inverse", "BTC"),
        ("BTCPERP", "BTCPERP", "linear", "USDC"),
        ("1000PEPEUSDT", "1000PEPEUSDT", "linear", "USDT"),
        ("BTC-27MAR26", "BTC-27MAR26", "linear", "USDC"),
        ("BTCUSDH26", "BTCUSDH26", "inverse", "BTC"),
        ("of a bot's own", "of a bot's own", "linear", "USDT"),
    ],
)
def test_both_forms_of_a_symbol(text: str, symbol: str, category: str, coin: str):
    assert (bybit_symbol(text), category_of(text), settle_coin_of(text)) == (symbol, category, coin)


# ---- out and back ---------------------------------------------------------------------------------------------------

_known = st.builds(lambda n, e: Decimal(n).scaleb(-e), st.integers(-(10**15), 10**15), st.integers(0, 18))
_amounts = st.none() | _known
_texts = st.text(max_size=30) | st.sampled_from([text for text in samples.HOSTILE if len(text) < 2_000])
_times = st.none() | st.integers(positions_json._SECONDS_END * 0, 4_000_000_000_000)
_exits = st.builds(BotExit, timestamp=_times, size=_amounts, price=_amounts, realized_pnl=_amounts, reason=_texts)
_money = {
    name: _amounts
    for name in BotPosition.__struct_fields__
    if name not in {"position_id", "symbol", "side", "partial_exits", "open_reason", "close_reason"}
    and not name.endswith("_time")
}
_positions = st.builds(
    BotPosition,
    position_id=st.text(min_size=1, max_size=30),
    symbol=st.sampled_from(["HIGH/USDT:USDT", "BTCUSDT", "BTC/USD:BTC"]),
    side=st.sampled_from(["buy", "sell"]),
    open_time=_times,
    close_time=_times,
    open_reason=_texts,
    close_reason=_texts,
    partial_exits=st.lists(_exits, max_size=2).map(tuple),
    **_money,
)
_files = st.builds(
    BotFile,
    open_positions=st.lists(_positions, max_size=3, unique_by=lambda p: p.position_id).map(tuple),
    closed_positions=st.lists(_positions, max_size=3).map(tuple),
    session_stats=st.builds(
        BotStats,
        total_trades=st.integers(0, 10**6),
        wins=st.integers(0, 10**6),
        losses=st.integers(0, 10**6),
        total_pnl=_known,
        win_rate=_known,
    ),
    last_saved=_times,
)


@settings(max_examples=40, deadline=None)
@given(content=_files)
def test_what_is_written_is_read_back_and_by_any_reader_of_json(content: BotFile):
    written = encode(content)
    assert decode(written) == content
    document = json.loads(written)
    assert set(document["open_positions"]) == {p.position_id for p in content.open_positions}
    for row in document["closed_positions"]:
        assert isinstance(row["entry_price"], float | int | None)


def test_the_desks_own_trades_come_back_on_all_that_the_file_can_say():
    long = Decimal("12345678.123456789012345678")
    trades = [
        samples.trade(0, exits=0, peak_size=long),
        samples.trade(1),
        samples.trade(2, side="Sell", symbol="BTCUSD", category="inverse", settle_coin="BTC"),
    ]
    file = bot_file([position(life_id="L9", mark_price=Decimal("0.31"))], trades, SessionSummary(wins=2), 5)
    again = decode(encode(file))
    assert again == file
    local = {"life_id", "gross_pnl", "fees", "funding", "is_complete", "exits"}
    for before, after in zip(trades, closed_trades(again), strict=True):
        for name in before.__struct_fields__:
            assert name in local or getattr(before, name) == getattr(after, name), name
        for old, new in zip(before.exits, after.exits, strict=True):
            assert (old.ts_ms, old.qty, old.price, old.net_pnl, old.reason) == (
                new.ts_ms, new.qty, new.price, new.net_pnl, new.reason,
            )  # fmt: skip
    (opened,) = again.open_positions
    assert (opened.position_id, opened.position_size, opened.current_price) == ("L9", Decimal("99.9"), Decimal("0.31"))


def test_the_bots_own_words_are_kept_when_the_desk_writes_the_file():
    known = decode(OLD.encode())
    (opened,) = bot_file([position()], [], SessionSummary(), 5, notes=known).open_positions
    assert (opened.position_id, opened.symbol, opened.confidence) == ("pos_7", "HIGH/USDT:USDT", Decimal("0.83"))
    assert (opened.open_reason, opened.atr) == ("ML BUY 83%", Decimal("2.1"))


# ---- files ----------------------------------------------------------------------------------------------------------


def test_a_file_is_written_whole_privately_and_never_over_another_by_accident(tmp_path: Path):
    file = tmp_path / "positions.json"
    write(file, BotFile(last_saved=1))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(StoreError, match="file_exists"):
        write(file, BotFile(last_saved=2))
    assert read(file).last_saved == 1
    write(file, BotFile(last_saved=2), overwrite=True)
    assert read(file).last_saved == 2
    with pytest.raises(StoreError, match="not_written"):
        write(tmp_path / "nowhere" / "positions.json", BotFile())
    assert list(tmp_path.iterdir()) == [file]


def test_only_a_plain_file_of_sane_size_is_read(tmp_path: Path):
    good = tmp_path / "good.json"
    good.write_text("{}")
    link, pipe, huge = tmp_path / "link.json", tmp_path / "pipe.json", tmp_path / "huge.json"
    link.symlink_to(good)
    os.mkfifo(pipe)
    huge.touch()
    os.truncate(huge, 1 << 30)
    cases = {
        link: "import_not_a_file",
        pipe: "import_not_a_file",
        tmp_path: "import_not_a_file",
        Path("/dev/zero"): "import_not_a_file",
        huge: "import_too_large",
        tmp_path / "none.json": "import_missing",
    }
    for file, code in cases.items():
        with pytest.raises(BadValue, match=code):
            read(file)
    assert read(good) == BotFile()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[]", b"null", b'"text"', b"{", b"PK\x03\x04zip", b"[" * 100_000, b'{"a": 01}', b"{} {}",
     b"\xef\xbb\xbf{}", b"{'a': 1}", b'{"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(content: bytes):
    with pytest.raises(BadValue, match="import_"):
        decode(content)


def changed(**fields: object) -> bytes:
    """The old file with fields of its open position replaced, as JSON."""
    document = json.loads(OLD)
    document["open_positions"]["pos_7"] |= fields
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("side", "long"), ("side", None), ("side", 1), ("symbol", ""), ("symbol", "ＢＴＣ"), ("symbol", ["BTC"]),
        ("entry_price", "0.3"), ("entry_price", True), ("entry_price", [1]), ("entry_price", {"a": 1}),
        ("entry_price", 10**400), ("position_size", 1e19), ("leverage", "ten"), ("confidence", ""),
        ("open_time", "yesterday"), ("open_time", -5), ("open_time", 10**30), ("open_time", True),
        ("open_reason", 5), ("open_reason", "x" * 5_000), ("open_reason", "\ud800"), ("partial_exits", {}),
        ("partial_exits", [1]), ("partial_exits", [{"price": "1"}]), ("partial_exits", [{}] * 2_000),
        ("position_id", 7),
    ],
)  # fmt: skip
def test_a_field_that_does_not_fit_refuses_the_whole_file_and_is_named(name: str, value: object):
    with pytest.raises(BadValue, match="import_bad_field") as caught:
        decode(changed(**{name: value}))
    assert str(caught.value.details["field"]).startswith(f"open_positions.pos_7.{name}")


@pytest.mark.parametrize("number", [b"1e9999999", b"-1e9999999", b"1e-9999999", b"1e18", b"0e9999999"])
def test_a_number_of_any_size_is_refused_before_it_is_computed_with(number: bytes):
    with pytest.raises(BadValue, match="import_bad_field"):
        decode(changed(entry_price=123456789).replace(b"123456789", number))


@pytest.mark.parametrize(
    "document",
    [
        {"open_positions": []}, {"open_positions": {"a": 1}}, {"closed_positions": {}}, {"closed_positions": [1]},
        {"session_stats": []}, {"session_stats": {"wins": -1}}, {"session_stats": {"wins": 1.5}},
        {"last_saved": []}, {"closed_positions": [{}] * 100_001},
        {"open_positions": {n: {"position_id": "same", "symbol": "BTCUSDT", "side": "buy"} for n in "ab"}},
    ],
)  # fmt: skip
def test_a_document_that_does_not_fit_is_refused(document: dict):
    with pytest.raises(BadValue, match="import_bad_field"):
        decode(json.dumps(document).encode())


@settings(deadline=None)
@given(content=st.binary(max_size=300) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([
        "open_positions", "closed_positions", "session_stats", "last_saved", "side", "symbol", "partial_exits",
        "entry_price", "open_time", "wins"]), inner), max_leaves=12).map(lambda v: json.dumps(v).encode()))  # fmt: skip
def test_anything_is_either_a_file_or_a_typed_error(content: bytes):
    try:
        found = decode(content)
    except BadValue:
        return
    assert decode(encode(found)) == found


# ---- watching -------------------------------------------------------------------------------------------------------


def test_a_watched_file_is_read_when_it_changes_and_half_of_one_is_waited_for(tmp_path: Path):
    file = tmp_path / "positions.json"
    watched = WatchedFile(file)
    assert watched.poll() is None
    with pytest.raises(BadValue, match="import_missing"):
        watched.poll()
    assert watched.poll() is None

    file.write_text(OLD)
    assert watched.poll() == decode(OLD.encode())
    assert watched.poll() is None

    file.write_text(OLD[:500])
    assert watched.poll() is None
    file.write_text(OLD.replace("83%", "84%"))
    assert watched.poll().open_positions[0].open_reason == "ML BUY 84%"

    file.write_text(OLD[:500])
    assert watched.poll() is None
    with pytest.raises(BadValue, match="import_not_json"):
        watched.poll()
    assert watched.poll() is None
    other = tmp_path / "other.json"
    other.write_text(OLD)
    other.replace(file)
    assert watched.poll() is not None
