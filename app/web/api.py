"""What every address of ``/v1`` shares: strict JSON in, JSON out, and keys that act once.

A handler reads and answers through a ``Call``, and ``app.web.openapi`` describes the same call to
programs: so what is described is what happens.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from msgspec.inspect import IntType, Metadata, Type, UnionType, type_info
from msgspec.structs import fields as struct_fields

from app.database import DB
from app.errors import Invalid, Refusal
from app.idempotency.once import Question, once
from app.web import kinds
from app.web.answer import JSON, Answer, AnyRequest
from app.web.watch import note

Takes = TypeVar("Takes", bound=msgspec.Struct)
Gives = TypeVar("Gives", bound=msgspec.Struct)

CALL = "call"  # under which a handler keeps its call

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})")


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No body, or an empty one."""


class Header(NamedTuple):
    """One header of a request or an answer."""

    name: str
    kind: Any = str
    about: str = ""


KEY = Header("Idempotency-Key", kinds.Key)
REPLAYED = Header("Idempotency-Replayed", about="`true` when this was answered before.")


class Call(Generic[Takes, Gives]):
    """One thing that a program may ask: what it takes, what it is answered, how it is refused.

    ``takes`` is the query of a GET and the body of anything else. ``headers`` may be sent with it,
    ``tells`` are those of the answer.
    """

    def __init__(
        self,
        summary: str,
        *,
        takes: type[Takes],
        gives: type[Gives],
        about: str = "",
        status: int = 200,
        media_type: str = JSON,
        refuses: Sequence[type[Refusal]] = (),
        headers: Sequence[Header] = (),
        tells: Sequence[Header] = (),
    ) -> None:
        self.summary = summary
        self.about = about
        self.takes = takes
        self.gives = gives
        self.status = status
        self.media_type = media_type
        self.refuses = refuses
        self.headers = headers
        self.tells = tells
        self._numbers = {
            field.name for field in struct_fields(takes) if _is_number(type_info(field.type))
        }

    def __deepcopy__(self, _: object) -> "Call[Takes, Gives]":
        return self  # it stays the same, however often Litestar copies its handler

    @property
    def opt(self) -> dict[str, Any]:
        """What the handler keeps of it."""
        return {CALL: self}

    async def read(self, request: AnyRequest) -> Takes:
        """What was asked; raises Invalid for what is not exactly that."""
        if request.method == "GET":
            return _understood(lambda: msgspec.convert(self._query(request), self.takes))
        body = await request.body() or b"{}"
        return _understood(lambda: msgspec.json.decode(body, type=self.takes))

    def tell(self, value: Gives, headers: Mapping[str, str] | None = None) -> Answer:
        return Answer(
            msgspec.json.encode(value), status=self.status, media_type=JSON, headers=headers
        )

    async def once(
        self, request: AnyRequest, actor: str, act: Callable[[], Awaitable[Gives]]
    ) -> Answer:
        """What ``act`` returns, as JSON; under an idempotency key once, and then the same again."""
        key = request.headers.get("idempotency-key")
        if key is None:
            return self.tell(await DB.run(_in_one, act))
        if not re.fullmatch(kinds.KEY, key):
            raise Invalid({"Idempotency-Key": "Give 1 to 255 visible ASCII characters."})
        asked = b" ".join(
            (request.method.encode(), request.scope["path"].encode(), await request.body())
        )
        stored = await once(Question(actor, key, asked), act, status=self.status)
        headers = {}
        if stored.is_replay:
            note(request.scope, "replayed")
            headers = {"idempotency-replayed": "true"}
        return Answer(stored.body.encode(), status=stored.status, headers=headers, media_type=JSON)

    def _query(self, request: AnyRequest) -> dict[str, str | int]:
        given: dict[str, str | int] = {}
        for name in self.takes.__struct_fields__:
            texts = request.query_params.getall(name, [])
            if len(texts) > 1:
                raise Invalid({name: "Give it once."})
            for text in texts:
                is_number = name in self._numbers and _NUMBER.fullmatch(text)
                given[name] = int(text) if is_number else text
        return given


def _is_number(kind: Type) -> bool:
    if isinstance(kind, Metadata):
        return _is_number(kind.type)
    if isinstance(kind, UnionType):
        return any(_is_number(one) for one in kind.types)
    return isinstance(kind, IntType)


def _understood(read: Callable[[], Takes]) -> Takes:
    try:
        return read()
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        message, _, place = str(error).partition(" - at `$")
        raise Invalid({place.strip("`.") or "body": message}) from None


async def _in_one(act: Callable[[], Awaitable[Gives]]) -> Gives:
    """All of it is one transaction, as it is under a key."""
    return await act()
