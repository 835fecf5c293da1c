"""Run all benchmarks, or those named, print one table and write benchmarks/results/latest.json.

Rows of benchmarks that were not run this time stay in that file; each says which module it is of.

A benchmark is a module here with ``run() -> list[dict]``; each dict has name, budget, measured, ok and unit. It runs
in an interpreter of its own, so that what one imports does not weigh on the next.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
_ONE = "import importlib, json, sys; print('\\n' + json.dumps(importlib.import_module(sys.argv[1]).run()))"


def modules() -> list[str]:
    """The names of all benchmark modules."""
    return sorted(p.stem for p in FOLDER.glob("*.py") if not p.stem.startswith("_"))


def measure(name: str) -> list[dict[str, object]]:
    """Run one module; a crash is a row that failed."""
    done = subprocess.run(
        [sys.executable, "-c", _ONE, f"benchmarks.{name}"], cwd=FOLDER.parent, capture_output=True, text=True
    )
    if done.returncode != 0:
        complaint = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return [{"name": name, "budget": "runs", "measured": complaint, "ok": False, "unit": "", "module": name}]
    rows: list[dict[str, object]] = json.loads(done.stdout.strip().splitlines()[-1])
    return [row | {"module": name} for row in rows]


def table(rows: list[dict[str, object]]) -> str:
    """The rows as aligned text."""
    cells = [("name", "budget", "measured", "unit", "verdict")]
    cells += [
        (str(r["name"]), str(r["budget"]), str(r["measured"]), str(r["unit"]), "ok" if r["ok"] else "MISSED")
        for r in rows
    ]
    widths = [max(len(row[i]) for row in cells) for i in range(5)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)


def keep(rows: list[dict[str, object]]) -> None:
    """Write the rows down beside those of modules that still exist and were not run."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / "latest.json"
    known = json.loads(file.read_text()) if file.exists() else []
    run = {row["module"] for row in rows}
    others = [row for row in known if row.get("module") in set(modules()) - run]
    document = sorted(others + rows, key=lambda row: str(row["module"]))
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def main(names: list[str]) -> int:
    """Measure, print, save; 1 when a budget was missed."""
    rows = [row for name in names or modules() for row in measure(name)]
    keep(rows)
    print(table(rows))
    return 0 if all(row["ok"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
