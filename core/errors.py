"""The tree of expected trouble.

AppError(code, **details)     gui/text.py turns code and details into the user's words
├─ BadValue                   a number or field that we refuse; names the field
├─ BadFrame                   the exchange sent what we cannot read; keeps the frame
├─ ExchangeError
│  ├─ AuthFailed              key, signature or permission
│  ├─ RateLimited             wait ``retry_ms``; nothing was done
│  ├─ Rejected                the exchange said no, with ``ret_code``
│  ├─ Unreachable             a read did not come through: try again
│  └─ OutcomeUnknown          a write may or may not have happened: look before retrying
├─ StartupError               the desk cannot start; one clear sentence and exit code 2
└─ StoreError, SecretsUnavailable   the environment's fault

Anything else is our bug and reaches the crash dialog. Text from the network stays in ``details``; it never becomes a
sentence of ours.
"""

from __future__ import annotations


class AppError(Exception):
    """Expected trouble: a code that gui/text.py knows, and details to fill its words."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.details.items())
        return f"{self.code} ({shown})" if shown else self.code


class BadValue(AppError):
    """A number or field that we refuse."""


class BadFrame(AppError):
    """The exchange sent something that does not fit its own format; nothing was changed by it."""


class ExchangeError(AppError):
    """Trouble on the way to the exchange or in its answer."""


class AuthFailed(ExchangeError):
    """Key, signature or permission was refused: private calls stop until somebody acts."""


class RateLimited(ExchangeError):
    """The exchange asks us to wait ``retry_ms``; the request was not carried out."""

    def __init__(self, code: str, retry_ms: int, **details: object) -> None:
        super().__init__(code, retry_ms=retry_ms, **details)
        self.retry_ms = retry_ms


class Rejected(ExchangeError):
    """The exchange refused definitively; ``ret_code`` is on the allow-list of refusals."""

    def __init__(self, ret_code: int, ret_msg: str = "", **details: object) -> None:
        super().__init__("rejected", ret_code=ret_code, ret_msg=ret_msg, **details)
        self.ret_code = ret_code
        self.ret_msg = ret_msg


class Unreachable(ExchangeError):
    """A read did not come through. What we showed stays; try again."""


class OutcomeUnknown(ExchangeError):
    """A write may or may not have been carried out. Never resend: ask by ``order_link_id``."""


class StartupError(AppError):
    """The desk cannot start for a reason outside it: no display, no network, port taken, unreadable settings."""


class StoreError(AppError):
    """Disk full, locked, newer schema."""


class SecretsUnavailable(AppError):
    """No key ring, or it is locked."""


def first_of(group: BaseExceptionGroup[BaseException]) -> AppError:
    """One representative of what several tasks failed with.

    Raises:
        BaseExceptionGroup: something in it is no expected trouble; that must not be hidden.
    """
    expected, unexpected = group.split(AppError)
    if unexpected is not None or expected is None:
        raise group
    error: BaseException = expected
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, AppError)
    return error
