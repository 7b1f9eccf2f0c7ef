"""Passwords whose hashes cost little."""

import pytest
from argon2 import PasswordHasher

from app.accounts import secrets


@pytest.fixture
def real_hashes() -> None:
    """For tests of what a guess costs."""


@pytest.fixture(autouse=True)
def _hashes_cost_little(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_hashes" not in request.fixturenames:
        hasher = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1)
        monkeypatch.setattr(secrets, "_hasher", hasher)
        monkeypatch.setattr(secrets, "_NOBODY", hasher.hash("nobody has this password"))
