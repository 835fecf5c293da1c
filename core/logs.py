"""Logging: one rotating file in the data folder, and warnings on stderr; secrets are removed at the handlers.

Filters sit on handlers, not on loggers, so that no library can log around them.
"""

from __future__ import annotations

import base64
import logging
import logging.handlers
import re
import time
from pathlib import Path
from urllib.parse import quote, quote_plus

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_MASK = "•••"
_FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s"
_SECRET_SHAPES = re.compile(
    r"""(?ix)
    ((?:x-bapi-[a-z-]+|api[_-]?key|api[_-]?secret|control_token|authorization|sign)["']?\s*[:=]\s*["']?)
      (?:(?:bearer|basic)\s+)? [^\s"',}&]+
    | \b[0-9a-f]{32,}\b
    """
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


class Redactor(logging.Filter):
    """Rewrites each record as text without known secrets, signatures, long hex and control characters."""

    def __init__(self) -> None:
        super().__init__()
        self._hidden: tuple[str, ...] = ()

    def hide(self, secret: str) -> None:
        """Never let this value pass, nor its usual disguises: URL-quoted, base64, hex, backwards. From any thread."""
        if secret:
            forms = {*self._hidden, *_forms(secret)}
            # The longest first: a shorter secret inside a longer one would leave the rest of it standing.
            self._hidden = tuple(sorted(forms, key=len, reverse=True))

    def clean(self, text: str) -> str:
        """The text as it may be written."""
        for secret in self._hidden:
            text = text.replace(secret, _MASK)
        text = _SECRET_SHAPES.sub(lambda m: (m.group(1) or "") + _MASK, text)
        return _CONTROLS.sub(lambda m: f"\\x{ord(m.group()):02x}", text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the message in place; nothing is ever dropped."""
        record.msg, record.args = self.clean(_message(record)).replace("\n", "\\n"), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = "\n".join(self.clean(line) for line in record.exc_text.splitlines())
        if record.stack_info:
            record.stack_info = "\n".join(self.clean(line) for line in record.stack_info.splitlines())
        return True


def _message(record: logging.LogRecord) -> str:
    """The message with its arguments; a call whose arguments do not fit is shown as it is, not raised at the caller."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, LookupError):
        return f"{record.msg} {record.args!r}"


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    encoded = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode(), raw.hex(), raw.hex().upper()}
    return {secret, secret[::-1], quote(secret, safe=""), quote_plus(secret), *encoded}


redactor = Redactor()


def set_up(folder: Path, level: str) -> None:
    """Log to ``folder``/quarterdeck.log (5 × 10 MB) and warnings to stderr.

    Args:
        level: one of LEVELS. ccxt stays at WARNING whatever it says: its debug lines carry headers.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    to_file = logging.handlers.RotatingFileHandler(
        folder / "quarterdeck.log", maxBytes=10_000_000, backupCount=4, encoding="utf-8"
    )
    to_stderr = logging.StreamHandler()
    to_stderr.setLevel(logging.WARNING)
    formatter = logging.Formatter(_FORMAT, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    for handler in (to_file, to_stderr):
        handler.setFormatter(formatter)
        handler.addFilter(redactor)
    logging.basicConfig(level=level, handlers=[to_file, to_stderr], force=True)
    logging.getLogger("ccxt").setLevel(logging.WARNING)
