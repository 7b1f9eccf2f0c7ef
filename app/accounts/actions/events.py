"""Writing down what happens at the door."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from app import clock
from app.accounts.tables import AccessEvent, Happening
from app.database import DB, Arg, action
from app.database.forgetting import forgetting

KEPT = timedelta(days=180)

logger = logging.getLogger("onhand.access")


class By(NamedTuple):
    """Who does something, and where the browser or the program is."""

    name: str = ""
    address: str = ""


NOBODY = By()


class Attempt(NamedTuple):
    """A try that came to nothing, and when that was."""

    kind: Happening
    about: str
    by: By
    note: str
    at: datetime
    times: int = 1


_FORGET = forgetting(AccessEvent, "happened_at < {} ORDER BY id", Arg("before"))


@action
async def record(
    kind: Happening,
    *,
    about: str = "",
    by: By = NOBODY,
    note: str = "",
    at: datetime | None = None,
    times: int = 1,
) -> None:
    """It happened, now or ``at`` another moment, to whom it is ``about``.

    By somebody else, when ``by`` is called otherwise.
    """
    actor = "" if by.name == about else by.name
    event = AccessEvent(
        kind=kind,
        about=about,
        actor=actor,
        address=by.address,
        note=note,
        times=times,
        happened_at=at or clock.now(),
    )
    await event.save()
    # The log is read by more people than the page is: it has no names, and says where they stand.
    told = {"entry": event.id, "address": by.address, "times": times}
    DB.after_commit(partial(logger.info, "%s", kind.value, extra=told))


@action
async def record_all(attempts: Sequence[Attempt]) -> None:
    """Each of them, or none."""
    for kind, about, by, note, at, times in attempts:
        await record(kind, about=about, by=by, note=note, at=at, times=times)


@action
async def forget_old_events() -> int:
    """Forget some of what is older than 180 days. Returns how much."""
    return len(await _FORGET.all(before=clock.now() - KEPT))
