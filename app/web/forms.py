"""A form as it was typed, its mistakes field by field, and the key that makes it act once."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

import msgspec
from litestar.exceptions import ClientException

from app.errors import Invalid, Refusal
from app.fields import Checks
from app.idempotency.once import Question, once
from app.web.answer import AnyRequest
from app.web.csrf import check_token
from app.web.render import form_key
from app.web.watch import note

T = TypeVar("T")

MOST_BYTES = 256 * 1024  # of a form
MOST_FIELD = 10_000  # characters of a field


class Form(Mapping[str, str]):
    """What was typed, empty where nothing was. ``read`` fields, ``check``, then act ``once``."""

    def __init__(self, typed: Mapping[str, str] | None = None, *, scope: Any = None) -> None:
        self._typed = dict(typed or {})
        self._scope = scope or {"path": "", "state": {}}
        self._checks = Checks()

    @classmethod
    async def sent(cls, request: AnyRequest) -> "Form":
        """The form of this request; refuses one that was not made for this session."""
        form = await cls.sent_by_anybody(request)
        check_token(request, request.headers.get("x-csrf-token") or form["csrf_token"])
        return form

    @classmethod
    async def sent_by_anybody(cls, request: AnyRequest) -> "Form":
        """The form of somebody who has no session yet."""
        try:
            fields = (await request.form()).items()
        except UnicodeDecodeError:
            raise ClientException("This form cannot be read.") from None
        typed = {name: value[:MOST_FIELD] for name, value in fields if isinstance(value, str)}
        return cls(typed, scope=request.scope)

    def __getitem__(self, name: str) -> str:
        return self._typed.get(name, "")

    def __iter__(self) -> Iterator[str]:
        return iter(self._typed)

    def __len__(self) -> int:
        return len(self._typed)

    def read(self, name: str, rule: Callable[[str], T]) -> T:
        """The field as its rule understands it; not to be used before ``check``."""
        return self._checks(name, rule, self[name])

    def check(self) -> None:
        """Raise Invalid if any field had a mistake."""
        self._checks.done()

    @property
    def mistakes(self) -> Mapping[str, str]:
        """What is wrong, field by field, for the template."""
        return self._checks.mistakes

    async def once(self, actor: str, act: Callable[[], Awaitable[Any]], answer: type[T]) -> T:
        """Act, or, if this very form was sent before, give the answer of then.

        The same page filled in otherwise, as after a step back, is another form.
        """
        asked = {n: v for n, v in self._typed.items() if n not in {"csrf_token", "key"}}
        content = msgspec.json.encode([self._scope["path"], asked])
        key = sha256((self["key"] or form_key()).encode() + content).hexdigest()
        try:
            stored = await once(Question(actor, key, content), act, status=200)
        except Refusal as refusal:
            note(self._scope, refusal.kind)
            raise
        if stored.is_replay:
            note(self._scope, "replayed")
        return msgspec.json.decode(stored.body, type=answer)


class Done(NamedTuple):
    """What an action did, in a sentence, and what of it can be undone, as below ``/undo``."""

    said: str
    undo: int | str | None = None


def status_of(refusal: Refusal | None) -> int:
    """What a page answers: 422 for what was typed, where a program gets 400; else the same."""
    if refusal is None:
        return 200
    return 422 if refusal.kind == Invalid.kind else refusal.status


def said(refusal: Refusal | None) -> str:
    """What stands above the form; what is wrong with a field stands at the field."""
    return "" if refusal is None or isinstance(refusal, Invalid) else str(refusal)
