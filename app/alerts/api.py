"""What runs low, for programs: ``/v1/low-stock``."""

import msgspec
from litestar import Controller, get

from app import fields
from app.alerts import queries, urgency
from app.stock import queries as stock
from app.stock.wire import LevelOut, LevelsOut
from app.web import kinds
from app.web.answer import Answer, AnyRequest
from app.web.api import Call


class LowStockAsked(msgspec.Struct):
    limit: kinds.Limit = 50
    cursor: kinds.Cursor | None = None


LIST = Call("What is low or out, the most urgent first", takes=LowStockAsked, gives=LevelsOut)


class LowStockApi(Controller):
    path = "/low-stock"

    @get("/", opt=LIST.opt)
    async def index(self, request: AnyRequest) -> Answer:
        asked = await LIST.read(request)
        check = fields.Checks()
        place = check("cursor", urgency.place, asked.cursor) if asked.cursor else None
        check.done()
        page = await queries.page(at=place, limit=asked.limit)
        levels = [alert.level for alert in page.alerts]
        events = await stock.last_events([level.id for level in levels])
        items = [LevelOut.of(level, events[level.id]) for level in levels]
        return LIST.tell(LevelsOut(items, page.next))
