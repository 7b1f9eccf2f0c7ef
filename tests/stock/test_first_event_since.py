"""Where in the log a moment is."""

from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.stock import actions, queries
from tests import make

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
HOURS = [1, 5, 5, 5, 9]  # after which something happens


@pytest.mark.parametrize(
    ("hour", "expected"),
    [(-1, 1), (0, 1), (0.5, 3), (1, 3), (2, 4), (5, 4), (6, 7), (9, 7), (10, 8)],
)
async def test_a_moment_is_found_between_the_events_before_it_and_behind_it(
    hour: float, expected: int
):
    with clock.at(MONDAY):
        mug = await make.product("MUG")  # two entries: it opens, and it is low from the beginning
    for passed in HOURS:
        with clock.at(MONDAY + timedelta(hours=passed)):
            await actions.count(mug, 0, actor="Robin")

    assert await queries.first_event_since(MONDAY + timedelta(hours=hour)) == expected


async def test_in_an_empty_log_the_next_event_is_the_first_since_any_moment():
    assert await queries.first_event_since(MONDAY) == 1
