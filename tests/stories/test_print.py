"""``main.py --print``: what it prints is what another client reads from the same exchange at a frozen clock."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.paper_fixture import ROOT, PaperProcess


def run_main(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The desk's command line, as a user runs it."""
    return subprocess.run(
        [sys.executable, "main.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(scope="module")
def paper() -> Iterator[PaperProcess]:
    """One exchange at a frozen clock for all that only read."""
    one = PaperProcess()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def printed(paper: PaperProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The document that the desk prints of the fixture's exchange."""
    folder = tmp_path_factory.mktemp("printed")
    ready = folder / "ready.json"
    ready.write_text(json.dumps(paper.ready))
    done = run_main("--print", "--connect", str(ready), "--data-dir", str(folder / "data"))
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def same(printed: str | None, sent: str) -> bool:
    """Whether a printed amount is the one that was sent; absent and 0 prices are both null."""
    return Decimal(printed or 0) == Decimal(sent or 0)


def test_every_position_field_agrees_with_another_client(paper: PaperProcess, printed: dict[str, Any]) -> None:
    rows = [
        row
        for scope in ({"settleCoin": "USDT"}, {"settleCoin": "USDC"})
        for row in paper.rows("/v5/position/list", category="linear", limit=200, **scope)
    ] + paper.rows("/v5/position/list", category="inverse", limit=200)
    assert printed["environment"] == "paper"
    assert printed["link"] == {"rest": "live", "private": "live", "tickers": "live"}
    by_key = {(p["symbol"], p["position_idx"]): p for p in printed["positions"]}
    assert by_key.keys() == {(row["symbol"], row["positionIdx"]) for row in rows}
    for row in rows:
        position = by_key[row["symbol"], row["positionIdx"]]
        assert position["side"] == row["side"]
        for ours, theirs in {
            "size": "size",
            "entry_price": "avgPrice",
            "mark_price": "markPrice",
            "liq_price": "liqPrice",
            "leverage": "leverage",
            "unrealised_pnl": "unrealisedPnl",
            "take_profit": "takeProfit",
            "stop_loss": "stopLoss",
            "trailing_stop": "trailingStop",
            "realised_pnl": "curRealisedPnl",
        }.items():
            assert same(position[ours], row[theirs]), (row["symbol"], ours, position[ours], row[theirs])
        margin = Decimal(row["size"]) * Decimal(row["avgPrice"]) / Decimal(row["leverage"])
        assert Decimal(position["initial_margin"]) == margin
        roe = Decimal(row["unrealisedPnl"]) / margin * 100
        assert abs(Decimal(position["roe_pct"]) - roe) < Decimal("1e-12")


def test_partial_exits_are_the_exchanges_closing_orders(paper: PaperProcess, printed: dict[str, Any]) -> None:
    records = paper.rows("/v5/position/closed-pnl", category="linear", limit=100)
    by_order = {row["orderId"]: row for row in records}
    exits = [part for position in printed["positions"] for part in position["partial_exits"]]
    assert len(exits) >= 2
    for part in exits:
        record = by_order[part["order_id"]]
        assert same(part["qty"], record["closedSize"])
        assert same(part["price"], record["avgExitPrice"])


def test_wallet_and_orders_agree(paper: PaperProcess, printed: dict[str, Any]) -> None:
    account = paper.rows("/v5/account/wallet-balance", accountType="UNIFIED")[0]
    assert same(printed["wallet"]["equity"], account["totalEquity"])
    assert same(printed["wallet"]["wallet_balance"], account["totalWalletBalance"])
    rows = paper.rows("/v5/order/realtime", category="linear", settleCoin="USDT", limit=50)
    assert {o["order_id"] for o in printed["orders"]} >= {row["orderId"] for row in rows}
    assert printed["session"]["active_positions"] == len(printed["positions"])


@pytest.mark.parametrize("content", [None, "", "not json", '{"rest": "http://192.0.2.1"}'])
def test_trouble_is_one_sentence(tmp_path: Path, content: str | None) -> None:
    ready = tmp_path / "ready.json"
    if content is not None:
        ready.write_text(content)
    done = run_main("--print", "--connect", str(ready), "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_an_exchange_that_is_gone_is_one_sentence(tmp_path: Path, paper_factory: Any) -> None:
    paper = paper_factory()
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps(paper.ready))
    paper.kill()
    done = run_main("--print", "--connect", str(ready), "--data-dir", str(tmp_path / "data"), QUARTERDECK_WAIT_S="2")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unwritable_data_folder_is_one_sentence(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("")
    done = run_main("--print", "--data-dir", str(occupied / "data"))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_unreadable_settings_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"theme": "pink"}')
    done = run_main("--data-dir", str(tmp_path), "--screenshot", str(tmp_path / "x.png"), QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2
    sentences = [line for line in done.stderr.splitlines() if "plugin does not support" not in line]
    assert len(sentences) == 1
    assert "theme must be dark, light or system" in sentences[0]


def test_a_screenshot_is_saved(tmp_path: Path) -> None:
    """And a data folder that was open to others is closed, which is said (S33)."""
    tmp_path.chmod(0o755)
    file = tmp_path / "desk.png"
    done = run_main("--data-dir", str(tmp_path), "--screenshot", str(file), "--after", "3", QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 0
    assert file.read_bytes().startswith(b"\x89PNG")
    assert "Traceback" not in done.stderr
    assert f"others could get at {tmp_path}" in done.stderr
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_no_display_is_one_sentence(tmp_path: Path) -> None:
    bare = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    done = run_main("--data-dir", str(tmp_path), **bare)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "display" in done.stderr


def test_a_display_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    done = run_main("--data-dir", str(tmp_path), DISPLAY=":987", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="xcb")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
