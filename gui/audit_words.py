"""What a check of the audit trail found, as one sentence."""

from __future__ import annotations

from gui.text import translate


def verdict(rows: int, broken_at: int | None, is_whole: bool) -> str:
    """Whole, changed at a line, or cut off at the end."""
    if broken_at is not None:
        return translate(
            "Audit", "The audit trail was CHANGED: line {row} does not fit; {n} lines before it do."
        ).format(row=broken_at, n=f"{rows:,}")
    if not is_whole:
        return translate("Audit", "The audit trail was CUT: {n} lines fit, and lines are missing behind them.").format(
            n=f"{rows:,}"
        )
    return translate("Audit", "The audit trail is whole: {n} lines.").format(n=f"{rows:,}")
