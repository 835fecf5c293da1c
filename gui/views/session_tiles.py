"""The figures of a period of closed trades as tiles, each with its definition and how many trades stand behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui import text, theme
from gui.text import translate
from gui.widgets.tile import Tile

if TYPE_CHECKING:
    from core.model import SessionSummary


def make_tiles() -> dict[str, Tile]:
    """The tiles in their order, saying nothing yet."""
    t = translate
    names = {
        "trades": t("Session", "Closed trades"),
        "win_rate": t("Session", "Win rate"),
        "net": t("Session", "Net PnL"),
        "profit_factor": t("Session", "Profit factor"),
        "expectancy": t("Session", "Expectancy"),
        "drawdown": t("Session", "Max drawdown"),
        "hold": t("Session", "Average hold"),
        "streaks": t("Session", "Longest streaks"),
        "average": t("Session", "Average win / loss"),
        "costs": t("Session", "Fees / funding"),
    }
    made = {key: Tile(name, size=theme.BODY + 1, grows=False) for key, name in names.items()}
    for tile in made.values():
        tile.set(text.DASH, "muted")
        tile.setSizePolicy(tile.sizePolicy().Policy.Ignored, tile.sizePolicy().verticalPolicy())
    return made


def show_tiles(tiles: dict[str, Tile], summary: SessionSummary) -> None:
    """Write a summary into its tiles; what there is nothing to divide by is a dash."""
    pending = translate("Session", "{n} pending").format(n=summary.pending) if summary.pending else ""
    tiles["trades"].set(f"{summary.closed_trades:,}", "text", pending)
    won = f"{summary.wins}/{summary.losses}" if summary.wins or summary.losses else ""
    tiles["win_rate"].set(text.percent(summary.win_rate_pct, 1), "text", won)
    net = summary.total_realised_pnl
    tiles["net"].set(text.money(net, signed=True), text.tone_of(net))
    tiles["profit_factor"].set(text.number(summary.profit_factor, 2))
    risk = text.number(summary.expectancy_r, 2, signed=True)
    in_r = translate("Session", "{r} R").format(r=risk) if summary.expectancy_r is not None else ""
    tiles["expectancy"].set(text.money(summary.expectancy, signed=True), text.tone_of(summary.expectancy), in_r)
    drawdown = -summary.max_drawdown
    tiles["drawdown"].set(text.money(drawdown), text.tone_of(drawdown))
    tiles["hold"].set(text.duration(summary.average_hold_ms))
    _show_streaks(tiles["streaks"], summary)
    win, loss = (text.money(value, signed=True) for value in (summary.average_win, summary.average_loss))
    tiles["average"].set(f"{win} / {loss}" if summary.wins or summary.losses else text.DASH)
    tone = text.tone_of(summary.funding - summary.fees)
    tiles["costs"].set(f"{text.money(-summary.fees)} / {text.money(summary.funding, signed=True)}", tone)
    for key, words in explanations(summary).items():
        tiles[key].setToolTip(text.as_tooltip(words))


def _show_streaks(tile: Tile, summary: SessionSummary) -> None:
    """The longest ones as won / lost; beside them the one that lasts."""
    longest, now = f"{summary.longest_win_streak} / {summary.longest_loss_streak}", summary.current_streak
    sign = "+" if now > 0 else text.MINUS
    note = translate("Session", "now {n}").format(n=f"{sign}{abs(now)}") if now else ""
    tile.set(longest if summary.wins or summary.losses else text.DASH, "text", note)


def show_nothing(tiles: dict[str, Tile], reason: str) -> None:
    """Dashes, and why."""
    for tile in tiles.values():
        tile.set(text.DASH, "muted")
        tile.setToolTip(text.as_tooltip(reason))


def explanations(summary: SessionSummary) -> dict[str, str]:
    """What each figure means and from how many trades it is made."""
    t = translate
    known = summary.wins + summary.losses + summary.break_even
    shown = {
        "trades": t("Session", "Positions from flat to flat: {known} with a known result, {pending} pending."),
        "win_rate": t("Session", "Trades with net above 0 ÷ trades with a known result: {wins} of {known}."),
        "net": t("Session", "Gross results − fees + funding, USDT and USDC summed as dollars. n = {known}."),
        "profit_factor": t("Session", "Sum of winning results {profit} ÷ sum of losing results {loss}. n = {known}."),
        "expectancy": t(
            "Session",
            "Average net result of a trade. In R: the same ÷ the average loss {average_loss}, which stands for the "
            "risk of a trade: no history says what it was at first. n = {known}.",
        ),
        "drawdown": t(
            "Session",
            "The largest fall of the running sum of net results from its highest point, trade by trade. "
            "Open positions do not count. n = {known}.",
        ),
        "hold": t("Session", "Average time from opening to flat, of trades whose opening is known. n ≤ {n}."),
        "streaks": t(
            "Session",
            "The most wins and the most losses in a row, in order of closing; now: the row that the newest trade ends "
            "(+ won, − lost). Break-even ends a row, pending trades are passed over. n = {known}.",
        ),
        "average": t("Session", "Average net result of {wins} wins, and of {losses} losses."),
        "costs": t("Session", "Fees paid (entries and exits), and funding: plus was received. n = {known}."),
    }
    return {
        key: words.format(
            n=summary.closed_trades, known=known, pending=summary.pending, wins=summary.wins, losses=summary.losses,
            profit=text.money(summary.gross_profit), loss=text.money(-summary.gross_loss),
            average_loss=text.money(summary.average_loss),
        )
        for key, words in shown.items()
    }  # fmt: skip
