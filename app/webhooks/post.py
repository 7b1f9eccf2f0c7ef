"""Sending one event to a program, over HTTP."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import cache
from time import monotonic

import httpx

from app import clock
from app.webhooks.actions import Due, Outcome
from app.webhooks.addresses import is_of_a_program
from app.webhooks.signature import signature

PATIENCE = 10.0  # seconds for all of it
MOST_READ = 64 * 1024  # bytes of an answer; it is read only so that the receiver can end well


class Elsewhere(Exception):
    """A name that leads to where nothing is sent."""


# What a person is told of a failure, by the deepest error that is known.
SENTENCES: dict[type[BaseException], str] = {
    TimeoutError: f"Did not answer within {PATIENCE:.0f} seconds",
    ssl.SSLCertVerificationError: "Its certificate is not trusted",
    ssl.SSLError: "No secure connection could be made",
    socket.gaierror: "Its name is not known",
    Elsewhere: "Its name leads to an address that no program can have",
    ConnectionRefusedError: "Nobody answers at this address",
    httpx.ConnectError: "It cannot be reached",
    httpx.ProtocolError: "It cut the connection, or does not speak HTTP",
}


@asynccontextmanager
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """What sends. Each event has a connection of its own; no proxy, no redirect, no .netrc."""
    async with httpx.AsyncClient(
        verify=await asyncio.to_thread(_trusted),
        timeout=None,  # noqa: S113 - there is one for all of it
        follow_redirects=False,
        trust_env=False,
        limits=httpx.Limits(max_keepalive_connections=0),
        headers={"User-Agent": "Onhand", "Content-Type": "application/json"},
    ) as client:
        yield client


async def send(client: httpx.AsyncClient, due: Due) -> Outcome:
    """Post it, signed; any 2xx is an arrival. It never raises for what the other side does."""
    began = monotonic()
    code, error = 0, ""
    body = due.body.encode()
    headers = {
        "Onhand-Signature": signature(due.secret, body, clock.now()),
        "Onhand-Delivery": str(due.id),
    }
    try:
        async with asyncio.timeout(PATIENCE):
            await _look_up(httpx.URL(due.address))
            async with client.stream(
                "POST", due.address, content=body, headers=headers
            ) as response:
                code = response.status_code
                error = _mistake(response)
                read = 0
                async for piece in response.aiter_raw():
                    read += len(piece)
                    if read > MOST_READ:
                        break
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is what the log has to tell
        error = _sentence(failure)
    return Outcome(code, error, round((monotonic() - began) * 1000))


async def _look_up(url: httpx.URL) -> None:
    """Raises Elsewhere for a name that leads there now."""
    host = url.raw_host.decode()
    found = await asyncio.get_running_loop().getaddrinfo(host, url.port)
    if not all(is_of_a_program(ipaddress.ip_address(where[0])) for *_, where in found):
        raise Elsewhere


def _mistake(response: httpx.Response) -> str:
    if response.is_success:
        return ""
    if response.is_redirect:
        return f"Answered {response.status_code}; redirects are not followed"
    return f"Answered {response.status_code}"


def _sentence(failure: BaseException) -> str:
    chain = list(_causes(failure))
    for kind, sentence in SENTENCES.items():
        if any(isinstance(error, kind) for error in chain):
            return sentence
    return "The connection broke"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@cache
def _trusted() -> ssl.SSLContext:
    """The usual authorities, or those that SSL_CERT_FILE names."""
    return httpx.create_ssl_context()
