"""Every scene on the core as it is."""

from __future__ import annotations

import pytest

from tests.simulation.scenes import SCENES, Scene


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_scene(scene: Scene) -> None:
    scene()
