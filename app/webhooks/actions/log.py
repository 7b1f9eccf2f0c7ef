"""The delivery log: what is sent again, a test, and what is forgotten."""

from datetime import timedelta

from app import clock
from app.database import Arg, Prepared, action
from app.database.forgetting import AT_ONCE, forgetting
from app.errors import NotFound
from app.stock.wire import EventOut
from app.webhooks import queries
from app.webhooks.actions.taking import ADD, as_json
from app.webhooks.tables import Delivery

KEPT = timedelta(days=30)
TEST = "Test"  # the type of an event that never happened; its number is 0

_AGAIN = (
    "UPDATE hook_delivery SET status = 'pending', attempts = 0, next_at = {}, error = '', "
    "done_at = NULL"
)
_REPLAY = Prepared(
    Delivery.raw(
        f"{_AGAIN} WHERE id = {{}} AND hook = {{}} RETURNING id",
        Arg("now"),
        Arg("id"),
        Arg("hook"),
    ),
    int,
)
_REPLAY_FAILED = Prepared(
    Delivery.raw(
        f"{_AGAIN} WHERE id IN (SELECT id FROM hook_delivery "
        "WHERE hook = {} AND error <> '' ORDER BY id LIMIT {}) RETURNING id",
        Arg("now"),
        Arg("hook"),
        AT_ONCE,
    ),
    int,
)
# Never the newest row: SQLite would give its number out again, and receivers know it already.
_NOT_THE_NEWEST = "id < (SELECT max(id) FROM hook_delivery)"
_FORGET = forgetting(Delivery, f"done_at < {{}} AND {_NOT_THE_NEWEST}", Arg("before"))
_FORGET_REMOVED = forgetting(
    Delivery,
    f"hook IN (SELECT id FROM hook WHERE removed_at IS NOT NULL) AND {_NOT_THE_NEWEST}",
)
_FORGET_HOOKS = Prepared(
    Delivery.raw(
        "DELETE FROM hook WHERE removed_at IS NOT NULL AND id < (SELECT max(id) FROM hook) "
        "AND NOT EXISTS (SELECT 1 FROM hook_delivery d WHERE d.hook = hook.id)",
    ),
    int,
)


@action
async def replay(delivery: int, hook: int) -> None:
    """Send one delivery again, as it was, whatever became of it; or NotFound."""
    await queries.hook(hook)
    if await _REPLAY.first(now=clock.now(), id=delivery, hook=hook) is None:
        raise NotFound("There is no such delivery; it may have been forgotten.")


@action
async def replay_failed(hook: int) -> int:
    """Send again, the oldest first, some of what did not arrive. Returns how many."""
    await queries.hook(hook)
    return len(await _REPLAY_FAILED.all(now=clock.now(), hook=hook))


@action
async def send_test(hook: int, *, actor: str) -> None:
    """Send an event that never happened, so that somebody sees it arrive."""
    await queries.hook(hook)
    now = clock.now()
    event = EventOut(
        id=0,
        type=TEST,
        sku="TEST",
        on_hand_change=0,
        reserved_change=0,
        on_hand=0,
        reserved=0,
        available=0,
        reason=None,
        note="A test; nothing happened",
        order_id=None,
        actor=actor,
        happened_at=now,
    )
    await ADD.one(hook=hook, event=None, body=as_json(event), now=now)


@action
async def forget_old() -> int:
    """Forget some deliveries that ended 30 days ago, and of removed hooks. Returns how many."""
    old = await _FORGET.all(before=clock.now() - KEPT)
    removed = await _FORGET_REMOVED.all()
    await _FORGET_HOOKS.all()
    return len(old) + len(removed)
