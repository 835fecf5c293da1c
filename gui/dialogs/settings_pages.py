"""Which settings there are, page by page, and what they are called. What a value may be is core.settings' business."""

from __future__ import annotations

from typing import Final, NamedTuple

from core.guard_config import defaults
from core.settings import paces_of
from gui import language, theme
from gui.comfort import capture
from gui.comfort.idle_lock import DEFAULT_MIN
from gui.comfort.kinds import KINDS
from gui.dialogs.settings_fields import (
    AmountField,
    ChoiceField,
    Field,
    FileField,
    FlagField,
    GuardField,
    KeyField,
    Value,
    WholeField,
    families,
)
from gui.settings import WindowSettings
from gui.shortcuts import KEYS
from gui.text import translate

SIZES: Final = (11, 12, 13, 14, 15, 16)
SCALES: Final = (100, 125, 150, 175, 200)
_GIVEN: Final = paces_of(lambda name: None)


class Page(NamedTuple):
    """Fields under one title. ``pairs``: two fields each that share one line, such as notification and sound.

    ``trial``: what the button says that tries the page out; "" for none.
    """

    title: str
    note: str
    fields: tuple[Field, ...]
    pairs: tuple[tuple[str, Field, Field], ...] = ()
    trial: str = ""


def pages(settings: WindowSettings) -> tuple[Page, ...]:
    """Every page with its fields, filled from the settings."""
    made = (_look, _privacy, _alerts, _trading, _guards, _connection, _keys, _files)
    return tuple(make(settings) for make in made)


def _look(settings: WindowSettings) -> Page:
    t = translate
    themes = [("dark", t("Menu", "Dark")), ("light", t("Menu", "Light")), ("system", t("Menu", "As the system"))]
    sizes: list[tuple[Value, str]] = [(size, f"{size}") for size in SIZES]
    scales: list[tuple[Value, str]] = [(scale, f"{scale} %") for scale in SCALES]
    spoken: list[tuple[Value, str]] = [(language.SYSTEM, t("Settings", "The system's")), *language.NAMES.items()]
    return Page(
        t("Settings", "Look"),
        t("Settings", "Everything counts at once, only the scale from the next start."),
        (
            ChoiceField(settings, "language", t("Settings", "Language"), spoken, language.SYSTEM),
            ChoiceField(settings, "theme", t("Settings", "Theme"), themes, "dark"),
            FlagField(settings, "swapped", t("Menu", "Red for gains, green for losses"), False),
            FlagField(settings, "colour_blind", t("Menu", "Colour-blind pair"), False),
            ChoiceField(settings, "font_family", t("Settings", "Font"), families(), theme.FAMILY),
            ChoiceField(settings, "font_size", t("Settings", "Size of the text"), sizes, theme.BODY),
            ChoiceField(settings, "scale_pct", t("Settings", "Scale of everything (next start)"), scales, 100),
            FlagField(settings, "compact", t("Menu", "Compact rows"), False),
            FlagField(settings, "flash", t("Menu", "Flash changed cells"), True),
        ),
    )


def _privacy(settings: WindowSettings) -> Page:
    t = translate
    fields: list[Field] = [
        FlagField(settings, "private", t("Menu", "Hide money and sizes"), False),
        FlagField(
            settings, "announce_amounts", t("Settings", "Amounts in notifications, unless money is hidden"), False
        ),
        WholeField(
            settings,
            "idle_lock_min",
            t("Settings", "Minutes without input until trading is locked (0: never)"),
            DEFAULT_MIN,
            (0, 1_440),
        ),
        FlagField(settings, "idle_hides", t("Settings", "Hide money and sizes then, too"), False),
        FlagField(settings, "idle_asks", t("Settings", "Ask for the passphrase, or the key ring, to unlock it"), True),
    ]
    if capture.is_possible():
        words = t("Settings", "Keep the desk's windows out of screen recordings, as far as the system does")
        fields.append(FlagField(settings, "capture_excluded", words, False))
    note = t("Settings", "Percentages and prices stay when money is hidden.")
    return Page(t("Settings", "Privacy and lock"), note, tuple(fields))


