"""A mail server that takes what comes and keeps it; the smallest there is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage


class Mailbox:
    """``refusals`` says what it answers instead, by the first word that it is told."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.told: list[str] = []
        self.refusals: dict[str, str] = {}
        self.port = 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(b"220 sink ready\r\n")
            while line := (await reader.readline()).decode().strip():
                self.told.append(line)
                word = line.split(maxsplit=1)[0].upper()
                if word in self.refusals:
                    writer.write(f"{self.refusals[word]}\r\n".encode())
                elif word == "EHLO":
                    writer.write(b"250-sink\r\n250 AUTH PLAIN\r\n")
                elif word == "AUTH":
                    writer.write(b"235 come in\r\n")
                elif word == "DATA":
                    writer.write(b"354 go on\r\n")
                    content = await reader.readuntil(b"\r\n.\r\n")
                    mail = message_from_bytes(content[:-5], policy=policy.default)
                    assert isinstance(mail, EmailMessage)
                    self.got.append(mail)
                    writer.write(b"250 taken\r\n")
                elif word == "QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                else:
                    writer.write(b"250 fine\r\n")
                await writer.drain()
        writer.close()


@asynccontextmanager
async def opened() -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()
    server = await asyncio.start_server(mailbox.meet, "127.0.0.1", 0)
    mailbox.port = server.sockets[0].getsockname()[1]
    async with server:
        yield mailbox
