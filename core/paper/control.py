"""The control port: arm faults, move time, stage incidents, make keys, read the request log.

A separate loopback port, so that it works while the exchange plays dead. Every request needs the token; a request with
an ``Origin`` (a web page) or for another ``Host`` (DNS rebinding) is refused, and no CORS header is ever sent.
"""

import asyncio
import hmac
import inspect
import json
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from core.paper.auth import ApiKey, new_key
from core.paper.engine import Refused
from core.paper.faults import BadArming
from core.paper.messages import encode
from core.paper.server import LOOPBACK, PaperServer

LONGEST_ADVANCE_MS = 31 * 86_400_000
Body = Mapping[str, Any]


class BadRequest(ValueError):
    """A control request that makes no sense; the text says why."""


class Control:
    """Operations by name; each takes the JSON body of ``POST /<name>`` and returns the answer."""

    def __init__(self, server: PaperServer) -> None:
        self._server = server
        self._operations: dict[str, Callable[[Body], Any]] = {
            "faults": self._faults,
            "arm": self._arm,
            "armed": self._armed,
            "disarm": self._disarm,
            "clear": self._clear,
            "advance": self._advance,
            "state": self._state,
            "requests": self._requests,
            "counts": self._counts,
            "forget_requests": self._forget_requests,
            "drop_sockets": self._drop_sockets,
            "settings": self._settings,
            "key": self._key,
            "change_key": self._change_key,
            "incident": self._incident,
        }

    async def run(self, name: str, body: Body) -> Any:
        """Run one operation, then take one step of time so that its effect is there when the answer is.

        Raises:
            KeyError: no such operation.
            BadRequest, BadArming, Refused: the request makes no sense.
        """
        result = self._operations[name](body)
        if inspect.isawaitable(result):
            result = await result
        await self._server.step()
        return result

    # ---- faults ----

    def _faults(self, body: Body) -> Any:
        return [
            {"fault": kind.name, "does": kind.line, "args": dict(kind.args), "covers": list(kind.covers)}
            for kind in self._server.plan.catalogue.values()
        ]

    def _arm(self, body: Body) -> Any:
        return self._server.plan.arm(body, self._server.clock.now_ms()).described()

    def _armed(self, body: Body) -> Any:
        return self._server.plan.armed()

    def _disarm(self, body: Body) -> Any:
        return {"disarmed": self._server.plan.disarm(_whole(body, "id"))}

    def _clear(self, body: Body) -> Any:
        """Disarm everything and lift a ban."""
        self._server.plan.clear()
        self._server.door.limits.unban()
        return {}

    # ---- time and state ----

    async def _advance(self, body: Body) -> Any:
        """Let ``ms`` pass at once."""
        by_ms = _whole(body, "ms")
        if by_ms > LONGEST_ADVANCE_MS:
            raise BadRequest("ms: at most 31 days at once")
        now_ms = self._server.clock.advance(by_ms)
        await self._server.step()
        return {"now_ms": now_ms}

    def _state(self, body: Body) -> Any:
        limits = self._server.door.limits
        return {
            "now_ms": self._server.clock.now_ms(),
            "told_ms": self._server.clock.told_ms(),
            "sockets": [
                {"id": one.conn_id, "kind": one.kind, "channel": one.channel, "topics": list(one.topics)}
                for one in self._server.connections
            ],
            "messages_sent": self._server.hub.sent,
            "banned_until_ms": limits.banned_until_ms,
            "refused_while_banned": limits.refused_while_banned,
            "armed": self._server.plan.armed(),
        }

    # ---- what clients did ----

    def _requests(self, body: Body) -> Any:
        return self._server.door.log.entries(str(body.get("path", "")))

    def _counts(self, body: Body) -> Any:
        return dict(self._server.door.log.counts)

    def _forget_requests(self, body: Body) -> Any:
        self._server.door.log.clear()
        return {}

    def _drop_sockets(self, body: Body) -> Any:
        kind, how = str(body.get("socket", "")), str(body.get("how", "close"))
        if how not in ("close", "reset"):
            raise BadRequest("how: close or reset")
        chosen = [one for one in self._server.connections if kind in ("", one.kind)]
        for one in chosen:
            one.cut(how)
        return {"dropped": len(chosen)}

    def _settings(self, body: Body) -> Any:
        """Change ``limits`` (bool), ``ack_ms``, ``idle_s``, ``sweep_s``, ``largest_page`` (0: Bybit's); others stay."""
        unknown = set(body) - {"limits", "ack_ms", "idle_s", "sweep_s", "largest_page"}
        if unknown:
            raise BadRequest(f"unknown: {', '.join(sorted(unknown))}")
        settings, limits = self._server.settings, self._server.door.limits
        limits.enabled = bool(body.get("limits", limits.enabled))
        settings.ack_ms = int(_number(body, "ack_ms", settings.ack_ms))
        settings.idle_s = _number(body, "idle_s", settings.idle_s)
        settings.sweep_s = _number(body, "sweep_s", settings.sweep_s)
        door = self._server.door
        door.largest_page = int(_number(body, "largest_page", door.largest_page or 0)) or None
        return {"limits": limits.enabled, "ack_ms": settings.ack_ms, "idle_s": settings.idle_s}

    # ---- keys ----

    def _key(self, body: Body) -> Any:
        """A new key: ``{preset, rsa_public_key}``."""
        preset, pem = str(body.get("preset", "full")), str(body.get("rsa_public_key", ""))
        try:
            key = new_key(preset, self._server.clock.now_ms(), pem)
        except KeyError:
            raise BadRequest(f"no preset is called {preset!r}") from None
        except ValueError:
            raise BadRequest("rsa_public_key: not a PEM text of an RSA public key") from None
        self._server.door.doorman.add(key)
        return {"api_key": key.key, "api_secret": key.secret, "preset": preset}

    def _change_key(self, body: Body) -> Any:
        """Give an existing key (default: the one of the ready line) the rights of a preset, mid-session."""
        doorman = self._server.door.doorman
        key = doorman.find(str(body.get("api_key", ""))) or doorman.first()
        model = self._preset(body)
        changed = replace(
            key,
            read_only=model.read_only,
            contract=model.contract,
            wallet=model.wallet,
            ips=model.ips,
            expires_ms=model.expires_ms,
            revoked=model.revoked,
            is_master=model.is_master,
        )
        doorman.add(changed)
        return {"api_key": key.key}

    def _preset(self, body: Body) -> ApiKey:
        preset = str(body.get("preset", ""))
        try:
            return new_key(preset, self._server.clock.now_ms())
        except KeyError:
            raise BadRequest(f"no preset is called {preset!r}") from None

    # ---- incidents ----

    def _incident(self, body: Body) -> Any:
        """Something that happens to the account or the market: ``{incident, …}``; the engine knows the names."""
        rest = {name: value for name, value in body.items() if name != "incident"}
        self._server.door.catch_up()
        return self._server.door.exchange.stage(str(body.get("incident", "")), **rest)


