"""One line for whatever is worth knowing later: JSON for programs, plain for a terminal.

Lines go to standard error; whoever starts the server keeps them. What a line is about are its
fields, given as ``extra``: never a name, a password, a token, a cookie or the query of an address.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec

_OWN = {*vars(logging.makeLogRecord({})), "message", "asctime"}  # not fields, but of every record

# What could move a terminal's cursor, forge a line or turn its letters around.
_HIDDEN = [
    *range(32),
    *range(127, 160),
    0x2028,
    0x2029,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
]
_ESCAPED = {code: f"\\u{code:04x}" for code in _HIDDEN}


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """What a line is about."""
    return {name: value for name, value in vars(record).items() if name not in _OWN}


class Json(logging.Formatter):
    """An object on a line of its own; nothing in it can look like another line."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        told = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **fields(record),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        try:
            return msgspec.json.encode(told, enc_hook=str).decode().translate(_ESCAPED)
        except UnicodeEncodeError:  # half a character; no reason to say nothing
            return json.dumps(told, default=str)


class Text(logging.Formatter):
    """For the eyes of whoever started the server; the lines of an error are indented."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        about = "".join(f" {name}={value}" for name, value in fields(record).items())
        line = f"{moment:%H:%M:%S} {record.levelname.lower():7} {record.getMessage()}{about}"
        lines = [line.translate(_ESCAPED)]
        if record.exc_info:
            error = self.formatException(record.exc_info).splitlines()
            lines += [f"    {part.translate(_ESCAPED)}" for part in error]
        return "\n".join(lines)


def form(chosen: str, *, is_terminal: bool) -> logging.Formatter:
    """``json`` or ``text`` as chosen, or whichever suits where the lines go."""
    return Text() if chosen == "text" or (not chosen and is_terminal) else Json()


def begin(chosen: str) -> None:
    """From here on whatever is logged, by what we are built on as well, is such a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(form(chosen, is_terminal=sys.stderr.isatty()))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("onhand").setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a log that cannot be written is no reason to say so in it
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # noqa: SLF001 - nobody asks which line said it


def _is_news(record: logging.LogRecord) -> bool:
    """What broke a request was told with its number; uvicorn would tell it again without."""
    return not record.getMessage().startswith(("Exception in ASGI", "ASGI callable returned"))
