"""A session ends: it is done, or given up; and goes on if that was a mistake."""

from collections.abc import Awaitable, Callable

from litestar import get, post
from litestar.params import FromPath

from app.accounts.current import clerk
from app.counts import actions
from app.counts.controllers import answers
from app.counts.controllers.subjects import SessionController
from app.errors import Refusal
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form


class EndingController(SessionController):
    """Its forms are plain: each leads to a page that is another one."""

    @post("/closure")
    async def close(self, request: AnyRequest, session: FromPath[str]) -> Answer:
        return await self._change(
            request, session, lambda id_, actor: actions.close(id_, actor=actor)
        )

    @post("/abandonment")
    async def abandon(self, request: AnyRequest, session: FromPath[str]) -> Answer:
        return await self._change(
            request, session, lambda id_, actor: actions.abandon(id_, actor=actor)
        )

    @post("/reopening")
    async def reopen(self, request: AnyRequest, session: FromPath[str]) -> Answer:
        return await self._change(request, session, lambda id_, _: actions.reopen(id_))

    @get(["/closure", "/abandonment", "/reopening"])
    async def back(self, session: FromPath[str]) -> Answer:
        """Whoever comes back by address to where a form was sent."""
        return redirect((await self.session(session)).address)

    async def _change(
        self, request: AnyRequest, session: str, change: Callable[[int, str], Awaitable[None]]
    ) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        found = await self.session(session)
        try:
            await form.once(visitor.actor, lambda: change(found.id, visitor.name), type(None))
        except Refusal as refusal:
            now = await self.session(session)
            return await answers.not_counted(request, now, refusal)
        return redirect(found.address)
