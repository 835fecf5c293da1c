"""Make the fixture of a schema version: ``python -m tests.frames.databases.make 3``, once, when the version is born.

``v3.db`` is a database as that version leaves it, ``v3.json`` what is in it, table by table. Neither is ever made
again: later programs must be able to open what this one wrote.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from core.files import create_private
from core.model import CoinAmount
from core.store import audit, facts, history, journal
from core.store.files import make_private
from core.store.migrations import migrate
from core.store.sqlite import Database, connect
from core.store.steps import STEPS
from tests.core.store import samples

FOLDER = Path(__file__).parent


def contents(file: Path) -> dict[str, list[list[object]]]:
    """Every row of every table."""
    with closing(sqlite3.connect(file)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
        return {name: [list(row) for row in connection.execute(f"SELECT * FROM {name}")] for (name,) in names}


def make(version: int) -> None:
    """Write both files of a version."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "desk.db"
        make_private(file.parent)
        create_private(file)
        with closing(connect(file)) as connection:
            migrate(connection, STEPS[:version])
            identity = [("environment", "paper"), ("account", "Main"), ("schema_version", str(version))]
            connection.executemany("INSERT INTO meta VALUES (?, ?)", identity)
        database = Database(file)
        with database.write(durable=True) as connection:
            fill(connection, version)
        database.close()
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("VACUUM")
        (FOLDER / f"v{version}.db").write_bytes(file.read_bytes())
        rows = json.dumps(contents(file), ensure_ascii=True, indent=0)
        (FOLDER / f"v{version}.json").write_text(rows + "\n", encoding="ascii")


def fill(connection: Connection, version: int) -> None:
    """A little of everything that the version can hold."""
    for number, intent in enumerate(samples.INTENTS):
        journal.add(connection, samples.command(number), intent)
    journal.note(connection, samples.command(0, "done"), 1_700_000_001_000)
    journal.note(connection, samples.command(1, "unknown", detail="timeout"), 1_700_000_001_000)
    facts.add_executions(connection, [samples.execution(n, order_link_id=samples.HOSTILE[n]) for n in range(9)])
    facts.add_executions(connection, [samples.execution(9, fee=Decimal("-0.000000000000000001"), position_idx=None)])
    facts.add_orders(connection, [samples.order(n) for n in range(3)])
    audit.add(connection, [samples.audit_event(n, size=Decimal("1.10"), text=samples.HOSTILE[n]) for n in range(9)])
    history.save(connection, [samples.trade(n, closed_ms=n * samples.DAY_MS // 2) for n in range(6)])
    seen = {
        "best_pnl": Decimal("2.50"),
        "worst_pnl": Decimal("-0.75"),
        "other_fees": (CoinAmount("MNT", Decimal("0.1")),),
    }
    later = (seen if version >= 4 else {}) | ({"pnl_source": "closed_pnl"} if version >= 5 else {})
    history.save(connection, [samples.trade(7, net_pnl=None, gross_pnl=None, is_complete=False, exits=0, **later)])
    if version >= 2:
        facts.set_label(connection, "link-1", "ladder 1", 1_700_000_000_000)
        facts.add_window(connection, "linear", 1_690_000_000_000, 1_700_000_000_000)


if __name__ == "__main__":
    make(int(sys.argv[1]))
