"""Two clerks at one shelf, for the tests of counts."""

from typing import Any, NamedTuple

from app.counts import actions, lines, queries, variances
from app.counts.lines import Line
from app.counts.tables import Choice, Subject
from app.counts.variances import Variances
from tests import make


class Clerk(NamedTuple):
    clerk: int
    actor: str

    @property
    def who(self) -> dict[str, Any]:
        return self._asdict()


async def two_clerks() -> tuple[Clerk, Clerk]:
    return Clerk(await make.clerk("Anna"), "Anna"), Clerk(await make.clerk("Tom"), "Tom")


async def begin(*, choice: Choice = Choice.FREE, chosen: str = "") -> int:
    return await actions.begin("Shelf 3", choice=choice, chosen=chosen, actor="Anna")


async def revision(session: int, subject: Subject = Subject.SHELF) -> int:
    """What a list that is shown now would carry."""
    return (await queries.session(session, subject)).revision


async def apply(session: int) -> int:
    ready = len((await variances.of(session)).ready)
    return await actions.apply(session, await revision(session), ready=ready, actor="Robin")


async def seen(session: int, clerk: Clerk) -> list[tuple[str, int | None]]:
    """The lines that were counted, as this clerk sees them."""
    found = await lines.of(session, clerk.clerk)
    return [(line.sku, line.counted) for line in found.counted]


async def line(session: int, clerk: Clerk, sku: str) -> Line:
    found = await lines.of(session, clerk.clerk)
    (one,) = [line for line in (*found.counted, *found.uncounted) if line.sku == sku]
    return one


def by_sku(found: Variances) -> dict[str, list[str]]:
    """The variance list, as the SKUs in each of its sections."""
    return {section.kind: [line.sku for line in section.lines] for section in found.sections}


async def listed(session: int) -> dict[str, list[str]]:
    return by_sku(await variances.of(session))
