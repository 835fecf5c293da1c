"""S38: a file is the old one or the new one in full, whenever the process that writes it is killed."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import StoreError
from core.files import WholeFile, replace_file
from tests.paper_fixture import ROOT

OLD, NEW = b"old " * 5_000, b"new " * 9_000

# Writes a file in a fork that is killed at its n-th step (a call into C: open, write, fsync, rename …),
# for each n until one gets through; prints what was found in between.
KILLED = """
import os, signal, sys
from pathlib import Path
from core.files import WholeFile
folder, old, new = Path(sys.argv[1]), b"old " * 5_000, b"new " * 9_000
file = folder / "trades.csv"
def write():
    target = WholeFile(file, overwrite=True)
    for start in range(0, len(new), 12_000):
        target.write(new[start : start + 12_000])
    target.publish()
def killed_at(step):
    left = [step]
    def count(frame, event, what):
        if event == "c_call":
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(count)
    write()
    os._exit(0)
seen = {"old": 0, "new": 0, "half": 0}
for step in range(1, 10_000):
    file.write_bytes(old)
    if (child := os.fork()) == 0:
        killed_at(step)
    _, status = os.waitpid(child, 0)
    content = file.read_bytes()
    seen["old" if content == old else "new" if content == new else "half"] += 1
    if status == 0:
        break
print(seen["old"], seen["new"], seen["half"])
print(*sorted({part.name for part in folder.iterdir() if not part.name.startswith(".trades.csv.")}))
"""


def test_a_kill_at_every_step_leaves_a_whole_file(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counts, names = done.stdout.splitlines()
    before, after, half = map(int, counts.split())
    assert half == 0
    assert before > 20, "killed while it wrote"
    assert after >= 2, "killed behind the rename, and not at all"
    assert names == "trades.csv"


def test_what_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(OLD)
    with pytest.raises(StoreError, match="not_written"):
        replace_file(tmp_path / "nowhere" / "picture.png", NEW)
    with pytest.raises(StoreError, match="file_exists"):
        WholeFile(file)
    target = WholeFile(file, overwrite=True)
    target.write(NEW)
    assert file.read_bytes() == OLD
    target.discard()
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]
    replace_file(file, NEW)
    assert file.read_bytes() == NEW
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
