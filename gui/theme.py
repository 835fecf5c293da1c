"""Colours, fonts and sizes of the desk: the only place that knows a colour literal.

Each colour has one meaning. ``up`` and ``down`` follow the sign of money; they can be swapped or replaced by a pair
that colour-blind eyes tell apart, and nothing relies on them alone; ``danger`` marks what closes or deletes and is
never swapped. Painted widgets ask :func:`current` while
painting; everything else follows the application's palette and style sheet.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette
from PyQt6.QtWidgets import QApplication, QWidget

RESOURCES: Final = Path(__file__).resolve().parent.parent / "resources"
FAMILY: Final = "Inter"
_FACES: Final = ("Regular", "SemiBold")  # each face costs the start more than a millisecond

CLEAR: Final = QColor(0, 0, 0, 0)  # the ground of a picture that is laid over another

# Sizes in device-independent pixels; Qt scales them with the screen.
SMALL: Final = 12
BODY: Final = 13
TITLE: Final = 15
ROW_HEIGHT: Final = 50
COMPACT_ROW_HEIGHT: Final = 28
RADIUS: Final = 4
PAD: Final = 12

REGULAR: Final = QFont.Weight.Normal
SEMIBOLD: Final = QFont.Weight.DemiBold
MEDIUM: Final = REGULAR  # small words in boxes; the tint already sets them apart


_WEARS_FUSION: Final = "wears_fusion"


class Tokens(NamedTuple):
    """The colours that a set is made of; all others are mixed from these."""

    ground: str
    panel: str
    raised: str
    line: str
    text: str
    muted: str
    up: str
    down: str
    warning: str
    accent: str
    danger: str


DARK: Final = Tokens(
    ground="#0e1116",
    panel="#151a21",
    raised="#1b212a",
    line="#262e39",
    text="#dfe5ec",
    muted="#8592a3",
    up="#2fbf8f",
    down="#f0616d",
    warning="#e8b04a",
    accent="#5b9cf5",
    danger="#f0616d",
)
LIGHT: Final = Tokens(
    ground="#ffffff",
    panel="#f5f7fa",
    raised="#eaeef3",
    line="#d3dae3",
    text="#18202b",
    muted="#576373",
    up="#07724f",
    down="#bd2637",
    warning="#855600",
    accent="#1d5fc2",
    danger="#bd2637",
)
# Blue against orange, after Okabe and Ito; the warning moves to yellow so that it is not taken for a loss.
_COLOUR_BLIND: Final = {
    "dark": {"up": "#56b4e9", "down": "#f0873c", "warning": "#e6d84a"},
    "light": {"up": "#0a639c", "down": "#a84300", "warning": "#6b5d00"},
}


def mixed(over: str, under: str, share: float) -> str:
    """The opaque colour of ``over`` at ``share`` (0–1) on ``under``: alpha blending is paid once, not per paint."""
    top, base = QColor(over), QColor(under)
    parts = zip(top.getRgb()[:3], base.getRgb()[:3], strict=True)
    return QColor(*(round(t * share + b * (1 - share)) for t, b in parts)).name()


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2, from 1 to 21."""

    def luminance(colour: str) -> float:
        channels = (value / 255 for value in QColor(colour).getRgb()[:3])
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def tokens(*, dark: bool = True, swapped: bool = False, colour_blind: bool = False) -> Tokens:
    """One of the sets. ``swapped``: rising is red, as in East Asia; ``colour_blind``: blue and orange."""
    chosen = DARK if dark else LIGHT
    if colour_blind:
        chosen = chosen._replace(**_COLOUR_BLIND["dark" if dark else "light"])
    if swapped:
        chosen = chosen._replace(up=chosen.down, down=chosen.up)
    return chosen


