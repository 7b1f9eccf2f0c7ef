"""The page of the books: what the last check found, and a button for another."""

from litestar import Controller, get, post

from app.accounts.current import clerk
from app.books import actions, audit, queries, seal
from app.books.explained import explained
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form
from app.web.render import page


class BooksController(Controller):
    path = "/activity/books"

    @get("/")
    async def show(self, request: AnyRequest) -> Answer:
        return await page(
            request,
            "books/show.html",
            place="Activity",
            checks=await queries.recent(),
            findings=[explained(finding) for finding in await queries.findings()],
        )

    @post("/")
    async def check(self, request: AnyRequest) -> Answer:
        """Look now. It takes seconds where the log is long, and keeps nobody from selling."""
        form = await Form.sent(request)
        visitor = clerk(request)
        look = await audit.look()

        async def act() -> int:
            return await actions.keep(look, actor=visitor.name)

        await form.once(visitor.actor, act, int)
        seal.read_anew()
        return redirect("/activity/books")
