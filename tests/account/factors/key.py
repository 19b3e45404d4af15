"""A passkey in software: what a browser and its authenticator answer, made here."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from tests.worlds import BASE_URL

HOST = BASE_URL.removeprefix("https://")
PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class Key:
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    private: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    count: int = 0
    owner: bytes = b""
    host: str = HOST
    origin: str = BASE_URL
    knows: bool = True
    """Whether it asks for a finger, a face or a PIN."""

    def create(self, options: dict[str, Any]) -> str:
        """What `navigator.credentials.create` answers."""
        self.owner = as_bytes(options["user"]["id"])
        numbers = self.private.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        named = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(WITH_KEY) + named}
        told = {"attestationObject": as_text(cbor2.dumps(attested))}
        return self._answer("webauthn.create", options, told)

    def get(self, options: dict[str, Any]) -> str:
        """What `navigator.credentials.get` answers."""
        if self.count:
            self.count += 1
        data = self._data()
        signed = data + hashlib.sha256(self._client_data("webauthn.get", options)).digest()
        signature = self.private.sign(signed, ECDSA(SHA256()))
        told = {"authenticatorData": as_text(data), "signature": as_text(signature), "userHandle": as_text(self.owner)}
        return self._answer("webauthn.get", options, told)

    def _data(self, more: int = 0) -> bytes:
        flags = PRESENT | more | (VERIFIED if self.knows else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _answer(self, kind: str, options: dict[str, Any], told: dict[str, str]) -> str:
        response = told | {"clientDataJSON": as_text(self._client_data(kind, options))}
        return json.dumps(
            {"id": as_text(self.id), "rawId": as_text(self.id), "type": "public-key", "response": response}
        )


def as_text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def as_bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
