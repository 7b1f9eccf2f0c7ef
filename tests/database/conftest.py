from pathlib import Path

import pytest

from tests import shops
from tests.database import notes


@pytest.fixture
async def shop(shop: Path) -> Path:
    """A shop with one table more, for notes."""
    if shops.IS_SQLITE:
        await notes.table()
    return shop
