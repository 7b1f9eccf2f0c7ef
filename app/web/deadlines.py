"""How long we wait for a client: for a request, for its body, until it reads what we answer.

uvicorn waits for ever: whoever is silent, or sends half of something, would keep a place for good.
"""

from asyncio import Transport
from asyncio.events import TimerHandle
from http import HTTPStatus
from typing import ClassVar

from httptools import HttpParserInvalidURLError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.web.answer import PLAIN
from app.web.malformed import LARGE_HEADERS, MOST_HEADER_BYTES
from app.web.outer import SECURITY


class Deadlines(HttpToolsProtocol):
    """One connection, which is closed when its client takes too long."""

    head: ClassVar = 10.0  # seconds, from the first byte of a request or from coming in
    body: ClassVar = 25.0  # seconds for the rest of a request
    read: ClassVar = 25.0  # seconds for what lies in our buffer, 64 KiB and what the system holds

    _reading: TimerHandle | None = None
    _writing: TimerHandle | None = None
    _is_in_head = False
    _head_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_request(self.head)

    def connection_lost(self, exc: Exception | None) -> None:
        self._has_request()
        self._has_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._reading is None:
            self._await_request(self.head)
        super().data_received(data)
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > 2 * MOST_HEADER_BYTES and not self.transport.is_closing():
                self._refuse(431, LARGE_HEADERS)

    def on_message_begin(self) -> None:
        self._is_in_head, self._head_bytes = True, 0
        if not self.flow.write_paused:  # who asks for more has read what there was
            self._has_read()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        if not self.url.startswith(b"/"):  # that of a proxy, which we are not
            raise HttpParserInvalidURLError
        self._await_request(self.body)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._has_request()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self.transport.get_write_buffer_size():
            self._await_reader()
        super().on_response_complete()

    def pause_writing(self) -> None:
        self._await_reader()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._has_read()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, msg)

    def _await_request(self, seconds: float) -> None:
        self._has_request()
        self._reading = self.loop.call_later(seconds, self.transport.close)

    def _has_request(self) -> None:
        if self._reading:
            self._reading.cancel()
            self._reading = None

    def _await_reader(self) -> None:
        if self._writing is None:
            self._writing = self.loop.call_later(self.read, self.transport.abort)

    def _has_read(self) -> None:
        if self._writing:
            self._writing.cancel()
            self._writing = None

    def _refuse(self, status: int, message: str) -> None:
        """Answer what never was a request, so that no app can."""
        headers = {
            **SECURITY,
            "content-type": PLAIN,
            "content-length": str(len(message)),
            "connection": "close",
        }
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.transport.write("\r\n".join([*lines, "", message]).encode())
        self.transport.close()
