"""The paper exchange as a process of its own, for tests, with an independent signed client.

``PaperProcess`` starts ``python -m core.paper`` and parses its ready line; forked where it is loaded already, unless a
test asks for an interpreter of its own (``is_fresh``). ``SignedClient`` talks to any such exchange
with urllib and hmac, sharing no code with the app or with ccxt. Fixtures: ``paper`` (default scenario, frozen clock,
seed 7) and ``paper_factory`` (as many as a test likes). Load them with ``pytest_plugins`` or an import in a conftest.
"""

import hashlib
import hmac
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.paper_forked import CAN_FORK, Forked

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_S = 120.0
STOP_WITHIN_S = 60.0


class SignedClient:
    """A tiny v5 client: signs what it sends, returns the parsed envelope, raises for anything but HTTP 200."""

    def __init__(self, rest: str, api_key: str, api_secret: str) -> None:
        self.rest = rest
        self.api_key = api_key
        self.api_secret = api_secret
        self.last_headers: dict[str, str] = {}

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Signed GET; parameters that are None are left out."""
        query = urlencode({name: value for name, value in params.items() if value is not None})
        return self._send(urllib.request.Request(f"{self.rest}{path}?{query}", headers=self._signed(query)))

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Signed POST of a JSON object."""
        text = json.dumps(body)
        headers = {**self._signed(text), "Content-Type": "application/json"}
        return self._send(urllib.request.Request(f"{self.rest}{path}", text.encode(), headers))

    def result(self, path: str, **params: Any) -> dict[str, Any]:
        """``result`` of a GET that must succeed."""
        answer = self.get(path, **params)
        assert answer["retCode"] == 0, answer
        return answer["result"]

    def rows(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """``result.list`` of a GET that must succeed; one page."""
        return self.result(path, **params)["list"]

    def do(self, path: str, **body: Any) -> dict[str, Any]:
        """``result`` of a POST that must succeed."""
        answer = self.post(path, body)
        assert answer["retCode"] == 0, answer
        return answer["result"]

    def _signed(self, payload: str) -> dict[str, str]:
        stamp, window = str(time.time_ns() // 1_000_000), "5000"
        text = f"{stamp}{self.api_key}{window}{payload}"
        return {
            "X-BAPI-API-KEY": self.api_key,
            "X-BAPI-TIMESTAMP": stamp,
            "X-BAPI-RECV-WINDOW": window,
            "X-BAPI-SIGN": hmac.new(self.api_secret.encode(), text.encode(), hashlib.sha256).hexdigest(),
        }

    def _send(self, request: urllib.request.Request) -> dict[str, Any]:
        with urllib.request.urlopen(request, timeout=60) as answer:
            self.last_headers = dict(answer.headers.items())
            return json.loads(answer.read())


class PaperProcess:
    """One running paper exchange. Extra command-line arguments go through as they are."""

    def __init__(
        self,
        *,
        scenario: str = "default",
        seed: int = 7,
        clock: str = "frozen",
        extra: tuple[str, ...] = (),
        is_fresh: bool = False,
    ) -> None:
        arguments = ["--port", "0", "--seed", str(seed), "--scenario", scenario, "--clock", clock, *extra]
        arguments.append("--exit-with-parent")
        # a file: nobody reads it while the exchange runs, and a full pipe would stop it
        self._stderr = tempfile.TemporaryFile("w+")  # noqa: SIM115 -- lives as long as the process
        self.process = self._started(arguments) if is_fresh or not CAN_FORK else Forked(arguments, self._stderr)
        self.complaints = ""
        self.ready = self._ready_line()
        self.rest: str = self.ready["rest"]
        self.ws: str = self.ready["ws"]
        self.api_key: str = self.ready["api_key"]
        self.api_secret: str = self.ready["api_secret"]
        self.client = SignedClient(self.rest, self.api_key, self.api_secret)
        self.get, self.post = self.client.get, self.client.post
        self.result, self.rows, self.do = self.client.result, self.client.rows, self.client.do

    def _started(self, arguments: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "core.paper", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
        )

    def _ready_line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        watchdog = threading.Timer(READY_WITHIN_S, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        if not line:
            self.stop()
            raise RuntimeError(f"the paper exchange did not start: {self.complaints}")
        return json.loads(line)

    def control(self, operation: str, **body: Any) -> Any:
        """One operation of the control port; the keyword ``from_`` is sent as ``from``.

        Raises:
            ControlRefused: the control port says why not.
        """
        if "from_" in body:
            body["from"] = body.pop("from_")
        request = urllib.request.Request(
            f"{self.ready['control']}/{operation}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.ready['control_token']}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise ControlRefused(refusal.code, refusal.read().decode()) from None

    def arm(self, fault: str, match: Any = None, **more: Any) -> dict[str, Any]:
        """Arm a fault; more: ``args``, ``count``, ``probability``, ``seed``, ``from_``, ``until``."""
        return self.control("arm", fault=fault, match=match, **more)

    def disarm(self) -> None:
        """Disarm every fault and lift a ban."""
        self.control("clear")

    def incident(self, name: str, **arguments: Any) -> Any:
        """Let something happen to the account or the market: ``price``, ``liquidate``, ``adl``, ``trade`` …

        Numbers that are money or prices go as text. The names are in docs/paper-exchange.md.
        """
        return self.control("incident", incident=name, **arguments)

    def hold_fills(self) -> None:
        """Accept orders, but let none fill until ``release_fills``."""
        self.incident("hold_fills")

    def release_fills(self) -> None:
        """Fill what was held."""
        self.incident("release_fills")

    def advance(self, ms: int) -> None:
        """Move the exchange's time ahead; prices, funding and the bot follow unless the clock is frozen."""
        self.control("advance", ms=ms)

    def new_client(self, preset: str = "full") -> SignedClient:
        """A client with a key of its own, of a named permission set."""
        made = self.control("key", preset=preset)
        return SignedClient(self.rest, made["api_key"], made["api_secret"])

    def requests(self, path: str = "") -> list[dict[str, Any]]:
        """What clients asked, oldest first."""
        return self.control("requests", path=path)

    def kill(self) -> None:
        """Die at once, as in a crash."""
        self.process.kill()
        self.process.wait(STOP_WITHIN_S)

    def stop(self) -> None:
        """Stop and collect standard error in ``complaints``. Safe to call twice."""
        if self._stderr.closed:
            return
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self._stderr.seek(0)
        self.complaints = self._stderr.read()
        self._stderr.close()


class ControlRefused(Exception):
    """The control port answered with an error."""


PaperFactory = Callable[..., PaperProcess]


@pytest.fixture
def paper_factory() -> Iterator[PaperFactory]:
    """Start paper exchanges; all of them are stopped, and none may have printed a traceback."""
    started: list[PaperProcess] = []

    def start(**options: Any) -> PaperProcess:
        started.append(PaperProcess(**options))
        return started[-1]

    yield start
    for one in started:
        one.stop()
    assert not [one.complaints for one in started if "Traceback" in one.complaints]


@pytest.fixture
def paper(paper_factory: PaperFactory) -> PaperProcess:
    """A paper exchange: default scenario, seed 7, frozen clock."""
    return paper_factory()
