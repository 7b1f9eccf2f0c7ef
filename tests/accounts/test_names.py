"""An older shop in which a program was called as a clerk is: it gets another name."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.accounts import actions, queries
from app.accounts.actions import NameTaken
from app.database import DB
from app.database.migrate import migrate
from tests.accounts.door import id_of

pytestmark = pytest.mark.sqlite

DUMP = Path(__file__).parents[1] / "data" / "shop-2026-11-21.sql"
ADD = (
    "INSERT INTO api_token (name, digest, scope, created_at, expires_at) "
    "VALUES (?, ?, 'write', '2026-11-20 10:00:00+00:00', '2027-02-18 10:00:00+00:00')"
)


@pytest.fixture
async def _older(shop: Path, tmp_path: Path) -> None:
    await DB.close()
    path = tmp_path / "older.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text())
        ((clerk,),) = connection.execute("SELECT name FROM clerk WHERE id = 1").fetchall()
        connection.executemany(ADD, [(clerk.upper(), "a"), ("Web shop", "b"), ("web shop", "c")])
        connection.commit()
    DB.shop = str(path)
    await DB.open()


@pytest.mark.usefixtures("_older")
async def test_a_program_that_was_called_as_a_clerk_is_gets_another_name():
    await migrate()

    names = {token.id: token.name for token in await queries.tokens()}
    (clerk,) = [person for person in await queries.persons() if person.id == 1]
    with pytest.raises(NameTaken):
        await actions.add_token(clerk.name)
    await actions.add_token("WEB SHOP")
    assert [name for name in names.values() if name.casefold() == clerk.name.casefold()] == []
    assert f"{clerk.name.upper()} (token {min(names)})" in names.values()
    assert await id_of(clerk.name) == 1
