"""Every address of the program, as it lists them itself, in a shop with something at each."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest

from app.accounts import actions as accounts
from app.accounts.tables import Role
from app.counts import actions as counts
from app.counts.tables import Subject
from app.live.hub import hub
from app.web.csrf import COOKIE, token_for
from app.webhooks.actions import hooks
from tests import asgi, make


class Route(NamedTuple):
    """One method of one address."""

    method: str
    path: str

    @property
    def is_for_programs(self) -> bool:
        return self.path.startswith("/v1/")

    def address(self, names: Mapping[str, object]) -> str:
        """It with something in every place of it."""
        return re.sub(r"\{(\w+):\w+\}", lambda place: str(names.get(place[1], 1)), self.path)


def every() -> Iterator[Route]:
    for route in asgi.APP.app.routes:  # type: ignore[attr-defined]
        for handler in route.route_handlers:
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                yield Route(method, route.path)


class Stocked(NamedTuple):
    """A shop with something at every address, and what opens its doors."""

    names: Mapping[str, object]
    session: str  # of a manager
    token: str

    def headers(self, route: Route) -> dict[str, str]:
        """What lets somebody in there: a token, or a session and a token for its forms."""
        if route.is_for_programs:
            return {"Authorization": f"Bearer {self.token}"}
        return {"Cookie": f"{COOKIE}={self.session}", "X-CSRF-Token": token_for(self.session)}


async def stocked(monkeypatch: pytest.MonkeyPatch, name: str = "Blue mug") -> Stocked:
    """A product that is low, an order that is open, a count, a hook; streams end at once."""
    monkeypatch.setattr(hub, "_is_closing", True)
    manager = await make.clerk("Priya", Role.MANAGER)
    mug = await make.product("MUG", name=name, on_hand=9, reorder_point=9, barcodes=("5012",))
    order = await make.reserved(mug, 2, customer="Mrs Okafor")
    await counts.begin("Shelf 3", actor="Priya")
    await counts.begin("Van", subject=Subject.DELIVERY, actor="Priya")
    hook = await hooks.add("https://hooks.example.org/stock", actor="Priya")
    names: dict[str, object] = {"sku": "MUG", "order_id": order, "hook": hook, "product": mug}
    names |= {"name": "onhand.css", "way": "claim"}
    return Stocked(names, await make.session(manager), await accounts.add_token("till"))
