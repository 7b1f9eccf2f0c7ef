"""What the program asks of its database, whichever it is."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from piccolo.engine.exceptions import TransactionError
from piccolo.querystring import QueryString

T = TypeVar("T")
Row = tuple[Any, ...]

_behind: ContextVar[bool] = ContextVar("behind", default=False)


class Database(ABC):
    """One shop. ``open`` it first; then ``run`` actions, and await queries anywhere.

    What is in ``on_commit`` is called after every COMMIT of this process.
    """

    engine_type: str
    is_file: bool  # which one server has for itself
    errors: tuple[type[Exception], ...]  # what it says when it cannot do something
    shop: str  # which shop this is: a path, or the address of a database

    @property
    def said(self) -> str:
        """The shop as it is called in a sentence, without a password."""
        parts = urlsplit(self.shop)
        return self.shop.replace(f":{parts.password}@", "@") if parts.password else self.shop

    def __init__(self) -> None:
        self.on_commit: list[Callable[[], None]] = []

    @abstractmethod
    async def open(self, *, checkpoints: bool = True) -> None:
        """Open it. Beside a running server: ``checkpoints=False``."""

    @abstractmethod
    async def warm(self) -> None:
        """Have at once all that a server will need, before others take what the system has."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what was begun, then close."""

    @abstractmethod
    async def run(
        self, action: Callable[..., Coroutine[Any, Any, T]], *args: Any, **kwargs: Any
    ) -> T:
        """Await ``action(*args, **kwargs)`` as one transaction; returns after its COMMIT.

        Inside another action it joins that one. If it raises, nothing of it is kept.
        """

    @property
    @abstractmethod
    def notes(self) -> dict[str, Any]:
        """What the action that runs keeps for itself; empty when it begins, gone when it ends."""

    @abstractmethod
    async def turn(self, *at: object) -> None:
        """Inside an action: whoever else wants a turn at the same thing waits until it has ended.

        For what is read first and decided by it. What one UPDATE checks and changes needs none.
        """

    @abstractmethod
    async def take_time(self) -> None:
        """Inside an action: its statements from here on may take minutes, as migrations do."""

    @abstractmethod
    async def fetch(self, sql: str, args: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement, in the transaction of the action that runs, if one does."""

    @abstractmethod
    async def scan(self, sql: str) -> list[Row]:
        """The rows of a statement that may take its time."""

    @contextmanager
    def behind(self) -> Iterator[None]:
        """What is read inside may be some seconds old: a replica may be asked, if there is one.

        For long lists that nobody decides by. What an action reads is never of there.
        """
        before = _behind.set(True)
        try:
            yield
        finally:
            _behind.reset(before)

    @property
    def is_behind(self) -> bool:
        return _behind.get()

    @abstractmethod
    def is_passing(self, error: BaseException) -> bool:
        """Whether it is what a database cannot do now and may do later; all else is a bug."""

    # What Piccolo asks of an engine

    @property
    @abstractmethod
    def is_acting(self) -> bool:
        """Whether an action runs here."""

    @abstractmethod
    async def run_ddl(self, ddl: str, in_pool: bool = False) -> list[dict[str, Any]]: ...

    async def run_querystring(
        self, querystring: QueryString, in_pool: bool = False
    ) -> list[dict[str, Any]]:
        sql, args = querystring.compile_string(self.engine_type)
        return await self._fetch_dicts(sql, args)

    @abstractmethod
    async def _fetch_dicts(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]: ...

    def transaction(self, *_: Any, **__: Any) -> "Joined":
        """What migrations ask for. An action is the only transaction, so this joins it."""
        if not self.is_acting:
            raise TransactionError("a transaction is an action: use DB.run")
        return Joined()


class Joined:
    """The transaction of the action around it, as Piccolo wants to see one."""

    async def __aenter__(self) -> "Joined":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        return False
