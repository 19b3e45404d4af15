"""The mail server that SMTP_URL names, and what its answers mean for a letter."""

import asyncio
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPTimeoutError,
)

from app.addresses import is_loopback

PATIENCE = 20.0  # seconds for one answer of the server
LONGEST = 60.0  # seconds for one letter, whatever the server does
PORTS = {"smtp": 587, "smtps": 465}


class Encryption(StrEnum):
    NONE = "none"
    """Only to a server on this machine."""
    STARTTLS = "starttls"
    """Required: a server that does not offer it gets no letter."""
    TLS = "tls"


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    encryption: Encryption
    username: str = ""
    password: str = ""
    patience: float = PATIENCE

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, {self.encryption})"


def server_of(url: str) -> Server:
    """Of an `smtp_url`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    encryption = Encryption.NONE if is_loopback(host) else Encryption.STARTTLS
    return Server(
        host=host,
        port=parts.port or PORTS[parts.scheme],
        encryption=Encryption.TLS if parts.scheme == "smtps" else encryption,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


class NotSent(Exception):
    """The message is a Dutch sentence without personal data: what servers answer may repeat an address."""


class Rejected(NotSent):
    """The server wants this letter neither now nor later."""


class Unreachable(NotSent):
    """The server takes no letter at all now."""


class Line:
    """A connection to the server, made for the first letter and again when it broke: `async with Line(…) as line`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: SMTP | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            async with asyncio.timeout(2):
                await smtp.quit()
        except (SMTPException, OSError, ValueError):
            pass
        finally:
            smtp.close()

    async def send(self, message: EmailMessage) -> None:
        """Ends when the server has taken the letter over. Raises Rejected, Unreachable or NotSent; it may yet have
        arrived, when it is the answer that did not."""
        try:
            async with asyncio.timeout(LONGEST):
                smtp = await self._connected()
                await smtp.send_message(message)
        except BaseException as error:
            self._break_off()
            if (meaning := _meaning(error)) is None:
                raise
            raise meaning from error

    async def _connected(self) -> SMTP:
        if self._smtp is None or not self._smtp.is_connected:
            self._smtp = _client(self._server)
            try:
                await self._smtp.connect()
            except Exception as error:
                raise Unreachable(_unreachable(error)) from error
        return self._smtp

    def _break_off(self) -> None:
        """What the server still thinks of the letter is of no account for the next one."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _client(server: Server) -> SMTP:
    return SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username or None,
        password=server.password or None,
        timeout=server.patience,
        use_tls=server.encryption is Encryption.TLS,
        start_tls=server.encryption is Encryption.STARTTLS,
        # Trusts what the machine trusts, or SSL_CERT_FILE.
        tls_context=None if server.encryption is Encryption.NONE else ssl.create_default_context(),
    )


def _meaning(error: BaseException) -> NotSent | None:
    if isinstance(error, NotSent):
        return error
    if isinstance(error, SMTPRecipientsRefused):
        return _answered("De mailserver weigert dit adres", error.recipients[0].code)
    if isinstance(error, SMTPDataError):
        return _answered("De mailserver weigert dit bericht", error.code)
    if isinstance(error, SMTPNotSupported):
        return Rejected("De mailserver kan de tekens in dit adres niet aan.")
    if isinstance(error, SMTPResponseException):
        return NotSent(f"De mailserver weigert berichten van dit portaal ({error.code}).")
    if isinstance(error, TimeoutError | SMTPTimeoutError):
        return NotSent("De mailserver antwoordt niet op tijd.")
    if isinstance(error, SMTPException | OSError):
        return NotSent("De mailserver heeft de verbinding verbroken.")
    return None


def _answered(sentence: str, code: int) -> NotSent:
    """Only an answer in the 500s is for ever."""
    return (Rejected if code >= 500 else NotSent)(f"{sentence} ({code}).")


def _unreachable(error: Exception) -> str:
    if isinstance(error, SMTPAuthenticationError):
        return f"De mailserver kent deze gebruiker niet, of het wachtwoord is onjuist ({error.code})."
    if _is_about_certificate(error):
        return "Het certificaat van de mailserver is niet te vertrouwen."
    if isinstance(error, SMTPTimeoutError | TimeoutError):
        return "De mailserver antwoordt niet op tijd."
    if "STARTTLS" in str(error):
        return "De mailserver biedt geen versleuteling aan (STARTTLS)."
    return "De mailserver is niet bereikbaar."


def _is_about_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
