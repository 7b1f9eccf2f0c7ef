"""Counting a shelf or a delivery: scan, type, take back."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath, FromQuery

from app import fields
from app.accounts.current import LISTENS, clerk
from app.accounts.queries import Visitor
from app.catalog import queries as catalog
from app.counter import hits, scanning
from app.counter.scanning import Scan
from app.counts import actions, lines, queries
from app.counts.controllers import answers
from app.counts.controllers.subjects import SessionController
from app.counts.queries import Session
from app.errors import Invalid, NotFound, Refusal
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form
from app.web.render import either, fragment, page


class CountingController(SessionController):
    @get("/")
    async def show(self, request: AnyRequest, session: FromPath[str]) -> Answer:
        found = await self.session(session)
        if not (found.is_open or found.is_delivery):
            return redirect(f"{found.address}/variances")
        return await answers.counting_page(request, found)

    @get("/lines", opt={LISTENS: True})
    async def lines(
        self, request: AnyRequest, session: FromPath[str], shown: FromQuery[str] = ""
    ) -> Answer:
        """What a screen asks every second: the list, or nothing if it has it already."""
        found = await self.session(session)
        if shown == found.state:
            return Answer(status=204)
        context = await answers.counting(request, found)
        return await either(
            request,
            fragment=lambda: fragment(request, "counts/_lines.html", **context),
            whole=lambda: answers.counting_page(request, found),
        )

    @get("/hits")
    async def search(
        self, request: AnyRequest, session: FromPath[str], search: FromQuery[str] = ""
    ) -> Answer:
        found = await self.session(session)
        shown = await hits.shown(search)
        return await either(
            request,
            fragment=lambda: fragment(request, "counts/_hits.html", **shown),
            whole=lambda: answers.counting_page(request, found, search=search),
        )

    @get("/entries")
    async def entries(
        self, request: AnyRequest, session: FromPath[str], before: FromQuery[str] = ""
    ) -> Answer:
        found = await self.session(session)
        entries = await lines.entries(found.id, fields.id_of(before) if before else None)
        return await page(
            request,
            "counts/entries.html",
            place="Stock",
            session=found,
            entries=entries[: lines.PAGE],
            older=entries[lines.PAGE - 1].id if len(entries) > lines.PAGE else None,
            is_newest=not before,
        )

    @get(["/retraction", "/lines/{product:str}"])
    async def back(self, session: FromPath[str]) -> Answer:
        """Whoever comes back by address to where a form was sent."""
        return redirect((await self.session(session)).address)

    @post("/lines")
    async def scan(self, request: AnyRequest, session: FromPath[str]) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        found = await self.session(session)
        try:
            scan = form.read("search", scanning.read)
            form.check()
        except Invalid as invalid:
            return await self._look_for(request, found, form["search"], says=str(invalid))
        if scan.order:
            says = "This is a hold. Scan a product."
            return await self._look_for(request, found, form["search"], says=says)
        try:
            product = await _product(form, scan)
            if product is None and not scan.is_for_last_line:
                return await self._look_for(request, found, scan.code)

            async def act() -> None:
                if product is None:
                    await _set_last(found, scan.quantity or 0, visitor)
                else:
                    units = scan.quantity or 1
                    who: dict[str, Any] = {"clerk": visitor.clerk, "actor": visitor.name}
                    await actions.scan(found.id, product, units, **who)

            await form.once(visitor.actor, act, type(None))
        except Refusal as refusal:
            return await self._refused(request, found, refusal)
        return await self._done(request, found, just_scanned=product)

    @post("/lines/{product:str}")
    async def set_number(
        self, request: AnyRequest, session: FromPath[str], product: FromPath[str]
    ) -> Answer:
        form = await Form.sent(request)
        found = await self.session(session)
        try:
            await set_number(form, found, fields.id_of(product), clerk(request))
        except Refusal as refusal:
            mistake = mistake_of(form, product, refusal)
            return await self._refused(request, found, refusal, mistake=mistake)
        return await self._done(request, found, just_scanned=fields.id_of(product))

    @post("/retraction")
    async def take_back(self, request: AnyRequest, session: FromPath[str]) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        found = await self.session(session)

        async def act() -> int:
            entry = fields.id_of(form["entry"])
            return await actions.take_back(found.id, entry, clerk=visitor.clerk)

        try:
            product = await form.once(visitor.actor, act, int)
        except Refusal as refusal:
            return await self._refused(request, found, refusal)
        return await self._done(request, found, just_scanned=product)

    async def _done(self, request: AnyRequest, session: Session, **context: Any) -> Answer:
        now = await queries.session(session.id, self.subject)
        return await answers.counted(request, now, **context)

    async def _refused(
        self, request: AnyRequest, session: Session, refusal: Refusal, **context: Any
    ) -> Answer:
        now = await queries.session(session.id, self.subject)
        return await answers.not_counted(request, now, refusal, **context)

    async def _look_for(
        self, request: AnyRequest, session: Session, code: str, says: str = ""
    ) -> Answer:
        return await hits.instead(
            request,
            "counts/_hits.html",
            code,
            says,
            whole=lambda status: answers.counting_page(
                request, session, status=status, search=code, says=says
            ),
        )


async def set_number(form: Form, session: Session, product: int, visitor: Visitor) -> None:
    """Enter a number that was typed for a line; in a delivery nothing of it is not counted."""
    number = 0 if form["none"] else form.read("counted", fields.counted_or_none)
    seen = form.read("seen", fields.counted_or_none)
    form.check()

    async def act() -> None:
        await actions.set_number(
            session.id,
            product,
            (number or None) if session.is_delivery else number,
            seen=seen,
            clerk=visitor.clerk,
            actor=visitor.name,
        )

    await form.once(visitor.actor, act, type(None))


def mistake_of(form: Form, product: str, refusal: Refusal) -> dict[str, Any]:
    """What stands at a line whose number was not taken."""
    return {"product": fields.id_of(product), "typed": form["counted"], "says": str(refusal)}


async def _product(form: Form, scan: Scan) -> int | None:
    """The product that was chosen among the hits or in the list; else the one of the code."""
    if form["product"]:
        return fields.id_of(form["product"])
    return await catalog.id_of(scan.code) if scan.code else None


async def _set_last(session: Session, number: int, visitor: Visitor) -> None:
    """So many of what this clerk counted last."""
    mine = [line for line in (await lines.of(session.id, visitor.clerk)).counted if line.is_mine]
    if not mine:
        raise NotFound("You have counted nothing here yet.")
    await actions.set_number(
        session.id,
        mine[0].product,
        number,
        seen=mine[0].counted,
        clerk=visitor.clerk,
        actor=visitor.name,
    )
