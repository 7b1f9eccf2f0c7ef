"""One-time links: by which somebody comes in for the first time, or gets a new password."""

from datetime import timedelta

from piccolo.custom_types import Combinable

from app import clock
from app.accounts import queries
from app.accounts.actions.events import NOBODY, By, record
from app.accounts.actions.leaving import end_all, end_resets
from app.accounts.names import OUR_OWN, name_key
from app.accounts.secrets import digest, new_code
from app.accounts.tables import ActorName, Clerk, Happening, Role, Welcome
from app.database import Arg, Prepared, action
from app.errors import NotFound, Refusal

LINK_LASTS = timedelta(hours=1)


class NameTaken(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"Somebody called {name} is here already. Choose another name.")


class NoManager(Refusal):
    status = 403
    title = "Only a manager may do that"

    def __init__(self) -> None:
        super().__init__("You are not a manager any more.")


class LinkUsed(NotFound):
    def __init__(self) -> None:
        super().__init__("This link was used already, or is too old. Ask for a new one.")


# Held until the end of the action, so that whoever sends this manager away finds the link too.
_MANAGER = Prepared(
    Clerk.raw(
        "UPDATE clerk SET role = role WHERE id = {} AND role = 'manager' AND is_active "
        "RETURNING id",
        Arg("clerk"),
    ),
    int,
)


@action
async def invite(
    name: str = "",
    role: Role = Role.CLERK,
    *,
    code: str = "",
    made_by: int | None = None,
    by: By = NOBODY,
) -> str:
    """A one-time code by which somebody sets a name and a password, good for an hour.

    For the name of a clerk who is here it sets that clerk's password anew, and nothing else. It is
    made by a manager, or by whoever has the machine.
    """
    if made_by is not None and await _MANAGER.first(clerk=made_by) is None:
        raise NoManager
    code = code or new_code()
    clerk = await queries.known(name)
    await Welcome.insert(
        Welcome(
            digest=digest(code),
            name=clerk.name if clerk else name,
            clerk=clerk.id if clerk else None,
            role=role,
            made_by=made_by,
            expires_at=clock.now() + LINK_LASTS,
        )
    )
    note = _note(clerk.id if clerk else None, role.value)
    await record(Happening.LINK_MADE, about=clerk.name if clerk else name, by=by, note=note)
    return code


@action
async def withdraw(link: int, *, by: By = NOBODY) -> None:
    """It lets nobody in any more."""
    if not await _end(Welcome.id == link, by):
        raise NotFound("This link was used already, or is too old.")


async def end_links(clerk: int, by: By) -> None:
    """Those by which this clerk could come back: to a new password, or made for somebody else."""
    await _end((Welcome.clerk == clerk) | (Welcome.made_by == clerk), by)


async def _end(which: Combinable, by: By) -> bool:
    """Whether there was one that could still be used."""
    now = clock.now()
    ended = (
        await Welcome.update({Welcome.used_at: now})
        .where(which, Welcome.used_at.is_null(), Welcome.expires_at > now)
        .returning(Welcome.name, Welcome.role, Welcome.clerk)
    )
    for link in ended:
        note = _note(link["clerk"], link["role"])
        await record(Happening.LINK_WITHDRAWN, about=link["name"], by=by, note=note)
    return bool(ended)


def _note(clerk: int | None, role: str) -> str:
    return "for a new password" if clerk else f"for a {role}"


@action
async def accept(code: str, *, name: str, password_hash: str, by: By = NOBODY) -> int:
    """Somebody comes in by a link, once; the clerk's id. Refuses a used link and a taken name."""
    now = clock.now()
    used = (
        await Welcome.update({Welcome.used_at: now})
        .where(Welcome.digest == digest(code), Welcome.expires_at > now, Welcome.used_at.is_null())
        .returning(Welcome.role, Welcome.clerk)
    )
    if not used:
        raise LinkUsed
    if known_clerk := used[0]["clerk"]:
        return await _set_anew(known_clerk, password_hash, by)
    await take_name(name, is_program=False)
    clerk = Clerk(
        name=name,
        name_key=name_key(name),
        password_hash=password_hash,
        role=used[0]["role"],
        created_at=now,
    )
    await clerk.save()
    await record(Happening.CLERK_ADDED, about=name, by=by._replace(name=name), note=used[0]["role"])
    return int(clerk.id)


async def take_name(name: str, *, is_program: bool) -> None:
    """A name is for one clerk, or for programs; who acted under it is never in doubt."""
    if name_key(name) in OUR_OWN:
        raise NameTaken(name)
    taken = (
        await ActorName.insert(ActorName(name_key=name_key(name), is_program=is_program))
        .on_conflict(target=ActorName.name_key, action="DO NOTHING")
        .returning(ActorName.id)
    )
    if taken:
        return
    is_shared = is_program and await ActorName.exists().where(
        ActorName.name_key == name_key(name), ActorName.is_program.eq(True)
    )
    if not is_shared:
        raise NameTaken(name)


async def _set_anew(clerk: int, password_hash: str, by: By) -> int:
    """Whoever had the old password is out, at every browser, and so is the PIN."""
    changed = (
        await Clerk.update(
            {Clerk.password_hash: password_hash, Clerk.pin_hash: "", Clerk.wrong_pins: 0}
        )
        .where(Clerk.id == clerk, Clerk.is_active.eq(True))
        .returning(Clerk.name)
    )
    if not changed:
        raise LinkUsed
    await end_resets(clerk)
    await end_all(clerk)
    name = changed[0]["name"]
    await record(Happening.PASSWORD_SET, about=name, by=by._replace(name=name), note="by a link")
    return clerk
