"""What internet.nl asks of the headers of a website and of its security.txt, as its own checks read them
(github.com/internetstandards/Internet.nl, checks/tasks: http_headers.py and securitytxt.py)."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from httpx import Response

YEAR = 31_536_000
LOCAL = {"'none'", "'self'"}
UNSAFE = {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'"}
GOOD_REFERRERS = {"no-referrer", "same-origin"}
FRAMING = {"DENY", "SAMEORIGIN"}
FIELD = re.compile(r"([A-Z][A-Za-z-]+): (\S.*)")


def header_faults(headers: Mapping[str, str]) -> list[str]:
    """What it would say of an answer; it scores good when this is empty."""
    found = [f"Content-Security-Policy: {fault}" for fault in policy_faults(headers.get("content-security-policy", ""))]
    if headers.get("x-content-type-options") != "nosniff":
        found.append("X-Content-Type-Options")
    if headers.get("x-frame-options") not in FRAMING:
        found.append("X-Frame-Options")
    if not {each.strip() for each in headers.get("referrer-policy", "-").split(",")} <= GOOD_REFERRERS:
        found.append("Referrer-Policy")
    longest = re.match(r"max-age=(\d+)", headers.get("strict-transport-security", ""))
    if not longest or int(longest[1]) < YEAR:
        found.append("Strict-Transport-Security")
    return found


def policy_faults(policy: str) -> Iterator[str]:
    """Nothing unsafe, nothing from everywhere, and the directives that keep strange frames and forms away."""
    directives = {name: sources for name, *sources in (part.split() for part in policy.split(";") if part.strip())}
    for name, sources in directives.items():
        yield from (f"{name} {source}" for source in sources if source in UNSAFE or _is_anywhere(source))
    for name in ("object-src", "script-src"):
        if "data:" in directives.get(name, ()):
            yield f"{name} data:"
    # A frame-src that is missing falls back on default-src; these three have nothing to fall back on.
    for name in ("default-src", "frame-ancestors", "base-uri", "form-action"):
        if not LOCAL & set(directives.get(name, ())):
            yield f"{name} is missing"


def _is_anywhere(source: str) -> bool:
    return source in {"*", "http:", "https:"} or source.startswith(("http://", "*:", "127.0.0.1"))


def security_txt_faults(answer: Response, now: datetime) -> list[str]:
    """Of the answer at /.well-known/security.txt."""
    if answer.status_code != 200 or answer.headers["content-type"] != "text/plain; charset=utf-8":
        return ["not there, or no plain text"]
    lines = answer.text.splitlines()
    fields = [found.groups() for line in lines if (found := FIELD.fullmatch(line))]
    expires = [
        datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        for name, value in fields
        if name == "Expires"
    ]
    faults = [f"cannot be read: {line}" for line in lines if not FIELD.fullmatch(line)]
    if not any(name == "Contact" and value.startswith(("mailto:", "https://")) for name, value in fields):
        faults.append("no contact")
    if [name for name, _ in fields].count("Preferred-Languages") > 1:
        faults.append("languages twice")
    if len(expires) != 1 or not now < expires[0] < now + timedelta(days=366):
        faults.append("expired, or not within a year")
    if not any(name == "Canonical" and value == str(answer.url) for name, value in fields):
        faults.append("says another address")
    return faults
