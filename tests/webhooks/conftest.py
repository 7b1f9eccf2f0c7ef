"""Workers that look often, and a receiver on this machine."""

from collections.abc import AsyncIterator

import pytest

from app.webhooks import worker
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "PACE", 0.001)
    monkeypatch.setattr(worker, "TICK", 0.01)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver
