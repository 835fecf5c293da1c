"""Quitting ends the desk, whatever breaks at that very moment."""

from __future__ import annotations

import pytest

from tests.simulation.world import World


@pytest.mark.parametrize("trouble", ["none", "woke up", "cut", "silent", "key revoked"])
def test_quitting_ends_while_everything_breaks(trouble: str) -> None:
    """A cancelled task group whose parts fail at that moment tells only of the failure: the end must not be lost."""
    world = World()
    world.start()
    world.act("trade", symbol="SOLUSDT", side="Buy", qty="10")
    world.converge()
    if trouble == "woke up":
        world.loop.jump(600)
    elif trouble == "cut":
        world.network.cut()
    elif trouble == "silent":
        world.network.is_deaf = True
        world.run(6)
    elif trouble == "key revoked":
        world.revoke_key()
        world.loop.jump(4)
    world.close()