class Theme:
    """A set of tokens with every mixed colour made once. Attributes are ready QColors."""

    def __init__(self, chosen: Tokens) -> None:
        self.tokens = chosen
        self.names: dict[str, str] = {**chosen._asdict(), **_mixtures(chosen)}
        colours = {name: QColor(value) for name, value in self.names.items()}
        self.ground, self.panel, self.raised = colours["ground"], colours["panel"], colours["raised"]
        self.line, self.text, self.muted = colours["line"], colours["text"], colours["muted"]
        self.up, self.down = colours["up"], colours["down"]
        self.warning, self.accent = colours["warning"], colours["accent"]
        self.colours = colours

    def __getitem__(self, name: str) -> QColor:
        """A colour by its name: a token or a mixture such as ``up_soft``."""
        return self.colours[name]

    @property
    def is_dark(self) -> bool:
        """Light text on a dark ground."""
        return bool(self.ground.lightness() < self.text.lightness())


def _mixtures(chosen: Tokens) -> dict[str, str]:
    """Colours that only exist in relation to the tokens."""
    made = {}
    for tone in ("up", "down", "warning", "accent", "danger", "muted", "text"):
        colour = getattr(chosen, tone)
        made[f"{tone}_soft"] = mixed(colour, chosen.ground, 0.16)  # ground of a chip
        made[f"{tone}_line"] = mixed(colour, chosen.ground, 0.42)  # its frame
        made[f"{tone}_faint"] = mixed(colour, chosen.ground, 0.45)  # text of a row that is on its way out
    made["selected"] = mixed(chosen.accent, chosen.ground, 0.15)
    made["hover"] = mixed(chosen.text, chosen.ground, 0.04)
    made["pressed"] = mixed(chosen.text, chosen.raised, 0.10)
    made["raised_hover"] = mixed(chosen.text, chosen.raised, 0.06)
    made["line_strong"] = mixed(chosen.text, chosen.line, 0.14)
    made["disabled"] = mixed(chosen.muted, chosen.panel, 0.6)
    # On white a paler fill would not carry white words.
    is_dark = QColor(chosen.ground).lightness() < QColor(chosen.text).lightness()
    made["accent_fill"] = mixed(chosen.accent, chosen.ground, 0.62 if is_dark else 1)
    made["danger_fill"] = mixed(chosen.danger, chosen.ground, 0.55 if is_dark else 1)
    made["on_fill"] = "#ffffff"
    return made


_current = Theme(DARK)


def current() -> Theme:
    """The theme in force."""
    return _current


def environment_colour(environment: str) -> str:
    """Token name of the badge of an environment: money at stake is red, a rehearsal is blue."""
    return {"live": "danger", "demo": "warning", "testnet": "warning"}.get(environment, "accent")


def load_fonts() -> None:
    """Bring the bundled faces in; a missing file leaves the system's sans serif."""
    for face in _FACES:
        QFontDatabase.addApplicationFont(str(RESOURCES / "fonts" / f"{FAMILY}-{face}.otf"))


class Typeface(NamedTuple):
    """A family and the size of its body text in device-independent pixels; the other sizes follow in proportion."""

    family: str = FAMILY
    body: int = BODY

    def pixels(self, size: int) -> int:
        """How large a size of the design is drawn."""
        return round(size * self.body / BODY)

    def make(self, size: int, weight: QFont.Weight) -> QFont:
        """A font with tabular figures."""
        made = QFont(self.family)
        made.setStyleHint(QFont.StyleHint.SansSerif)
        made.setPixelSize(self.pixels(size))
        made.setWeight(weight)
        made.setFeature(QFont.Tag("tnum"), 1)
        return made


_typeface = Typeface()
_fonts: dict[tuple[int, QFont.Weight], tuple[QFont, QFontMetrics]] = {}


def _font(size: int, weight: QFont.Weight) -> tuple[QFont, QFontMetrics]:
    found = _fonts.get((size, weight))
    if found is None:
        made = _typeface.make(size, weight)
        found = _fonts[size, weight] = made, QFontMetrics(made)
    return found


def font(size: int = BODY, weight: QFont.Weight = REGULAR) -> QFont:
    """The desk's font in a size of the design. Shared, :func:`wear_typeface` changes it in place: copy it to alter."""
    return _font(size, weight)[0]


def metrics(size: int = BODY, weight: QFont.Weight = REGULAR) -> QFontMetrics:
    """Measures of :func:`font`; they follow it."""
    return _font(size, weight)[1]


_LONG_WORD: Final = 12


