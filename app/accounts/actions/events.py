"""Writing down what happens at the door."""

import logging
from datetime import timedelta
from typing import NamedTuple

from app import clock
from app.accounts.tables import AccessEvent, Happening
from app.database import Arg, Prepared, action

KEPT = timedelta(days=180)
FORGOTTEN_AT_ONCE = 500  # so that no sale waits for the rest

logger = logging.getLogger("onhand.access")


class By(NamedTuple):
    """Who does something, and where the browser or the program is."""

    name: str = ""
    address: str = ""


NOBODY = By()

_FORGET = Prepared(
    AccessEvent.raw(
        "DELETE FROM access_event WHERE id IN "
        "(SELECT id FROM access_event WHERE happened_at < {} ORDER BY id LIMIT {}) RETURNING id",
        Arg("before"),
        FORGOTTEN_AT_ONCE,
    ),
    int,
)


@action
async def record(
    kind: Happening, *, about: str = "", by: By = NOBODY, note: str = "", times: int = 1
) -> None:
    """It happened, to whom it is ``about``; by somebody else, when ``by`` is called otherwise."""
    actor = "" if by.name == about else by.name
    event = AccessEvent(
        kind=kind,
        about=about,
        actor=actor,
        address=by.address,
        note=note,
        times=times,
        happened_at=clock.now(),
    )
    await event.save()
    # The log is read by more people than the page is: it has no names, and says where they stand.
    told = {"entry": event.id, "address": by.address, "times": times}
    logger.info("%s", kind.value, extra=told)


@action
async def forget_old_events() -> int:
    """Forget some of what is older than 180 days. Returns how much."""
    return len(await _FORGET.all(before=clock.now() - KEPT))
