"""CSV files that any reader reads back and no spreadsheet executes."""

from __future__ import annotations

import csv
import io
import re
import stat
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import StoreError
from core.store import TradeFilter
from core.store.exports import cell, export_closed_trades, export_executions, iso, line
from tests.core.store import samples
from tests.core.store.conftest import OpenStore

_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_DANGEROUS = tuple("=+-@\t\r\n\0＝＋－＠")


@settings(deadline=None)
@given(cells=st.lists(samples.texts | samples.maybe_amounts | st.integers() | st.booleans(), min_size=1))
def test_a_line_is_read_back_with_formulas_disarmed(cells: list):
    written = line(cells)
    if "\0" in written:
        return
    (found,) = csv.reader(io.StringIO(written, newline="")) if written != "\r\n" else ([""],)
    for value, read in zip(cells, found, strict=True):
        if isinstance(value, str):
            assert read == (f"'{value}" if value.startswith(_DANGEROUS) else value)
        elif isinstance(value, Decimal):
            assert _NUMBER.fullmatch(read)
            assert Decimal(read) == value
        else:
            assert read == ("" if value is None else str(value).lower())


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-cmd", "'-cmd"), ("@x", "'@x"), ("\tx", "'\tx"), ("＝1", "'＝1"),
        ("a=1", "a=1"), ('say "no"', '"say ""no"""'), ("a,b", '"a,b"'), (Decimal("-12.50"), "-12.50"),
        (Decimal("1E-7"), "0.0000001"), (None, ""), (True, "true"), (7, "7"),
    ],
)  # fmt: skip
def test_cells(value: object, written: str):
    assert cell(value) == written


def test_times_are_utc_to_the_millisecond():
    assert iso(1_700_000_000_007) == "2023-11-14T22:13:20.007Z"


async def test_closed_trades_are_exported_newest_first(open_store: OpenStore, tmp_path: Path):
    file = tmp_path / "trades.csv"
    async with open_store() as store:
        await store.save_lives([samples.trade(n, exits=n % 3, symbol=f"S{n % 2}USDT") for n in range(2_500)])
        assert await export_closed_trades(store, file) == 2_500
        with pytest.raises(StoreError, match="file_exists"):
            await export_closed_trades(store, file)
        assert await export_closed_trades(store, tmp_path / "half.csv", TradeFilter(symbol="S1USDT")) == 1_250
        assert await export_closed_trades(store, file, TradeFilter(symbol="S1USDT"), overwrite=True) == 1_250
    assert file.read_bytes() == (tmp_path / "half.csv").read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = list(csv.DictReader(io.StringIO(file.read_text(), newline="")))
    assert [int(row["life_id"][1:]) for row in rows] == list(range(2_499, 0, -2))
    first = samples.trade(2_499)
    assert (rows[0]["net_pnl"], rows[0]["closed"]) == (str(first.net_pnl), iso(first.closed_ms))
    assert [row["exits"] for row in rows[:3]] == ["0", "1", "2"]


async def test_executions_are_exported_oldest_first(open_store: OpenStore, tmp_path: Path):
    async with open_store() as store:
        await store.append_executions([samples.execution(n, order_link_id="=HYPERLINK()") for n in range(30)])
        assert await export_executions(store, tmp_path / "fills.csv", samples.execution(10).ts_ms) == 20
    rows = list(csv.DictReader(io.StringIO((tmp_path / "fills.csv").read_text(), newline="")))
    assert [row["exec_id"] for row in rows] == [f"exec-{n}" for n in range(10, 30)]
    assert {row["order_link_id"] for row in rows} == {"'=HYPERLINK()"}


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_an_export_that_fails_leaves_nothing_behind(open_store: OpenStore, tmp_path: Path):
    async with open_store() as store:
        await store.save_lives([samples.trade(1)])
        with pytest.raises(StoreError, match="not_written"):
            await export_closed_trades(store, tmp_path / "nowhere" / "trades.csv")
        await store.close()
        with pytest.raises(StoreError, match="store_closed"):
            await export_closed_trades(store, tmp_path / "trades.csv")
    assert names_in(tmp_path) == ["accounts"]
