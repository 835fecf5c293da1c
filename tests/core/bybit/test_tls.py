"""Certificates: what the desk's own TLS settings refuse, and that nothing has been sent by then."""

import datetime
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.bybit.client import Client
from core.bybit.exchange import _tls
from core.errors import OutcomeUnknown, Unreachable
from tests.core.bybit import rows
from tests.core.bybit.servers import HttpServer, http_server, new_client, page
from tests.core.bybit.test_writes import create

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def certificate(folder: Path, name: str, until: datetime.datetime) -> tuple[Path, Path]:
    """A self-signed certificate for a host name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 10 * DAY)
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


@asynccontextmanager
async def secure(
    folder: Path, name: str, until: datetime.datetime, *, is_trusted: bool
) -> AsyncIterator[tuple[Client, HttpServer]]:
    """A TLS server called ``name``, and the desk's client pointed at ``localhost`` with its live TLS settings."""
    certificate_file, key_file = certificate(folder, name, until)
    offered = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    offered.load_cert_chain(certificate_file, key_file)
    _tls.cache_clear()
    settings = _tls()
    if is_trusted:
        settings.load_verify_locations(certificate_file)
    async with http_server(offered) as server:
        server.answer(page(rows.POSITION))
        port = server.url.rsplit(":", 1)[1]
        client = new_client("http://127.0.0.1:9", "ws://127.0.0.1:9")
        for exchange in client.exchanges:
            exchange.ssl_context = settings
            exchange.urls["api"]["private"] = f"https://localhost:{port}"
            exchange.urls["api"]["ws"]["private"]["contract"] = f"wss://localhost:{port}/v5/private"
        try:
            yield client, server
        finally:
            await client.close()
            _tls.cache_clear()


async def test_a_proper_certificate_is_accepted(tmp_path):
    """The control of this file: with a trusted one for the right name, everything works."""
    async with secure(tmp_path, "localhost", NOW + DAY, is_trusted=True) as (client, server):
        assert await client.gateway.fetch_positions("linear", "USDT")
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("name", "until", "is_trusted"),
    [("localhost", NOW + DAY, False), ("api.bybit.com", NOW + DAY, True), ("localhost", NOW - DAY, True)],
    ids=["self-signed", "wrong name", "expired"],
)
async def test_a_bad_certificate_is_refused_before_anything_is_sent(tmp_path, name, until, is_trusted):
    async with secure(tmp_path, name, until, is_trusted=is_trusted) as (client, server):
        with pytest.raises(Unreachable, match="tls_refused"):
            await client.gateway.fetch_positions("linear", "USDT")
        with pytest.raises(OutcomeUnknown, match="not_sent"):
            await create(client.gateway)
        with pytest.raises(Unreachable, match="no_stream"):
            await client.private(lambda event: None).open()
        assert server.asked == []
