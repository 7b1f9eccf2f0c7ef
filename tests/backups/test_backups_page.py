"""The page of the backups, without scripts."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.accounts.tables import Role
from app.backups import controllers, folder
from app.backups.folder import Kind
from app.backups.keeper import Failure, Keeper
from app.database import DB
from tests import make, screen
from tests.screen import Page, Screen

pytestmark = pytest.mark.sqlite

PLACE = "/settings/backups"


@pytest.fixture
async def priya() -> AsyncIterator[Screen]:
    async with screen.clerk("Priya", Role.MANAGER) as priya:
        yield priya


@pytest.fixture
async def keeper(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Keeper]:
    own = Keeper()
    monkeypatch.setattr(controllers, "keeper", own)
    yield own
    await own.finish()


async def press(priya: Screen, page: Page) -> Page:
    return await priya.enter(page, PLACE, {})


async def test_a_manager_finds_the_way_and_what_is_there(priya: Screen, keeper: Keeper):
    with clock.at(clock.now() - timedelta(minutes=12)):
        backup = folder.keep(Kind.SCHEDULED)

    settings = await priya.get("/settings")
    page = await priya.get(PLACE)

    assert f'href="{PLACE}"' in settings.html
    assert page.headings[0] == "Backed up 12 minutes ago"
    assert f"ONHAND_DATABASE={DB.shop} onhand restore {folder.folder()}/…" in page.words
    assert f"by the clock {backup.name}" in page.words
    assert "Sound" in page.words
    assert str(folder.folder()) in page.words


async def test_a_shop_without_a_backup_says_so(priya: Screen, keeper: Keeper):
    page = await priya.get(PLACE)

    assert page.headings[0] == "No backup yet"
    assert "There is no good backup yet" in page.words


async def test_a_backup_that_is_asked_for_is_made_while_the_shop_goes_on(
    priya: Screen, keeper: Keeper
):
    await make.product("MUG", on_hand=5)

    begun = await press(priya, await priya.get(PLACE))
    await keeper.finish()
    done = await priya.get(PLACE)

    assert "A backup is being made." in begun.words
    assert 'hx-trigger="every 2s"' in begun.html
    assert "A backup is being made." not in done.words
    assert "every 2s" not in done.html
    assert done.headings[0] == "Backed up a moment ago"
    assert [backup.kind for backup in folder.kept()] == [Kind.ASKED]


async def test_the_same_press_sent_twice_makes_one_backup(priya: Screen, keeper: Keeper):
    page = await priya.get(PLACE)
    await press(priya, page)
    await keeper.finish()

    await press(priya, page)
    await keeper.finish()

    assert len(folder.kept()) == 1


async def test_where_the_disk_is_nearly_full_it_is_refused_and_not_begun(
    priya: Screen, keeper: Keeper, shop: Path, monkeypatch: pytest.MonkeyPatch
):
    page = await priya.get(PLACE)
    disk = shutil.disk_usage(shop.parent)._replace(total=1 << 30, free=50 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk)

    refused = await press(priya, page)

    assert refused.status == 409
    assert "There is no room for a copy in" in refused.words
    assert not keeper.is_at_work
    assert folder.kept() == []


async def test_a_try_that_failed_is_told(priya: Screen, keeper: Keeper):
    keeper.failure = Failure(clock.now(), "The disk <is> gone.")

    page = await priya.get(PLACE)

    assert "The last try failed at" in page.words
    assert "The disk <is> gone." in page.words


async def test_a_drive_that_is_not_there_is_told(
    priya: Screen, keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    class Settings:
        backups = tmp_path / "drive"

    monkeypatch.setattr(folder, "settings", Settings)
    keeper.look()

    page = await priya.get(PLACE)
    refused = await press(priya, page)
    Settings.backups.mkdir()
    await press(priya, await priya.get(PLACE))
    await keeper.finish()

    says = f"Backups cannot be kept in {tmp_path}/drive: No such file or directory."
    assert says in page.words
    assert (refused.status, says in refused.words) == (409, True)
    assert [backup.path.parent for backup in folder.kept()] == [Settings.backups]


async def test_a_backup_is_not_to_be_had_through_a_browser(priya: Screen, keeper: Keeper):
    backup = folder.keep(Kind.ASKED)

    page = await priya.get(PLACE)
    tried = await priya.client.get(f"{PLACE}/{backup.name}")

    assert f"{PLACE}/" not in page.html
    assert tried.status_code == 404


async def test_of_a_shop_that_postgresql_keeps_its_own_tools_are_named(
    priya: Screen, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
):
    pressed = await priya.get(PLACE)
    monkeypatch.setattr(DB, "is_file", False)

    page = await priya.get(PLACE)
    refused = await press(priya, pressed)

    assert "pg_dump" in page.words
    assert "Back up now" not in page.words
    assert refused.status == 409
    assert "PostgreSQL keeps this shop; pg_dump makes its backups." in refused.words
