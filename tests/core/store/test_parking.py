"""Parked arrays: the same numbers, whether there is room on the disk or not."""

from __future__ import annotations

import tempfile
from typing import Any

import numpy as np
import pytest

from core.store.parking import give_back, parked, rest


@pytest.mark.parametrize("kind", [np.int32, np.float64])
def test_a_parked_array_is_the_same(kind: Any) -> None:
    values = np.arange(5_000, dtype=kind)[::-1].copy()
    kept = parked(values)
    assert isinstance(kept, np.memmap)
    rest(kept)
    give_back()
    assert kept.dtype == values.dtype
    assert np.array_equal(kept, values)
    assert np.array_equal(kept[10:20], values[10:20])
    rest(kept[10:20])
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 1


def test_without_room_it_stays_in_memory(monkeypatch) -> None:
    def full() -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    values = np.arange(9, dtype=np.int32)
    assert parked(values) is values
    rest(values)


def test_nothing_needs_no_file() -> None:
    values = np.empty(0)
    assert parked(values) is values
