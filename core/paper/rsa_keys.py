"""RSA keys of the paper exchange: read a public key, check a signature (PKCS#1 v1.5 over SHA-256, as on Bybit)."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key


def read(pem: str) -> RSAPublicKey:
    """The key in a PEM text.

    Raises:
        ValueError: there is none.
    """
    try:
        key = load_pem_public_key(pem.encode())
    except UnsupportedAlgorithm as exc:
        raise ValueError("not an RSA public key") from exc
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA public key")
    return key


def fits(pem: str, text: bytes, signature: str) -> bool:
    """Whether ``signature`` (base64) is the key's over ``text``."""
    try:
        read(pem).verify(base64.b64decode(signature, validate=True), text, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
