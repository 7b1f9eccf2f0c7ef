"""``/metrics``, read by a real parser: the numbers agree with what was done."""

from collections.abc import Iterator
from datetime import timedelta
from time import time
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app import clock, health, metrics
from app.accounts.tables import Scope
from app.backups import folder
from app.backups.folder import Kind
from app.database import DB
from app.live.hub import hub
from app.live.place import Place
from app.orders import actions as orders
from app.orders.actions import Wanted
from tests import api, asgi, make, screen

Sample = tuple[str, frozenset[tuple[str, str]]]


class Numbers(dict[Sample, float]):
    """All that was told."""

    def of(self, name: str, **labels: str) -> float:
        return self.get((name, frozenset(labels.items())), 0.0)


@pytest.fixture(autouse=True)
def _new_shop() -> Iterator[None]:
    metrics._counted.clear()
    yield
    metrics._counted.clear()


async def told() -> Numbers:
    async with api.program(Scope.READ) as watcher:
        answer = await watcher.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return Numbers(
        ((sample.name, frozenset(sample.labels.items())), sample.value)
        for family in families
        for sample in family.samples
    )


async def test_the_numbers_agree_with_what_was_done():
    await make.product("MUG", on_hand=9, reorder_point=4)
    await make.product("BOWL", on_hand=0)
    before = await told()

    async with api.program() as till:
        for quantity in (2, 4, 90):
            wish = {"lines": [{"sku": "MUG", "quantity": quantity}]}
            await till.post("/v1/orders", json=wish, headers={"Idempotency-Key": f"{quantity}"})
        await till.post("/v1/orders", json=wish, headers={"Idempotency-Key": "90"})
        await till.get("/v1/orders")
    after = await told()

    def more(name: str, **labels: str) -> float:
        return after.of(name, **labels) - before.of(name, **labels)

    place = {"method": "POST", "route": "/v1/orders"}
    assert more("onhand_requests_total", **place, status="201") == 2
    assert more("onhand_requests_total", **place, status="409") == 2
    assert more("onhand_request_seconds_count", **place) == 4
    assert more("onhand_request_seconds_bucket", **place, le="+Inf") == 4
    assert more("onhand_requests_total", method="GET", route="/v1/orders", status="200") == 1
    for result, times in (("done", 2), ("insufficient-stock", 1), ("replayed", 1)):
        assert more("onhand_actions_total", action="OrderApi.place", result=result) == times
    assert more("onhand_events_total", kind="sold") == 2
    assert more("onhand_events_total", kind="low_stock") == 1
    assert more("onhand_last_event") == 3
    assert (after.of("onhand_products", state="low"), after.of("onhand_products", state="out")) == (
        2,
        1,
    )


@pytest.mark.sqlite
async def test_the_commits_of_the_one_writer_are_told():
    await make.product("MUG", on_hand=9)
    before = await told()

    async with api.program() as till:
        for _ in range(3):
            await till.post("/v1/orders", json={"lines": [{"sku": "MUG", "quantity": 1}]})
    after = await told()

    def more(name: str) -> float:
        return after.of(name) - before.of(name)

    assert more("onhand_commit_seconds_count") == more("onhand_writer_group_size_count") >= 3
    assert more("onhand_writer_group_size_sum") >= 3
    assert after.of("onhand_writer_waiting") == 0


async def test_holds_are_told_and_those_that_wait_to_be_released():
    await make.product("MUG", on_hand=9)
    await orders.place([Wanted("MUG", 1)], expires_in=timedelta(hours=2), actor="till")
    await orders.place([Wanted("MUG", 1)], expires_in=timedelta(minutes=1), actor="till")

    with clock.at(clock.now() + timedelta(hours=1)):
        numbers = await told()

    assert numbers.of("onhand_holds", state="open") == 1
    assert numbers.of("onhand_holds", state="overdue") == 1


async def test_open_streams_are_told_and_how_far_they_are_behind(
    monkeypatch: pytest.MonkeyPatch,
):
    async def always() -> bool:
        return True

    monkeypatch.setattr(hub, "_newest", Place(0))
    await make.product("MUG", on_hand=9)
    stream = hub.stream(Place(0), always)
    await anext(stream)
    numbers = await told()
    await stream.aclose()  # type: ignore[attr-defined]

    assert numbers.of("onhand_streams", listener="screen") == 1
    assert numbers.of("onhand_streams", listener="program") == 0
    assert numbers.of("onhand_stream_lag_events") == 1
    assert (await told()).of("onhand_streams", listener="screen") == 0


async def test_what_runs_and_how_it_is_with_it_is_told():
    numbers = await told()

    assert {check for check in health.CHECKS if not _ok(numbers, check)} == set()
    assert numbers.of("process_resident_memory_bytes") > 1e6
    assert numbers.of("process_open_fds") > 3
    assert numbers.of("process_start_time_seconds") > 1.7e9
    assert numbers.of("onhand_threads") >= 1
    assert (numbers.of("onhand_wal_bytes") > 0) is DB.is_file
    assert [labels for name, labels in numbers if name == "onhand_build_info"]
    assert numbers.of("onhand_deliveries", state="waiting") == 0


def _ok(numbers: Numbers, check: str) -> bool:
    return numbers.of("onhand_check_ok", check=check) == 1


@pytest.mark.sqlite
async def test_the_last_good_backup_is_told():
    folder.keep(Kind.ASKED)

    assert time() - (await told()).of("onhand_backup_timestamp_seconds") < 60


@pytest.mark.sqlite
async def test_a_check_that_fails_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.health.LEAST_FREE", 2.0)

    numbers = await told()

    assert not _ok(numbers, "disk")
    assert _ok(numbers, "database")


async def test_no_name_of_a_product_a_person_or_an_address_becomes_a_number():
    async def visit(word: str) -> None:
        await make.product(word, name=word, on_hand=1)
        async with screen.clerk(word) as clerk:
            for address in (f"/stock/{word}", f"/nowhere/{word}", f"/stock?search={word}"):
                await clerk.client.get(address)
        async with api.program() as till:
            await till.get(f"/v1/inventory/{word}")
            await till.post(f"/v1/inventory/{word}/receipts", json={"quantity": 1})

    await told()
    await visit("KESTREL")
    before = await told()
    await visit("PLOVER")
    after = await told()

    assert set(after) == set(before)
    assert not [labels for _, labels in after if {"KESTREL", "PLOVER"} & {v for _, v in labels}]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer onh_guessed"}])
async def test_without_a_token_nothing_is_told(headers: dict[str, str]):
    async with asgi.client() as somebody:
        answer: Any = await somebody.get("/metrics", headers=headers)

    assert answer.status_code == 401
    assert answer.json()["type"] == "unauthenticated"
    assert "onhand_" not in answer.text
