"""Mail servers to send to: real ones, in a thread of their own, that behave as a test wants."""

import asyncio
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from app.mail.server import Encryption, Server
from tests.postgres import free_port

PATIENCE = 2.0
PASSWORD = "geheim-van-de-mailserver"


@dataclass
class Postbox:
    """What a server took over, and how it answers: `answers` per recipient, then `data`, after `delay` seconds."""

    answers: dict[str, str] = field(default_factory=dict)
    data: str = "250 OK"
    delay: float = 0.0
    taken: list[Envelope] = field(default_factory=list)

    @property
    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(each.original_content or b"", policy=POLICY) for each in self.taken]

    @property
    def recipients(self) -> list[str]:
        return [recipient for each in self.taken for recipient in each.rcpt_tos]

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data.startswith("2"):
            self.taken.append(envelope)
        await asyncio.sleep(self.delay)
        return self.data


def _knows(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, sent: LoginPassword) -> AuthResult:
    return AuthResult(success=sent.password == PASSWORD.encode(), handled=False)


@contextmanager
def serving(postbox: Postbox, **options: Any) -> Iterator[Server]:
    """The server as the portal is told of it; without encryption unless a certificate is given."""
    controller = Controller(
        postbox, hostname="127.0.0.1", port=free_port(), authenticator=_knows, auth_require_tls=False, **options
    )
    controller.start()
    try:
        yield Server("localhost", controller.port, Encryption.NONE, patience=PATIENCE)
    finally:
        controller.stop()


def self_made_certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """For `localhost`, signed by nobody else: the certificate, and what a server shows it with."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    command += f" -addext subjectAltName=DNS:localhost -out {certificate} -keyout {key}"
    subprocess.run(command.split(), check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, context
