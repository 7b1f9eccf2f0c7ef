"""The event log of the shop, looked through and saved."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, NamedTuple

from litestar import Controller, get
from litestar.response import Stream

from app import clock, words
from app.accounts import queries as accounts
from app.activity import filters, queries
from app.activity.queries import NEWEST, Entry, Filter
from app.errors import Invalid
from app.fields import Mistakes
from app.stock import log
from app.web import spreadsheet
from app.web.answer import Answer, AnyRequest
from app.web.render import either, fragment, page, query
from app.web.spreadsheet import Cell

PAGE = 50
MOST_NEWER = 100  # that are counted
PIECE = 50  # rows of a spreadsheet, read at once
TOO_MANY = (
    f"That matches more than {queries.MOST_PRODUCTS} products. Write more of the name, or a SKU."
)
HEADER = (
    *("event", "time", "sku", "name", "kind", "reason", "note"),
    *(
        "on_hand_change",
        "on_hand",
        "reserved_change",
        "reserved",
        "available",
        "order",
        "actor",
        "undoes",
    ),
)


class Asked(NamedTuple):
    """What the address asks to see of the log, and what is wrong with it."""

    chosen: filters.Chosen
    mistakes: Mistakes
    wanted: Filter
    is_corrected: bool


class ActivityController(Controller):
    path = "/activity"

    @get("/")
    async def index(self, request: AnyRequest) -> Answer:
        return await _page(request, await _listed(request))

    @get("/entries")
    async def entries(self, request: AnyRequest) -> Answer:
        listed = await _listed(request)
        address = {"hx-replace-url": f"/activity{query(listed['chosen'].query)}"}
        return await either(
            request,
            fragment=lambda: fragment(request, "activity/_entries.html", headers=address, **listed),
            whole=lambda: _page(request, listed),
        )

    @get("/newer")
    async def newer(self, request: AnyRequest) -> Answer:
        """How many entries have come since the page was made."""
        chosen, mistakes, wanted, _ = await _asked(request)
        after = _number(request.query_params.get("after", "")) or 0
        newer = wanted._replace(first=max(wanted.first, after + 1))
        count = 0 if mistakes else len(await queries.entries(newer, MOST_NEWER))
        return fragment(
            request, "activity/_newer.html", count=count, most=MOST_NEWER, chosen=chosen
        )

    @get("/export")
    async def export(self, request: AnyRequest) -> Stream:
        """Everything that the filters leave, as a spreadsheet."""
        _, mistakes, wanted, _ = await _asked(request)
        if mistakes:
            raise Invalid(mistakes)
        name = f"activity-{words.local(clock.now()):%Y-%m-%d}.csv"
        return spreadsheet.attachment(name, HEADER, _pieces(wanted))


async def _asked(request: AnyRequest) -> Asked:
    chosen = filters.read(request.query_params)
    meant = await queries.meant(chosen.search)
    mistakes = chosen.mistakes
    if meant.is_too_much:
        mistakes["search"] = TOO_MANY
    wanted = await queries.filter_of(chosen, meant.products)
    return Asked(chosen, mistakes, wanted, meant.is_corrected)


async def _listed(request: AnyRequest) -> dict[str, Any]:
    chosen, mistakes, wanted, is_corrected = await _asked(request)
    last_event: int = request.scope["state"]["place"].event  # behind it begins what is newer
    before = _number(request.query_params.get("before", ""))
    shown = wanted._replace(behind=min(wanted.behind, before or NEWEST, last_event + 1))
    found = [] if mistakes else await queries.entries(shown, PAGE + 1)
    entries = found[:PAGE]
    return {
        "status": 422 if mistakes else 200,
        "chosen": chosen,
        "mistakes": mistakes,
        "is_corrected": is_corrected,
        "days": log.by_day(entries),
        "undone_by": await log.undone_by(entries),
        "programs": await accounts.programs(),
        "older": entries[-1].id if len(found) > PAGE else None,
        "is_newest": before is None,
        "is_followed": before is None and wanted.behind > last_event and not mistakes,
        "actors": await queries.actors(last_event),
        "after": last_event,
    }


async def _page(request: AnyRequest, listed: dict[str, Any]) -> Answer:
    return await page(request, "activity/index.html", place="Activity", **listed)


def _number(typed: str) -> int | None:
    """The number of an event in an address; what cannot be one is left out."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else None


async def _pieces(wanted: Filter) -> AsyncIterator[Iterable[Sequence[Cell]]]:
    """Everything that the filters leave, newest first, a piece at a time."""
    while found := await queries.entries(wanted, PIECE):
        yield map(_row, found)
        wanted = wanted._replace(behind=found[-1].id)


def _row(entry: Entry) -> Sequence[Cell]:
    return (
        entry.id,
        f"{words.local(entry.happened_at):%Y-%m-%d %H:%M:%S}",
        entry.sku,
        entry.name,
        entry.kind,
        entry.reason,
        entry.note,
        entry.on_hand_change,
        entry.on_hand,
        entry.reserved_change,
        entry.reserved,
        entry.available,
        entry.order_id,
        entry.actor,
        entry.undoes,
    )
