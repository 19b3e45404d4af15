"""Where a request comes from, and whose word about that is believed."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from litestar import Request

from app.settings import get_settings


def origin_of(request: Request[Any, Any, Any]) -> str:
    """The address block (/24 or /64) that a request comes from: enough to recognise a source, too
    coarse to find a person. Behind a trusted proxy it is what that proxy says."""
    address = _address(request.client.host if request.client else "")
    forwarded = request.headers.get("x-forwarded-for", "").split(",")
    while address and forwarded and _is_proxy(address):
        address = _address(forwarded.pop()) or address
    if address is None:
        return ""
    return str(ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False))


def is_trusted(host: str) -> bool:
    """Whether this is one of our proxies, whose word is believed."""
    if not get_settings().trusted_proxies:
        return False
    address = _address(host)
    return address is not None and _is_proxy(address)


def _is_proxy(address: IPv4Address | IPv6Address) -> bool:
    return any(address in proxy for proxy in get_settings().trusted_proxies)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    # A server that listens to both kinds writes those of one in the words of the other.
    return getattr(address, "ipv4_mapped", None) or address
