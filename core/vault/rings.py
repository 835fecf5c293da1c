"""The system's key ring, by backends that are named here.

``keyring.get_keyring()`` is never asked: it obeys ``PYTHON_KEYRING_BACKEND`` and a configuration file that may put a
folder on ``sys.path``, so that a text file could run code and be given every key. For the same reason a backend's
properties are not read from ``KEYRING_PROPERTY_…`` variables.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

from core.errors import SecretsUnavailable
from core.secrets import Secret

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Quarterdeck"


class Ring(Protocol):
    """What the vault asks of a key ring. Calls may wait for the operator to unlock it: not on the loop.

    Every method raises SecretsUnavailable.
    """

    def put(self, name: str, secret: Secret) -> None:
        """Keep a secret; one of the same name is overwritten."""

    def get(self, name: str) -> Secret | None:
        """The secret, None when there is none."""

    def delete(self, name: str) -> None:
        """Forget it; nothing happens when there is none."""


class SystemRing:
    """One backend of the keyring package."""

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    def put(self, name: str, secret: Secret) -> None:
        """Keep a secret, and read it back: a ring that forgets at once must not be trusted with it."""
        try:
            self._backend.set_password(SERVICE, name, secret.reveal())
            kept = self._backend.get_password(SERVICE, name)
        except Exception as error:  # noqa: BLE001 - each system raises its own; none may carry the secret on
            raise _failed(error) from None
        if kept != secret.reveal():
            raise SecretsUnavailable("ring_failed", reason="it did not keep the key")

    def get(self, name: str) -> Secret | None:
        """The secret, None when there is none."""
        try:
            kept = self._backend.get_password(SERVICE, name)
        except Exception as error:  # noqa: BLE001 - as above
            raise _failed(error) from None
        return Secret(kept) if kept else None

    def delete(self, name: str) -> None:
        """Forget it, and look that it is gone."""
        try:
            if self._backend.get_password(SERVICE, name) is None:
                return
            self._backend.delete_password(SERVICE, name)
            is_there = self._backend.get_password(SERVICE, name) is not None
        except Exception as error:  # noqa: BLE001 - as above
            raise _failed(error) from None
        if is_there:
            raise SecretsUnavailable("ring_failed", reason="it did not forget the key")


def _failed(error: Exception) -> SecretsUnavailable:
    """Only the kind of the error: its text may hold what was asked."""
    name = type(error).__name__
    return SecretsUnavailable("ring_locked" if name == "KeyringLocked" else "ring_failed", reason=name)


def system_ring() -> SystemRing | None:
    """This system's own key ring, None where there is none that can be used. Asks the system: not on the loop."""
    for kind in _allowed():
        try:
            kind.priority  # noqa: B018 - raises when the backend cannot work here
        except Exception:  # noqa: BLE001, S112 - the answer is "not this one"; D-Bus alone raises a dozen kinds
            continue
        return SystemRing(_made(kind))
    return None


def _allowed() -> list[type[KeyringBackend]]:
    """The backends that keep secrets encrypted and belong to the system; imported by name."""
    if sys.platform == "darwin":
        from keyring.backends import macOS

        return [macOS.Keyring]
    if sys.platform == "win32":
        from keyring.backends import Windows

        return [Windows.WinVaultKeyring]
    from keyring.backends import SecretService, kwallet

    return [SecretService.Keyring, kwallet.DBusKeyring]


def _made(kind: type[KeyringBackend]) -> KeyringBackend:
    """An instance that takes nothing from the environment."""
    own = {"set_properties_from_env": lambda _self: None, "keychain": None}
    made: KeyringBackend = type(kind.__name__, (kind,), own)()
    return made