def _whole(body: Body, name: str) -> int:
    value = body.get(name)
    if type(value) is not int or value < 0:
        raise BadRequest(f"{name}: a whole number, 0 or more")
    return value


def _number(body: Body, name: str, default: float) -> float:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise BadRequest(f"{name}: a number, 0 or more")
    return float(value)


class ControlPort:
    """HTTP on a loopback port of its own: ``POST /<operation>`` with ``Authorization: Bearer <token>``."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self.token = secrets.token_urlsafe(32)
        self.port = 0
        self._http: web.Server | None = None
        self._listener: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        self._http = web.Server(self._handle, access_log=None, auto_decompress=False)
        self._listener = await asyncio.get_running_loop().create_server(self._http, LOOPBACK, 0, family=socket.AF_INET)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port."""
        if self._listener is not None:
            self._listener.close()
        if self._http is not None:
            await self._http.shutdown(timeout=0.5)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if not self._trusted(request):
            return _answer(403, {"error": "forbidden"})
        try:
            body = _read(await request.read())
            result = await self._control.run(request.raw_path.strip("/"), body)
        except KeyError:
            return _answer(404, {"error": "no such operation"})
        except (BadRequest, BadArming) as trouble:
            return _answer(400, {"error": str(trouble)})
        except Refused as refusal:
            return _answer(400, {"error": refusal.ret_msg})
        except web.HTTPRequestEntityTooLarge:
            return _answer(413, {"error": "too large"})
        return _answer(200, result)

    def _trusted(self, request: web.BaseRequest) -> bool:
        if "Origin" in request.headers or request.headers.get("Host") != f"{LOOPBACK}:{self.port}":
            return False
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return request.method == "POST" and hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())


def _read(raw: bytes) -> Body:
    """The JSON object of a request; unlike clients' bodies it may hold lone surrogates, as values for faults."""
    try:
        body = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        raise BadRequest("the body is not JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("the body is not a JSON object")
    return body


def _answer(status: int, value: Any) -> web.Response:
    return web.Response(status=status, body=encode(value).encode(), content_type="application/json")
