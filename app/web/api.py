"""What every address of ``/v1`` shares: strict JSON in, JSON out, and keys that act once."""

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from app.errors import Invalid
from app.idempotency.once import Question, once
from app.web.answer import JSON, Answer, AnyRequest

T = TypeVar("T")

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


async def read(request: AnyRequest, kind: type[T]) -> T:
    """The body as ``kind``; raises Invalid for what is not exactly that."""
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        message, _, place = str(error).partition(" - at `$")
        raise Invalid({place.strip("`.") or "body": message}) from None


async def answer(
    request: AnyRequest, actor: str, act: Callable[[], Awaitable[msgspec.Struct]], *, status: int
) -> Answer:
    """What ``act`` returns, as JSON; under an idempotency key once, and then the same again."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return as_json(await act(), status=status)
    if not _KEY.fullmatch(key):
        raise Invalid({"Idempotency-Key": "Give 1 to 255 visible ASCII characters."})
    asked = b" ".join(
        (request.method.encode(), request.scope["path"].encode(), await request.body())
    )
    stored = await once(Question(actor, key, asked), act, status=status)
    headers = {"idempotency-replayed": "true"} if stored.is_replay else {}
    return Answer(stored.body.encode(), status=stored.status, headers=headers, media_type=JSON)


def as_json(value: msgspec.Struct, *, status: int = 200) -> Answer:
    return Answer(msgspec.json.encode(value), status=status, media_type=JSON)


def limit(text: str) -> int:
    """How many entries a list may have."""
    if re.fullmatch(r"[0-9]{1,3}", text) and 1 <= int(text) <= 200:
        return int(text)
    raise ValueError("Give a number from 1 to 200.")
