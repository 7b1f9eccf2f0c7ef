"""What happened at the door, for managers."""

from litestar import Controller, get
from litestar.params import FromQuery

from app import fields
from app.accounts import queries
from app.web.answer import Answer, AnyRequest
from app.web.render import page


class AccessController(Controller):
    path = "/settings/access"

    @get("/")
    async def index(self, request: AnyRequest, before: FromQuery[str] = "") -> Answer:
        found = await queries.entries(fields.id_of(before) if before else None)
        entries = found[: queries.PAGE]
        return await page(
            request,
            "accounts/access.html",
            place="",
            entries=entries,
            older=entries[-1].id if len(found) > len(entries) else None,
            is_newest=not before,
        )
