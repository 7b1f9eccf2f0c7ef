"""What can be written on a socket that no HTTP library would write: refused, and nothing told."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.web.csrf import COOKIE
from tests.server import ROOT, Server, onhand

REFUSED = {400, 404, 405, 414, 415, 431}
HOST = "Host: 127.0.0.1"
SCRIPT = "<script>window.__pwned=1</script>"
HX = ["HX-Request", "HX-Request-Type", "HX-Target", "HX-Source", "HX-Boosted", "HX-Current-URL"]
HX += ["HX-Trigger", "HX-Prompt", "HX-History-Restore-Request"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("raw") / "shop.sqlite")
    yield server
    assert server.stop() == 0
    assert "Traceback" not in server.log.read_text()


def port_of(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


def told(server: Server, request: bytes) -> bytes:
    """All that is answered to these bytes."""
    with socket.create_connection(("127.0.0.1", port_of(server)), timeout=5) as connection:
        connection.sendall(request)
        answer = b""
        try:
            while piece := connection.recv(65_536):
                answer += piece
        except ConnectionResetError:
            pass  # it did not want to hear the rest
    return answer


def lines(*said: str, body: str = "") -> bytes:
    return "\r\n".join([*said, "", body]).encode("latin-1")


def status_of(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.1 (\d+)", answer)
    return int(found[1]) if found else 0


def get(address: str, *headers: str, method: str = "GET") -> bytes:
    return lines(f"{method} {address} HTTP/1.1", HOST, *headers, "Connection: close")


ODD = {
    "no host": lines("GET /sign-in HTTP/1.1", "Connection: close"),
    "no host, as long ago": lines("GET /sign-in HTTP/1.0"),
    "two hosts": lines("GET /sign-in HTTP/1.1", HOST, HOST, "Connection: close"),
    "two hosts, one evil": lines("GET / HTTP/1.1", HOST, "Host: evil.example", "Connection: close"),
    "an evil host": lines("GET / HTTP/1.1", "Host: evil.example", "Connection: close"),
    "a host with another's name": lines(
        "GET / HTTP/1.1", "Host: 127.0.0.1@evil", "Connection: close"
    ),
    "an address of another": get("http://evil.example/sign-in"),
    "an address with our name": get("http://127.0.0.1/sign-in"),
    "a way through": get("evil.example:443", method="CONNECT"),
    "everything": get("*", method="OPTIONS"),
    "an echo": get("/sign-in", method="TRACE"),
    "a method of nobody": get("/sign-in", method="BREW"),
    "a length and pieces": lines(
        *("POST /sign-in HTTP/1.1", HOST, "Content-Length: 3", "Transfer-Encoding: chunked"),
        body="0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n",
    ),
    "two lengths": lines(
        "POST /sign-in HTTP/1.1", HOST, "Content-Length: 3", "Content-Length: 4", body="a=b&"
    ),
    "a length of less than nothing": lines(
        "POST /sign-in HTTP/1.1", HOST, "Content-Length: -1", body="a"
    ),
    "pieces of nothing known": lines(
        "POST /sign-in HTTP/1.1", HOST, "Transfer-Encoding: chunky", body="a=b"
    ),
    "a piece that is no number": lines(
        "POST /sign-in HTTP/1.1", HOST, "Transfer-Encoding: chunked", body="zz\r\na=b\r\n0\r\n\r\n"
    ),
    "lines that end too early": b"GET /sign-in HTTP/1.1\nHost: 127.0.0.1\n\n",
    "a folded header": lines("GET /sign-in HTTP/1.1", HOST, "X-A: b", " c", "Connection: close"),
    "a header without a name": lines("GET /sign-in HTTP/1.1", HOST, ": x", "Connection: close"),
    "a space before the colon": lines("GET / HTTP/1.1", "Host : 127.0.0.1", "Connection: close"),
    "a nul in a header": lines("GET /sign-in HTTP/1.1", HOST, "X-A: \x00", "Connection: close"),
    "a version of later": lines("GET /sign-in HTTP/3.7", HOST, "Connection: close"),
    "no version": b"GET /sign-in\r\n\r\n",
    "no words": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(40),
    "a long name": get("/static/" + "x" * 5_000),
    "a longer name": get("/" + "x" * 9_000),
    "many headers": get("/sign-in", *(f"X-{n}: {'x' * 100}" for n in range(400))),
    **{
        f"file {path}": get(path)
        for path in (
            *("/static/../pyproject.toml", "/static/..%2fpyproject.toml", "/static/.", "/static/"),
            *("/static/%2e%2e/pyproject.toml", "/static/..%5cpyproject.toml", "/static/%00"),
            *("/static/onhand.css%00", "/static//etc/passwd", "/static/%ff", "/.git/config"),
            *("//evil.example/static/onhand.css", "//evil.example/", "/static/js", "/app/asgi.py"),
            *("/static/css/tokens.css", "/static/%252e%252e/app", "/stock/..;/static/x", "/%00"),
        )
    },
}


@pytest.mark.parametrize("request_", ODD.values(), ids=ODD)
def test_what_no_browser_sends_is_refused_and_told_nothing(server: Server, request_: bytes):
    answer = told(server, request_)

    assert status_of(answer) in REFUSED, answer[:200]
    assert b"x-content-type-options: nosniff" in answer
    assert b"\r\nserver:" not in answer.lower()
    for secret in (str(ROOT), "python", "uvicorn", "litestar", "Traceback", "site-packages"):
        assert secret.lower().encode() not in answer.lower()
    assert len(re.findall(rb"HTTP/1\.1 ", answer)) == 1  # nothing slipped in behind it


@pytest.mark.parametrize(
    "value",
    [
        "http://[::1",
        SCRIPT,
        "x" * 30_000,
        "javascript:alert(1)",
        "\xff\xfe",
        "none",
        "%0d%0aX-A: b",
    ],
    ids=["half", "script", "long", "javascript", "bytes", "none", "lines"],
)
@pytest.mark.parametrize("address", ["/sign-in", "/stock", "/nowhere", "/v1/products"])
def test_what_htmx_says_of_itself_decides_nothing(server: Server, address: str, value: str):
    plain = status_of(told(server, get(address)))

    for name in HX:
        answer = told(server, get(address, f"{name}: {value}"))
        assert status_of(answer) in {plain, 401}, name
        assert SCRIPT.encode() not in answer
        assert b"\r\nx-a:" not in answer.lower()


def test_a_megabyte_about_htmx_is_too_much(server: Server):
    for name in HX:
        assert status_of(told(server, get("/sign-in", f"{name}: {'x' * 60_000}"))) == 431


def test_who_forwards_is_not_believed(server: Server):
    forged = [
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: https",
        "X-Forwarded-For: 203.0.113.7",
        "Forwarded: host=evil.example;proto=https",
        "X-Original-URL: /settings",
        "X-Rewrite-URL: /settings",
        "X-HTTP-Method-Override: DELETE",
    ]

    for address in ("/sign-in", "/stock", "/v1/docs", "/nowhere", "/v1/products"):
        plain, answer = told(server, get(address)), told(server, get(address, *forged))
        assert status_of(answer) == status_of(plain)
        assert b"evil.example" not in answer
        assert b"strict-transport-security" not in answer.lower()


def test_a_session_in_the_address_is_none(server: Server):
    answer = told(server, get(f"/stock?{COOKIE}=x&session=x&token=x"))

    assert status_of(answer) == 303


def test_what_was_sent_in_half_is_no_bug_and_the_next_is_answered(server: Server):
    half = lines(
        *("POST /sign-in HTTP/1.1", HOST, "Content-Length: 100"),
        "Content-Type: application/x-www-form-urlencoded",
        body="name=Priya&passw",
    )
    token = onhand(Path(server.log).with_suffix(".sqlite"), "token", "add", "till").stdout.strip()
    order = lines(
        *("POST /v1/orders HTTP/1.1", HOST, f"Authorization: Bearer {token}"),
        *("Content-Length: 100", "Content-Type: application/json"),
        body='{"lines": [{"sku": "MUG"',
    )

    for request in (half, order):
        with socket.create_connection(("127.0.0.1", port_of(server)), timeout=5) as connection:
            connection.sendall(request)

    assert status_of(told(server, get("/sign-in"))) == 200
    assert "broke" not in server.log.read_text()
