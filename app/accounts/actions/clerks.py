"""What managers decide about clerks. There is always an active manager left."""

from app.accounts import queries
from app.accounts.actions.events import NOBODY, By, record
from app.accounts.actions.inviting import end_links
from app.accounts.actions.leaving import end_all
from app.accounts.tables import Clerk, Happening, Role
from app.database import Arg, Prepared, action
from app.errors import Refusal


class LastManager(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is the last manager. Make somebody else a manager first.")


class AlreadySo(Refusal):
    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name} is {what} already.")


# Held until the end of the action, so that two managers cannot both step down at once.
_MANAGERS = Prepared(
    Clerk.raw("UPDATE clerk SET role = role WHERE role = 'manager' AND is_active RETURNING id"),
    int,
)
_SET_ROLE = Prepared(
    Clerk.raw(
        "UPDATE clerk SET role = {} WHERE id = {} AND role <> {} RETURNING name",
        Arg("role"),
        Arg("id"),
        Arg("role"),
    ),
    str,
)
_SET_ACTIVE = Prepared(
    Clerk.raw(
        "UPDATE clerk SET is_active = {} WHERE id = {} AND is_active = {} RETURNING name",
        Arg("is_active"),
        Arg("id"),
        Arg("was_active"),
    ),
    str,
)


@action
async def change_role(clerk: int, role: Role, *, by: By = NOBODY) -> None:
    """From the next request on; refuses to leave the shop without a manager.

    Whoever is none any more has no link left by which somebody could come in as one.
    """
    if role != Role.MANAGER:
        await _check_another_manager(clerk)
    name = await _SET_ROLE.first(id=clerk, role=role.value)
    if name is None:
        raise AlreadySo((await queries.person(clerk)).name, f"a {role.value}")
    await record(Happening.ROLE_CHANGED, about=name, by=by, note=f"now a {role.value}")
    if role != Role.MANAGER:
        await end_links(clerk, by)


@action
async def disable(clerk: int, *, by: By = NOBODY) -> None:
    """Signed out everywhere, and not let in again; refuses to leave the shop without a manager."""
    await _check_another_manager(clerk)
    name = await _SET_ACTIVE.first(id=clerk, is_active=False, was_active=True)
    if name is None:
        raise AlreadySo((await queries.person(clerk)).name, "disabled")
    await record(Happening.DISABLED, about=name, by=by)
    await end_links(clerk, by)
    await end_all(clerk)


@action
async def enable(clerk: int, *, by: By = NOBODY) -> None:
    """May come in again, with the password of before."""
    name = await _SET_ACTIVE.first(id=clerk, is_active=True, was_active=False)
    if name is None:
        raise AlreadySo((await queries.person(clerk)).name, "enabled")
    await record(Happening.ENABLED, about=name, by=by)


async def _check_another_manager(clerk: int) -> None:
    if await _MANAGERS.all() == [clerk]:
        raise LastManager((await queries.person(clerk)).name)
