"""The address of whoever asks is believed only from a proxy of our own."""

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import RequestFactory

from app import settings as knobs
from app.settings import BadSetting
from app.web import client

APP = Litestar(logging_config=None)  # or it would take the log of this process
PROXIES = ("10.0.0.0/8", "::1/128")


def address(peer: str, *forwarded: str) -> str:
    request: Any = RequestFactory(APP).get("/")
    request.scope["client"] = (peer, 1)
    request.scope["headers"] = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return client.address_of(request)


@pytest.fixture
def _behind_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = tuple(ip_network(proxy) for proxy in PROXIES)
    behind = replace(knobs.settings, trusted_proxy=trusted)
    monkeypatch.setattr("app.web.client.settings", behind)


def test_without_a_proxy_what_is_claimed_counts_for_nothing():
    assert address("203.0.113.9", "198.51.100.1") == "203.0.113.9"
    assert address("127.0.0.1", "198.51.100.1") == "127.0.0.1"


@pytest.mark.usefixtures("_behind_proxies")
def test_behind_our_proxies_the_last_that_is_not_one_of_them_holds():
    assert address("10.0.0.1", "198.51.100.1") == "198.51.100.1"
    assert address("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2") == "198.51.100.1"
    assert address("10.0.0.1", "1.1.1.1", "198.51.100.1") == "198.51.100.1"
    assert address("::1", "2001:db8::7") == "2001:db8::7"
    assert address("10.0.0.1") == "10.0.0.1"


@pytest.mark.usefixtures("_behind_proxies")
def test_what_is_no_address_is_not_believed():
    for claimed in ("", "unknown", "<b>", "198.51.100.1:80", "1.1.1.1, x", "fe80::1%eth0"):
        assert address("10.0.0.1", claimed) == "10.0.0.1"
    assert address("203.0.113.9", "10.0.0.1") == "203.0.113.9"


def test_all_addresses_of_one_home_count_as_one():
    assert client.home_of("198.51.100.1") == "198.51.100.1"
    assert client.home_of("2001:db8:1:2:3::7") == client.home_of("2001:db8:1:2:4::8")
    assert client.home_of("2001:db8:1:2::") != client.home_of("2001:db8:1:3::")


def test_a_proxy_that_is_no_address_is_refused():
    with pytest.raises(BadSetting, match="ONHAND_TRUSTED_PROXY"):
        knobs.read({"ONHAND_TRUSTED_PROXY": "caddy.local"})
    assert len(knobs.read({"ONHAND_TRUSTED_PROXY": "10.0.0.1, ::1"}).trusted_proxy) == 2
