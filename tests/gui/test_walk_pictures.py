"""The manual's pictures show the desk as it is: taken anew they differ in nothing but the edges of letters.

Both sides are painted on the same sample desk with the bundled fonts alone. What is left to differ between machines is
how their font engines smooth edges, so small squares are compared by their mean colour.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtGui import QImage

from tests.gui import pictures

KEPT = pictures.ROOT / "docs" / "pictures"
SQUARE = 10  # pixels: smaller than a letter, larger than its edge
NEAR = 20  # of 255, in any of red, green and blue
MOST_CHANGED = 0.001  # of all squares


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pictures anew."""
    folder = tmp_path_factory.mktemp("pictures")
    done = pictures.standing_alone([str(folder)])
    assert done.returncode == 0, done.stderr[-4000:]
    return folder


def squares(picture: QImage) -> np.ndarray:
    """Mean red, green and blue of every square; what is left at the right and the bottom is not looked at."""
    numbers = pictures.pixels(picture)
    channels = np.stack([numbers >> shift & 255 for shift in (16, 8, 0)], axis=-1).astype(np.float32)
    height, width = (size // SQUARE * SQUARE for size in numbers.shape)
    parts = channels[:height, :width].reshape(height // SQUARE, SQUARE, width // SQUARE, SQUARE, 3)
    return parts.mean(axis=(1, 3))


def changed(one: QImage, other: QImage) -> float:
    """The share of squares that look different; everything when the sizes differ."""
    if one.size() != other.size():
        return 1.0
    return float((np.abs(squares(one) - squares(other)).max(axis=-1) > NEAR).mean())


def files(folder: Path) -> set[str]:
    return {f"{path.parent.name}/{path.name}" for theme in ("dark", "light") for path in (folder / theme).glob("*.png")}


def test_every_picture_is_kept_and_no_other(taken: Path) -> None:
    assert files(KEPT) == files(taken)
    assert len(files(KEPT)) > 60


def test_the_pictures_show_the_desk_as_it_is(taken: Path) -> None:
    """Where this fails on purpose, ``make pictures`` brings them up to date."""
    shares = {name: changed(QImage(str(KEPT / name)), QImage(str(taken / name))) for name in sorted(files(taken))}
    assert {name: share for name, share in shares.items() if share > MOST_CHANGED} == {}


def test_the_comparison_sees_what_a_person_sees(taken: Path) -> None:
    dark, light = QImage(str(taken / "dark/positions.png")), QImage(str(taken / "light/positions.png"))
    assert changed(dark, dark) == 0
    assert changed(dark, light) == pytest.approx(1, abs=0.1)
    moved = QImage(dark.size(), QImage.Format.Format_RGB32)
    moved.fill(0)
    inner = dark.convertToFormat(QImage.Format.Format_RGB32)
    table = pictures.pixels(inner)
    shifted = np.roll(table, 6, axis=1).copy()
    other = QImage(shifted.tobytes(), inner.width(), inner.height(), inner.width() * 4, QImage.Format.Format_RGB32)
    assert changed(dark, other) > MOST_CHANGED * 10


def test_every_picture_is_in_the_manual() -> None:
    """And every picture that the manual names is there."""
    manual = "\n".join(path.read_text("utf-8") for path in (pictures.ROOT / "docs").glob("*.md"))
    readme = (pictures.ROOT / "README.md").read_text("utf-8").replace("docs/pictures/", "pictures/")
    named = set(re.findall(r"pictures/([\w./-]+\.png)", manual + readme))
    assert {name for name in named if not (KEPT / name).exists()} == set()
    assert {name for name in files(KEPT) if name not in named} == set()
