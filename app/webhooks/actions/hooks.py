"""Adding a hook, stopping it, removing it."""

from collections.abc import Sequence
from secrets import token_urlsafe

from app import clock, words
from app.database import Arg, Prepared, action
from app.errors import NotFound, Refusal
from app.stock import queries as stock
from app.webhooks import addresses, queries
from app.webhooks.tables import Hook

MOST_HOOKS = 20  # each is sent to by itself, so this is also how much is sent at once


class TooManyHooks(Refusal):
    def __init__(self) -> None:
        super().__init__(
            f"There can be {words.plural(MOST_HOOKS, 'webhook')} at most; remove one first."
        )


class NotPaused(Refusal):
    def __init__(self) -> None:
        super().__init__("Pause it first; a webhook that is in use cannot be removed.")


_SET_ACTIVE = Prepared(
    Hook.raw(
        "UPDATE hook SET is_active = {} WHERE id = {} AND removed_at IS NULL RETURNING id",
        Arg("is_active"),
        Arg("id"),
    ),
    int,
)
_SET_SECRET = Prepared(
    Hook.raw(
        "UPDATE hook SET secret = {} WHERE id = {} AND secret <> '' RETURNING id",
        Arg("secret"),
        Arg("id"),
    ),
    int,
)
_REMOVE = Prepared(
    Hook.raw(
        "UPDATE hook SET removed_at = {}, secret = '' "
        "WHERE id = {} AND removed_at IS NULL AND NOT is_active RETURNING id",
        Arg("now"),
        Arg("id"),
    ),
    int,
)


@action
async def add(address: str, *, types: Sequence[str] = (), actor: str) -> int:
    """Tell an address of what happens from now on, or of these types of it; refuses too many."""
    if await Hook.count().where(Hook.removed_at.is_null()) >= MOST_HOOKS:
        raise TooManyHooks
    hook = Hook(
        address=address,
        secret="" if addresses.is_mail(address) else _new_secret(),
        types=" ".join(types),
        last_event=await stock.last_event(),
        created_by=actor,
        created_at=clock.now(),
    )
    await hook.save()
    return int(hook.id)


@action
async def renew_secret(hook: int) -> None:
    """From now on another secret signs."""
    if await _SET_SECRET.first(secret=_new_secret(), id=hook) is None:
        raise NotFound("There is no such secret.")


@action
async def pause(hook: int) -> None:
    """Send nothing. Its place in the log stays, so nothing is missed."""
    await _set_active(hook, is_active=False)


@action
async def resume(hook: int) -> None:
    """Send again, first what happened meanwhile."""
    await _set_active(hook, is_active=True)


@action
async def remove(hook: int) -> None:
    """Take a paused hook away; the sweeper forgets its deliveries. Refuses one that is in use."""
    if await _REMOVE.first(now=clock.now(), id=hook) is None:
        await queries.hook(hook)
        raise NotPaused


async def _set_active(hook: int, *, is_active: bool) -> None:
    if await _SET_ACTIVE.first(is_active=is_active, id=hook) is None:
        raise NotFound("There is no such webhook.")


def _new_secret() -> str:
    return f"whsec_{token_urlsafe(32)}"
