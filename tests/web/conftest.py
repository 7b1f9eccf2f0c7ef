"""Somebody who speaks HTTP, and is nobody's clerk."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests import asgi


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with asgi.client(raise_app_exceptions=False) as client:
        yield client
