"""The example of docs/manager.md, exactly as it is printed there, against the paper exchange."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.paper_fixture import PaperProcess

TEXT = (Path(__file__).parents[3] / "docs" / "manager.md").read_text(encoding="utf-8")


async def test_the_example_for_bots_runs_as_it_is_printed(
    paper: PaperProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program: dict[str, Any] = {"__name__": "example"}
    exec(TEXT.split("```python\n")[1].split("```")[0], program)  # our own text
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps(paper.ready))
    await program["main"](ready)
    said = capsys.readouterr().out.splitlines()
    assert "SOLUSDT done 10.0" in said
    assert any(line.startswith("10.0 at ") and line.endswith(" half off") for line in said), said
    assert said[-1] == "without a verdict: 0"
    (sol,) = paper.rows("/v5/position/list", category="linear", symbol="SOLUSDT")
    (eth,) = paper.rows("/v5/position/list", category="linear", symbol="ETHUSDT")
    assert sol["size"] == "10.0"
    assert all(Decimal(row["stopLoss"] or 0) for row in (sol, eth)), "a stop for what had none"
