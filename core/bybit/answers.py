"""What an HTTP answer means: an envelope that can be trusted, or the right kind of error. Pure.

Reads and writes differ. A read that went wrong may be asked again. A write is refused only by a code on the allow-list;
whatever else comes back, its outcome is unknown.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from core.bybit import wire
from core.bybit.exchange import Reply
from core.bybit.fields import clean
from core.errors import AuthFailed, BadFrame, ExchangeError, OutcomeUnknown, RateLimited, Rejected, Unreachable

_T = TypeVar("_T")

TOO_MANY_VISITS = 10006
TOO_MANY_FROM_ADDRESS = 10018
# Key, signature, permission, banned, region, address, expired: asking again changes nothing until somebody acts.
_AUTH = frozenset({10003, 10004, 10005, 10007, 10008, 10009, 10010, 33004})
# The exchange's own trouble, or ours with the clock: the same question may be answered later.
_LATER = frozenset({-1, 429, 10000, 10002, 10016, 10019, 10429})
# RELIABILITY 3.1: with these, and only these, an order was definitively not accepted.
REFUSALS = frozenset(
    {10001, 10002, 10003, 10004, 10005, 10006, 10007, 10009, 10010, 10024, 10027, 10028, 10029, 33004}
    | {110003, 110004, 110005, 110006, 110007, 110012, 110017, 110023, 110034, 110042, 110044, 110045}
    | {110066, 110074, 110094, 30208, 30209, 30228}
)
# An order under this id is already there (or the same request was): look it up.
EXISTS = frozenset({10014, 110030, 110072})
# Asked for what already is.
NOT_MODIFIED = frozenset({34040, 34036, 110025, 110026, 110027, 110043})
# Nothing left to cancel.
ALREADY_GONE = frozenset({110001, 110008, 110010})

_ANY = msgspec.json.Decoder(wire.AnyEnvelope)
_ANY_LIST = msgspec.json.Decoder(wire.Envelope[wire.Page[msgspec.Raw]])


class BadEnvelope(Exception):
    """HTTP 200, yet not an answer of Bybit's API."""

    def __init__(self, why: str, excerpt: str) -> None:
        super().__init__(why)
        self.why = why
        self.excerpt = excerpt


def envelope(body: bytes) -> wire.AnyEnvelope:
    """The envelope of a 200 answer: a JSON object with an integer ``retCode``; ``result`` unread.

    Raises:
        BadEnvelope: HTML, empty, cut short, NaN, nested too deep, another shape.
    """
    return _decode(_ANY, body)


def result(answer: wire.AnyEnvelope, decoder: msgspec.json.Decoder[_T]) -> _T:
    """The ``result`` of a successful answer in the shape it must have.

    Raises:
        BadEnvelope: ``{}``, null, an array, text, or a required field missing or of another type.
    """
    return _decode(decoder, answer.result)


def whole(body: bytes, decoder: msgspec.json.Decoder[wire.Envelope[_T]]) -> wire.Envelope[_T] | wire.AnyEnvelope:
    """A read's answer: in full shape (``retCode`` may still be a refusal), or a refusal without a result.

    Raises:
        BadFrame: the list is one, a row of it does not fit.
        BadEnvelope: anything else that is not an answer.
    """
    try:
        return decoder.decode(body)
    except wire.DECODE_ERRORS as error:
        answer = envelope(body)
        if answer.ret_code != 0:
            return answer
        why, excerpt = clean(str(error)), clean(wire.excerpt(body))
        if _is_list(body):
            raise BadFrame("bad_shape", why=why, excerpt=excerpt) from error
        raise BadEnvelope(why, excerpt) from error


def _is_list(body: bytes) -> bool:
    try:
        _ANY_LIST.decode(body)
    except wire.DECODE_ERRORS:
        return False
    return True


def _decode(decoder: msgspec.json.Decoder[_T], data: bytes | msgspec.Raw) -> _T:
    try:
        return decoder.decode(data)
    except wire.DECODE_ERRORS as error:
        raise BadEnvelope(clean(str(error)), clean(wire.excerpt(data))) from error


def read_error(answer: wire.Envelope[_T] | wire.AnyEnvelope, path: str) -> ExchangeError:
    """The error that a read's ``retCode`` (not 0) stands for. 10006 is the caller's: it knows the headers."""
    code, text = answer.ret_code, clean(answer.ret_msg)
    if code in _AUTH:
        return AuthFailed("auth_failed", ret_code=code, ret_msg=text, path=path)
    if code in _LATER:
        return Unreachable("exchange_busy" if code != 10002 else "clock_skew", ret_code=code, ret_msg=text, path=path)
    return Rejected(code, text, path=path)


def read_status_error(reply: Reply, path: str) -> ExchangeError | None:
    """The error that a read's HTTP status stands for; None for 200. 403 is the caller's: it silences everything."""
    status = reply.status
    if status == 200:
        return None
    details = {"status": status, "path": path, "excerpt": clean(wire.excerpt(reply.body))}
    if status == 401:
        return AuthFailed("auth_failed", **details)
    if status == 429:
        return RateLimited("too_many_requests", 1_000, **details)
    if 300 <= status < 400:
        return Unreachable("redirected", **details)
    return Unreachable("http_status", **details)


def ban_reason(reply: Reply) -> str:
    """Why Bybit's edge answered 403: ``ip_banned`` (too frequent) or ``region_blocked`` (a page about countries).

    The body of neither is documented; a page of HTML that does not speak of frequency is taken for the region block.
    """
    text = reply.body[:4_000].decode("utf-8", "replace").lower()
    if "too frequent" in text or "too many" in text or "rate limit" in text:
        return "ip_banned"
    looks_like_page = "html" in reply.content_type or text.lstrip().startswith("<")
    return "region_blocked" if looks_like_page else "ip_banned"


def write_error(answer: wire.AnyEnvelope, path: str) -> ExchangeError | None:
    """What a write's ``retCode`` proves; None for 0. 10006 is the caller's: it knows the headers."""
    code, text = answer.ret_code, clean(answer.ret_msg)
    if code == 0:
        return None
    if code in REFUSALS:
        return Rejected(code, text, path=path)
    if code in EXISTS:
        return OutcomeUnknown("exists", ret_code=code, ret_msg=text, path=path)
    return OutcomeUnknown("unclear_code", ret_code=code, ret_msg=text, path=path)
