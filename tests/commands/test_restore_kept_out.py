"""A restore lets nobody in again who was shut out since the backup was made."""

from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.accounts import actions, queries
from app.accounts.actions import By
from app.accounts.tables import Role, Scope
from tests import make
from tests.accounts.door import id_of
from tests.commands.conftest import Onhand
from tests.commands.test_restore import in_the_shop, rows

pytestmark = pytest.mark.sqlite

GRACE = By("Grace")
OLD, NEW = "never used", "the new one"  # hashes
LET_IN = (
    "who was shut out since the backup is let in again, and an older password holds. Look at "
    "Settings, Clerks and Tokens."
)
CLERKS = "SELECT name, role, is_active, password_hash, pin_hash FROM clerk ORDER BY name"


@pytest.fixture
def backup(onhand: Onhand, database: Path) -> Path:
    """Of a shop with five managers who have a PIN, and two tokens; two hours ago."""

    async def begin() -> None:
        with clock.at(clock.now() - timedelta(hours=2)):
            await make.product("MUG", on_hand=9)
            for name in ("Grace", "Kim", "Mallory", "Priya", "Tom"):
                clerk = await make.clerk(name, Role.MANAGER)
                await actions.set_pin(clerk, pin_hash="pin", password_hash=OLD)
            await actions.disable(await id_of("Kim"))
            await actions.add_token("till-1")
            await actions.add_token("till-2", Scope.READ)

    in_the_shop(begin)
    (printed,) = onhand("backup").out
    return Path(printed)


async def change(name: str, password_hash: str = NEW, instead_of: str = OLD) -> None:
    await actions.change_password(
        await id_of(name), password_hash=password_hash, instead_of=instead_of, by=By(name)
    )


def since(*changes: Awaitable[object]) -> None:
    """These, in the shop, one after the other."""

    async def happen() -> None:
        for one in changes:
            await one

    in_the_shop(happen)


async def shut_out() -> None:
    """Everything that a manager or a clerk can do so that something lets nobody in any more."""
    await actions.disable(await id_of("Tom"), by=GRACE)
    await actions.change_role(await id_of("Mallory"), Role.CLERK, by=GRACE)
    await actions.revoke_token(2, by=GRACE)
    await change("Priya")
    await actions.remove_pin(await id_of("Priya"), by=By("Priya"))
    await actions.set_pin(
        await id_of("Grace"), pin_hash="another", password_hash=OLD, by=By("Grace")
    )


def test_whoever_was_shut_out_since_the_backup_stays_out(
    onhand: Onhand, database: Path, backup: Path
):
    since(shut_out())

    said = onhand("restore", str(backup))

    assert (said.status, said.err) == (0, [])
    assert said.out[2:] == [
        "still shut out: Tom; token till-2",
        "still no manager: Mallory",
        "still the newer password: Priya",
        "still the newer PIN, or none: Grace; Priya",
    ]
    assert rows(database, CLERKS) == [
        ("Grace", "manager", 1, OLD, "another"),
        ("Kim", "manager", 0, OLD, "pin"),
        ("Mallory", "clerk", 1, OLD, "pin"),
        ("Priya", "manager", 1, NEW, ""),
        ("Tom", "manager", 0, OLD, "pin"),
    ]
    tokens = "SELECT name, revoked_at IS NOT NULL FROM api_token ORDER BY name"
    assert rows(database, tokens) == [("till-1", 0), ("till-2", 1)]
    told = "SELECT kind, about, actor FROM access_event WHERE note = 'as before the restore'"
    assert sorted(rows(database, told)) == [
        ("disabled", "Tom", "command line"),
        ("password_set", "Priya", "command line"),
        ("pin_removed", "Priya", "command line"),
        ("pin_set", "Grace", "command line"),
        ("role_changed", "Mallory", "command line"),
        ("token_revoked", "till-2", "command line"),
    ]


