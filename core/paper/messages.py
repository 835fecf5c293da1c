"""What goes in and out of the paper exchange's REST door: a call as received, an answer before it is written.

Knows Bybit's envelope and nothing of sockets, signatures or orders.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

import msgspec

JSON_TYPE = "application/json; charset=utf-8"


class Problem(Exception):
    """A request that the door refuses, worded as Bybit does."""

    def __init__(self, ret_code: int, ret_msg: str, status: int = 200) -> None:
        super().__init__(ret_code, ret_msg)
        self.ret_code = ret_code
        self.ret_msg = ret_msg
        self.status = status


@dataclass(frozen=True)
class Call:
    """One HTTP request exactly as it arrived; ``headers`` have lower-case names, ``body`` is unread text."""

    method: str
    path: str
    raw_query: str
    body: bytes
    headers: Mapping[str, str]
    ip: str

    @cached_property
    def query(self) -> dict[str, str]:
        """Query parameters, percent-decoded once; the last of equal names wins, empty ones are left out."""
        pairs = (part.partition("=") for part in self.raw_query.split("&") if part)
        return {unquote(name): unquote(value) for name, _, value in pairs if value}

    @cached_property
    def fields(self) -> dict[str, Any]:
        """Query of a GET, JSON object of a POST; an unreadable body gives no fields."""
        if self.method != "POST":
            return dict(self.query)
        try:
            return decode_object(self.body)
        except Problem:
            return {}


def decode_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        Problem: 10001 for anything else: other types, NaN, cut text, bad UTF-8, nesting too deep.
    """
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(10001, "Request parameter error: the body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise Problem(10001, "Request parameter error: the body is not a JSON object.")
    return value


@dataclass
class Answer:
    """What will be written: an envelope, or ``raw`` text that replaces it."""

    envelope: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    content_type: str = JSON_TYPE

    @property
    def ret_code(self) -> int | None:
        """``retCode`` if the envelope has an integer one."""
        code = self.envelope.get("retCode")
        return code if type(code) is int else None

    def encoded(self) -> bytes:
        """The body's bytes."""
        return self.raw if self.raw is not None else encode(self.envelope).encode()


class RawJson(str):
    """Text that is written into a JSON document as it stands, valid or not (``NaN``, ``1e400``, a duplicate key)."""


def encode(value: Any) -> str:
    """Compact JSON; ``RawJson`` values are copied verbatim, lone surrogates survive as escapes."""
    try:
        return msgspec.json.encode(value, enc_hook=_refuse_raw).decode()
    except (_HasRawError, UnicodeEncodeError):
        return _encode_slowly(value)


class _HasRawError(Exception):
    pass


def _refuse_raw(_value: object) -> object:
    raise _HasRawError


def _encode_slowly(value: Any) -> str:
    raws: list[str] = []

    def mark(item: Any) -> Any:
        if isinstance(item, RawJson):
            raws.append(str(item))
            return f"\x01{len(raws) - 1}\x01"
        if isinstance(item, dict):
            return {key: mark(inner) for key, inner in item.items()}
        if isinstance(item, list | tuple):
            return [mark(inner) for inner in item]
        return item

    text = json.dumps(mark(value), separators=(",", ":"))
    for index, raw in enumerate(raws):
        text = text.replace(f'"\\u0001{index}\\u0001"', raw, 1)
    return text


def envelope(ret_code: int, ret_msg: str, result: Any, now_ms: int) -> dict[str, Any]:
    """Bybit's answer envelope; ``time`` is server time in ms."""
    return {"retCode": ret_code, "retMsg": ret_msg, "result": result, "retExtInfo": {}, "time": now_ms}
