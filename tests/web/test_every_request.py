"""Whatever is sent to /v1, within its schema or against it, is answered as its schema says.

Schemathesis asks, in all of its phases: examples, coverage, fuzzing, and stateful, where what one
answer tells is asked for in the next. Always the same questions; more of them with
``--thorough 20``.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.python.asgi import shutdown_lifespans

from app import clock
from app.accounts import actions as accounts
from app.accounts.tables import Scope
from app.database import DB
from app.live.hub import hub
from tests import asgi, books, make, shops

pytestmark = pytest.mark.sqlite  # schemathesis brings a loop for each call, where no pool lives
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EXAMPLES = 3  # of each address in the phases that try chance
ACCEPTED = ["2xx", "401", "403", "404", "409", "412", "422"]  # with what fits the schema
REFUSED = ["400", "401", "403", "404", "405", "409", "412", "422"]  # with what does not


def configured(token: str, examples: int) -> dict[str, Any]:
    return {
        "base-url": "http://127.0.0.1",
        "headers": {"Authorization": f"Bearer {token}"},
        "parameters": {"query.cursor": ""},  # none can be made up; those given out are tested
        "continue-on-failure": True,
        "seed": 1,
        "generation": {"max-examples": examples, "deterministic": True},
        "phases": {
            "coverage": {
                "unexpected-methods": ["put", "delete", "trace", "options"],
                "generate-duplicate-query-parameters": True,
            },
            "stateful": {"max-steps": 6},
        },
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ACCEPTED},
            "negative_data_rejection": {"expected-statuses": REFUSED},
        },
    }


@pytest.fixture
def served(empty_shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A shop of three products, at noon, whose streams end at once. Yields a token."""
    path = tmp_path / "shop.sqlite"
    shops.copy(empty_shop, path)
    monkeypatch.setattr(DB, "shop", shops.address(path))
    monkeypatch.setattr(hub, "_is_closing", True)
    logging.getLogger("schemathesis").setLevel(logging.ERROR)
    with clock.at(NOON):
        yield asyncio.run(open_shop())
        shutdown_lifespans()
        asyncio.run(DB.close())
    books.balance(path)


async def open_shop() -> str:
    await DB.open(checkpoints=False)
    await make.product("MUG-BLUE", on_hand=500, reorder_point=4, barcodes=("5012345678900",))
    await make.product("BOWL", on_hand=3, reorder_point=4)
    await make.product("OUT", on_hand=0)
    return await accounts.add_token("till", Scope.WRITE)


Found = tuple[list[str], Counter[tuple[str, int]]]


def ask(said: dict[str, Any], configuration: dict[str, Any]) -> Found:
    """What is wrong, and how often each phase was answered with which hundred."""
    schema = schemathesis.openapi.from_dict(
        said, config=SchemathesisConfig.from_dict(configuration)
    )
    schema.app = asgi.APP
    schema.hook("map_body")(as_programs_write)
    answered: Counter[tuple[str, int]] = Counter()
    wrong: list[str] = []
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            wrong.append(str(event))
        elif isinstance(event, events.ScenarioFinished):
            for case in event.recorder.interactions.values():
                if case.response:
                    answered[event.phase.value, case.response.status_code // 100] += 1
            wrong += failures(event)
    return wrong, answered


def test_whatever_is_sent_is_answered_as_the_schema_says(served: str, thorough: int):
    said = asgi.APP.app.state.openapi  # type: ignore[attr-defined]

    wrong, answered = ask(said, configured(served, EXAMPLES * thorough))

    assert not wrong, "\n\n".join(wrong)
    for phase in ("examples", "coverage", "fuzzing", "stateful"):
        assert min(answered[phase, 2], answered[phase, 4]) > 3, answered
    assert sum(answered.values()) > 1_000


@pytest.mark.parametrize(
    ("shape", "field", "schema"),
    [
        ("Level", "on_hand", {"type": "string"}),
        ("ReceiptIn", "quantity", {"type": "boolean"}),
    ],
)
def test_a_schema_that_says_something_else_is_found(
    served: str, shape: str, field: str, schema: dict[str, Any]
):
    """The losing control."""
    said = deepcopy(asgi.APP.app.state.openapi)  # type: ignore[attr-defined]
    said["components"]["schemas"][shape]["properties"][field] = schema
    configuration = configured(served, 1)
    configuration["phases"] |= {"coverage": {"enabled": False}, "stateful": {"enabled": False}}

    wrong, _ = ask(said, configuration)

    assert wrong


def as_programs_write(_: Any, body: Any) -> Any:
    """For JSON Schema 2.0 is an integer too; our programs have to write 2. No moment of a count can
    be made up: only that of now is known to fit."""
    if isinstance(body, float) and body.is_integer():
        return int(body)
    if isinstance(body, list):
        return [as_programs_write(_, item) for item in body]
    if isinstance(body, dict):
        known = {name: as_programs_write(_, item) for name, item in body.items()}
        return {**known, "as_of": None} if isinstance(known.get("as_of"), int) else known
    return body


def failures(scenario: events.ScenarioFinished) -> list[str]:
    """What the checks found: the question, the answer, and what is wrong with it."""
    found = []
    for case, checks in scenario.recorder.checks.items():
        for check in checks:
            if check.failure_info:
                asked = scenario.recorder.interactions[case]
                answer = asked.response
                found.append(
                    f"{scenario.phase.value}: {check.failure_info.failure.title}\n"
                    f"{check.failure_info.failure.message}\n"
                    f"{asked.request.method} {asked.request.uri} {asked.request.body!r}\n"
                    f"{answer and (answer.status_code, answer.content[:500])}"
                )
    return found
