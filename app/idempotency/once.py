"""The same question under the same key is answered once, and then answered the same again."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

import msgspec

from app import clock
from app.database import DB, Arg, Prepared, action
from app.database.forgetting import forgetting
from app.errors import Refusal
from app.idempotency.tables import Answer

KEPT = timedelta(days=7)
LASTING = {404, 409}  # refusals that are answers; after any other the same may be asked again


class KeyReused(Refusal):
    kind = "idempotency-mismatch"
    title = "This key was used for another request"
    status = 422

    def __init__(self) -> None:
        super().__init__("The key of this request was used before, for something else.")


class RefusedBefore(Refusal):
    """The same question was refused the first time; ``stored`` is what was answered then."""

    kind = "replayed"

    def __init__(self, stored: "Stored") -> None:
        self.stored = stored
        super().__init__(msgspec.json.decode(stored.body)["detail"])


class Stored(NamedTuple):
    """An answer: an HTTP status and JSON."""

    fingerprint: str
    status: int
    body: str
    is_replay: bool = True


class Question(NamedTuple):
    """Who asks, under which key, and what."""

    actor: str
    key: str
    asked: bytes

    @property
    def fingerprint(self) -> str:
        return sha256(self.asked).hexdigest()


_STORED = Prepared(
    Answer.select(Answer.fingerprint, Answer.status, Answer.body).where(
        Answer.actor == Arg("actor"), Answer.key == Arg("key")
    ),
    Stored,
)
_STORE = Prepared(
    Answer.insert(
        Answer(
            actor=Arg("actor"),
            key=Arg("key"),
            fingerprint=Arg("fingerprint"),
            status=Arg("status"),
            body=Arg("body"),
            created_at=Arg("now"),
        )
    )
    .on_conflict(target=(Answer.actor, Answer.key), action="DO NOTHING")
    .returning(Answer.id),
    int,
)
_FORGET = forgetting(Answer, "created_at < {}", Arg("before"))

# Who is being answered at this moment, so that a second one waits for the first.
_turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()


async def once(question: Question, act: Callable[[], Awaitable[Any]], *, status: int) -> Stored:
    """Run ``act`` in one transaction with the record of its answer, unless it was run before.

    A lasting refusal is recorded too, and raised again as RefusedBefore. Raises KeyReused when the
    key belongs to another question. What breaks is not recorded: it may be asked again.
    """
    async with _turns.setdefault((question.actor, question.key), asyncio.Lock()):
        try:
            return await DB.run(_answer, question, act, status)
        except RefusedBefore:
            raise
        except Refusal as refusal:
            if refusal.status in LASTING and not await _store(
                question, refusal.status, problem(refusal)
            ):  # another server was faster: its answer stands
                return await DB.run(_answer, question, act, status)
            raise


async def _answer(question: Question, act: Callable[[], Awaitable[Any]], status: int) -> Stored:
    await DB.turn("answer", question.actor, question.key)
    stored = await _STORED.first(actor=question.actor, key=question.key)
    if stored is None:
        body = msgspec.json.encode(await act()).decode()
        await _store(question, status, body)
        return Stored(question.fingerprint, status, body, is_replay=False)
    if stored.fingerprint != question.fingerprint:
        raise KeyReused
    if stored.status >= 400:
        raise RefusedBefore(stored)
    return stored


@action
async def _store(question: Question, status: int, body: str) -> bool:
    """Whether it is the first answer to this question; who is answering it now is waited for."""
    await DB.turn("answer", question.actor, question.key)
    stored = await _STORE.first(
        actor=question.actor,
        key=question.key,
        fingerprint=question.fingerprint,
        status=status,
        body=body,
        now=clock.now(),
    )
    return stored is not None


@action
async def forget_old() -> int:
    """Forget some of the answers that are older than seven days. Returns how many."""
    return len(await _FORGET.all(before=clock.now() - KEPT))


def problem(refusal: Refusal) -> str:
    """A refusal as programs are told it: RFC 9457."""
    return msgspec.json.encode(
        {
            "type": refusal.kind,
            "title": refusal.title,
            "status": refusal.status,
            "detail": str(refusal),
            **refusal.details,
        }
    ).decode()
