"""How the schema came about: numbered steps, frozen once released. A change of ``tables`` is a new step at the end.

Never edit a released step: files that it made are out there. ``tests/frames/databases`` keeps one file per version.
"""

from __future__ import annotations

from typing import NamedTuple


class Step(NamedTuple):
    """What takes a file from ``version - 1`` to ``version``, in one transaction."""

    version: int
    statements: tuple[str, ...]


def _digits(*names: str) -> str:
    """Checks that text columns hold plain digits."""
    return ", ".join(f"CHECK ({name} NOT GLOB '*[^0-9.-]*' AND {name} GLOB '*[0-9]')" for name in names)


def _forever(table: str) -> tuple[str, str]:
    """Triggers that make a table append-only, for this program as well."""
    return (
        f"CREATE TRIGGER {table}_not_updated BEFORE UPDATE ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    )


_FIRST = Step(
    1,
    (
        "CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT",
        f"""
        CREATE TABLE intents (
            row_id INTEGER NOT NULL PRIMARY KEY,
            intent_id TEXT NOT NULL UNIQUE CHECK (intent_id <> ''),
            order_link_id TEXT UNIQUE CHECK (order_link_id <> ''),
            kind TEXT NOT NULL CHECK (kind <> ''),
            type TEXT NOT NULL CHECK (type <> ''),
            category TEXT NOT NULL CHECK (category <> ''),
            symbol TEXT NOT NULL CHECK (symbol <> ''),
            position_idx INTEGER NOT NULL CHECK (position_idx BETWEEN 0 AND 2),
            life_id TEXT NOT NULL,
            seq_seen INTEGER NOT NULL,
            side TEXT NOT NULL,
            qty TEXT,
            payload TEXT NOT NULL CHECK (payload <> ''),
            created_ms INTEGER NOT NULL CHECK (created_ms >= 0),
            {_digits("qty")}
        ) STRICT
        """,
        """
        CREATE TABLE intent_states (
            row_id INTEGER NOT NULL PRIMARY KEY,
            intent_id TEXT NOT NULL REFERENCES intents (intent_id),
            state TEXT NOT NULL
                CHECK (state IN ('sending', 'accepted', 'unknown', 'done', 'refused', 'no_trace')),
            ret_code INTEGER,
            detail TEXT NOT NULL,
            at_ms INTEGER NOT NULL CHECK (at_ms >= 0)
        ) STRICT
        """,
        "CREATE INDEX intent_states_by_intent ON intent_states (intent_id, row_id)",
        """
        CREATE TABLE open_intents (
            intent_id TEXT NOT NULL PRIMARY KEY REFERENCES intents (intent_id)
        ) WITHOUT ROWID, STRICT
        """,
        f"""
        CREATE TABLE executions (
            row_id INTEGER NOT NULL PRIMARY KEY,
            category TEXT NOT NULL CHECK (category <> ''),
            symbol TEXT NOT NULL CHECK (symbol <> ''),
            exec_id TEXT NOT NULL CHECK (exec_id <> ''),
            order_id TEXT NOT NULL,
            order_link_id TEXT NOT NULL,
            side TEXT NOT NULL,
            exec_type TEXT NOT NULL,
            qty TEXT NOT NULL,
            price TEXT NOT NULL,
            value TEXT NOT NULL,
            fee TEXT NOT NULL,
            closed_size TEXT,
            is_maker INTEGER NOT NULL CHECK (is_maker IN (0, 1)),
            create_type TEXT NOT NULL,
            stop_order_type TEXT NOT NULL,
            order_type TEXT NOT NULL,
            ts_ms INTEGER NOT NULL CHECK (ts_ms >= 0),
            seq INTEGER NOT NULL,
            fee_currency TEXT NOT NULL,
            exec_pnl TEXT,
            position_idx INTEGER CHECK (position_idx BETWEEN 0 AND 2),
            UNIQUE (category, symbol, exec_id),
            {_digits("qty", "price", "value", "fee", "closed_size", "exec_pnl")}
        ) STRICT
        """,
        "CREATE INDEX executions_by_time ON executions (ts_ms, row_id)",
        "CREATE INDEX executions_by_category ON executions (category, ts_ms)",
        f"""
        CREATE TABLE orders_seen (
            row_id INTEGER NOT NULL PRIMARY KEY,
            category TEXT NOT NULL CHECK (category <> ''),
            symbol TEXT NOT NULL CHECK (symbol <> ''),
            position_idx INTEGER NOT NULL CHECK (position_idx BETWEEN 0 AND 2),
            order_id TEXT NOT NULL CHECK (order_id <> ''),
            order_link_id TEXT NOT NULL,
            side TEXT NOT NULL,
            order_type TEXT NOT NULL,
            status TEXT NOT NULL,
            qty TEXT NOT NULL,
            leaves_qty TEXT,
            filled_qty TEXT NOT NULL,
            price TEXT,
            average_price TEXT,
            trigger_price TEXT,
            trigger_by TEXT NOT NULL,
            trigger_direction INTEGER NOT NULL,
            take_profit TEXT,
            stop_loss TEXT,
            stop_order_type TEXT NOT NULL,
            time_in_force TEXT NOT NULL,
            reduce_only INTEGER NOT NULL CHECK (reduce_only IN (0, 1)),
            create_type TEXT NOT NULL,
            cancel_type TEXT NOT NULL,
            reject_reason TEXT NOT NULL,
            created_ms INTEGER NOT NULL CHECK (created_ms >= 0),
            updated_ms INTEGER NOT NULL CHECK (updated_ms >= 0),
            UNIQUE (category, symbol, order_id, updated_ms, status, filled_qty),
            {_digits("qty", "leaves_qty", "filled_qty", "price", "average_price")},
            {_digits("trigger_price", "take_profit", "stop_loss")}
        ) STRICT
        """,
        """
        CREATE TABLE audit_events (
            row_id INTEGER NOT NULL PRIMARY KEY,
            ts_ms INTEGER NOT NULL CHECK (ts_ms >= 0),
            code TEXT NOT NULL CHECK (code <> ''),
            severity TEXT NOT NULL,
            category TEXT CHECK (category <> ''),
            symbol TEXT CHECK (symbol <> ''),
            position_idx INTEGER CHECK (position_idx BETWEEN 0 AND 2),
            details TEXT NOT NULL CHECK (details <> ''),
            previous TEXT NOT NULL CHECK (length(previous) = 64),
            hash TEXT NOT NULL CHECK (length(hash) = 64)
        ) STRICT
        """,
        f"""
        CREATE TABLE lives (
            row_id INTEGER NOT NULL PRIMARY KEY,
            life_id TEXT NOT NULL UNIQUE CHECK (life_id <> ''),
            category TEXT NOT NULL CHECK (category <> ''),
            symbol TEXT NOT NULL CHECK (symbol <> ''),
            position_idx INTEGER NOT NULL CHECK (position_idx BETWEEN 0 AND 2),
            side TEXT NOT NULL,
            settle_coin TEXT NOT NULL,
            opened_ms INTEGER NOT NULL CHECK (opened_ms >= 0),
            closed_ms INTEGER NOT NULL CHECK (closed_ms >= 0),
            peak_size TEXT NOT NULL,
            entry_price TEXT,
            exit_price TEXT,
            gross_pnl TEXT,
            fees TEXT,
            funding TEXT,
            net_pnl TEXT,
            net_pnl_e8 INTEGER,
            closed_by TEXT NOT NULL,
            is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
            {_digits("peak_size", "entry_price", "exit_price", "gross_pnl", "fees", "funding", "net_pnl")}
        ) STRICT
        """,
        "CREATE INDEX lives_by_time ON lives (closed_ms, life_id)",
        "CREATE INDEX lives_by_symbol ON lives (symbol, closed_ms, life_id)",
        f"""
        CREATE TABLE partial_exits (
            life_id TEXT NOT NULL REFERENCES lives (life_id),
            ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
            order_id TEXT NOT NULL,
            order_link_id TEXT NOT NULL,
            ts_ms INTEGER NOT NULL CHECK (ts_ms >= 0),
            qty TEXT NOT NULL,
            price TEXT NOT NULL,
            share_pct TEXT,
            gross_pnl TEXT,
            fee TEXT NOT NULL,
            net_pnl TEXT,
            reason TEXT NOT NULL,
            PRIMARY KEY (life_id, ordinal),
            {_digits("qty", "price", "share_pct", "gross_pnl", "fee", "net_pnl")}
        ) WITHOUT ROWID, STRICT
        """,
        f"""
        CREATE TABLE daily_totals (
            day INTEGER NOT NULL,
            settle_coin TEXT NOT NULL,
            trades INTEGER NOT NULL,
            wins INTEGER NOT NULL,
            losses INTEGER NOT NULL,
            break_even INTEGER NOT NULL,
            pending INTEGER NOT NULL,
            gross_pnl TEXT NOT NULL,
            fees TEXT NOT NULL,
            funding TEXT NOT NULL,
            net_pnl TEXT NOT NULL,
            PRIMARY KEY (day, settle_coin),
            CHECK (trades = wins + losses + break_even + pending),
            {_digits("gross_pnl", "fees", "funding", "net_pnl")}
        ) WITHOUT ROWID, STRICT
        """,
        *_forever("intents"),
        *_forever("intent_states"),
        *_forever("executions"),
        *_forever("orders_seen"),
        *_forever("audit_events"),
    ),
)

# Reasons that bots give to their exits, and which stretches of the exchange's history have been fetched in full.
_LABELS_AND_WINDOWS = Step(
    2,
    (
        """
        CREATE TABLE exit_labels (
            order_link_id TEXT NOT NULL PRIMARY KEY CHECK (order_link_id <> ''),
            reason TEXT NOT NULL,
            at_ms INTEGER NOT NULL CHECK (at_ms >= 0)
        ) WITHOUT ROWID, STRICT
        """,
        """
        CREATE TABLE fetched_windows (
            scope TEXT NOT NULL,
            from_ms INTEGER NOT NULL,
            until_ms INTEGER NOT NULL CHECK (until_ms > from_ms),
            PRIMARY KEY (scope, from_ms)
        ) WITHOUT ROWID, STRICT
        """,
    ),
)

# Each state with the whole command as it was then: what it had filled, on what evidence, how often it was sent.
_WHOLE_COMMANDS = Step(3, ("ALTER TABLE intent_states ADD COLUMN command TEXT CHECK (command <> '')",))

# How far each life went for and against its owner, by the marks seen; fees in other coins, as JSON: [["MNT", "0.1"]].
_EXCURSIONS_AND_OTHER_FEES = Step(
    4,
    (
        f"ALTER TABLE lives ADD COLUMN best_pnl TEXT {_digits('best_pnl')}",
        f"ALTER TABLE lives ADD COLUMN worst_pnl TEXT {_digits('worst_pnl')}",
        "ALTER TABLE lives ADD COLUMN other_fees TEXT CHECK (other_fees <> '')",
    ),
)

# Where a life's money is from when not from its executions: "closed_pnl".
_PNL_SOURCE = Step(5, ("ALTER TABLE lives ADD COLUMN pnl_source TEXT CHECK (pnl_source <> '')",))

STEPS: tuple[Step, ...] = (_FIRST, _LABELS_AND_WINDOWS, _WHOLE_COMMANDS, _EXCURSIONS_AND_OTHER_FEES, _PNL_SOURCE)
VERSION = STEPS[-1].version
