"""Passwords, and the random codes in links, cookies and tokens."""

import asyncio
import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from app.accounts.common import ROWS, is_common

SHORTEST, LONGEST = 12, 256  # characters of a password
SHORTEST_PIN, LONGEST_PIN = 4, 8

# OWASP's minimum for Argon2id. Two threads, so that a storm of sign-ins leaves the shop its share.
_hasher = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
_threads = ThreadPoolExecutor(2, "password")
_NOBODY = _hasher.hash("nobody has this password")


def new_code() -> str:
    """256 random bits, as text for a link, a cookie or a token."""
    return secrets.token_urlsafe(32)


def code_for(session: str, question: str) -> str:
    """A new code for whoever has this session; the same when the same form is sent twice.

    So that what is shown once is still shown to somebody who presses twice, and stored nowhere.
    """
    made = hmac.new(session.encode(), question.encode(), "sha256").digest()
    return urlsafe_b64encode(made).decode().rstrip("=")


def as_token(code: str) -> str:
    """A code as an API token, which scanners for leaked secrets know by its beginning."""
    return f"onh_{code}"


def digest(code: str) -> str:
    """What we keep of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def password_of(name: str) -> Callable[[str], str]:
    """The rule for a password of somebody called so."""

    def password(typed: str) -> str:
        if len(typed) < SHORTEST:
            raise ValueError(f"The password needs {SHORTEST} characters at least.")
        if len(typed) > LONGEST:
            raise ValueError(f"The password can have {LONGEST} characters at most.")
        if is_common(typed, name):
            raise ValueError("This password would be guessed soon. A short sentence is better.")
        return typed

    return password


def same_as(before: str, what: str = "passwords") -> Callable[[str], str]:
    """The rule for what is typed a second time."""

    def again(typed: str) -> str:
        if typed != before:
            raise ValueError(f"The two {what} differ.")
        return typed

    return again


def pin(typed: str) -> str:
    """A PIN that will do."""
    if not (typed.isascii() and typed.isdigit() and SHORTEST_PIN <= len(typed) <= LONGEST_PIN):
        raise ValueError(f"A PIN is {SHORTEST_PIN} to {LONGEST_PIN} digits.")
    if len(set(typed)) == 1 or any(typed in row or typed[::-1] in row for row in ROWS):
        raise ValueError("This PIN would be guessed soon. Choose another.")
    return typed


async def hash_password(typed: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, typed)


async def is_password(typed: str, password_hash: str | None) -> bool:
    """Whether it fits; takes as long when there is nobody whom it could fit."""
    fits = await asyncio.get_running_loop().run_in_executor(
        _threads, _verify, password_hash or _NOBODY, typed
    )
    return fits and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than would be taken today."""
    return _hasher.check_needs_rehash(password_hash)


def _verify(password_hash: str, typed: str) -> bool:
    try:
        return _hasher.verify(password_hash, typed)
    except (Argon2Error, InvalidHashError):
        return False
