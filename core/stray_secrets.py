"""Refuse secrets that come by a way on which others can read them: command line, environment, settings file.

The value is never repeated. Other users see a process's arguments; an environment is inherited by every child; settings
are plain text. Keys belong into the vault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from core.errors import StartupError

_ARGUMENT = re.compile(r"--?(?:bybit[-_]?)?(?:api[-_]?)?(?:key|secret|token|pass(?:word|phrase)?)(?:=.*)?", re.I | re.S)
_VARIABLE = re.compile(
    r"(?:.*_)?(?:BYBIT|QUARTERDECK)_(?:.*_)?(?:API_?)?(?:KEY|SECRET|TOKEN|PASS(?:WORD|PHRASE)?)(?:_.*)?", re.I
)
_SETTING = re.compile(r".*(?:api[-_]?key|secret|token|passw|passphrase|private[-_]?key).*", re.I)


def check_arguments(arguments: Sequence[str]) -> None:
    """In every environment: there is no such argument, and a parser's own complaint would repeat the value.

    Raises:
        StartupError: ``secret_in_arguments``, with the option's name.
    """
    for argument in arguments:
        if _ARGUMENT.fullmatch(argument):
            raise StartupError("secret_in_arguments", name=argument.partition("=")[0])


def check_environment(environ: Mapping[str, str]) -> None:
    """In live mode. Raises StartupError ``secret_in_environment`` with the variable's name."""
    for name, value in environ.items():
        if value and _VARIABLE.fullmatch(name):
            raise StartupError("secret_in_environment", name=name[:80])


def check_settings(names: Iterable[str]) -> None:
    """In live mode. Raises StartupError ``secret_in_settings`` with the setting's name."""
    for name in names:
        if _SETTING.fullmatch(name):
            raise StartupError("secret_in_settings", name=name[:80])
