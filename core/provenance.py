"""Who asked, and for what exactly: the parts of an audit line that can be held against a person and a request (S50)."""

from __future__ import annotations

import getpass
import hashlib
import os
import sys
from functools import cache

import msgspec

from core.intents import Intent


@cache
def local_user() -> str:
    """The name under which this process runs on this computer, by the system and not by a variable."""
    if sys.platform == "win32":
        return getpass.getuser()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def request_hash(intent: Intent) -> str:
    """SHA-256 over an intent's fields, in their order: the same wish has the same hash."""
    return hashlib.sha256(msgspec.json.encode(intent)).hexdigest()
