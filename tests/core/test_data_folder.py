"""S33: what is the desk's is closed to others at the start; what is somebody else's is refused, or left alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.data_folder import prepare
from core.errors import StartupError


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as an older desk, or a copy from a backup, may have left it."""
    made = tmp_path / "data"
    for inner in ("logs", "accounts/live-Main-1/backups"):
        (made / inner).mkdir(parents=True)
    for name in ("settings.json", "secrets.sealed", "logs/quarterdeck.log", "accounts/live-Main-1/backups/1.db"):
        (made / name).write_text("x")
        (made / name).chmod(0o644)
    for path in (made, *(path for path in made.rglob("*") if path.is_dir())):
        path.chmod(0o755)
    return made


def test_a_new_folder_is_private_whatever_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert prepare(tmp_path / "a" / "b") == ()
    finally:
        os.umask(before)
    assert mode(tmp_path / "a" / "b") == 0o700


def test_what_was_open_is_closed_and_named(folder: Path) -> None:
    opened = prepare(folder)
    assert set(opened) == {folder, *folder.rglob("*")}
    assert {mode(path) for path in opened if path.is_dir()} == {0o700}
    assert {mode(path) for path in opened if path.is_file()} == {0o600}
    assert prepare(folder) == (), "once is enough"


def test_a_file_made_by_hand_in_a_closed_folder_is_closed_without_a_word(folder: Path) -> None:
    folder.chmod(0o700)
    assert prepare(folder) == ()
    assert mode(folder / "settings.json") == 0o600


def test_what_is_not_the_desks_stays_as_it_is(folder: Path) -> None:
    (folder / "photos").mkdir(mode=0o755)
    (folder / "logs" / "link").symlink_to(folder / "photos")
    prepare(folder)
    assert (mode(folder), mode(folder / "photos"), mode(folder / "settings.json")) == (0o755, 0o755, 0o600)


def test_folders_of_common_names_are_the_desks_only_with_its_things_inside(folder: Path) -> None:
    (folder / "logs" / "nginx.log").touch(0o644)
    (folder / "accounts" / "alice").mkdir(mode=0o755)
    opened = prepare(folder)
    assert set(opened) == {folder / "settings.json", folder / "secrets.sealed"}
    assert (mode(folder), mode(folder / "logs"), mode(folder / "logs" / "nginx.log")) == (0o755, 0o755, 0o644)


def test_what_a_running_desk_removes_meanwhile_is_no_trouble(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    within = Path.iterdir

    def with_one_that_has_gone(path: Path) -> Iterator[Path]:
        yield from within(path)
        if path.name == "backups":
            yield path / ".1.db.part"

    monkeypatch.setattr(Path, "iterdir", with_one_that_has_gone)
    assert folder / "settings.json" in prepare(folder)


def test_a_folder_of_others_is_refused_unchanged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(StartupError) as trouble:
        prepare(folder)
    assert (trouble.value.code, mode(folder)) == ("data_folder_foreign", 0o755)


def test_a_folder_that_others_may_write_to_is_no_place_for_it(folder: Path) -> None:
    """Such as /tmp: whoever may write there may put another file in the place of ours."""
    (folder / "photos").mkdir()
    folder.chmod(0o1777)
    with pytest.raises(StartupError) as trouble:
        prepare(folder)
    assert (trouble.value.code, mode(folder)) == ("data_folder_shared", 0o777)
    assert mode(folder / "settings.json") == 0o644
