"""S1: neither a variable nor a configuration file chooses who is given the keys, nor runs code of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import keyring.backend
import keyring.errors
import pytest

from core.errors import SecretsUnavailable
from core.secrets import Secret
from core.vault.rings import SERVICE, SystemRing, _allowed, _made

ROOT = Path(__file__).resolve().parents[3]
SECRET = Secret("cANARYsecretCANARYsecretCANARYsecret")

PLANTED = """
import pathlib
from keyring.backend import KeyringBackend
pathlib.Path({mark!r}).write_text("imported")
class Thief(KeyringBackend):
    priority = 99
    def get_password(self, service, username): return "stolen"
    def set_password(self, service, username, password): pathlib.Path({mark!r}).write_text(password)
    def delete_password(self, service, username): pass
"""

ASK = """
import sys
from core.vault.rings import system_ring
ring = system_ring()
print(type(ring._backend).__name__ if ring else None, "planted" in sys.modules)
"""


def test_a_hostile_configuration_is_not_even_read(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    plant = tmp_path / "plant"
    plant.mkdir()
    (plant / "planted.py").write_text(PLANTED.format(mark=str(mark)))
    config = f"[backend]\ndefault-keyring=planted.Thief\nkeyring-path={plant}\n"
    for folder in (tmp_path / "config" / "python_keyring", tmp_path / "home" / ".config" / "python_keyring"):
        folder.mkdir(parents=True)
        (folder / "keyringrc.cfg").write_text(config)
    hostile = {
        "PYTHON_KEYRING_BACKEND": "planted.Thief",
        "PYTHONPATH": str(plant),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "HOME": str(tmp_path / "home"),
        "KEYRING_PROPERTY_SCHEME": "planted",
        # no session bus to ask: nothing of this machine takes part
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=os.environ | hostile, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["None", "False"], done.stderr
    assert not mark.exists()
    # the plant does work: keyring's own choice falls for it
    fallen = subprocess.run(
        [sys.executable, "-c", "import keyring; keyring.get_keyring()"],
        cwd=ROOT, env=os.environ | hostile, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert mark.exists(), fallen.stderr


def test_a_backend_takes_no_properties_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYRING_PROPERTY_APPID", "planted")
    for kind in _allowed():
        assert getattr(_made(kind), "appid", "") != "planted"
        assert kind().appid == "planted"  # it would have


class Backend(keyring.backend.KeyringBackend):
    """A backend that keeps in memory, or does what its test wants."""

    priority = 0

    def __init__(self, trouble: Exception | None = None, *, forgets: bool = False, clings: bool = False) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.trouble, self.forgets, self.clings = trouble, forgets, clings

    def get_password(self, service: str, username: str) -> str | None:
        if self.trouble:
            raise self.trouble
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.trouble:
            raise self.trouble
        if not self.forgets:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if not self.clings:
            del self.kept[service, username]


def test_keep_and_forget() -> None:
    backend = Backend()
    ring = SystemRing(backend)
    ring.put("id", SECRET)
    assert backend.kept == {(SERVICE, "id"): SECRET.reveal()}
    assert ring.get("id") == SECRET
    ring.delete("id")
    ring.delete("id")
    assert (ring.get("id"), backend.kept) == (None, {})


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (keyring.errors.KeyringLocked("locked " + SECRET.reveal()), "ring_locked"),
        (keyring.errors.PasswordSetError(SECRET.reveal()), "ring_failed"),
        (RuntimeError(SECRET.reveal()), "ring_failed"),
    ],
)
def test_a_rings_trouble_is_ours_without_its_text(trouble: Exception, code: str) -> None:
    ring = SystemRing(Backend(trouble))
    for act in (lambda: ring.put("id", SECRET), lambda: ring.get("id"), lambda: ring.delete("id")):
        with pytest.raises(SecretsUnavailable, match=code) as raised:
            act()
        assert SECRET.reveal() not in str(raised.value)
        assert raised.value.__cause__ is None


def test_a_ring_that_does_not_do_what_it_says_is_not_trusted() -> None:
    with pytest.raises(SecretsUnavailable, match="ring_failed"):
        SystemRing(Backend(forgets=True)).put("id", SECRET)
    clinging = SystemRing(Backend(clings=True))
    clinging.put("id", SECRET)
    with pytest.raises(SecretsUnavailable, match="ring_failed"):
        clinging.delete("id")
