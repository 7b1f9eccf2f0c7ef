"""What is noted of every request: its numbers, and a line in the log where it is worth one."""

import logging
import secrets
from functools import lru_cache
from time import perf_counter
from typing import Any

from litestar import Request
from litestar.types import HTTPScope
from prometheus_client import Counter, Histogram

from app.settings import settings
from app.web.client import address_of

SLOW = 1.0  # seconds
LOOKS = {"GET", "HEAD", "OPTIONS"}  # change nothing
TOLD = {401, 403, 429}  # refusals that say something about who asks
RESULTS = {  # what became of it, where nobody said so more exactly
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    409: "refused",
    413: "too-large",
    422: "invalid",
    429: "rate-limited",
    500: "broken",
    503: "busy",
}
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)

REQUESTS = Counter("onhand_requests", "Answers, by address.", ["method", "route", "status"])
SECONDS = Histogram(
    "onhand_request_seconds",
    "How long it took until an answer began.",
    ["method", "route"],
    buckets=BUCKETS,
)
ACTIONS = Counter(
    "onhand_actions", "What people and programs did, and what became of it.", ["action", "result"]
)

logger = logging.getLogger("onhand")


class Watched:
    """One request, from its first byte to the first of its answer.

    Its number is our own, whatever the client says: the clerk reads it to whoever reads the log.
    """

    def __init__(self, method: str) -> None:
        self.request_id = secrets.token_hex(4)
        self.status = 0  # 0 when there was nobody left to answer
        self._method = method
        self._began = perf_counter()
        self._seconds = 0.0

    def answers(self, status: int) -> None:
        """The answer begins."""
        self.status = status
        self._seconds = perf_counter() - self._began

    def ended(self, scope: HTTPScope) -> None:
        """Count it, and log it if it is worth a line."""
        route: str = scope.get("path_template", "")
        count, seconds = _of_route(self._method, route, self.status)
        count.inc()
        if self.status:
            seconds.observe(self._seconds)
        action = result = ""
        if self._method not in LOOKS and route:
            action = scope["route_handler"].fn.__qualname__
            result = _result(scope, self.status)
            _of_action(action, result).inc()
        is_odd = self.status >= 500 or self.status in TOLD or self._seconds > SLOW
        if is_odd or settings.log_requests or self._is_change(scope):
            about = {"method": self._method, "route": route, "status": self.status}
            about |= {"action": action, "result": result} if action else {}
            about |= {"ms": round(self._seconds * 1000, 1), **_who(scope)}
            about["request"] = self.request_id
            logger.log(logging.WARNING if is_odd else logging.INFO, "request", extra=about)

    def _is_change(self, scope: HTTPScope) -> bool:
        """What a program did well is not told twice: the event log has it, and who it was."""
        is_program = "client" in (scope.get("state") or {})
        return self._method not in LOOKS and not (is_program and 0 < self.status < 400)


def note(scope: Any, result: str) -> None:
    """What became of a request, more exactly than its status says."""
    scope["state"]["result"] = result


@lru_cache(2_000)  # looking them up takes longer than counting
def _of_route(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, status), SECONDS.labels(method, route)


@lru_cache(2_000)
def _of_action(action: str, result: str) -> Counter:
    return ACTIONS.labels(action, result)


def _who(scope: HTTPScope) -> dict[str, str]:
    """A clerk or a program by its number; somebody else by the address, also behind our proxy."""
    state = scope.get("state") or {}
    if who := state.get("visitor") or state.get("client"):
        return {"actor": who.actor}
    address = address_of(Request(scope))
    return {"address": address} if address else {}


def _result(scope: HTTPScope, status: int) -> str:
    state = scope.get("state") or {}
    if result := state.get("result"):
        return str(result)
    return RESULTS.get(status, "done" if 0 < status < 400 else "refused")
