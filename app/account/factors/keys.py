"""Encryption of what a second factor needs in clear. What is sealed names the key that it was sealed with, so that
another one can take its place: put the new one first in FACTOR_KEY, and the old one behind it."""

import hashlib
import secrets
from functools import cache

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.settings import get_settings

logger = structlog.get_logger()

ID_LENGTH = 4
NONCE_LENGTH = 12


class Unreadable(Exception):
    """Not sealed here, for something else, or with a key that is no longer among the settings."""


def seal(secret: bytes, about: str) -> bytes:
    """Key id, nonce and ciphertext (AES-256-GCM). It opens only for the same `about`."""
    key_id, key = next(iter(_keys().items()))
    nonce = secrets.token_bytes(NONCE_LENGTH)
    return key_id + nonce + AESGCM(key).encrypt(nonce, secret, about.encode())


def unseal(sealed: bytes, about: str) -> bytes:
    """Raises Unreadable."""
    key_id, rest = sealed[:ID_LENGTH], sealed[ID_LENGTH:]
    key = _keys().get(key_id)
    if key is None:
        logger.error("factor_key_missing", key_id=key_id.hex())
        raise Unreadable
    try:
        return AESGCM(key).decrypt(rest[:NONCE_LENGTH], rest[NONCE_LENGTH:], about.encode())
    except (InvalidTag, ValueError) as error:
        raise Unreadable from error


def is_current(sealed: bytes) -> bool:
    """Whether it was sealed with the key that is used now."""
    return sealed[:ID_LENGTH] == next(iter(_keys()))


def _keys() -> dict[bytes, bytes]:
    """By their ids, the one in use first. A demo without FACTOR_KEY has one that follows from SECRET_KEY."""
    settings = get_settings()
    return _derived(settings.factor_keys or (f"demo {settings.secret_key}",))


@cache
def _derived(settings: tuple[str, ...]) -> dict[bytes, bytes]:
    return {hashlib.sha256(b"id" + key).digest()[:ID_LENGTH]: key for key in map(_derive, settings)}


def _derive(setting: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"portaal second factor").derive(setting.encode())
