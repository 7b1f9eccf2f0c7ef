"""How often a password may be tried. Counters outlive a restart; nobody is out for ever."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast

from app import clock
from app.accounts.names import name_key
from app.accounts.tables import Throttle
from app.database import Arg, Prepared, action
from app.errors import Refusal

WINDOW = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=15)
MOST_OF_NAME = 10
MOST_OF_ADDRESS = 30  # a shop shares one
MOST_OF_ALL = 1_000
FREE = datetime.fromtimestamp(0, UTC)  # before whatever somebody at the same moment calls now


class TooManyTries(Refusal):
    status = 429
    title = "Too many tries"

    def __init__(self, wait: timedelta) -> None:
        seconds = max(1, -(-wait // timedelta(seconds=1)))
        minutes = -(-seconds // 60)
        self.retry_after = seconds  # type: ignore[misc]
        super().__init__(
            f"Too many wrong passwords. Wait {minutes} minute{'' if minutes == 1 else 's'}, "
            "then try again."
        )


class Limit(NamedTuple):
    """How many tries there are, and what comes then."""

    key: str
    most: int
    is_growing: bool = False  # whether each further try is waited for longer

    def free_at(self, tries: int, now: datetime, forget_at: datetime) -> datetime:
        if tries < self.most:
            return FREE
        if self.is_growing:
            doubled: timedelta = WINDOW * 2 ** min(tries - self.most, 9)
            return now + min(doubled, LONGEST_WAIT)
        return forget_at

    def forget_at(self, tries: int, now: datetime, before: datetime) -> datetime:
        if self.is_growing:  # after a pause that is longer than any wait
            return now + 2 * LONGEST_WAIT
        return now + WINDOW if tries == 1 else before


_TAKE = Prepared(
    Throttle.raw(
        "INSERT INTO throttle (key, tries, free_at, forget_at) VALUES ({}, 1, {}, {}) "
        "ON CONFLICT (key) DO UPDATE SET "
        "tries = CASE WHEN throttle.forget_at <= {} THEN 1 ELSE throttle.tries + 1 END "
        "WHERE throttle.free_at <= {} RETURNING tries",
        Arg("key"),
        FREE,
        Arg("now"),
        Arg("now"),
        Arg("now"),
    ),
    int,
)
_STATE = Prepared(
    Throttle.raw("SELECT free_at, forget_at FROM throttle WHERE key = {}", Arg("key")),
    lambda free_at, forget_at: (cast("datetime", free_at), cast("datetime", forget_at)),
)
_SET = Prepared(
    Throttle.raw(
        "UPDATE throttle SET free_at = {}, forget_at = {} WHERE key = {} RETURNING id",
        Arg("free_at"),
        Arg("forget_at"),
        Arg("key"),
    ),
    int,
)
_WAITING = Prepared(
    Throttle.raw(
        "SELECT free_at FROM throttle WHERE key IN ({}, {}, {}) AND free_at > {} "
        "ORDER BY free_at DESC LIMIT 1",
        Arg("all"),
        Arg("address"),
        Arg("name"),
        Arg("now"),
    ),
    lambda free_at: cast("datetime", free_at),
)
_GIVE_BACK = Prepared(
    Throttle.raw(
        "UPDATE throttle SET tries = tries - 1, free_at = {} WHERE key = {} AND tries > 0 "
        "RETURNING id",
        FREE,
        Arg("key"),
    ),
    int,
)


async def take_try(name: str, address: str) -> None:
    """A password is about to be tried; refuses when it was tried too often of late.

    It counts as wrong until ``forgive``, so that many at once are slowed down as well. Without a
    name only the address and everybody together are counted. Whoever has to wait is told so after
    a look, so that a flood of them takes no write lock.
    """
    everybody, one = _shared(address)
    limits = [everybody, one, *([_of_name(name)] if name else [])]
    now = clock.now()
    if free_at := await _WAITING.first(
        all=everybody.key, address=one.key, name=limits[-1].key, now=now
    ):
        raise TooManyTries(free_at - now)
    await _take_all(limits)


@action
async def forgive(name: str, address: str) -> None:
    """It was right: what this name had tried is forgotten, and the address has lost no try."""
    if name:
        await Throttle.delete().where(Throttle.key == _of_name(name).key)
    for limit in _shared(address):
        await _GIVE_BACK.first(key=limit.key)


@action
async def forget_old_tries() -> None:
    """Forget whoever has not tried for long."""
    await Throttle.delete().where(Throttle.forget_at <= clock.now())


@action
async def _take_all(limits: Sequence[Limit]) -> None:
    now = clock.now()
    for limit in limits:
        tries = await _TAKE.first(key=limit.key, now=now)
        free_at, forget_at = await _STATE.one(key=limit.key)
        if tries is None:
            raise TooManyTries(free_at - now)
        forget_at = limit.forget_at(tries, now, forget_at)
        free_at = limit.free_at(tries, now, forget_at)
        await _SET.one(key=limit.key, free_at=free_at, forget_at=forget_at)


def _of_name(name: str) -> Limit:
    return Limit(f"name {name_key(name)}", MOST_OF_NAME, is_growing=True)


def _shared(address: str) -> Sequence[Limit]:
    return Limit("all", MOST_OF_ALL), Limit(f"address {address}", MOST_OF_ADDRESS)
