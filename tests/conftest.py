"""A private shop for every test; and whatever a test did, its books balance."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.database import DB
from app.database.migrate import migrate
from tests import books, shops


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough", type=int, default=1, help="how many times as much models and schemas try"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is about one database alone says nothing of the other."""
    other, name = ("postgresql", "PostgreSQL") if shops.IS_SQLITE else ("sqlite", "SQLite")
    for item in items:
        if item.get_closest_marker(other):
            item.add_marker(pytest.mark.skip(reason=f"about what only {name} has"))


@pytest.fixture
def thorough(request: pytest.FixtureRequest) -> int:
    """How many times as much as usual is tried."""
    return int(request.config.getoption("--thorough"))


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def empty_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop without products, made once by the real migrations."""
    path = tmp_path_factory.mktemp("shop") / "empty.sqlite"
    shops.begin(path)

    async def make() -> None:
        DB.shop = shops.address(path)
        await DB.open()
        await migrate()
        await DB.close()

    asyncio.run(make())
    return path


@pytest.fixture
async def shop(empty_shop: Path, tmp_path: Path) -> AsyncIterator[Path]:
    """A shop of one's own, open. Afterwards it is closed, and its books balance."""
    path = shops.copy(empty_shop, tmp_path / "shop.sqlite")
    DB.shop = shops.address(path)
    await DB.open()
    try:
        yield path
    finally:
        await DB.close()
    books.balance(path)
    shops.recycle(path)


@pytest.fixture(autouse=True)
def _every_test_has_a_shop(request: pytest.FixtureRequest) -> None:
    """Async tests get a shop without asking."""
    if "anyio_backend" in request.fixturenames:
        request.getfixturevalue("shop")
