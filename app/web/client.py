"""Where the browser or the program is that asks."""

from ipaddress import IPv6Address, ip_address, ip_network

from app.settings import settings
from app.web.answer import AnyRequest

FORWARDED = "x-forwarded-for"
OF_ONE_HOME = 64  # bits of an IPv6 address; whoever has one of them has them all


def address_of(request: AnyRequest) -> str:
    """The address it comes from; behind a proxy that we trust, the one that the proxy names.

    Each proxy adds whom it was asked by at the end, so the last one that is no proxy of ours holds;
    whatever stands before it anybody could have written.
    """
    address = request.client.host if request.client else ""
    named = ",".join(request.headers.getall(FORWARDED, [])).split(",")
    while named and _is_ours(address):
        before = named.pop().strip()
        if not _is_address(before):
            break
        address = before
    return address


def home_of(address: str) -> str:
    """What is counted as one: an address, or the network of an IPv6 address."""
    if _is_address(address) and isinstance(ip_address(address), IPv6Address):
        return str(ip_network(f"{ip_address(address)}/{OF_ONE_HOME}", strict=False))
    return address


def _is_ours(address: str) -> bool:
    return _is_address(address) and any(
        ip_address(address) in network for network in settings.trusted_proxy
    )


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text
