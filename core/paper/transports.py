"""Ways in which a connection can end or crawl that HTTP libraries try to avoid."""

import asyncio
import contextlib
import socket
import struct
import sys

from aiohttp import web

from core.paper.messages import Answer

_LINGER = "hh" if sys.platform == "win32" else "ii"


def reset(request: web.BaseRequest) -> None:
    """Cut the TCP connection with a RST, as a broken peer or a middlebox does."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))
    transport.abort()


async def send(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    """Write an answer as it should be."""
    response = _response(answer, answer.encoded())
    await response.prepare(request)
    await response.write_eof()
    return response


async def send_short(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    """Announce the whole body, send half of it and close."""
    body = answer.encoded()
    response = web.StreamResponse(status=answer.status, headers=_headers(answer))
    response.content_length = len(body) + 1
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def drip(request: web.BaseRequest, answer: Answer, bytes_per_second: int) -> web.StreamResponse:
    """Send the body one byte at a time."""
    body = answer.encoded()
    response = web.StreamResponse(status=answer.status, headers=_headers(answer))
    response.content_length = len(body)
    await response.prepare(request)
    for index in range(len(body)):
        await response.write(body[index : index + 1])
        await asyncio.sleep(1 / bytes_per_second)
    await response.write_eof()
    return response


def _response(answer: Answer, body: bytes) -> web.Response:
    return web.Response(status=answer.status, headers=_headers(answer), body=body)


def _headers(answer: Answer) -> dict[str, str]:
    return {"Content-Type": answer.content_type, "Server": "paper", **answer.headers}