def shortened(text: str, measures: QFontMetrics, room: int) -> str:
    """The part of ``text`` that fits into ``room`` pixels: its beginning; of a long word, such as an order's id, both
    ends, because both are needed to tell it from others.
    """
    is_word = len(text) >= _LONG_WORD and " " not in text and any(letter.isalpha() for letter in text)
    mode = Qt.TextElideMode.ElideMiddle if is_word else Qt.TextElideMode.ElideRight
    return measures.elidedText(text, mode, max(0, room))


def wear_typeface(chosen: Typeface) -> bool:
    """Another family or size, at once: for painters that hold a font of ours and widgets that were given one.

    Returns:
        Whether anything changed. Layouts that were measured before have to be measured again.
    """
    global _typeface
    if chosen == _typeface:
        return False
    wearing = _wearing()  # asked before anything changes: afterwards a size may stand for another one
    _typeface = chosen
    for (size, weight), (shared, measures) in _fonts.items():
        shared.swap(chosen.make(size, weight))
        measures.swap(QFontMetrics(shared))
    app = QApplication.instance()
    if isinstance(app, QApplication):
        with _uncollected():
            app.setFont(font())
        for widget, (size, weight) in wearing:
            widget.setFont(font(size, weight))
            widget.updateGeometry()
            widget.update()
    return True


def _wearing() -> list[tuple[QWidget, tuple[int, QFont.Weight]]]:
    """Every widget in a font of ours, and which one."""
    ours = {(_typeface.pixels(size), int(weight)): (size, weight) for size, weight in _fonts}
    found = ((widget, ours.get((widget.font().pixelSize(), widget.font().weight()))) for widget in _all_widgets())
    return [(widget, face) for widget, face in found if face is not None]


def _all_widgets() -> list[QWidget]:
    app = QApplication.instance()
    return app.allWidgets() if isinstance(app, QApplication) else []


def make_application(name: str) -> QApplication:
    """An application in the style that everything here is laid upon.

    Qt is told by an argument: a call that returns a QStyle would make PyQt load the 560 members of that class's enums,
    a tenth of the whole start.
    """
    app = QApplication([name, "-style", "fusion"])
    app.setProperty(_WEARS_FUSION, True)
    return app


def apply(app: QApplication, chosen: Tokens) -> None:
    """Dress the whole application; may be called again to change clothes while it runs."""
    global _current
    _current = Theme(chosen)
    with _uncollected():
        if not app.property(_WEARS_FUSION):  # made by somebody else, such as a test
            app.setStyle("Fusion")
        app.setFont(font())
        app.setPalette(_palette(_current))
        app.setStyleSheet(style_sheet(_current))


def undress(app: QApplication) -> None:
    """Take the style sheet off again."""
    with _uncollected():
        app.setStyleSheet("")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Qt goes through a list of all widgets and calls their handlers; one that is collected meanwhile is a crash."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def style_sheet(theme: Theme) -> str:
    """``resources/themes/desk.qss`` with each ``@name`` replaced by its colour."""
    sheet = (RESOURCES / "themes" / "desk.qss").read_text(encoding="utf-8")
    for name in sorted(theme.names, key=len, reverse=True):  # @text_soft before @text
        sheet = sheet.replace(f"@{name}", theme.names[name])
    return sheet


def _palette(theme: Theme) -> QPalette:
    """Fusion's roles in our colours, for what the style sheet does not name."""
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, name in (
        (roles.Window, "ground"),
        (roles.WindowText, "text"),
        (roles.Base, "ground"),
        (roles.AlternateBase, "panel"),
        (roles.Text, "text"),
        (roles.PlaceholderText, "muted"),
        (roles.Button, "raised"),
        (roles.ButtonText, "text"),
        (roles.ToolTipBase, "raised"),
        (roles.ToolTipText, "text"),
        (roles.Highlight, "accent_fill"),
        (roles.HighlightedText, "on_fill"),
        (roles.Link, "accent"),
        (roles.Mid, "line"),
        (roles.Dark, "line"),
        (roles.Shadow, "line"),
    ):
        palette.setColor(role, theme[name])
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme["disabled"])
    return palette
