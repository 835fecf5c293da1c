"""Logging: one rotating file in the data folder, and warnings on stderr; secrets are removed at the handlers.

Filters sit on handlers, not on loggers, so that no library can log around them.
"""

from __future__ import annotations

import logging
import logging.handlers
import re
import time
from pathlib import Path

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_MASK = "•••"
_FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s"
_SECRET_SHAPES = re.compile(
    r"""(?ix)
    ((?:x-bapi-[a-z-]+|api[_-]?key|api[_-]?secret|control_token|authorization|sign)["']?\s*[:=]\s*["']?) [^\s"',}&]+
    | \b[0-9a-f]{32,}\b
    """
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


class Redactor(logging.Filter):
    """Rewrites each record as text without known secrets, signatures, long hex and control characters."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: set[str] = set()

    def hide(self, secret: str) -> None:
        """Never let this value pass."""
        if secret:
            self._secrets.add(secret)

    def clean(self, text: str) -> str:
        """The text as it may be written."""
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        text = _SECRET_SHAPES.sub(lambda m: (m.group(1) or "") + _MASK, text)
        return _CONTROLS.sub(lambda m: f"\\x{ord(m.group()):02x}", text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the message in place; nothing is ever dropped."""
        record.msg, record.args = self.clean(record.getMessage()).replace("\n", "\\n"), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = "\n".join(self.clean(line) for line in record.exc_text.splitlines())
        return True


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