def _alerts(settings: WindowSettings) -> Page:
    t = translate
    pairs = []
    for kind in KINDS:
        words = t("Announce", kind.words)
        notify = t("Settings", "{what}: notification").format(what=words)
        sound = t("Settings", "{what}: sound").format(what=words)
        pairs.append(
            (
                words,
                FlagField(settings, f"notify/{kind.name}", notify, kind.is_critical, t("Settings", "Notify")),
                FlagField(settings, f"sound/{kind.name}", sound, kind.is_critical, t("Settings", "Sound")),
            )
        )
    tray = FlagField(settings, "tray", t("Settings", "Icon in the system's tray"), True)
    note = t(
        "Settings", "Several within five seconds become one. Without a tray the system's own notifications are used."
    )
    return Page(
        t("Settings", "Notifications"), note, (tray,), tuple(pairs), t("Settings", "Try a notification and its sound")
    )


def _trading(settings: WindowSettings) -> Page:
    t = translate
    triggers = [
        ("MarkPrice", t("Settings", "Mark price")),
        ("LastPrice", t("Settings", "Last price")),
        ("IndexPrice", t("Settings", "Index price")),
    ]
    hold = t("Settings", "Live: hold the button when worth dollars or more")
    return Page(
        t("Settings", "Trading"),
        t("Settings", "What a dialog begins with. Stops that stand already keep what they are compared with."),
        (
            AmountField(settings, "hold_above", hold, "0"),
            ChoiceField(
                settings, "default_trigger", t("Settings", "New stops are compared with"), triggers, "MarkPrice"
            ),
        ),
    )


def _guards(settings: WindowSettings) -> Page:
    t, given = translate, defaults()

    def guard(name: str, words: str, proposal: str, *, is_whole: bool = False) -> GuardField:
        return GuardField(settings, name, words, given[name], proposal=proposal, is_whole=is_whole)

    return Page(
        t("Settings", "Guards"),
        t("Settings", "Guards alert, they never act."),
        (
            guard(
                "guard_unprotected_s",
                t("Settings", "Without a stop for more seconds than"),
                "60",
                is_whole=True,
            ),
            guard("guard_max_positions", t("Settings", "More open positions than"), "5", is_whole=True),
            guard(
                "guard_near_liquidation_pct", t("Settings", "Liquidation nearer than percent of the mark price"), "5"
            ),
            guard("guard_daily_loss", t("Settings", "Realised loss of the UTC day, in dollars"), "1000"),
        ),
    )


def _connection(settings: WindowSettings) -> Page:
    t = translate

    def every(name: str, words: str, least: int, most: int) -> WholeField:
        return WholeField(settings, f"every_{name}", words, _GIVEN[name], (least, most))

    return Page(
        t("Settings", "Connection"),
        t("Settings", "Bybit's streams tell of every change at once; these readings prove it. In seconds."),
        (
            every("positions_s", t("Settings", "Positions and orders every"), 2, 60),
            every("wallet_s", t("Settings", "Balance every"), 5, 300),
            every("reconcile_s", t("Settings", "Everything compared every"), 15, 600),
        ),
    )


def _keys(settings: WindowSettings) -> Page:
    note = translate(
        "Settings", "No key sends anything by itself. Keys of tables, charts and dialogs stay as they are."
    )
    return Page(translate("Settings", "Keys"), note, tuple(KeyField(settings, key) for key in KEYS))


def _files(settings: WindowSettings) -> Page:
    folder = settings.folder
    said = translate("Settings", "Settings, logs and history are in {folder}").format(folder=folder) if folder else ""
    bot = translate("Settings", "The bot's positions.json, to be watched")
    return Page(translate("Settings", "Files"), said, (FileField(settings, "bot_file", bot),))
