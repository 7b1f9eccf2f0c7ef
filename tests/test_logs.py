"""How a line of the log is written, whatever is in it."""

import json
import logging
import socket
import sys
from pathlib import Path

import pytest

from app import logs
from app.logs import Json, Text
from tests.server import Server

FORGED = 'mug\r\n{"level": "error"}\x1b[2J\x9b1A\u2028\u202eevil\x7f'


def line(message: str, error: BaseException | None = None, **about: object) -> logging.LogRecord:
    about_error = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("onhand", logging.WARNING, "", 0, message, (), about_error)
    record.created = 1_795_251_284.5
    vars(record).update(about)
    return record


def raised(text: str) -> BaseException:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_a_line_says_when_in_utc_how_bad_what_and_about_what():
    said = json.loads(Json().format(line("busy", request="ab12cd34", status=503)))

    assert said == {
        "time": "2026-11-21T08:54:44.500Z",
        "level": "warning",
        "message": "busy",
        "request": "ab12cd34",
        "status": 503,
    }


@pytest.mark.parametrize("form", [Json(), Text()])
def test_nothing_in_a_line_can_begin_another_or_steer_a_terminal(form: logging.Formatter):
    written = form.format(line(FORGED, note=FORGED))

    assert written.isprintable()
    assert len(written.splitlines()) == 1


def test_an_error_with_its_traceback_is_still_one_line_of_json():
    written = Json().format(line("broke", raised(FORGED)))

    assert written.isprintable()
    said = json.loads(written)
    assert said["error"].startswith("Traceback (most recent call last)")
    assert FORGED in said["error"]


def test_on_a_terminal_the_lines_of_an_error_stand_back():
    first, *rest = Text().format(line("broke", raised(FORGED), request="ab12cd34")).splitlines()

    assert first == "08:54:44 warning broke request=ab12cd34"
    assert all(part.startswith("    ") and part.isprintable() for part in rest)


def test_half_a_character_is_no_reason_to_say_nothing():
    assert json.loads(Json().format(line("half \ud800")))["message"] == "half \ud800"


@pytest.mark.parametrize(
    ("chosen", "is_terminal", "form"),
    [("", True, Text), ("", False, Json), ("json", True, Json), ("text", False, Text)],
)
def test_a_terminal_is_spoken_to_plainly_unless_it_is_said_otherwise(
    chosen: str, is_terminal: bool, form: type[logging.Formatter]
):
    assert type(logs.form(chosen, is_terminal=is_terminal)) is form


HALF = """
import sys
from app.__main__ import main
from app.web.answer import Answer

async def half(self, scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise RuntimeError("halfway")

Answer.__call__ = half
sys.exit(main())
"""


def test_a_server_says_each_thing_once_on_a_line_of_its_own(tmp_path: Path):
    server = Server(tmp_path / "shop.sqlite", program=(sys.executable, "-c", HALF, "serve"))

    nonsense = ask(server, b"\x00\x01 nonsense\r\n\r\n")
    half = ask(server, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    status = server.stop()

    assert status == 0
    assert nonsense.startswith(b"HTTP/1.1 400")
    assert b"\r\n4\r\nhalf" in half
    assert not half.endswith(b"\r\n0\r\n\r\n")  # so that nobody takes it for a whole one
    link, begin, refused, broke, *end = server.said()
    assert link["message"] == "link_made"
    assert (begin["message"], begin["address"]) == ("serving", server.url)
    assert refused["message"] == "Invalid HTTP request received."
    assert (broke["level"], broke["message"]) == ("error", "broke")
    assert "RuntimeError: halfway" in broke["error"]
    assert f"x-request-id: {broke['request']}\r\n".encode() in half
    assert [said["message"] for said in end] == ["stopping: SIGTERM", "stopped"]


def ask(server: Server, sent: bytes) -> bytes:
    """Everything that is answered until the server hangs up."""
    with socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1]))) as somebody:
        somebody.sendall(sent)
        return b"".join(iter(lambda: somebody.recv(10_000), b""))
