"""Passwords, and the random codes in links, cookies and tokens."""

import asyncio
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST, LONGEST = 12, 256  # characters of a password

# OWASP's minimum for Argon2id. Two threads, so that a storm of sign-ins leaves the shop its share.
_hasher = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
_threads = ThreadPoolExecutor(2, "password")
_NOBODY = _hasher.hash("nobody has this password")


def new_code() -> str:
    """256 random bits, as text for a link, a cookie or a token."""
    return secrets.token_urlsafe(32)


def digest(code: str) -> str:
    """What we keep of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def password(typed: str) -> str:
    """A password that will do; raises ValueError with a sentence for the person who typed it."""
    if len(typed) < SHORTEST:
        raise ValueError(f"The password needs {SHORTEST} characters at least.")
    if len(typed) > LONGEST:
        raise ValueError(f"The password can have {LONGEST} characters at most.")
    return typed


async def hash_password(typed: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, typed)


async def is_password(typed: str, password_hash: str | None) -> bool:
    """Whether it fits; takes as long when there is nobody whom it could fit."""
    fits = await asyncio.get_running_loop().run_in_executor(
        _threads, _verify, password_hash or _NOBODY, typed
    )
    return fits and password_hash is not None


def _verify(password_hash: str, typed: str) -> bool:
    try:
        return _hasher.verify(password_hash, typed)
    except (Argon2Error, InvalidHashError):
        return False
