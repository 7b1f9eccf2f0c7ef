"""Who may do what: the table in docs/security.md, held against every address and method."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import httpx
import pytest

from app.accounts import actions
from app.accounts.tables import Role, Scope
from app.backups.keeper import keeper
from app.database import DB
from app.live.hub import hub
from app.web.csrf import COOKIE, csrf_token
from tests import asgi, make
from tests.refused import everything

PAGE = Path(__file__).parents[2] / "docs/security.md"
COLUMNS = ("Nobody", "Clerk", "Manager", "Read token", "Write token")
DENIED = {401, 403}
NAMES: Mapping[str, object] = {
    "clerk_id": 3,
    "sku": "MUG",
    "name": "onhand.css",
    "way": "claim",
    "code": "x",
}
FILLED = {"was_name": "Blue mug", "was_reorder_point": "9"}  # a form that is not too old
ACCOUNTS = ("clerk", "session", "till", "welcome", "api_token", "actor_name", "hook", "answer")


class Route(NamedTuple):
    method: str
    path: str

    def address(self) -> str:
        """It with something that is there in every place of it."""
        return re.sub(r"\{(\w+)\}", lambda place: str(NAMES.get(place[1], 1)), self.path)


def written() -> dict[Route, dict[str, bool]]:
    """The table: for each method of each address, who may."""
    table: dict[Route, dict[str, bool]] = {}
    text = PAGE.read_text().split("## Roles")[1].split("\n## ")[0]
    for line in text.splitlines():
        _, *cells, _ = [*line.split("|"), ""] if line.startswith("|") else ["", ""]
        if len(cells) < 7 or "`" not in cells[1]:
            continue
        may = [cell.strip() == "yes" for cell in cells[2:7]]
        for method, path in re.findall(r"`(\w+) (\S+)`", cells[1]):
            assert Route(method, path) not in table, f"{method} {path} stands there twice"
            table[Route(method, path)] = dict(zip(COLUMNS, may, strict=True))
    return table


def there() -> set[Route]:
    """Every method of every address, as the program lists them itself."""
    return {
        Route(method, re.sub(r":\w+\}", "}", route.path))
        for route in asgi.APP.app.routes  # type: ignore[attr-defined]
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS"}
    }


TABLE = written()


class Visitor(NamedTuple):
    """Somebody who asks: with a session, with a token, or with neither."""

    session: str = ""
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if not self.session:
            return {}
        connection: Any = SimpleNamespace(cookies={COOKIE: self.session})
        token = csrf_token(connection)
        return {"Cookie": f"{COOKIE}={self.session}", "X-CSRF-Token": token}

    async def ask(self, method: str, address: str, **options: Any) -> httpx.Response:
        async with asgi.client(headers=self.headers) as client:
            if method in {"POST", "PATCH"} and address.startswith("/v1"):
                options = {"json": {}, **options}
            elif method == "POST":
                options = {"data": FILLED, **options}
            return await client.request(method, address, **options)


def is_denied(answer: httpx.Response) -> bool:
    to = answer.headers.get("location", "")
    return answer.status_code in DENIED or to.startswith("/sign-in?next=")


@pytest.fixture
async def shop_of_one(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """One of everything that an address may name. The clerks by their role."""
    monkeypatch.setattr(hub, "_is_closing", True)  # streams end at once
    monkeypatch.setattr(keeper, "begin", lambda: None)  # and no backup is made
    mug = await make.product("MUG", on_hand=9, reorder_point=9)
    await make.reserved(mug, 2)
    manager = await make.clerk("Grace", Role.MANAGER)
    await make.clerk("Kim", Role.MANAGER)
    return {"Manager": manager, "Clerk": await make.clerk("Robin")}


async def visitor(column: str, clerks: Mapping[str, int]) -> Visitor:
    """A fresh one each time, for some addresses end the session that asks."""
    if column == "Nobody":
        return Visitor()
    if column in clerks:
        return Visitor(session=await make.session(clerks[column]))
    scope = Scope.READ if column == "Read token" else Scope.WRITE
    return Visitor(token=await actions.add_token(column, scope))


async def kept() -> dict[str, list[tuple[Any, ...]]]:
    """Everything, but for when somebody was seen last."""
    people = "SELECT id, name, role, is_active, password_hash, pin_hash, wrong_pins FROM clerk"
    others = {t: await DB.fetch(f"SELECT * FROM {t}") for t in ACCOUNTS[2:4]}
    counts = {t: await DB.fetch(f"SELECT count(*) FROM {t}") for t in ACCOUNTS}
    return {**await everything(), "clerk": await DB.fetch(people), **others, "counts": counts}  # type: ignore[dict-item]


def test_every_method_of_every_address_has_a_row_and_no_other_has():
    assert set(TABLE) == there()


@pytest.mark.parametrize("column", COLUMNS)
async def test_everybody_may_do_what_the_table_says(column: str, shop_of_one: dict[str, int]):
    wrong = []

    for route in sorted(route for route, may in TABLE.items() if may[column]):
        somebody = await visitor(column, shop_of_one)
        answer = await somebody.ask(route.method, route.address())
        if is_denied(answer) or answer.status_code >= 500:
            wrong.append((route, answer.status_code))

    assert wrong == []


@pytest.mark.parametrize("column", [*COLUMNS, "Disabled", "Revoked"])
async def test_nobody_may_do_anything_else_and_nothing_is_changed_then(
    column: str, shop_of_one: dict[str, int]
):
    who = {"Disabled": "Clerk", "Revoked": "Write token"}.get(column, column)
    somebody = await visitor(who, shop_of_one)
    if column == "Disabled":
        await actions.disable(shop_of_one["Clerk"])
    if column == "Revoked":
        await actions.revoke_token(1)
    denied = [r for r, may in TABLE.items() if not may.get(column, may["Nobody"])]
    before = await kept()
    wrong = []

    for route in denied:
        answer = await somebody.ask(route.method, route.address())
        if not is_denied(answer):
            wrong.append((route, answer.status_code))

    assert wrong == []
    assert len(denied) > 10
    assert await kept() == before


async def test_a_denial_does_not_tell_what_is_there(shop_of_one: dict[str, int]):
    for column in ("Nobody", "Clerk", "Write token"):
        somebody = await visitor(column, shop_of_one)
        for address in ("/settings/clerks/{}", "/settings/webhooks/{}"):
            answers = [await somebody.ask("GET", address.format(id_)) for id_ in (1, 99, "x")]

            assert len({answer.status_code for answer in answers}) == 1
            assert len({re.sub(r"\d+|x", "", answer.text) for answer in answers}) == 1


async def test_no_way_of_writing_an_address_leads_around_the_door(shop_of_one: dict[str, int]):
    robin = await visitor("Clerk", shop_of_one)

    for path in (
        "/settings/clerks/",
        "/SETTINGS/clerks",
        "/Settings/Clerks",
        "/settings;/clerks",
        "/settings/clerks;x=1",
        "/settings%2Fclerks",
        "/settings/%63lerks",
        "//settings/clerks",
        "/stock/../settings/clerks",
        "/settings/./clerks",
        "/settings/clerks?role=manager",
    ):
        answer = await robin.ask("GET", path)
        assert answer.status_code in {403, 404}, path
        assert "New clerk" not in answer.text


async def test_no_header_or_field_makes_a_method_of_another(shop_of_one: dict[str, int]):
    robin = await visitor("Clerk", shop_of_one)
    before = await kept()

    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        async with asgi.client(headers={**robin.headers, header: "POST"}) as client:
            assert (await client.get("/account/sessions/end")).status_code == 405
            answer = await client.get("/stock?_method=POST&sku=NEW&name=New&price=1")
            assert answer.status_code == 200
    reader = await visitor("Read token", shop_of_one)
    async with asgi.client(headers={**reader.headers, "X-HTTP-Method-Override": "POST"}) as client:
        await client.get("/v1/products?_method=POST")

    after = await kept()
    assert after["product"] == before["product"]
    assert after["clerk"] == before["clerk"]


async def test_head_is_answered_as_get_and_options_say_nothing(shop_of_one: dict[str, int]):
    for column in ("Nobody", "Clerk"):
        somebody = await visitor(column, shop_of_one)
        for path in ("/settings/clerks", "/stock", "/v1/products"):
            got = await somebody.ask("GET", path)
            head = await somebody.ask("HEAD", path)
            options = await somebody.ask("OPTIONS", path)

            assert head.status_code == got.status_code
            assert options.text == ""


async def test_a_cookie_is_nothing_to_v1_and_a_token_nothing_to_a_page(shop_of_one: dict[str, int]):
    grace = await visitor("Manager", shop_of_one)
    till = await visitor("Write token", shop_of_one)

    assert (await grace.ask("GET", "/v1/products")).status_code == 401
    assert is_denied(await till.ask("GET", "/stock"))
    assert is_denied(await till.ask("POST", "/stock"))
