"""Where a request comes from is what the network says, or a proxy that the settings name; never what it says itself."""

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest

from app.origin import origin_of
from app.security import PortalRequest
from app.settings import get_settings

HEADERS = ("x-forwarded-for", "x-real-ip", "forwarded", "client-ip", "true-client-ip", "x-client-ip")


def request_from(peer: str, **headers: str) -> PortalRequest:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: Any = {"type": "http", "client": (peer, 50_000), "headers": sent}
    return PortalRequest(scope)


@pytest.fixture
def proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """10.0.0.0/8 is ours."""
    known = replace(get_settings(), trusted_proxies=(ip_network("10.0.0.0/8"),))
    monkeypatch.setattr("app.origin.get_settings", lambda: known)


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("peer", ["127.0.0.1", "192.0.2.1", "2001:db8::1"])
def test_who_says_to_be_elsewhere_is_not_believed(proxies: None, header: str, peer: str) -> None:
    said = origin_of(request_from(peer, **{header: "203.0.113.7"}))
    assert said == origin_of(request_from(peer))
    assert "203.0.113" not in said


@pytest.mark.parametrize(
    ("forwarded", "block"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.0/24"),
        ("198.51.100.1, 203.0.113.7, 10.2.3.4", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("nonsense", "10.0.0.0/24"),
        ("", "10.0.0.0/24"),
    ],
)
def test_a_proxy_that_is_named_is_believed(proxies: None, forwarded: str, block: str) -> None:
    assert origin_of(request_from("10.0.0.9", x_forwarded_for=forwarded)) == block


def test_without_a_proxy_in_the_settings_nobody_is() -> None:
    assert get_settings().trusted_proxies == ()
    assert origin_of(request_from("10.0.0.9", x_forwarded_for="203.0.113.7")) == "10.0.0.0/24"
