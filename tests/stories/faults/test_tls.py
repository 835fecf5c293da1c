"""Names and certificates (F7, F8, F17), which loopback's plain HTTP cannot show: the client alone, with live's TLS."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.bybit import bybit
from core.bybit.client import Client
from core.clock import SystemClock
from core.errors import OutcomeUnknown, Unreachable
from core.secrets import Secret

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
HOST = "api.bybit.com"


class Authority:
    """Signs certificates of servers."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
        self.certificate = self._sign(self.name, self.key, "", -1, 1, is_authority=True)

    def _sign(
        self, name: x509.Name, key: Any, host: str, from_days: int, until_days: int, *, is_authority: bool = False
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW + from_days * DAY)
            .not_valid_after(NOW + until_days * DAY)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if host:
            names: list[x509.GeneralName] = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            builder = builder.add_extension(x509.SubjectAlternativeName(names[: 1 if host != HOST else 2]), False)
        return builder.sign(self.key, hashes.SHA256())

    def server(self, folder: Path, host: str, from_days: int, until_days: int) -> ssl.SSLContext:
        """The context of a server with a certificate for ``host``."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        certificate = self._sign(subject, key, host, from_days, until_days)
        file = folder / "server.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    @property
    def pem(self) -> str:
        """What a client has to trust."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


@asynccontextmanager
async def tls_server(context: ssl.SSLContext) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that notes the first line of every request it is sent; yields its port and the lines."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        if line:
            heard.append(line)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)  # refused handshakes
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        server.close()


@asynccontextmanager
async def live_client(rest: str) -> AsyncIterator[Client]:
    """A client as for live, with its TLS settings, whose requests go elsewhere."""
    client = Client(bybit("live", "canaryKEYcanaryKEY", Secret("canary")), SystemClock())
    for exchange in client.exchanges:
        for name in exchange.urls["api"]:
            if name != "ws":
                exchange.urls["api"][name] = rest
    try:
        yield client
    finally:
        await client.close()


async def refused(client: Client) -> str:
    """The code with which a read fails; a write must not have been sent either."""
    with pytest.raises(OutcomeUnknown, match="not_sent"):
        await client.gateway.cancel_order(category="linear", symbol="SOLUSDT", order_id="1")
    with pytest.raises(Unreachable) as caught:
        await client.gateway.fetch_time_offset_ms()
    return caught.value.code


@pytest.mark.parametrize(
    ("host", "from_days", "until_days", "is_trusted", "wanted"),
    [
        (HOST, -2, 1, False, "tls_refused"),
        (HOST, -2, -1, True, "tls_refused"),
        (HOST, 1, 2, True, "tls_refused"),
        ("api.example.com", -2, 1, True, "tls_refused"),
        (HOST, -2, 1, True, "bad_envelope"),
    ],
    ids=["self-signed", "expired", "not yet valid", "f8-another host", "good"],
)
async def test_f8_f17_only_a_good_certificate_is_spoken_to(
    tmp_path: Path, host: str, from_days: int, until_days: int, is_trusted: bool, wanted: str
) -> None:
    authority = Authority()
    context = authority.server(tmp_path, host, from_days, until_days)
    async with tls_server(context) as (port, heard), live_client(f"https://127.0.0.1:{port}") as client:
        if is_trusted:
            for exchange in client.exchanges:
                exchange.ssl_context = ssl.create_default_context(cadata=authority.pem)
        if wanted == "tls_refused":
            assert await refused(client) == wanted
            assert heard == [], "something was sent"
        else:
            with pytest.raises(Unreachable, match=wanted):
                await client.gateway.fetch_time_offset_ms()
            assert heard == [b"GET /v5/market/time HTTP/1.1\r\n"]


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
async def test_f17_old_tls_is_refused(tmp_path: Path) -> None:
    context = Authority().server(tmp_path, HOST, -2, 1)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    async with tls_server(context) as (port, heard), live_client(f"https://127.0.0.1:{port}") as client:
        assert await refused(client) in {"tls_refused", "no_connection"}
        assert heard == []


async def test_f7_a_name_that_does_not_resolve_is_no_exchange() -> None:
    """A top-level name that is reserved for never existing (RFC 6761)."""
    async with live_client("https://api.bybit.invalid") as client:
        assert await refused(client) == "no_connection"


async def test_f7_nobody_there() -> None:
    async with live_client("https://127.0.0.1:9") as client:
        assert await refused(client) == "no_connection"
