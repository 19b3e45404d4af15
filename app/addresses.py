"""The portal's address, the database's, the mail server's. A refusal never repeats a value: it may hold a password."""

import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|/[^\s:]+|[^\s:\[\]/*]+)(?::[0-9]{1,5})?")
HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
USUAL_PORTS = {"https": ":443", "http": ":80"}
# `allow` and `prefer` fall back to plain text without a word.
CLEAR_SSLMODES = ("verify-full", "verify-ca", "require", "disable")


def base_url(text: str) -> str:
    """The portal's own origin as browsers write it: no closing slash, no port that goes without saying."""
    url = split(text)
    if url.scheme not in ("http", "https") or not url.hostname or HOST_NAME.fullmatch(url.hostname) is None:
        raise ValueError("must be an address like https://portaal.example.nl")
    if url.path not in ("", "/") or url.query or url.fragment or url.username is not None:
        raise ValueError("must hold only scheme, host and port")
    if is_unspecified(url.hostname):
        raise ValueError("must name one host, not all of them")
    return f"{url.scheme}://{url.netloc.lower().removesuffix(USUAL_PORTS[url.scheme])}"


def is_safe_origin(url: str) -> bool:
    """Whether cookies may travel there: https, or no further than this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def database_url(text: str) -> str:
    """`sqlite:///path` or `postgresql://…`; a database elsewhere names its sslmode."""
    if text.startswith("sqlite:"):
        sqlite_path(text)
        return text
    return postgresql_url(text)


def sqlite_path(url: str) -> Path:
    """`sqlite:///data/x.sqlite` is relative to the working folder, `sqlite:////srv/x.sqlite` absolute."""
    path = url.removeprefix("sqlite:///")
    if path == url or not path or path.endswith("/") or path == ":memory:" or "?" in path:
        raise ValueError("must name a file, like sqlite:///data/portaal.sqlite")
    return Path(unquote(path))


def postgresql_url(text: str) -> str:
    url = split(text)
    if url.scheme not in ("postgresql", "postgres"):
        raise ValueError("must start with sqlite:/// or postgresql://")
    if len(url.path) < 2:
        raise ValueError("must name the database, like postgresql://host/portaal")
    hosts = postgresql_hosts(url)
    modes = parse_qs(url.query).get("sslmode", [])
    if modes and modes[-1] not in CLEAR_SSLMODES:
        raise ValueError(f"must have one of these as sslmode: {', '.join(CLEAR_SSLMODES)}")
    if not modes and not all(is_loopback(host) for host in hosts):
        raise ValueError("leads to another machine: add ?sslmode=verify-full (or what you choose instead)")
    return text


def postgresql_hosts(url: SplitResult) -> list[str]:
    """Every host of the address. Named explicitly, so that PGHOST never decides where data goes."""
    named = unquote(url.netloc.rpartition("@")[2]) or ",".join(parse_qs(url.query).get("host", []))
    if not named:
        raise ValueError("must name its host, like postgresql://localhost/portaal")
    return [host_name(part) for part in named.split(",")]


def host_name(part: str) -> str:
    """The host of `host:port`; a socket's folder stays whole."""
    match = HOST.fullmatch(part)
    if match is None:
        raise ValueError("holds a host that cannot be read")
    return match[1].strip("[]")


def smtp_url(text: str) -> str:
    """`smtp://user:password@host:587` (STARTTLS) or `smtps://…` (TLS at once)."""
    url = split(text)
    if url.scheme not in ("smtp", "smtps") or not url.hostname or url.path not in ("", "/"):
        raise ValueError("must be an address like smtp://user:password@host:587 or smtps://…")
    return text


def mail_address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, globally_deliverable=False).normalized
    except EmailNotValidError:
        raise ValueError("must be an e-mail address like noreply@example.nl") from None


def no_reply(url: str) -> str:
    """An address of the host that the portal is reached at."""
    host = urlsplit(url).hostname or "localhost"
    return f"noreply@{'localhost' if is_address(host) else host}"


def split(text: str) -> SplitResult:
    """The parts of an address, its port tried too unless it holds several hosts."""
    try:
        url = urlsplit(text)
        if "," not in url.netloc:
            _ = url.port
    except ValueError:
        raise ValueError("is not an address") from None
    if any(sign.isspace() for sign in text):
        raise ValueError("holds white space")
    return url


def is_loopback(host: str) -> bool:
    """Whether traffic to this host stays on this machine: localhost, its addresses, a socket's folder."""
    if host == "localhost" or host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_address(host: str) -> bool:
    """Whether it is a number, not a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_unspecified(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
