"""Who may come in, decided by managers."""

from collections.abc import Awaitable, Callable
from functools import partial

from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields
from app.accounts import actions, queries, secrets
from app.accounts.cookies import session_code
from app.accounts.current import by, clerk
from app.accounts.tables import Role
from app.errors import NotFound, Refusal
from app.settings import settings
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form, said, status_of
from app.web.render import page

CLERKS = "/settings/clerks"
DEFAULT = {"role": Role.CLERK.value}


class ClerksController(Controller):
    path = CLERKS

    @get("/")
    async def index(self, request: AnyRequest) -> Answer:
        return await _index(request, Form(DEFAULT))

    @post("/")
    async def add(self, request: AnyRequest) -> Answer:
        form = await Form.sent(request)
        try:
            name = form.read("name", fields.clerk_name)
            role = form.read("role", fields.choice(Role, "a role"))
            form.check()
            if await queries.is_taken(name):
                raise actions.NameTaken(name)
            return await _link(request, form, name, role)
        except Refusal as refusal:
            return await _index(request, form, refusal)

    @post("/links/{link:str}/withdrawal")
    async def withdraw(self, request: AnyRequest, link: FromPath[str]) -> Answer:
        form = await Form.sent(request)

        async def act() -> None:
            await actions.withdraw(fields.id_of(link), by=by(request))

        try:
            await form.once(clerk(request).actor, act, type(None))
        except NotFound as refusal:
            return await _index(request, Form(DEFAULT), not_withdrawn=refusal)
        return redirect(CLERKS)


class ClerkController(Controller):
    path = f"{CLERKS}/{{clerk_id:str}}"

    @get("/")
    async def show(self, request: AnyRequest, clerk_id: FromPath[str]) -> Answer:
        return await _show(request, fields.id_of(clerk_id))

    @post("/link")
    async def make_link(self, request: AnyRequest, clerk_id: FromPath[str]) -> Answer:
        """To a new password; not led to another page: what is shown once has no address."""
        form = await Form.sent(request)
        person = await queries.person(fields.id_of(clerk_id))
        return await _link(request, form, person.name, Role(person.role))

    @post("/role")
    async def change_role(self, request: AnyRequest, clerk_id: FromPath[str]) -> Answer:
        form = await Form.sent(request)
        role = form.read("role", fields.choice(Role, "a role"))
        form.check()
        return await self._act(
            request, form, clerk_id, partial(actions.change_role, role=role, by=by(request))
        )

    @post("/disabling")
    async def disable(self, request: AnyRequest, clerk_id: FromPath[str]) -> Answer:
        form = await Form.sent(request)
        return await self._act(request, form, clerk_id, partial(actions.disable, by=by(request)))

    @post("/enabling")
    async def enable(self, request: AnyRequest, clerk_id: FromPath[str]) -> Answer:
        form = await Form.sent(request)
        return await self._act(request, form, clerk_id, partial(actions.enable, by=by(request)))

    @post("/sessions/end")
    async def end_sessions(self, request: AnyRequest, clerk_id: FromPath[str]) -> Answer:
        form = await Form.sent(request)
        end = partial(actions.end_sessions, by=by(request))
        return await self._act(request, form, clerk_id, end)

    async def _act(
        self,
        request: AnyRequest,
        form: Form,
        clerk_id: str,
        act: Callable[[int], Awaitable[None]],
    ) -> Answer:
        """Act once, and show the clerk again; or say on the same page why not."""
        person = await queries.person(fields.id_of(clerk_id))
        try:
            await form.once(clerk(request).actor, partial(act, person.id), type(None))
        except (actions.LastManager, actions.AlreadySo) as refusal:
            return await _show(request, person.id, refusal)
        return redirect(f"{CLERKS}/{person.id}")


async def _index(
    request: AnyRequest,
    form: Form,
    refusal: Refusal | None = None,
    not_withdrawn: Refusal | None = None,
) -> Answer:
    return await page(
        request,
        "accounts/clerks.html",
        status=status_of(refusal or not_withdrawn),
        place="",
        clerks=await queries.persons(),
        links=await queries.links(),
        form=form,
        refusal=said(refusal),
        not_withdrawn=said(not_withdrawn),
    )


async def _show(request: AnyRequest, clerk_id: int, refusal: Refusal | None = None) -> Answer:
    return await page(
        request,
        "accounts/clerk.html",
        status=status_of(refusal),
        place="",
        person=await queries.person(clerk_id),
        sessions=await queries.sessions(clerk_id),
        refusal=said(refusal),
    )


async def _link(request: AnyRequest, form: Form, name: str, role: Role) -> Answer:
    """The link, this once; a form that is sent twice shows the same one."""
    code = secrets.code_for(session_code(request), form.identity)
    visitor = clerk(request)

    async def act() -> None:
        await actions.invite(name, role, code=code, made_by=visitor.clerk, by=by(request))

    await form.once(visitor.actor, act, type(None))
    base_url = settings.base_url if settings.is_base_url_given else str(request.base_url)
    return await page(
        request,
        "accounts/link.html",
        place="",
        name=name,
        role=role,
        is_new=await queries.known(name) is None,
        link=f"{base_url.rstrip('/')}/welcome/{code}",
    )
