"""B1, B2, B3: one wish, sent many times, cut off anywhere, is one effect."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from tests.bench.http import request
from tests.faults.auditor import audit
from tests.faults.clients import Crowd, connections
from tests.faults.held import Held
from tests.faults.history import History, Wish
from tests.faults.shop import Shop, fresh, looking
from tests.faults.told import compare
from tests.faults.trial import Outcome, Setup

SKU = "MUG"
AT_ONCE = 50
CUTS = ("half of the head", "half of the body", "all of it", "the middle of the answer")
BAD_KEYS = ("", "k" * 256, "k\u00e9y", "a key", "k\ty")


def order(key: str, quantity: int = 1) -> dict[str, Any]:
    return {"lines": [{"sku": SKU, "quantity": quantity}], "reference": key}


async def place(
    line: httpx.AsyncClient,
    key: str,
    headers: Mapping[str, str] | None = None,
    *,
    quantity: int = 1,
    reference: str = "",
) -> httpx.Response:
    named = httpx.Headers({b"Idempotency-Key": key.encode()})
    named.update(headers)
    wanted = order(reference or key[:20], quantity)
    return await line.post("/v1/orders", json=wanted, headers=named)


def per_key(shop: Shop) -> Counter[str]:
    """How many orders each key made."""
    with looking(shop.path) as ask:
        return Counter(key for (key,) in ask("SELECT reference FROM orders"))


def same_key(setup: Setup) -> Outcome:
    """Fifty at once under one key; then another body, another program, and keys that are none."""
    shop = fresh(setup.folder, {SKU: 1_000_000}, programs=2)
    keys = [f"key-{n}" for n in range(setup.pick(10, 40, 200))]
    done = Outcome(len(keys), "")

    async def try_all(url: str) -> None:
        async with connections(url, shop.program(), AT_ONCE) as lines:
            for key in keys:
                answers = await asyncio.gather(*(place(line, key) for line in lines))
                told = {(answer.status_code, answer.content) for answer in answers}
                done.hold(f"{key} has {len(told)} answers", held=len(told) == 1)
                new = sum("idempotency-replayed" not in answer.headers for answer in answers)
                done.hold(f"{key} acted {new} times", held=new == 1)
            another = await place(lines[0], keys[0], quantity=2)
            done.hold("another body is 422", held=another.status_code == 422)
            other = await place(lines[0], keys[0], shop.program(1), reference="other")
            done.hold("another program is another", held=other.status_code == 201)
            for key in BAD_KEYS:
                bad = await place(lines[0], key)
                done.hold(f"{key[:9]!r} is {bad.status_code}", held=bad.status_code == 400)

    with setup.server(shop.path) as server:
        asyncio.run(try_all(server.url))
    made = per_key(shop)
    done.hold("the other program's is another", held=made.pop("other", 0) == 1)
    done.hold(f"orders per key {made.most_common(1)}", held=made == Counter(keys))
    done.wrong += audit(shop.path)
    done.figure = f"{AT_ONCE} at once, effects per key {min(made.values())} to {max(made.values())}"
    return done


class Line:
    """A connection that may be cut anywhere."""

    def __init__(self, url: str, shop: Shop, history: History) -> None:
        self._history = history
        address = urlsplit(url)
        self._address = address.hostname, address.port
        ((self._name, self._token),) = shop.program().items()

    async def cut(self, key: str, where: str) -> None:
        whole = request(
            "POST",
            "/v1/orders",
            f"{self._name}: {self._token}",
            f"Idempotency-Key: {key}",
            body=msgspec.json.encode(order(key)),
        )
        head = whole.index(b"\r\n\r\n") + 4
        upto = {CUTS[0]: head // 2, CUTS[1]: (head + len(whole)) // 2}.get(where, len(whole))
        reader, writer = await asyncio.open_connection(*self._address)
        writer.write(whole[:upto])
        await writer.drain()
        if where == CUTS[3]:
            await reader.read(10)
        writer.transport.abort()
        self._history.note(Wish(key, "sell", "/v1/orders", order(key)), 0, 0)


def lost_answer(setup: Setup) -> Outcome:
    """It happened and the answer was lost; the server is killed; it is asked for once more."""
    shop = fresh(setup.folder, {SKU: 1_000_000})
    keys = [f"key-{n}" for n in range(setup.pick(12, 30, 200))]
    history = History(setup.folder / "histories", "cut")
    done = Outcome(len(keys), "")
    ids: dict[str, set[int]] = {}

    async def lose(url: str) -> None:
        line = Line(url, shop, history)
        await asyncio.gather(*(line.cut(key, CUTS[3]) for key in keys))

    async def ask(url: str) -> None:
        async with connections(url, shop.program(), 1) as (line,):
            for n, key in enumerate(keys):
                for _ in range((1, 5, 20)[n % 3]):
                    answer = await place(line, key)
                    ids.setdefault(key, set()).add(answer.json().get("id", 0))

    with setup.server(shop.path) as server:
        asyncio.run(lose(server.url))
        happened = len(per_key(shop))
        asyncio.run(ask(server.url))
    for _ in range(2):
        with setup.server(shop.path) as server:
            asyncio.run(ask(server.url))
    made = per_key(shop)
    done.hold(f"{happened} of them had happened", held=happened == len(keys))
    done.hold("a key has two ids", held=all(len(told) == 1 for told in ids.values()))
    done.hold("each is one order", held=made == Counter(keys))
    done.wrong += [*audit(shop.path), *compare(shop.path, setup.folder / "histories")]
    twice = sum(count - 1 for count in made.values())
    done.figure = f"asked 1, 5 and 20 times, before and after kill -9; {twice} twice, 0 lost"
    return done


def disconnects(setup: Setup) -> Outcome:
    """Lines are cut at every point of a request, while others work; the key finds what happened."""
    shop = fresh(setup.folder, {SKU: 1_000_000, "BOWL": 100_000})
    chance = Random(setup.seed)
    keys = [f"key-{n}" for n in range(setup.pick(60, 200, 1_000))]
    cuts = {key: chance.choice(CUTS) for key in keys}
    crowd = Crowd(shop, 4, ["BOWL"], setup.seed)
    history = History(crowd.folder, "cut")
    done = Outcome(len(keys), "")

    async def cut_all(url: str) -> None:
        line = Line(url, shop, history)
        working = asyncio.create_task(crowd.work(url, seconds=setup.pick(1, 2, 10)))
        for first in range(0, len(keys), 20):
            await asyncio.gather(*(line.cut(key, cuts[key]) for key in keys[first : first + 20]))
        await working

    async def resolve(url: str) -> int:
        async with connections(url, shop.program(), 1) as (line,):
            answers = [await place(line, key) for key in keys]
        for key, answer in zip(keys, answers, strict=True):
            wish = Wish(key, "sell", "/v1/orders", order(key), status=answer.status_code)
            history.note(wish, 0, 0, answer.json().get("id", 0))
        done.hold("each is resolved by its key", held={a.status_code for a in answers} == {201})
        return sum("idempotency-replayed" in answer.headers for answer in answers)

    with setup.server(shop.path) as server:
        asyncio.run(crowd.work(server.url, seconds=0.3))
        time.sleep(0.5)  # until those lines are gone too
        before = Held.by(server.process.pid)
        asyncio.run(cut_all(server.url))
        happened = asyncio.run(resolve(server.url))
        time.sleep(0.5)
        after = Held.by(server.process.pid)
        done.wrong += before.leaked(after)
        done.hold("it ends well", held=server.stop() == 0)
    done.wrong += crowd.wrong()
    done.figure = f"{happened} had happened, all resolved by their key; {before.since(after)}"
    return done
