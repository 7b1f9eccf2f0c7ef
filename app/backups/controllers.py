"""The page of the backups, for managers: which there are, and a button for another."""

from pathlib import Path
from shlex import quote

from litestar import Controller, get, post

from app.accounts.current import clerk
from app.backups import folder, schedule
from app.backups.keeper import keeper
from app.database import DB
from app.errors import Refusal
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form, said, status_of
from app.web.render import page

PLACE = "/settings/backups"


class BackupController(Controller):
    """A backup is not to be had through a browser: it holds everything that is secret."""

    path = PLACE

    @get("/")
    async def index(self, request: AnyRequest) -> Answer:
        return await self._index(request)

    @post("/")
    async def begin(self, request: AnyRequest) -> Answer:
        """It is made while the shop goes on; the page tells when it is done."""
        form = await Form.sent(request)
        is_new: list[bool] = []

        async def note() -> bool:
            is_new.append(True)
            return True

        await form.once(clerk(request).actor, note, bool)
        try:
            if is_new:
                keeper.begin()
        except Refusal as refusal:
            return await self._index(request, refusal)
        return redirect(PLACE)

    async def _index(self, request: AnyRequest, refusal: Refusal | None = None) -> Answer:
        return await page(
            request,
            "backups/index.html",
            status=status_of(refusal),
            place="",
            backups=folder.kept(),
            last=folder.last_good(),
            folder=folder.folder().absolute(),
            way_back=_way_back(),
            is_file=DB.is_file,
            is_on=schedule.is_on(),
            note=schedule.note(),
            age=schedule.age,
            is_at_work=keeper.is_at_work,
            failure=keeper.failure,
            refusal=said(refusal),
        )


def _way_back() -> str:
    """What somebody types, on the machine of the shop, to bring one back: into this shop."""
    shop, kept = Path(DB.shop).absolute(), folder.folder().absolute()
    return f"ONHAND_DATABASE={quote(str(shop))} onhand restore {quote(str(kept))}/…"
