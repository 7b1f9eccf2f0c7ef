"""What looks at a shop, or works beside its servers, does not bring it up to date."""

from pathlib import Path

import pytest

from app.database import DB
from tests import shops
from tests.commands.conftest import Onhand

STEPS = "SELECT app_name, name FROM migration ORDER BY app_name, name"


@pytest.fixture
def shop(empty_shop: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shops.copy(empty_shop, database)
    monkeypatch.setattr(DB, "shop", shops.address(database))
    return database


def test_a_shop_of_an_older_program_is_told_and_stays_as_it_is(shop: Path, onhand: Onhand):
    shops.rows(shop, "DELETE FROM migration WHERE app_name = 'webhooks'")
    before = shops.rows(shop, STEPS)

    said = onhand("doctor")

    assert (said.status, said.out) == (1, [])
    assert said.err == [
        f"onhand: {DB.said} was made by an older Onhand; `onhand migrate` brings it up to date."
    ]
    assert shops.rows(shop, STEPS) == before


def test_a_shop_of_a_newer_program_is_not_looked_at(shop: Path, onhand: Onhand):
    shops.rows(shop, "INSERT INTO migration (name, app_name) VALUES ('2031-01-02', 'stock')")

    said = onhand("doctor")

    assert (said.status, said.out) == (1, [])
    assert said.err == [f"onhand: {DB.said} was made by a newer Onhand; use that one."]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "command", [["doctor"], ["clerk", "add", "Kim"], ["token", "add", "till"]], ids=" ".join
)
def test_an_empty_database_is_no_shop_and_does_not_become_one(
    database: Path, command: list[str], onhand: Onhand, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(DB, "shop", shops.address(database))

    said = onhand(*command)

    assert (said.status, said.out) == (1, [])
    assert said.err == [f"onhand: There is no shop in {DB.said}; `onhand migrate` makes one."]
    assert shops.rows(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []


@pytest.mark.postgresql
def test_what_works_beside_servers_leaves_an_older_shop_to_them(shop: Path, onhand: Onhand):
    shops.rows(shop, "DELETE FROM migration WHERE app_name = 'webhooks'")
    before = shops.rows(shop, STEPS)

    said = onhand("token", "add", "till")

    assert said.status == 1
    assert "was made by an older Onhand" in said.err[0]
    assert shops.rows(shop, STEPS) == before
    assert shops.rows(shop, "SELECT count(*) FROM api_token") == [(0,)]
