"""The settings file: what fits is kept, what does not fit is named, and a write is whole or not at all."""

import json
import stat
from pathlib import Path

import pytest

from core.errors import StartupError, StoreError
from core.settings import Settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_values_come_back(file: Path) -> None:
    settings = Settings(file)
    settings.put("theme", "light")
    settings.put("columns/positions", "AAEC")
    settings.put("swapped", True)
    settings.save()
    again = Settings(file)
    assert (again.get("theme"), again.get("columns/positions"), again.get("swapped")) == ("light", "AAEC", True)
    assert again.get("compact", False) is False


def test_the_file_is_private(file: Path) -> None:
    settings = Settings(file)
    settings.put("theme", "light")
    settings.save()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_keys_of_other_versions_are_kept(file: Path) -> None:
    file.write_text('{"version": 1, "theme": "dark", "later": {"a": [1, 2]}}')
    settings = Settings(file)
    settings.put("theme", "light")
    settings.save()
    assert json.loads(file.read_text()) == {"version": 1, "theme": "light", "later": {"a": [1, 2]}}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"\xff\xfe", "JSON"),
        (b"[]", "object"),
        (b'{"version": 2}', "version"),
        (b'{"theme": "pink"}', "theme must be dark, light or system"),
        (b'{"theme": {}}', "theme"),
        (b'{"swapped": "yes"}', "swapped must be true or false"),
        (b'{"columns/positions": 3}', "columns/positions must be text"),
        (b'{"hold_above": 1000}', 'hold_above must be an amount of dollars in quotes, such as "1000"'),
        (b'{"hold_above": "-1"}', "hold_above"),
        (b'{"hold_above": "NaN"}', "hold_above"),
        (b'{"font_size": 99}', "font_size must be a whole number from 11 to 16"),
        (b'{"scale_pct": true}', "scale_pct must be a whole number from 100 to 200"),
        (b'{"idle_lock_min": "15"}', "idle_lock_min must be whole minutes from 0 to 1440; 0 for never"),
        (b'{"notify/opened": "yes"}', "notify/opened must be true or false"),
        (b'{"every_positions_s": 0.5}', "every_positions_s must be whole seconds from 2 to 60"),
        (b'{"default_trigger": "Mark"}', "default_trigger must be MarkPrice, LastPrice or IndexPrice"),
        (b'{"key/quit": 3}', "key/quit must be text"),
        (b"[" * 100_000, "JSON"),
        (b" " * 1_000_001, "1 MB"),
    ],
)
def test_what_does_not_fit_is_named_and_kept(file: Path, content: bytes, named: str) -> None:
    file.write_bytes(content)
    with pytest.raises(StartupError) as trouble:
        Settings(file)
    assert trouble.value.code == "settings_unreadable"
    assert named in str(trouble.value.details["reason"])
    assert file.read_bytes() == content


def test_a_write_that_fails_leaves_the_old_file(file: Path) -> None:
    file.write_text('{"theme": "dark"}')
    settings = Settings(file)
    settings.put("theme", "light")
    file.parent.rename(file.parent.with_name("gone"))
    with pytest.raises(StoreError) as trouble:
        settings.save()
    assert trouble.value.code == "settings_not_saved"
    assert (file.parent.with_name("gone") / file.name).read_text() == '{"theme": "dark"}'


def test_without_a_file_nothing_is_kept() -> None:
    settings = Settings(None)
    settings.put("theme", "light")
    settings.save()
    assert settings.get("theme") == "light"