def test_nobody_is_let_in_by_a_restore_who_was_not_when_the_backup_was_made(
    onhand: Onhand, database: Path, backup: Path
):
    before = rows(backup, CLERKS)

    async def let_in() -> None:
        await actions.enable(await id_of("Kim"), by=GRACE)
        await make.clerk("Newcomer", Role.MANAGER)
        await actions.add_token("till-3")

    since(let_in())
    said = onhand("restore", str(backup))

    assert said.out[2:] == []
    assert rows(database, CLERKS) == before
    assert rows(database, "SELECT name FROM api_token ORDER BY id") == [("till-1",), ("till-2",)]


def test_what_the_backup_knows_to_be_later_holds(onhand: Onhand, database: Path, backup: Path):
    async def there_and_back() -> None:
        await shut_out()
        await actions.enable(await id_of("Tom"), by=GRACE)
        await actions.change_role(await id_of("Mallory"), Role.MANAGER, by=GRACE)

    since(there_and_back())
    (newer,) = onhand("backup").out
    wanted = rows(Path(newer), CLERKS)
    database.unlink()
    onhand("restore", str(backup))

    said = onhand("restore", newer)

    assert said.out[2:] == []
    assert rows(database, CLERKS) == wanted


def test_a_second_restore_keeps_out_whom_the_first_one_kept_out(
    onhand: Onhand, database: Path, backup: Path
):
    since(shut_out())
    onhand("restore", str(backup))
    once = rows(database, CLERKS)

    said = onhand("restore", str(backup))

    assert said.out[2] == "still shut out: Tom; token till-2"
    assert rows(database, CLERKS) == once


def test_a_shop_without_a_manager_says_how_one_comes_in(
    onhand: Onhand, database: Path, backup: Path
):
    async def hand_over() -> None:
        await make.clerk("Newcomer", Role.MANAGER)
        for name in ("Grace", "Mallory", "Priya", "Tom"):
            await actions.disable(await id_of(name))

    since(hand_over())
    said = onhand("restore", str(backup))

    assert said.out[2:] == [
        "still shut out: Grace; Mallory; Priya; Tom",
        "no manager is left who may come in: onhand clerk add NAME --role manager",
    ]


def test_where_nobody_can_know_it_says_so(onhand: Onhand, database: Path, backup: Path):
    since(shut_out())
    before = rows(backup, CLERKS)
    database.unlink()
    gone = onhand("restore", str(backup))
    database.write_bytes(b"broken" * 1_000)
    broken = onhand("restore", str(backup))

    assert gone.err == [f"onhand: there was no shop here: {LET_IN}"]
    assert broken.err == [
        f"onhand: the shop that is replaced cannot be read ({database}: file is not a "
        f"database): {LET_IN}"
    ]
    assert (gone.status, broken.status) == (0, 0)
    assert rows(database, CLERKS) == before


def test_an_older_password_lets_nobody_in_after_a_restore(
    onhand: Onhand, database: Path, backup: Path
):
    since(change("Priya"))
    onhand("restore", str(backup))

    async def come_in() -> None:
        priya = await id_of("Priya")
        with pytest.raises(actions.NotLetIn):
            await actions.sign_in(priya, password_hash=OLD)
        assert await queries.visitor(await actions.sign_in(priya, password_hash=NEW))

    in_the_shop(come_in)


def test_of_another_shop_nothing_is_taken(
    onhand: Onhand, database: Path, backup: Path, tmp_path: Path
):
    """A new machine, on which somebody has begun a shop before the backup came."""
    before = rows(backup, CLERKS)
    away = backup.parent.rename(tmp_path / "away")
    database.unlink()

    async def begin() -> None:
        for name in ("Grace", "Kim"):
            await make.clerk(name, Role.MANAGER)
        await actions.disable(await id_of("Grace"))
        await actions.add_token("till-1")
        await actions.revoke_token(1)

    since(begin())
    said = onhand("restore", str(away / backup.name))

    assert said.out[2:] == []
    assert rows(database, CLERKS) == before
