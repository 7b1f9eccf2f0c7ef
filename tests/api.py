"""A program with a token, speaking to ``/v1``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from app.accounts import actions as accounts
from app.accounts.tables import Scope
from tests import asgi


@asynccontextmanager
async def program(scope: Scope = Scope.WRITE) -> AsyncIterator[httpx.AsyncClient]:
    token = await accounts.add_token("till", scope)
    async with asgi.client(headers={"Authorization": f"Bearer {token}"}) as client:
        yield client
