"""What is refused before it is looked at: requests that no browser and no honest program sends."""

import re
from http import HTTPStatus
from urllib.parse import urlsplit

import msgspec
from litestar.types import HTTPScope

from app.settings import settings
from app.settings.values import LOOPBACK
from app.web.answer import PLAIN, PROBLEM, Answer

MOST_HEADER_BYTES = 32 * 1024
MOST_ADDRESS_BYTES = 8 * 1024
NOT_OURS = (
    "The shop does not answer to this name. "
    "Whoever runs it gives the address that browsers use as ONHAND_BASE_URL."
)
LARGE_HEADERS = "The headers of this request are too large."
LARGE_ADDRESS = "This address is too long."
TWO_TYPES = "Content-Type may be given once."
PACKED = "A body has to be sent as it is, in UTF-8, without Content-Encoding."
KINDS = {400: "invalid", 414: "too-large", 415: "invalid", 431: "too-large"}

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']*)")
_HOSTS = {urlsplit(settings.base_url).hostname, *LOOPBACK}


def malformed(scope: HTTPScope) -> Answer | None:
    """The refusal of a request that is not whole or too much; None for all others."""
    size = 0
    given: dict[bytes, list[str]] = {b"host": [], b"content-type": [], b"content-encoding": []}
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name in given:
            given[name].append(value.decode("latin-1"))
    if size > MOST_HEADER_BYTES:
        return _refusal(scope, 431, LARGE_HEADERS)
    if len(scope["raw_path"]) + len(scope["query_string"]) > MOST_ADDRESS_BYTES:
        return _refusal(scope, 414, LARGE_ADDRESS)
    hosts, types, encodings = given.values()
    if len(hosts) != 1 or not _is_ours(hosts[0]):
        return _refusal(scope, 400, NOT_OURS)
    if len(types) > 1:
        return _refusal(scope, 400, TWO_TYPES)
    if any(map(_is_packed, encodings)) or not all(map(_is_utf8, types)):
        return _refusal(scope, 415, PACKED)
    return None


def _refusal(scope: HTTPScope, status: int, message: str) -> Answer:
    if not f"{scope['path']}/".startswith("/v1/"):
        return Answer(message.encode(), status=status, media_type=PLAIN)
    title = HTTPStatus(status).phrase
    told = {"type": KINDS[status], "title": title, "status": status, "detail": message}
    return Answer(msgspec.json.encode(told), status=status, media_type=PROBLEM)


def _is_ours(host: str) -> bool:
    try:
        parts = urlsplit(f"//{host}")
        return parts.hostname in _HOSTS and parts.port != 0
    except ValueError:
        return False


def _is_packed(encoding: str) -> bool:
    return encoding.strip().lower() not in {"", "identity"}


def _is_utf8(content_type: str) -> bool:
    return set(_CHARSET.findall(content_type.lower())) <= {"utf-8", "utf8", "us-ascii"}
