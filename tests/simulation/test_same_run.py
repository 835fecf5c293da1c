"""One seed is one run, whatever the order of hashes and however quick a thread is."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.simulation.world import World


def run_once(folder: Path) -> str:
    """A digest of everything that a desk with a store showed and asked for in a run through several faults."""
    told = hashlib.sha256()
    world = World(5, "hedge", is_live=True, folder=folder, watch=lambda shown: told.update(repr(shown).encode()))
    world.start(remembers=True)
    world.run(20)
    world.network.drop = world.network.double = 0.3
    world.network.shuffle_s = 1.0
    world.network.failure, world.network.failing = "html", 0.3
    world.run(30)
    world.network.reset_lines()
    world.run(10)
    world.heal()
    world.restart(remembers=True)
    world.run(10)
    told.update(repr(world.network.requests).encode())
    world.close()
    return told.hexdigest()


@pytest.mark.soak
def test_one_seed_is_one_run() -> None:
    """In processes of their own: the seed of hashes is chosen when one starts."""
    digests = set()
    for seed in ("0", "1", "2"):
        command = [sys.executable, "-m", "tests.simulation.test_same_run"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        digests.add(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    assert len(digests) == 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        sys.stdout.write(run_once(Path(made)))
