"""Where events may be sent.

A shop's own programs stand in its own network, so private addresses and this machine are allowed.
That lets whoever sets up a hook make the server send requests to places that only the server
reaches; therefore only managers can, what is sent is nothing but events in a POST, redirects are
not followed, and of the answer nothing but its status is ever shown. Refused is what no shop
needs and what hides where it leads: a name or password in the address, a fragment, numbers that
are no plain IP address, and addresses of the link itself, where clouds keep their credentials;
also when a name leads to one by the time something is sent.
"""

import ipaddress
import re

import httpx

from app import fields
from app.settings import settings
from app.settings.values import is_mailbox

MAIL = "mailto:"
LONGEST = 2000
NO_ADDRESS = "This is not an address that a program can have."

_OF_CLOUDS = {
    ipaddress.ip_address("fd00:ec2::254")
}  # which is none of the link (docs.aws.amazon.com)
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")  # a name that ends like this is read as an IP address


def address(typed: str) -> str:
    """An address of a program or a mailbox; raises ValueError for any other."""
    kept = fields.text(typed, most=LONGEST, what="The address", required=True)
    if kept.startswith(MAIL):
        return _mail(kept)
    if not kept.startswith(("https://", "http://")):
        raise ValueError("Write an address that begins with https://, http:// or mailto:")
    return _web(kept)


def is_mail(kept: str) -> bool:
    return kept.startswith(MAIL)


def _mail(kept: str) -> str:
    if not is_mailbox(kept.removeprefix(MAIL)):
        raise ValueError("Write one mail address, like mailto:someone@example.org")
    if settings.mail_server is None:
        raise ValueError(
            "Mail is not set up here. Whoever runs Onhand sets ONHAND_SMTP and ONHAND_MAIL_FROM."
        )
    return kept


def _web(kept: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]+", kept) or set(kept) & set('\\"<>^`{|}'):
        raise ValueError("The address holds a sign that has to be written like %20.")
    try:
        url = httpx.URL(kept)
    except httpx.InvalidURL:
        raise ValueError(NO_ADDRESS) from None
    if url.userinfo:
        raise ValueError("Leave name and password out: the signature shows who we are.")
    if url.fragment:
        raise ValueError("Leave out what follows the #: it is never sent.")
    if not (_is_host(url.host) and 1 <= (80 if url.port is None else url.port) <= 65535):
        raise ValueError(NO_ADDRESS)
    return kept


def _is_host(host: str) -> bool:
    """A name, or an IP address written the plain way, which is not one of the link itself."""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        last = host.removesuffix(".").rpartition(".")[2]
        return bool(_NAME.fullmatch(host)) and not _NUMBER.fullmatch(last)
    return is_of_a_program(ip)


def is_of_a_program(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether a program can have it; also when it is one of version 4 inside one of version 6."""
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None) or ip
    is_odd = inner.is_unspecified or inner.is_link_local or inner.is_multicast or inner.is_reserved
    return inner.is_loopback or not (is_odd or inner in _OF_CLOUDS)
